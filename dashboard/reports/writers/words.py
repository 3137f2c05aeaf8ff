"""What the Word and PowerPoint writers say around a report: the line under its title, alternative texts, notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from dashboard.reports import numbering, writing
from dashboard.reports.model import Curve, Map, Report
from data.words import Lang


def banner(report: Report) -> str:
    """What every page of simulated data says; nothing on real ones."""
    if not report.simulated:
        return ""
    return "模拟数据，不是真实疫情" if report.lang == "zh" else "SIMULATED DATA, NOT A REAL EPIDEMIC"


def moment(report: Report, utc: dt.datetime) -> str:
    """A moment by the clock of the city: 2022年4月14日08:12, 14 April 2022 08:12."""
    local = utc.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(report.timezone))
    gap = "" if report.lang == "zh" else " "
    return f"{writing.day(local.date(), report.lang)}{gap}{local:%H:%M}"


def basis(report: Report) -> str:
    """The day, the version and what was known: the line under the title."""
    day, known = writing.day(report.day, report.lang), moment(report, report.known)
    if report.lang == "zh":
        asked = f"，按{moment(report, report.as_of)}所知" if report.as_of else ""
        return f"（{day}，第{report.version}批数据，{known}入库{asked}）"
    asked = f", as known at {moment(report, report.as_of)}" if report.as_of else ""
    return f"{day}. Data of load {report.version}, received {known}{asked}"


def annex_lines(titles: Sequence[str], lang: Lang) -> list[str]:
    """附件说明 of GB/T 9704-2012, 7.3.4: numbered where there are several, without a full stop."""
    mark = "附件：" if lang == "zh" else "Annexes: " if len(titles) > 1 else "Annex: "
    numbers = ["" if len(titles) == 1 else f"{n}. " for n in range(1, len(titles) + 1)]
    lines = [number + title for number, title in zip(numbers, titles, strict=True)]
    return [mark + lines[0], *lines[1:]] if lines else []


def note(text: str, lang: Lang) -> str:
    """A remark under a table or picture."""
    return ("注：" if lang == "zh" else "Note: ") + text


def about(block: Curve | Map, lang: Lang) -> str:
    """A picture for who does not see it: its title and what it shows."""
    if isinstance(block, Map):
        steps = "；".join(f"{one.text} {one.units}" for one in block.steps)
        return _pair(lang, f"地图：{block.title}。{steps}", f"Map: {block.title}. {steps.replace('；', '; ')}")
    names = _pair(lang, "、", ", ").join(one.name for one in block.series)
    span = " – ".join(writing.day(day, lang) for day in (block.days[:1] + block.days[-1:]))
    return _pair(lang, f"图：{block.title}。{span}；{names}", f"Chart: {block.title}. {span}; {names}")


def gap(state: str, named: Sequence[str], days: int, lang: Lang) -> str:
    """The days on which a curve is not told: 未报：3月4日、3月8日; ``named`` are the first of so many ``days``."""
    more = days > len(named)
    zh = f"{_GAPS[state][0]}：{'、'.join(named)}{f'等{days}天' if more else ''}"
    en = f"{_GAPS[state][1]}: {', '.join(named)}{f' and others, {days} days' if more else ''}"
    return _pair(lang, zh, en)


def more_sources(lines: int, lang: Lang) -> str:
    """Said where the notes of a slide do not list every source."""
    return _pair(lang, f"其余 {lines:,} 项出处见 Excel 报告", f"{lines:,} more: see the Excel report")


def left_out(rows: int, lang: Lang) -> str:
    """Said where a deck does not hold a table's further rows."""
    return _pair(lang, f"另有 {rows:,} 行，见 Word 或 Excel 报告", f"{rows:,} more rows: see the Word or Excel report")


def annex_mark(report: Report, place: int) -> str:
    """附件2 and the like, for the annex at this place (from 1)."""
    return numbering.annex(place, len(numbering.annexes(report)), report.lang)


_GAPS = {"missing": ("未报", "Not reported"), "suppressed": ("隐去", "Suppressed")}


def _pair(lang: Lang, zh: str, en: str) -> str:
    return zh if lang == "zh" else en
