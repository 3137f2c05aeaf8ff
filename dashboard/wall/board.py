"""What the scenes ask with: one desk, one viewer, one moment; and how its answers become panels' numbers."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from dashboard import colours, links, numbers
from dashboard.paint import Painter
from dashboard.parts import legend, panel
from dashboard.queries import Answer, Desk, Figure, Viewer, day_range, next_level
from dashboard.shown import Shown, settle
from dashboard.wall import freshness as fresh
from dashboard.wall.scene import AsOf, Number
from dashboard.wall.texts import say
from data.errors import Lang
from data.store import Zone
from data.terms import LEVELS
from grid.measures import MEASURES, Measure
from grid.rates import MISSING

Day = dt.date

#: Days that a curve shows, and that the situation replays.
CURVE_DAYS = 60
REPLAY_DAYS = 28
#: Rows that a list is sent with; the browser shows as many as fit.
MOST_ROWS = 40
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

    def say(self, key: str, **fields: object) -> str:
        """A word of the wall."""
        return say(key, self.lang, **fields)

    def level_name(self, level: str) -> str:
        """The word for a level."""
        return LEVELS[level].name(self.lang)

    @cached_property
    def below(self) -> str | None:
        """The level one step below the wall's area; None where that is cells or nothing."""
        level = next_level(self.view, self.view.areas.row_of[self.area])
        return None if level == "cell" else level

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
    def sources(self) -> dict[str, fresh.Freshness]:
        """Every source by name, with how late it is."""
        loads = self.desk.cube.store.loads(upto=self.view.version)
        return {one.source.name: one for one in fresh.freshness(self.desk.city, loads, self.now.utc)}

    def feeds(self, names: Sequence[str]) -> list[str]:
        """The sources that some measures are made of, population aside."""
        counts = {count for name in names for count in MEASURES[name].counts if count != "population"}
        found = {source for count in counts for _, source in self.view.stated_days.get(count, [])}
        if any(count.startswith("zone_") for count in counts):
            found |= {name for name, one in self.sources.items() if one.source.kind == "zones"}
        return sorted(found)

    def asof(self, *names: str, day: Day | None = None) -> AsOf:
        """As of when a panel of these measures speaks: its newest day, its newest delivery, and whether it is late."""
        days = [found for name in names if (found := self.day_of(name)) is not None]
        return self.asof_of(self.feeds(names), day or max(days, default=None))

    def asof_of(self, feeds: Sequence[str], day: Day | None) -> AsOf:
        """The same for sources by name."""
        received = [one.received for name in feeds if (one := self.sources.get(name)) and one.received]
        parts = [] if day is None else [self.say("upto", day=self.day_text(day))]
        if received:
            parts.append(self.say("received", moment=self.moment_text(max(received))))
        late = fresh.worst(self.sources, feeds)
        text = " · ".join(parts) or self.say("not_ready")
        return AsOf(text) if late is None else AsOf(text, late.state, self.late_word(late))

    def moment_text(self, moment: dt.datetime) -> str:
        """A moment of the store on the city's clocks: the day if it is not the wall's, and the time."""
        at = fresh.local(moment, self.desk.city)
        if at.date() == self.today:
            return f"{at:%H:%M}"
        return f"{numbers.day_text(at.date(), self.lang, year=at.year != self.today.year)} {at:%H:%M}"

    def late_word(self, late: fresh.Freshness) -> str:
        """断报 3 天."""
        return self.say(f"late_{late.state}", age=self.age_text(late.over))

    def age_text(self, hours: float) -> str:
        """Whole days from two on, else hours."""
        return self.say("days", n=int(hours // 24)) if hours >= 48 else self.say("hours", n=max(1, int(hours)))

    # numbers ---------------------------------------------------------------------------------------

    def number(self, answer: Answer, made: Measure, known_at: dt.datetime | None = None) -> Number:
        """An answer as it is shown, with its question."""
        known = answer.value is not None
        text = numbers.number(answer.value or 0.0, made, self.lang) if known else self.say(answer.state)
        unit = numbers.unit(made, self.lang) if known else ""
        return Number(
            text, unit, answer.value, answer.state, "measure", made.id, answer.area, answer.level, answer.day, known_at
        )

    def counted(self, value: float, unit: str = "", of: Any = "zones", text: str = "") -> Number:
        """A number that no measure tells: counted from zones or loads, or told by the clock."""
        return Number(text or numbers.short(value, self.lang), unit, value, "value" if value else "zero", of)

    def ask(self, name: str, day: Day | None = None, area: str | None = None, level: str | None = None) -> list[Number]:
        """A measure on its newest day, for the wall's area or what lies in it."""
        asked = day or self.day_of(name)
        found = self.desk.ask(
            self.viewer, name, area=area or self.area, days=None if asked is None else [asked], level=level
        )
        return [self.number(answer, MEASURES[name]) for answer in found]

    def figure(self, name: str, upto: Day | None = None) -> dict[str, Any]:
        """A key figure: its number, and by how much it changed over a week; of no later day than ``upto``."""
        day = self.day_of(name)
        assert day is not None
        if upto is not None and self.status.days[name][0] <= upto:
            day = min(day, upto)
        one = self.desk.figures(self.viewer, self.area, day, names=[name])[0]
        made = MEASURES[name]
        return {
            "name": made.name(self.lang),
            "number": self.number(one.answer, made),
            "day": "" if upto is None or day == upto else self.day_text(day),
            **self.change(one),
        }

    def change(self, figure: Figure) -> dict[str, Any]:
        """The change over a week: its words, where it points, and whether that is good."""
        now, before = figure.answer.value, figure.before.value
        if now is None or before is None:
            return {"change": self.say("no_comparison"), "direction": "none", "goodness": "neutral"}
        flat = figure.direction == "flat"
        text = self.say("flat") if flat else numbers.change(before, now, figure.measure, self.lang)
        return {"change": text, "direction": figure.direction, "goodness": figure.goodness}

    def children(self, names: Sequence[str], day: Day) -> list[list[Number]]:
        """The numbers of every area one level below; [] where there is none."""
        if self.below is None:
            return []
        rows = self.desk.children(self.viewer, names, self.area, day)
        return [[self.number(answer, MEASURES[n]) for n, answer in zip(names, row, strict=True)] for row in rows]

    def label(self, code: str) -> str:
        """The name of an area."""
        return self.view.areas.label(self.view.areas.row_of[code], self.lang)

    # pictures --------------------------------------------------------------------------------------

    def curve(self, name: str, days: int = CURVE_DAYS) -> dict[str, Any]:
        """A measure day by day: values (None: none), states, 7-day mean of what happens on its day, and words."""
        made, shown = MEASURES[name], self.span(name, days)
        answers = self.desk.series(self.viewer, name, self.area, shown[0], shown[-1])
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
            "last": self.number(answers[-1], made),
            "peak": None if peak is None else self.number(peak, made),
            "peak_at": 0 if peak is None else (peak.day - shown[0]).days,
            "peak_day": "" if peak is None else self.day_text(peak.day),
        }

    def ticks(self, days: Sequence[Day]) -> list[tuple[int, str]]:
        """(place, word) of the days that an axis names: Mondays, not more than six."""
        mondays = [n for n, day in enumerate(days) if day.weekday() == 0] or [0]
        step = math.ceil(len(mondays) / 6)
        return [(n, self.day_text(days[n])) for n in mondays[::step]]

    def map_level(self, name: str) -> str | None:
        """The finest level with numbers whose areas can still be told apart; None: the map's own choice."""
        areas, row, day = self.view.areas, self.view.areas.row_of[self.area], self.day_of(name)
        depth = areas.levels.index(self.place.level)
        for level in reversed(areas.levels[depth + 1 :]):
            rows = areas.of_level(level, row)
            if not 1 < len(rows) <= MOST_UNITS or all(areas.shape[unit] is None for unit in rows):
                continue
            painted = self.desk.paint(self.viewer, name, level, [day] if day else [], area=self.area)
            if (painted.values.state != MISSING).any():
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
                "values_url": f"{paint.format(known='now')}/{shown.day}.bin",
                "classes_url": f"{paint.format(known='now')}/all.bin" if classes else None,
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
    def zones(self) -> list[Zone]:
        """Every zone inside the wall's area that has begun."""
        areas = self.view.areas
        row = areas.row_of[self.area]
        inside = range(row, int(areas.last[row]))
        return [z for z in self.view.zones.zones if self.view.row(z.area) in inside and z.start <= self.today]

    def where(self, code: str) -> str:
        """The street and district above an area, as a short path."""
        areas = self.view.areas
        path = [step for step in areas.path(self.view.row(code)) if areas.level[step] in ("district", "street")]
        return " ".join(areas.label(step, self.lang) for step in path)
