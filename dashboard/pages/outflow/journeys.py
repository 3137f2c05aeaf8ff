"""Who was followed up of those who left, and what both sides ask of a journey."""

from __future__ import annotations

from typing import Any

from dashboard.pages.outflow.written import count, people, percent, text, valued
from dashboard.pages.page import Look
from dashboard.parts import listing, note, record
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.flows import AllRules, FlowDesk, Rules, Traced
from dashboard.said import Said, join, quoted
from data.terms import MODES
from grid.flows.tracing import Tally
from grid.flows.travel_rules import Need
from grid.flows.travel_rules import text as conflicting


def tracing(look: Look, told: Given[Traced | None]) -> list[Block]:
    """The board, all together first; a part of the city has none."""
    if told.what is None:
        whole = look.place.code == look.spot.status.code
        return [note.line(look.say("no_tracing"), span=5)] if whole else []
    columns = [
        listing.column(look.say("city"), left=True),
        listing.column(look.say("to_trace")),
        *(listing.column(look.say(step)) for step in ("found", "tested", "cleared")),
        listing.column(look.say("open"), bar=True),
    ]
    rows = [_tally(look, look.say("all"), told.at("whole"), "")]
    rows += [_tally(look, name, told.at(f"tallies[{name}]"), name) for name in told.what.tallies]
    about = look.say("tracing_about", day=look.day_text(told.what.day))
    return [listing.table(columns, rows, look.say("tracing"), about=about, first=10, span=5)]


def _tally(look: Look, name: str, told: Given[Tally], sort: str) -> dict[str, Any]:
    small: str = look.say("contradicts") if told.what.contradicts else ""
    cells = [listing.cell(name, sort, small=small, tone="bad" if small else "")]
    cells.append(count(look, told["left"]))
    for step in ("found", "tested", "cleared"):
        share = told[f"shares[{step}]"]
        small = "" if share.value is None else text(look, share, percent)
        cells.append(valued(look, told[step], people, small))
    return listing.row([*cells, count(look, told["open"])])


def rules(look: Look, told: Given[AllRules], span: int) -> list[Block]:
    """Journeys whose two sides contradict each other, else the first one as an example."""
    if not told.what.asked:
        return [note.line(look.say("no_rules"), span=span)]
    columns = [
        listing.column(look.say("city"), left=True, sort=False),
        listing.column(look.say("demand"), left=True, sort=False),
        listing.column(look.say("conflict"), left=True, sort=False),
    ]
    rows = [listing.row(_need(look, one, need, at)) for one in told.what.shown for at, need in enumerate(one.needs)]
    count_ = look.say("conflicts", n=look.whole(told["conflicts"]))
    return [listing.table(columns, rows, look.say("rules"), count=count_, about=_about(look, told), span=span)]


def _about(look: Look, told: Given[AllRules]) -> Said:
    said = look.say("rules_about")
    if not told.what.agreeing:
        return said
    agreeing = look.say("agreeing", n=look.whole(told["agreeing"]))
    return join("；" if look.lang == "zh" else "; ", [said, agreeing])


def _need(look: Look, asked: Rules, need: Need, at: int) -> list[dict[str, Any]]:
    """What the two sides write is theirs: a quotation."""
    meets = [conflict for conflict in asked.conflicts if need is conflict.second]
    words, said = "；".join(conflicting(conflict, look.lang) for conflict in meets), need.demand.text(look.lang)
    demand = look.say("asks", when=look.say(need.occasion), demand=quoted(said))
    return [
        listing.cell(asked.place if at == 0 else "", asked.place),
        listing.cell(demand, "", small=quoted(need.pack.where(look.lang))),
        listing.cell(quoted(f"▲ {words}") if words else "", words, tone="bad"),
    ]


def modes(look: Look, desk: FlowDesk, mode: str | None) -> list[Block]:
    """The ways of travel that may be asked for alone."""
    known = desk.modes(look.viewer, look.as_of)
    if not known:
        return []
    made = [record.entry(look.say("mode"), MODES["all"].name(look.lang), href=look.href(mode=None))] if mode else []
    others = [one for one in known if one != mode]
    made += [record.entry(look.say("mode"), MODES[one].name(look.lang), href=look.href(mode=one)) for one in others]
    return [record.record(made, look.say("mode"))]
