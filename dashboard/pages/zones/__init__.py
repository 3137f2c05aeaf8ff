"""The zones and their clocks: which may be released, since when, which are larger than their rule allows.

A module a subject: ``key_figures``, ``listed`` (the table), ``one`` (a zone in full), ``apart`` (released, too large),
``below`` (area by area); ``written`` is how a zone is written, ``words`` the texts.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Look, Page
from dashboard.pages.zones import apart, below, key_figures, listed, one
from dashboard.pages.zones.words import WORDS
from dashboard.parts import note
from dashboard.parts.sheet import Block
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.zones import ZoneDesk


def describe(look: Look) -> list[Block]:
    """Figures; the asked zone in full; all zones; what was released; what is too large; area by area."""
    found = look.ask("zones.clocks")
    if not found.what:
        return [note.line(look.say("none"), tone="large")]
    lines, summary = found.each(), look.ask("zones.summary")
    chosen = next((line for line in lines if line.what.id == look.wish("zone")), None)
    blocks = [key_figures.strip(look, summary)]
    blocks += one.blocks(look, chosen) if chosen else []
    blocks += [listed.table(look, lines, summary)]
    blocks += listed.unruled(look, summary)
    blocks += apart.released(look, lines, summary)
    blocks += apart.larger(look, lines, summary)
    areas = look.ask("zones.below")
    return [*blocks, below.table(look, areas)] if areas.what else blocks


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(ZoneDesk).days(viewer)


def _latest(desk: Desk, viewer: Viewer) -> Day | None:
    return desk.beside(ZoneDesk).last_day(viewer)


PAGE = Page(
    "zones",
    ("区域时钟", "Zones"),
    describe,
    about=(
        "每个封控区、管控区、风险区按哪条规则计时，最早哪天可以解除，超期了多久，是否划大了。",
        (
            "By which rule each zone is timed, when it may be released at the earliest, how long it is overdue, "
            "and whether it is larger than it may be."
        ),
    ),
    days=_days,
    latest=_latest,
    wishes=("state", "zone", "at"),
    words=WORDS,
)
