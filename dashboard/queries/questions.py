"""Every question that a shown number may cite, by name: asking one again gives the number that stands on the screen.

A new question is one line of :data:`QUESTIONS`; what it needs of the address (area, day, ...) are texts, as they stand
in a :class:`dashboard.queries.cite.Cite`. ``known`` (a UTC moment) among them is as of when it is asked where that
is not the screen's own moment; an empty answer (None) has no numbers.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dashboard.queries.answers import Answer
from dashboard.queries.arrivals import ArrivalDesk
from dashboard.queries.burden import BurdenDesk
from dashboard.queries.cite import Cite, Cited, Fact, Given, Question, cite, follow
from dashboard.queries.codes import CodeDesk, Wanted
from dashboard.queries.days import day_range
from dashboard.queries.desk import COMPARED_DAYS, Desk, Viewer
from dashboard.queries.feed_lines import Board
from dashboard.queries.flows import AllRules, Curve, DayOut, FlowDesk
from dashboard.queries.freshness import Timeliness
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.queries.hidden import HIDDEN, Count, Made
from dashboard.queries.loops import LoopBoard, LoopDesk
from dashboard.queries.made import MADE
from dashboard.queries.nets import NetsAnswer, NetsDesk
from dashboard.queries.notices import NoticeDesk
from dashboard.queries.policy import PolicyDesk
from dashboard.queries.review import REVIEW
from dashboard.queries.risk import CardLine, RiskDesk
from dashboard.queries.risk.lines import RiskAnswer, UnitLine
from dashboard.queries.risk.map import RiskMap
from dashboard.queries.sandbox import SandboxDesk
from dashboard.queries.supplies import SupplyDesk
from dashboard.queries.workload import WorkDesk
from dashboard.queries.zones import ZoneDesk, ZoneLine
from data.errors import BadQuestion, Withheld
from data.words import Both
from grid.risk.report_card import SHARES

Asked = Mapping[str, str]
Moment = dt.datetime | None


def day_of(asked: Asked, name: str = "day") -> dt.date | None:
    """A day among what is asked; None where there is none. BadQuestion if it is no day."""
    try:
        return dt.date.fromisoformat(asked[name]) if name in asked else None
    except ValueError:
        raise BadQuestion(detail=Both(f"“{asked[name]}”不是日期", f"{asked[name]} is no day")) from None


def _day(asked: Asked, name: str = "day") -> dt.date:
    found = day_of(asked, name)
    if found is None:
        raise KeyError(name)
    return found


def moment_of(asked: Asked, name: str) -> Moment:
    """A moment among what is asked (UTC without zone); None where there is none. BadQuestion if it is none."""
    try:
        return dt.datetime.fromisoformat(asked[name]) if name in asked else None
    except ValueError:
        raise BadQuestion(detail=Both(f"“{asked[name]}”不是时刻", f"{asked[name]} is no moment")) from None


# numbers of areas ----------------------------------------------------------------------------------


def _measure(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Any:
    """A measure of one area on a day, or added up from ``first``."""
    day, first = day_of(asked), day_of(asked, "first")
    days = None if day is None else [day] if first is None else day_range(first, day)
    return desk.ask(viewer, asked["name"], area=_area(asked), days=days, as_of=as_of,
                    total=first is not None, source=asked.get("source"))[0]  # fmt: skip


def _measures(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Mapping[str, Answer]:
    """A measure of every unit of ``level`` inside an area on a day, by code."""
    day, first = day_of(asked), day_of(asked, "first")
    days = None if day is None else [day] if first is None else day_range(first, day)
    found = desk.ask(viewer, asked["name"], area=_area(asked), days=days, level=asked["level"], as_of=as_of,
                     total=first is not None)  # fmt: skip
    return {answer.area: answer for answer in found}


def _series(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Mapping[dt.date, Answer]:
    """A measure of one area by day."""
    days = _day(asked, "first"), _day(asked, "last")
    return {answer.day: answer for answer in desk.series(viewer, asked["name"], _area(asked), *days, as_of)}


def _compared(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Any:
    """A key figure: a measure of an area on a day, and by how much it changed over a week."""
    return desk.figures(viewer, _area(asked), _day(asked), as_of, [asked["name"]])[0]


def _sources(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Timeliness:
    """How late every source is at the moment ``now``."""
    now = moment_of(asked, "now")
    if now is None:
        raise KeyError("now")
    return desk.beside(FreshnessDesk).feeds(viewer, as_of, now)


def _board(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Board:
    """How every source stands for the areas below an area, at the moment ``now``."""
    return desk.beside(FreshnessDesk).board(viewer, _area(asked), as_of, moment_of(asked, "now"))


def _nets(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> NetsAnswer:
    """How the seven nets stand for an area, at the moment ``now``."""
    now = moment_of(asked, "now")
    return desk.beside(NetsDesk).nets(viewer, _area(asked), day_of(asked), as_of, now)


def _area(asked: Asked) -> str:
    return asked.get("area", "city")


# other subjects ------------------------------------------------------------------------------------


def _of(kind: Callable[[Desk], Any], name: str, *more: str) -> Question:
    """The question of this name to a desk beside, which takes viewer, area, day and as-of, and ``more`` as they are."""

    def asks(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Any:
        wanted = {key: asked[key] for key in more if key in asked}
        return getattr(desk.beside(kind), name)(viewer, area=_area(asked), day=day_of(asked), as_of=as_of, **wanted)

    return asks


def _tickets(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Any:
    """Tickets by what :class:`Wanted` knows, a page of them."""
    words = {name: asked[name] for name in Wanted.__dataclass_fields__ if name in asked}
    wanted = Wanted(**(words | {"since": day_of(asked, "since"), "near": "near" in asked}))  # type: ignore[arg-type]
    page = {name: int(asked[name]) for name in ("offset", "limit") if name in asked}
    return desk.beside(CodeDesk).tickets(viewer, _area(asked), day_of(asked), as_of, wanted, **page)


def _begun(kind: Callable[[Desk], Any]) -> Question:
    """How many zones or notices began on each day from ``first`` to ``last``."""

    def asks(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Mapping[dt.date, int]:
        found = desk.beside(kind).begun(viewer, _area(asked), _day(asked, "first"), _day(asked, "last"))
        return Counter(day for day, _ in found)

    return asks


def _clocks(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Mapping[str, ZoneLine]:
    """The zones of an area on a day, by their ids: there are thousands."""
    found = desk.beside(ZoneDesk).clocks(viewer, _area(asked), day_of(asked), as_of)
    return {line.id: line for line in found}


def _orders_below(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Any:
    return desk.beside(PolicyDesk).below(viewer, asked["order"], _area(asked), day_of(asked), as_of)


def _chosen(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Any:
    return desk.beside(SandboxDesk).chosen(
        viewer, asked["grain"], float(asked["share"]), _area(asked), day_of(asked), as_of,
        axis=asked.get("axis"), signal=asked.get("signal"),
    )  # fmt: skip


# people who leave ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """People who left on a day, and on the day a week before it."""

    now: DayOut
    before: DayOut

    @property
    def relative(self) -> Made | None:
        """The change as a part of what was before; None unless both are known and people left."""
        if "suppressed" in (self.now.state, self.before.state):
            return HIDDEN
        return self.now.value / self.before.value - 1 if self.now.value and self.before.value else None


def _left(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Left:
    last = _day(asked)
    first = last - dt.timedelta(days=COMPARED_DAYS)
    days = desk.beside(FlowDesk).outflow(viewer, _area(asked), first, last, asked.get("mode"), as_of)
    return Left(days[-1], days[0])


def _arrivals(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Any:
    """The three-hour rule on a day, as it stood at ``now``."""
    return desk.beside(ArrivalDesk).board(viewer, _area(asked), day_of(asked), moment_of(asked, "now"))


def _outflow(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Mapping[dt.date, DayOut]:
    """People who left an area, by day."""
    span = _day(asked, "first"), _day(asked, "last")
    found = desk.beside(FlowDesk).outflow(viewer, _area(asked), *span, asked.get("mode"), as_of)
    return {one.day: one for one in found}


def _destinations(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Any:
    n = int(asked.get("n", 10))
    return desk.beside(FlowDesk).destinations(viewer, _area(asked), _day(asked), n, asked.get("mode"), as_of)


def _curves(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Mapping[str, Curve]:
    """The index of an area, of the year before and of a reference, by which of these it is."""
    span = _day(asked, "first"), _day(asked, "last")
    found = desk.beside(FlowDesk).curves(viewer, _area(asked), *span, as_of, inward="inward" in asked)
    return {curve.of: curve for curve in found}


def _travel(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> AllRules:
    """The rules of journeys to every place that the area's travellers go to."""
    flows, day = desk.beside(FlowDesk), _day(asked)
    try:
        places = [row.key for row in flows.risk(viewer, _area(asked), day, as_of).rows]
    except Withheld:  # the rules are no secret: those of every place that is known
        places = [city.name for city in flows.book(desk.cube.at(as_of)).others]
    return AllRules(tuple(flows.rules(viewer, _area(asked), day, places, as_of)))


# risk ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RiskBrief:
    """Signals and report card in a few numbers; ``hits``: of the findings, by share of the units and forecaster."""

    signals: int
    chance: float
    card: CardLine | None

    @property
    def hits(self) -> Mapping[float, Mapping[str, float]]:
        """The share of findings hit."""
        told = self.card.hits if self.card else {}
        return {share: {model: hits[at] for model, hits in told.items()} for at, share in enumerate(SHARES)}


def _brief(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> RiskBrief | None:
    most = int(asked["most"]) if "most" in asked else None
    found = desk.beside(RiskDesk).brief(viewer, _area(asked), day_of(asked), as_of, most)
    return RiskBrief(found.signals, found.chance, found.card) if found else None


def _risk(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> RiskAnswer | None:
    """Risk in an area by units of ``level``, with a forecast of units of which there are ``most`` at most."""
    most = int(asked["most"]) if "most" in asked else None
    wanted = asked.get("level"), asked.get("grade"), most
    return desk.beside(RiskDesk).answer(viewer, _area(asked), day_of(asked), as_of, *wanted)


def _unit(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> UnitLine | None:
    """One unit of a level in full."""
    return desk.beside(RiskDesk).unit(viewer, asked["level"], asked["unit"], day_of(asked), as_of)


def _hot(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> Count:
    """How many units of a level are hot spots."""
    return desk.beside(RiskMap).hot(viewer, asked["level"], _area(asked), _day(asked), as_of)


# events --------------------------------------------------------------------------------------------


def _loop(desk: Desk, viewer: Viewer, as_of: Moment, asked: Asked) -> LoopBoard:
    """How the loops of an area's events went that were sensed between two days."""
    days = _day(asked, "first"), _day(asked, "last")
    return desk.beside(LoopDesk).board(viewer, _area(asked), *days, asked.get("klass", ""), moment_of(asked, "now"))


QUESTIONS: Mapping[str, Question] = MappingProxyType({
    "status": lambda desk, viewer, as_of, asked: desk.status(viewer, as_of),
    "version": lambda desk, viewer, as_of, asked: desk.cube.at(as_of).version,
    "loads": lambda desk, viewer, as_of, asked: desk.arrived(viewer, as_of),
    "sources": _sources,
    "sources.board": _board,
    "nets": _nets,
    "burden": _of(BurdenDesk, "burden"),
    "burden.conformance": _of(BurdenDesk, "conformance"),
    **MADE,
    **REVIEW,
    "measure": _measure,
    "measures": _measures,
    "series": _series,
    "compared": _compared,
    "coarse": lambda desk, viewer, as_of, asked: desk.coarse(
        viewer, asked["name"], asked["level"], _area(asked), _day(asked), as_of),
    "unlocated": lambda desk, viewer, as_of, asked: desk.unlocated(viewer, _area(asked), _day(asked), as_of),
    "notes": lambda desk, viewer, as_of, asked: desk.notes(viewer, _area(asked), as_of),
    "codes.colours": _of(CodeDesk, "colours"),
    "codes.overdue": _of(CodeDesk, "overdue"),
    "codes.below": _of(CodeDesk, "below"),
    "codes.conflicts": _of(CodeDesk, "conflicts"),
    "codes.provenance": _of(CodeDesk, "provenance"),
    "codes.rates": _of(CodeDesk, "rates"),
    "codes.repeats": lambda desk, viewer, as_of, asked: desk.beside(CodeDesk).repeats(viewer, day_of(asked), as_of),
    "codes.tickets": _tickets,
    "codes.ticket": lambda desk, viewer, as_of, asked: desk.beside(CodeDesk).ticket(
        viewer, asked["id"], day_of(asked), as_of),
    "zones.summary": _of(ZoneDesk, "summary"),
    "zones.clocks": _clocks,
    "zones.below": _of(ZoneDesk, "below"),
    "zones.releases": _of(ZoneDesk, "releases"),
    "zones.announced": _of(ZoneDesk, "announced"),
    "zones.begun": _begun(ZoneDesk),
    "notices.in_force": _of(NoticeDesk, "in_force"),
    "notices.summary": _of(NoticeDesk, "summary"),
    "notices.contradictions": _of(NoticeDesk, "contradictions"),
    "notices.begun": _begun(NoticeDesk),
    "orders": _of(PolicyDesk, "orders"),
    "orders.below": _orders_below,
    "flows.left": _left,
    "flows.outflow": _outflow,
    "flows.destinations": _destinations,
    "flows.risk": _of(FlowDesk, "risk"),
    "flows.tracing": _of(FlowDesk, "tracing"),
    "flows.movement": _of(FlowDesk, "movement", "mode"),
    "flows.curves": _curves,
    "flows.rules": _travel,
    "events.counts": lambda desk, viewer, as_of, asked: desk.beside(LoopDesk).standing(viewer, _area(asked)),
    "events.loop": _loop,
    "arrivals": _arrivals,
    "risk.brief": _brief,
    "risk.answer": _risk,
    "risk.unit": _unit,
    "risk.hot": _hot,
    "risk.granularity": _of(RiskDesk, "granularity"),
    "supplies.stock": _of(SupplyDesk, "stock", "target"),
    "supplies.plans": _of(SupplyDesk, "plans", "target"),
    "supplies.rooms": _of(SupplyDesk, "rooms"),
    "workload": _of(WorkDesk, "work"),
    "sandbox": _of(SandboxDesk, "sandbox", "axis", "signal"),
    "sandbox.chosen": _chosen,
})  # fmt: skip


def ask(desk: Desk, viewer: Viewer, cited: Cite, as_of: Moment = None) -> Any:
    """The whole answer that a citation speaks of, asked anew. BadQuestion where there is no such question."""
    if cited.question not in QUESTIONS:
        raise BadQuestion(detail=Both(f"没有“{cited.question}”这个问题", f"there is no question {cited.question}"))
    asked = dict(cited.asked)
    known = moment_of(asked, "known")
    try:
        return QUESTIONS[cited.question](desk, viewer, known or as_of, asked)
    except KeyError as missing:
        name = missing.args[0]
        raise BadQuestion(detail=Both(f"缺少参数 {name}", f"{name} is not asked")) from missing


def again(desk: Desk, viewer: Viewer, cited: Cite, as_of: Moment = None) -> Fact:
    """The number that a citation stands for, asked anew; suppressed where the viewer may not see the table that it
    stands in. BadQuestion where there is no such question or way."""
    try:
        return follow(ask(desk, viewer, cited, as_of), cited.way)
    except Withheld:
        return Fact(None, "suppressed")


def given(desk: Desk, viewer: Viewer, as_of: Moment, question: str, /, **asked: object) -> Given[Any]:
    """A question's answer with its citation, to read cited numbers from."""
    cited = cite(question, **asked)
    return Given(ask(desk, viewer, cited, as_of), cited)


def measured(answer: Answer, name: str, within: str = "") -> Cited:
    """The answer of :meth:`Desk.ask` to a measure as a cited number; ``within``: the area among whose units it was
    told, which are then asked for all at once."""
    if within:
        where = cite("measures", f"[{answer.area}]", name=name, area=within, level=answer.level, day=answer.day)
    else:
        where = cite("measure", name=name, area=answer.area, day=answer.day)
    return Cited(answer.value, answer.state, where)
