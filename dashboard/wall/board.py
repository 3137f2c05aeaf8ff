"""What the scenes ask with: one desk, one viewer, one moment; and how its answers become panels' numbers."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from dashboard import colours, links, numbers
from dashboard.paint import Painter
from dashboard.parts import legend, panel
from dashboard.queries import Desk, Figure, Viewer, ZoneDesk, day_range, next_level
from dashboard.queries import freshness as fresh
from dashboard.queries.cite import Cited, Given
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.queries.questions import given
from dashboard.said import Said, join, number
from dashboard.shown import Shown, settle
from dashboard.wall.scene import AsOf, Number
from dashboard.wall.texts import say
from data.terms import TIERS
from data.words import Lang
from grid.measures import MEASURES, Measure
from grid.rates import MISSING, SUPPRESSED

Day = dt.date

#: Days that a curve shows, and that the situation replays.
CURVE_DAYS = 60
REPLAY_DAYS = 28
#: Rows that a list is sent with; the browser shows as many as fit.
MOST_ROWS = 40
#: Levels by which a wall says where something is.
WHERE = ("city", "district", "street")
#: Areas that a map is painted by at most: more are a texture, not places.
MOST_UNITS = 400


@dataclass(frozen=True)
class Now:
    """The wall's moment. ``utc`` without zone as the store keeps it; ``ticking``: the real time, which goes on;
    otherwise the city's own now, which stands until more is known."""

    utc: dt.datetime
    ticking: bool


class Board:
    """Everything of one version at one moment, for one viewer; ``trouble``: what is wrong with the wall's settings."""

    def __init__(self, desk: Desk, painter: Painter, viewer: Viewer, now: Now, trouble: str = "") -> None:
        self.desk, self.painter, self.viewer, self.now, self.trouble = desk, painter, viewer, now, trouble
        self.view = desk.cube.at()
        self.status = desk.status(viewer)
        self.place = desk.place(viewer, viewer.scope or "city")
        self.today = fresh.local(now.utc, desk.city).date()

    @property
    def lang(self) -> Lang:
        """The wall's language."""
        return self.viewer.lang

    @property
    def area(self) -> str:
        """Code of the area that the wall is about."""
        return self.place.code

    def say(self, key: str, **fields: object) -> Said:
        """A word of the wall."""
        return say(key, self.lang, **fields)

    def level_name(self, level: str) -> str:
        """The word for a level."""
        return TIERS[level].name(self.lang)

    @cached_property
    def below(self) -> str | None:
        """The level one step below the wall's area; None where that is cells or nothing."""
        level = next_level(self.view, self.view.areas.row_of[self.area])
        return None if level == "cell" else level

    @cached_property
    def cities(self) -> list[str]:
        """Codes of the areas one step below, in the order of the tree."""
        rows = self.view.areas.children(self.view.areas.row_of[self.area]).tolist()
        return [self.view.areas.code[row] for row in rows]

    # days ------------------------------------------------------------------------------------------

    def day_of(self, name: str) -> Day | None:
        """The newest day of a measure that is not after the wall's; None where there is none."""
        span = self.status.days.get(name)
        if span is None or span[0] > self.today:
            return None
        return min(span[1], self.today)

    def has(self, *names: str) -> bool:
        """Whether all measures have data."""
        return all(self.day_of(name) is not None for name in names)

    def first_of(self, names: Sequence[str]) -> str | None:
        """The first measure that has data."""
        return next((name for name in names if self.has(name)), None)

    def span(self, name: str, days: int) -> list[Day]:
        """The last ``days`` days of a measure up to the wall's day; [] where there are none."""
        last = self.day_of(name)
        if last is None:
            return []
        return day_range(max(self.status.days[name][0], last - dt.timedelta(days=days - 1)), last)

    def day_text(self, day: Day) -> str:
        """A day without its year."""
        return numbers.day_text(day, self.lang, year=False)

    # as of -----------------------------------------------------------------------------------------

    @cached_property
    def timeliness(self) -> Given[fresh.Timeliness]:
        """How late every source is."""
        return self.given("sources", area=None, now=self.now.utc)

    @cached_property
    def sources(self) -> dict[str, Given[fresh.Freshness]]:
        """Every source by name, with how late it is."""
        return {one.what.source.name: one for one in self.timeliness.each("sources", "source.name")}

    def given(self, question: str, /, **asked: object) -> Given[Any]:
        """The answer to one of QUESTIONS about the wall's area, with its citation."""
        return given(self.desk, self.viewer, None, question, **({"area": self.area} | asked))

    def feeds(self, names: Sequence[str]) -> list[str]:
        """The sources that some measures are made of, population aside."""
        counts = {count for name in names for count in MEASURES[name].counts if count != "population"}
        found = {source for count in counts for _, source in self.view.stated_days.get(count, [])}
        if any(count.startswith("zone_") for count in counts):
            found |= set(self.of_kind("zones"))
        return sorted(found)

    def of_kind(self, *kinds: str) -> list[str]:
        """The sources of some kinds, by name."""
        return [name for name, one in self.sources.items() if one.what.source.kind in kinds]

    def asof(self, *names: str, day: Day | None = None) -> AsOf:
        """As of when a panel of these measures speaks: its newest day, its newest delivery, and whether it is late."""
        days = [found for name in names if (found := self.day_of(name)) is not None]
        return self.asof_of(self.feeds(names), day or max(days, default=None))

    def asof_of(self, feeds: Sequence[str], day: Day | None) -> AsOf:
        """The same for sources by name."""
        received = [one.what.received for name in feeds if (one := self.sources.get(name)) and one.what.received]
        parts = [] if day is None else [self.say("upto", day=self.day_text(day))]
        if received:
            parts.append(self.say("received", moment=self.moment_text(max(received))))
        late = fresh.worst({name: one.what for name, one in self.sources.items()}, feeds)
        text = join(" · ", parts) or self.say("not_ready")
        if late is None:
            return AsOf(text)
        return AsOf(text, late.state, self.late_word(self.sources[late.source.name]))

    def moment_text(self, moment: dt.datetime) -> str:
        """A moment of the store on the city's clocks: the day if it is not the wall's, and the time."""
        at = fresh.local(moment, self.desk.city)
        if at.date() == self.today:
            return f"{at:%H:%M}"
        return f"{numbers.day_text(at.date(), self.lang, year=at.year != self.today.year)} {at:%H:%M}"

    def late_word(self, late: Given[fresh.Freshness]) -> Said:
        """断报 3 天."""
        return self.say(f"late_{late.what.state}", age=self.age_text(late["over"]))

    def age_text(self, hours: Cited) -> Said:
        """Whole days from two on, else hours."""
        if (hours.value or 0) >= 48:
            return self.say("days", n=self.said(hours, lambda value: str(int(value // 24))))
        return self.say("hours", n=self.said(hours, lambda value: str(max(1, int(value)))))

    # numbers ---------------------------------------------------------------------------------------

    def said(self, one: Cited, write: Callable[[float], str]) -> Said:
        """A cited number as a text; the state's word where it has no value."""
        return number(one, write, self.say)

    def told(self, one: Cited, write: Callable[[float], str] | None = None, unit: str = "", text: str = "") -> Number:
        """A cited number as it is shown, short unless ``write`` says otherwise; ``text``: a sentence with it inside."""
        said = text or self.said(one, write or (lambda value: numbers.short(value, self.lang)))
        return Number(said, unit if one.value is not None else "", one.value, one.state, one.cite)

    def number(self, one: Cited, made: Measure) -> Number:
        """A measure's number as it is shown."""
        return self.told(one, lambda value: numbers.number(value, made, self.lang), numbers.unit(made, self.lang))

    def ask(self, name: str, day: Day | None = None, area: str | None = None) -> Number:
        """A measure on its newest day, for the wall's area or another."""
        asked = self.given("measure", name=name, area=area or self.area, day=day or self.day_of(name))
        return self.number(asked[""], MEASURES[name])

    def figure(self, name: str, upto: Day | None = None) -> dict[str, Any]:
        """A key figure: its number, and by how much it changed over a week; of no later day than ``upto``."""
        day = self.day_of(name)
        assert day is not None
        if upto is not None and self.status.days[name][0] <= upto:
            day = min(day, upto)
        one, made = self.given("compared", name=name, day=day), MEASURES[name]
        return {
            "name": made.name(self.lang),
            "number": self.number(one["answer"], made),
            "day": "" if upto is None or day == upto else self.day_text(day),
            **self.change(one),
        }

    def change(self, one: Given[Figure]) -> dict[str, Any]:
        """The change over a week: its words, where it points, and whether that is good."""
        figure = one.what
        if figure.answer.value is None or figure.before.value is None:
            return {"change": self.say("no_comparison"), "direction": "none", "goodness": "neutral"}
        text = self.say("flat") if figure.direction == "flat" else panel.changed(one, self.lang)
        return {"change": text, "direction": figure.direction, "goodness": figure.goodness}

    def children(self, names: Sequence[str], day: Day) -> dict[str, list[Number]]:
        """The numbers of every area one level below, by its code; {} where there is none."""
        return {} if self.below is None else self.units(names, self.below, day)

    def units(self, names: Sequence[str], level: str, day: Day | None = None) -> dict[str, list[Number]]:
        """The numbers of every area of a level, by its code, on a day or each measure's newest."""
        asked = [self.given("measures", name=n, level=level, day=day or self.day_of(n)) for n in names]
        return {
            code: [self.number(one[f"[{code}]"], MEASURES[n]) for n, one in zip(names, asked, strict=True)]
            for code in asked[0].what
        }

    def label(self, code: str) -> str:
        """The name of an area."""
        return self.view.areas.label(self.view.areas.row_of[code], self.lang)

    # pictures --------------------------------------------------------------------------------------

    def curve(self, name: str, days: int = CURVE_DAYS) -> dict[str, Any]:
        """A measure day by day: values (None: none), states, 7-day mean of what happens on its day, and words."""
        made, shown = MEASURES[name], self.span(name, days)
        told = self.given("series", name=name, first=shown[0], last=shown[-1])
        answers = list(told.what.values())
        values = [answer.value for answer in answers]
        flow = made.form == "count" and not made.stock and not made.back
        known = [answer for answer in answers if answer.value is not None]
        peak = max(known, key=lambda answer: answer.value or 0.0, default=None)
        return {
            "values": [None if v is None else float(f"{v:.6g}") for v in values],
            "states": [answer.state for answer in answers],
            "mean": panel.moving_mean(values) if flow else None,
            "form": "bars" if flow else "line",
            "ticks": [[n, text] for n, text in self.ticks(shown)],
            "last": self.number(told[f"[{shown[-1]}]"], made),
            "peak": None if peak is None else self.number(told[f"[{peak.day}]"], made),
            "peak_at": 0 if peak is None else (peak.day - shown[0]).days,
            "peak_day": "" if peak is None else self.day_text(peak.day),
        }

    def ticks(self, days: Sequence[Day]) -> list[tuple[int, str]]:
        """(place, word) of the days that an axis names: Mondays, not more than six."""
        mondays = [n for n, day in enumerate(days) if day.weekday() == 0] or [0]
        step = math.ceil(len(mondays) / 6)
        return [(n, self.day_text(days[n])) for n in mondays[::step]]

    def map_level(self, name: str) -> str | None:
        """The finest level whose areas can still be told apart and most of whose numbers are shown; None: the map's
        own choice."""
        areas, row, day = self.view.areas, self.view.areas.row_of[self.area], self.day_of(name)
        depth = areas.levels.index(self.place.level)
        for level in reversed(areas.levels[depth + 1 :]):
            rows = areas.of_level(level, row)
            if not 1 < len(rows) <= MOST_UNITS or all(areas.shape[unit] is None for unit in rows):
                continue
            painted = self.desk.paint(self.viewer, name, level, [day] if day else [], area=self.area)
            state = painted.values.state
            known, hidden = (state != MISSING).sum(), (state == SUPPRESSED).sum()
            if known and 2 * hidden <= known:
                return level
        return None

    def map(self, name: str, level: str | None = None, classes: bool = False) -> dict[str, Any]:
        """The map's properties (see :mod:`dashboard.parts.grid_map`; addresses relative to the wall's own), the
        legend, and for replay the days."""
        shown = self.shown(name, level or self.map_level(name))
        made, units = shown.measure, shown.units
        breaks = self.painter.breaks(self.viewer, made, shown.level)
        assert shown.day is not None
        assert shown.first is not None
        at = (shown.day - shown.first).days
        geo = f"geo/{units.geography}/{units.level}/{units.within}"
        paint = f"paint/{self.view.version}/{{known}}/{made.id}/{units.level}/{units.within}"
        fresh_ = self.desk.beside(FreshnessDesk).query(self.viewer)
        return {
            "measure": made.id,
            "name": made.name(self.lang),
            "unit": numbers.unit(made, self.lang),
            "level": shown.level,
            "level_name": self.level_name(shown.level),
            "day": shown.day,
            "properties": {
                "shapes_url": f"{geo}/shapes.bin",
                "outlines_url": f"{geo}/outlines.bin",
                "values_url": f"{paint.format(known='now')}/{shown.day}.bin{fresh_}",
                "classes_url": f"{paint.format(known='now')}/all.bin{fresh_}" if classes else None,
                "values_day": at,
                "day_index": at,
                "ramp": colours.ramp(made, len(breaks) + 1, "dark"),
                "breaks": list(breaks),
                "lang": self.lang,
                "selected": None if len(shown.place.path) == 1 else shown.place.code,
                "label_levels": self.label_levels(shown),
                "show_values": False,
                "interactive": False,
            },
            "then_url": f"{paint.format(known='then')}/all.bin" if classes else None,
            "hides": not self.viewer.small_numbers,
            "legend": [
                {"colour": colour, "label": label}
                for label, colour in zip(
                    legend.class_labels(shown, breaks), colours.ramp(made, len(breaks) + 1, "dark"), strict=True
                )
            ],
        }

    def label_levels(self, shown: Shown) -> list[str]:
        """Only the first level below the wall's area is named: a wall is read from afar."""
        levels = self.view.areas.levels
        at = levels.index(self.place.level)
        return list(levels[at + 1 : at + 2])

    def shown(self, name: str, level: str | None = None) -> Shown:
        """The official's screen of a measure, from which the map's addresses come."""
        state = links.State(area=self.viewer.scope or "city", layer=name, level=level, lang=self.lang)
        return settle(self.desk, links.Asked(replace(state, day=self.day_of(name))), self.viewer)

    # zones -----------------------------------------------------------------------------------------

    @cached_property
    def zones(self) -> bool:
        """Whether any zone inside the wall's area has begun."""
        return bool(self.desk.beside(ZoneDesk).begun(self.viewer, self.area, Day.min, self.today))

    def where(self, code: str) -> Said:
        """The areas around an area from below the wall's down to its street, as a short path."""
        areas, top = self.view.areas, self.view.areas.row_of[self.area]
        path = [step for step in areas.path(self.view.row(code)) if step > top and areas.level[step] in WHERE]
        return join(" ", [areas.label(step, self.lang) for step in path])
