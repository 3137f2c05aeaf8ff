"""What the sections of a report ask with: one viewer, one area, one day, one moment, one language.

Numbers come from :mod:`dashboard.queries.questions` and keep their citation, so a number cannot stand in a
report without the question that gives it again. Whole levels and whole curves are one question each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.paint import Painter
from dashboard.queries import COMPARED_DAYS, CodeDesk, Desk, RiskDesk, Viewer, ZoneDesk, questions
from dashboard.queries.cite import Cite, Cited, Given, cite, follow
from dashboard.queries.levels import levels_inside
from dashboard.reports import writing
from dashboard.reports.model import Form, Line, Number, Order, Paragraph, Run, Section
from dashboard.reports.sentences import NAMED, Noun, Part, Split, compared, fill, split
from data.errors import Withheld
from data.terms import TIERS
from grid.measures import MEASURES

Day = dt.date

#: Units of a forecast that a report tells about: a city's streets; cells of a whole city are the screen's.
MOST_UNITS = 1200

#: Days that a curve of a report shows.
CURVE_DAYS = 42


@dataclass(frozen=True, slots=True)
class Maker:
    """A section: its id, its heading, and what makes it. It is made always, also where nothing is known."""

    id: str
    zh: str
    en: str
    make: Callable[[Context], Section]

    def section(self, context: Context) -> Section:
        """The section as it stands in a report; where its numbers may not be shown it says so."""
        try:
            return self.make(context)
        except Withheld as error:
            return Section(self.id, context.say(self.zh, self.en), (Paragraph((error.say(context.lang),), "quiet"),))


class Context:
    """One report's questions. ``day`` and ``as_of`` (UTC) are settled; answers are kept while the report is made."""

    def __init__(self, desk: Desk, viewer: Viewer, order: Order, day: Day, as_of: dt.datetime) -> None:
        self.desk, self.order, self.day, self.as_of, self.lang = desk, order, day, as_of, order.lang
        self.viewer = replace(viewer, lang=order.lang)
        self.status = desk.status(self.viewer, as_of)
        self.place = desk.place(self.viewer, order.area, as_of)
        self.area = self.place.code
        self.view = desk.cube.at(as_of)
        self._asked: dict[Cite, Any] = {}
        self._withheld = False

    # words -----------------------------------------------------------------------------------------

    def say(self, zh: str, en: str) -> str:
        """The one of two texts that the reader reads."""
        return zh if self.lang == "zh" else en

    def line(self, zh: str, en: str, **runs: Run | Line) -> Line:
        """A template as a line, see :func:`dashboard.reports.sentences.fill`."""
        return fill(self.say(zh, en), **runs)

    def told(self, zh: str, en: str, **runs: Run | Line) -> Paragraph:
        """A paragraph of one line."""
        return Paragraph(self.line(zh, en, **runs))

    def remark(self, zh: str, en: str, **runs: Run | Line) -> Paragraph:
        """A remark: how a number is made, what it does not say."""
        return Paragraph(self.line(zh, en, **runs), "quiet")

    def unreported(self, zh: str, en: str, *measures: str, kind: str = "") -> Paragraph:
        """That something is not reported, and when it last was if it ever was; or that it is, and held back. ``kind``:
        of the sources that would tell it, where no measure does."""
        if self._withheld:
            self._withheld = False
            return self.told(f"{zh}：隐去，不等于零。", f"{en}: suppressed, which is not nought.")
        if any(name in self.status.days and self.measure(name).state == "suppressed" for name in measures):
            return self.told(f"{zh}：隐去，数小不宜公开。", f"{en}: suppressed, too small to be shown.")
        last = max((span[1] for name in measures if (span := self.status.days.get(name))), default=None)
        if last is None and not any(source.kind == kind for source in self.desk.city.sources):
            return self.told(f"{zh}：未报。尚未接入此类数据。", f"{en}: not reported. No such data is connected yet.")
        when = self.date(last)
        if last is None or last >= self.day:
            return self.told(f"{zh}：当日未报。", f"{en}: not reported for this day.")
        return self.told(f"{zh}：未报，最近一次为{when}。", f"{en}: not reported; last reported for {when}.")

    @property
    def nothing_below(self) -> Paragraph:
        """That the area is the finest there is."""
        return self.told("本区域之下没有更细的区域。", "There are no finer areas inside this one.")

    def date(self, day: Day | None, *, year: bool = False) -> str:
        """4月13日 or 13 April, with its year where that is another one."""
        if day is None:
            return self.say("未定", "open")
        text = writing.day(day, self.lang)
        if year or day.year != self.day.year:
            return text
        return text.split("年")[1] if self.lang == "zh" else text.rsplit(" ", 1)[0]

    def local(self, moment: dt.datetime) -> str:
        """A UTC moment in the city's time: 2022-04-14 09:30."""
        there = moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(self.desk.city.timezone))
        return f"{there:%Y-%m-%d %H:%M}"

    @cached_property
    def below(self) -> str | None:
        """The level one below the area, None where there is none (cells are no areas)."""
        level = self.place.next_level
        return None if level == "cell" else level

    @cached_property
    def levels_below(self) -> tuple[str, ...]:
        """The levels of areas below the area, coarsest first."""
        return levels_inside(self.view, self.view.areas.row_of[self.area])[1:]

    def heading(self, level: str | None = None) -> str:
        """The heading of a column of areas: of the level below, unless another is given."""
        return TIERS[level or self.below or self.place.level].name(self.lang)

    @property
    def apart(self) -> str:
        """分省, 分市 above the districts, 分区 below: how a table by area begins in Chinese."""
        return {"province": "分省", "city": "分市"}.get(self.below or "", "分区")

    def noun(self, zh: str, unit: str, one: str, many: str, level: str | None = None) -> Noun:
        """What a sentence counts, told by the areas below: 区, district, districts."""
        term = TIERS[level or self.below or "community"]
        below = {"district": "区", "street": "街镇"}.get(term.id, term.zh)
        word = term.en.lower()
        return Noun(zh, unit, one, many, (below, word, word[:-1] + "ies" if word.endswith("y") else f"{word}s"))

    @property
    def back(self) -> Day:
        """The day with which the report compares."""
        return self.day - dt.timedelta(days=COMPARED_DAYS)

    # questions -------------------------------------------------------------------------------------

    def cite(self, question: str, way: str = "", /, **asked: object) -> Cite:
        """A citation about the area and day, unless others are given."""
        return cite(question, way, **({"area": self.area, "day": self.day} | asked))

    def ask(self, question: str, /, **asked: object) -> Any:
        """The answer to a question of QUESTIONS, asked once a report."""
        cited = self.cite(question, **asked)
        if cited not in self._asked:
            self._asked[cited] = questions.ask(self.desk, self.viewer, cited, self.as_of)
        return self._asked[cited]

    def number(
        self, question: str, way: str = "", /, *, form: Form = "count", digits: int = 0, unit: str = "", **asked: object
    ) -> Number:
        """A number of an answer, by the way to it."""
        found = follow(self.ask(question, **asked), way)
        return Number(found.value, found.state, self.cite(question, way, **asked), form, digits, unit)

    def given(self, question: str, /, **asked: object) -> Given[Any] | None:
        """An answer of several numbers, to read cited ones from; None where nothing is known, or may be shown."""
        try:
            answer, self._withheld = self.ask(question, **asked), False
        except Withheld:
            answer, self._withheld = None, True
        return None if answer is None else Given(answer, self.cite(question, **asked))

    def n(self, cited: Cited, form: Form = "count", digits: int = 0, unit: str = "") -> Number:
        """A cited number as it is printed: a share of one as so many in a hundred is asked for as it is."""
        return Number(cited.value, cited.state, cited.cite, form, digits, unit)

    def measure(self, name: str, area: str | None = None, day: Day | None = None, first: Day | None = None) -> Number:
        """A measure of one area on a day, or added up from ``first``."""
        return self.of(name, "measure", name=name, area=area or self.area, day=day or self.day, first=first)

    def of(self, id: str, question: str, way: str = "", /, **asked: object) -> Number:
        """A number of an answer that is a value of a measure: with its form and digits."""
        made = MEASURES[id]
        form: Form = "rate" if made.form == "area" else made.form
        digits = 1 if made.form == "growth" else made.digits
        fact = follow(self.ask(question, **asked), way)
        return Number(fact.value, fact.state, self.cite(question, way, **asked), form, digits)

    def has(self, *names: str) -> bool:
        """Whether any of some measures is told of the area on the day."""
        return any(self.measure(name).value is not None for name in names)

    def count(self, name: str, first: Day | None = None, area: str | None = None) -> Number:
        """A count of grid.counts in an area on the day, or added up from ``first``."""
        return self.number("count", name=name, first=first, area=area or self.area)

    def change(self, name: str, unit_zh: str = "", unit_en: str = "") -> Line:
        """By how much a measure of the area changed in a week: 较4月6日增加3例（+12%）."""
        made, unit = MEASURES[name], self.say(unit_zh, unit_en)
        by, size = (self.number("change", way, digits=made.digits, unit=unit, name=name) for way in ("by", "size"))
        share = self.number("change", "share", form="growth", digits=1, name=name)
        return compared(by, size, share, self.date(self.back), self.lang)

    def parts(self, name: str, level: str | None = None, first: Day | None = None) -> list[Part]:
        """A measure of every area below (or of another level inside), in the order of the tree."""
        asked = {"name": name, "level": level or self.below, "first": first}
        if asked["level"] is None:
            return []
        found = self.ask("measures", **asked)
        return [Part(one.area, one.name, self.of(name, "measures", f"[{one.area}]", **asked)) for one in found.values()]

    def split(self, name: str, level: str | None = None, first: Day | None = None, most: int = NAMED) -> Split:
        """A measure of the area by its areas below."""
        asked = {"name": name, "level": level or self.below, "first": first}

        def where(way: str, named: Sequence[str]) -> Cite:
            return self.cite("parts", way, **asked, named=",".join(named) or None)

        return split(self.measure(name, first=first), self.parts(name, level, first), where, most)

    def located(self, name: str, level: str | None = None) -> bool:
        """Whether any of a measure is known as finely as a level; nought of all is."""
        told = self.split(name, level)
        return told.whole.value is not None and (told.whole.value == 0 or bool(told.known.value))

    def series(self, name: str, days: Sequence[Day]) -> tuple[Number, ...]:
        """A measure of the area day by day."""
        asked = {"name": name, "first": days[0], "last": days[-1], "day": None}
        return tuple(self.of(name, "series", f"[{day}]", **asked) for day in days)

    def means(self, name: str, days: Sequence[Day], over: int = COMPARED_DAYS) -> tuple[Number, ...]:
        """The mean of the last ``over`` days, day by day."""
        asked: dict[str, Any] = {"name": name, "first": days[0], "last": days[-1], "over": over, "day": None}
        return tuple(self.number("means", f"[{day}]", form="rate", digits=1, **asked) for day in days)

    def curve_days(self, *names: str, most: int = CURVE_DAYS) -> tuple[Day, ...]:
        """The days that a curve of some measures shows: at most so many up to the day, none before the first report."""
        spans = [span for name in names if (span := self.status.days.get(name))]
        if not spans:
            return ()
        first = max(min(span[0] for span in spans), self.day - dt.timedelta(days=most - 1))
        return tuple(first + dt.timedelta(days=n) for n in range((self.day - first).days + 1))

    # what several sections ask -----------------------------------------------------------------------

    @cached_property
    def zone_days(self) -> Sequence[Day]:
        """The days of which zones are known."""
        return self.desk.beside(ZoneDesk).days(self.viewer, self.as_of)

    @cached_property
    def zone_lines(self) -> list[Given[Any]]:
        """The zones that stand on the day or were released on it, longest overdue first; [] where none is known."""
        if not self.zone_days or not self.zone_days[0] <= self.day <= self.zone_days[-1]:
            return []
        told = self.given("zones.clocks")
        return [] if told is None else told.each("", "id")

    @property
    def code_desk(self) -> CodeDesk:
        """The questions about codes."""
        return self.desk.beside(CodeDesk)

    @cached_property
    def orders(self) -> Given[Any] | None:
        """The orders in force; None where no notice is known."""
        store = self.desk.cube.store
        return self.given("orders") if store.notices(self.status.version) else None

    @cached_property
    def risk(self) -> Given[Any] | None:
        """Risk by the level below, with a forecast of not too many units; None where too little is known."""
        days = self.desk.beside(RiskDesk).days(self.viewer, self.as_of)
        if not days or not days[0] <= self.day <= days[-1]:
            return None
        return self.given("risk.answer", most=MOST_UNITS)

    # helpers ---------------------------------------------------------------------------------------

    @cached_property
    def painter(self) -> Painter:
        """The screen's painter, for its classes."""
        return self.desk.beside(Painter)


__all__ = ["CURVE_DAYS", "Context", "Maker", "Noun"]
