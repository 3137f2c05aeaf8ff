"""分区通告附件: the annex of a notice: its zones with their terms, the releases, the rules."""

from __future__ import annotations

from dashboard.reports.context import Context
from dashboard.reports.kinds.base import Kind
from dashboard.reports.sections import notes, notice


def _title(context: Context) -> str:
    line = notice.found(context)
    number = "" if line is None else line.what.number
    return context.say(
        f"{number or context.place.name}分区清单（附件）", f"Zones of {number or context.place.name} (annex)"
    )


SECTIONS = notice.HEAD, notice.LISTS, notice.RELEASES, notice.RULES, notes.SECTION

KIND = Kind("notice", "分区通告附件", "Annex of a notice", "notice", _title, SECTIONS)
