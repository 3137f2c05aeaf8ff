"""The outflow page: who left and where to, the index, what is carried where, who was traced, what both sides ask.

A module a subject: ``leaving`` (figures, destinations, curves), ``moving`` (map, in, out and between), ``carried``
(import risk and its model), ``journeys`` (tracing, rules); ``written`` is how numbers stand, ``words`` the texts.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.outflow import carried, journeys, leaving, moving
from dashboard.pages.outflow.leaving import FIRST
from dashboard.pages.outflow.words import WORDS
from dashboard.pages.page import Look, Page, as_far_as_shown
from dashboard.parts import figures, note
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.flows import Destinations, FlowDesk
from data.errors import Withheld
from data.words import Both

__all__ = ["FIRST", "PAGE"]


def describe(look: Look) -> list[Block]:
    """Figures; the map; where to beside the index; in and out; import risk with its model; tracing beside the rules."""
    desk, day = look.desk.beside(FlowDesk), look.day
    if day is None or not desk.days(look.viewer, look.as_of):
        return [note.line(look.say("none"), tone="large")]
    mode = look.wish("mode") if look.wish("mode") in desk.modes(look.viewer, look.as_of) else None
    if not look.viewer.small_numbers:
        return _as_far_as_shown(look, desk, day, mode)
    left = look.ask("flows.outflow", day=None, first=day, last=day, mode=mode).at(f"[{day}]")
    risk, traced = look.ask("flows.risk"), look.ask("flows.tracing")
    moved, drawn = look.ask("flows.movement", mode=mode), moving.moving(look, desk, day)
    board = journeys.tracing(look, traced)
    charts = leaving.curves(look, desk, day, stacked=not drawn)
    found = look.ask("flows.destinations", n=FIRST, mode=mode)
    return [
        leaving.strip(look, desk, left, moved, risk, traced),
        *drawn,
        leaving.where(look, found, desk, 1 if drawn else max(1, len(charts))),
        *charts,
        *moving.movement(look, moved),
        *carried.blocks(look, risk),
        *board,
        *journeys.rules(look, look.ask("flows.rules"), 7 if board else 12),
        *journeys.modes(look, desk, mode),
        leaving.basis(look, desk),
    ]


def _as_far_as_shown(look: Look, desk: FlowDesk, day: Day, mode: str | None) -> list[Block]:
    """The same for who may not see small numbers: what is shown of it, and last what is not."""
    left = look.ask("flows.outflow", day=None, first=day, last=day, mode=mode).at(f"[{day}]")
    drawn = moving.moving(look, desk, day)
    return as_far_as_shown(
        look,
        lambda: [figures.strip([leaving.left_figure(look, desk, left)])],
        lambda: drawn,
        lambda: [leaving.where(look, _destinations(look, mode), desk, 1 if drawn else 2)],
        lambda: leaving.curves(look, desk, day, stacked=not drawn),
        lambda: moving.movement(look, look.ask("flows.movement", mode=mode)),
        lambda: carried.blocks(look, look.ask("flows.risk")),
        lambda: journeys.tracing(look, look.ask("flows.tracing")),
        lambda: journeys.rules(look, look.ask("flows.rules"), 12),
        lambda: [leaving.basis(look, desk)],
    )


def _destinations(look: Look, mode: str | None) -> Given[Destinations]:
    """Where to; Withheld where it is hidden, which is no empty list."""
    found: Given[Destinations] = look.ask("flows.destinations", n=FIRST, mode=mode)
    if found.what.state == "suppressed":
        raise Withheld(what=Both("去往何处", "where they went"))
    return found


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(FlowDesk).days(viewer)


PAGE = Page(
    "outflow",
    ("人口迁出", "Outflow"),
    describe,
    about=(
        "谁离开了、去了哪里、可能带去多少、找到了多少；由指数换算的人数一律为估计。",
        "Who left, where to, what they may carry there, who was found; people made of the index are an estimate.",
    ),
    days=_days,
    wishes=("mode",),
    words=WORDS,
)
