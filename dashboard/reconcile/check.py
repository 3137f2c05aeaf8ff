"""A screen held against a fresh desk: each of its numbers asked again, each unit of its map, each digit explained."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from cachetools import LRUCache

from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.queries.cite import Cite, Fact, follow
from dashboard.queries.questions import ask
from dashboard.reconcile import maps
from dashboard.reconcile.findings import Finding, Tally
from dashboard.reconcile.names import names
from dashboard.reconcile.screens import Screen
from dashboard.reconcile.texts import numbers, shown, untraced
from dashboard.reports.model import Number, Report, Table, numbers_of, sections_of
from dashboard.said import Said, Told
from data.errors import OneScreenError

#: Answers of the fresh desk that are kept: the many numbers of a screen are told by a few questions.
KEPT = 400

#: By how much two numbers may differ and still be one: nothing but the last bits of a float.
CLOSE = 1e-9


class Checker:
    """Asks again on ``desk``, which nobody has asked before; ``painter``: the one whose maps are held against it;
    ``known``: the version's names."""

    def __init__(
        self, desk: Desk, painter: Painter, known: frozenset[str] = frozenset(), tally: Tally | None = None
    ) -> None:
        self.desk, self.painter, self.tally = desk, painter, tally or Tally()
        self.known = known or names(desk)
        self._asked: LRUCache[tuple[object, ...], Any] = LRUCache(KEPT)
        self._seen: set[tuple[str | None, str]] = set()
        self._servers: dict[Viewer, maps.Maps] = {}

    def check(self, screen: Screen) -> list[Finding]:
        """What is wrong with a screen; it is counted in the tally."""
        self.tally.screens += 1
        found = list(self._all(screen))
        self.tally.findings += found
        return found

    def _all(self, screen: Screen) -> Iterator[Finding]:
        if screen.broken:
            yield Finding("broken", screen.name, "", screen.broken)
        elif isinstance(screen.content, Report):
            yield from self._report(screen, screen.content)
        else:
            yield from self._texts(screen)
            yield from self._curves(screen, screen.content)
            yield from self._painted(screen, screen.content)

    # texts -----------------------------------------------------------------------------------------

    def _texts(self, screen: Screen) -> Iterator[Finding]:
        for one in shown(screen.content):
            if one.path.endswith(".error"):
                yield Finding("broken", screen.name, one.path, one.text)
            for told in numbers(one.text):
                yield from self._told(screen, one.path, told)
            for piece in untraced(one.text, self.known):
                self.tally.numbers += 1
                yield Finding("untraced", screen.name, one.path, _around(one.text, piece))

    def _told(self, screen: Screen, place: str, told: Told) -> Iterator[Finding]:
        number, text = told.number, str(told)
        again = yield from self._again(screen, place, number.cite, text)
        if again is None:
            return
        if not same(Fact(number.value, number.state), again) or told.write(again) != text:
            yield Finding("differs", screen.name, place, text, f"{told.write(again)} {number.cite}")

    def _report(self, screen: Screen, report: Report) -> Iterator[Finding]:
        yield from self._bare(screen, report)
        yield from self._totals(screen, report)
        for number in numbers_of(report):
            text = f"{number.value if number.value is not None else number.state}"
            again = yield from self._again(screen, report.title, number.cite, text)
            if again is not None and not same(Fact(number.value, number.state), again):
                told = again.value if again.value is not None else again.state
                yield Finding("differs", screen.name, report.title, text, f"{told} {number.cite}")

    def _bare(self, screen: Screen, report: Report) -> Iterator[Finding]:
        """A column of numbers holds no digits that are a mere text."""
        for table in tables_of(report):
            for row in table.rows:
                for column, cell in zip(table.columns, row, strict=True):
                    if column.left or not isinstance(cell, str) or not untraced(cell, self.known):
                        continue
                    self.tally.numbers += 1
                    yield Finding("untraced", screen.name, f"{table.title} {column.name}", cell)

    def _totals(self, screen: Screen, report: Report) -> Iterator[Finding]:
        """The last row of a table with a total is the sum of those above, in every column that counts."""
        for table in tables_of(report):
            for column, named in enumerate(table.columns):
                cells = [row[column] for row in table.rows]
                counts = [cell for cell in cells if isinstance(cell, Number) and cell.form == "count"]
                values = [cell.value for cell in counts if cell.value is not None]
                if not table.total or len(values) < len(table.rows) or len(values) < 2:
                    continue
                self.tally.sums += 1
                if not math.isclose(sum(values[:-1]), values[-1], abs_tol=CLOSE):
                    place = f"{table.title} {named.name}"
                    yield Finding("sum", screen.name, place, f"{values[-1]:g}", f"{sum(values[:-1]):g}")

    def _again(self, screen: Screen, place: str, cited: Cite, text: str) -> Generator[Finding, None, Fact | None]:
        """The number asked again; None, with a finding, where its citation leads nowhere."""
        self.tally.numbers += 1
        self.tally.by_kind[cited.question] += 1
        try:
            fact = follow(self._answer(screen.viewer, screen.as_of, cited), cited.way)
        except OneScreenError as error:
            yield Finding("untraced", screen.name, place, text, f"{error.say('en')} {cited}")
            return None
        self.tally.traced += 1
        return fact

    def _answer(self, viewer: Viewer, as_of: dt.datetime | None, cited: Cite) -> Any:
        """A question is asked once for all numbers that cite it."""
        key = viewer, as_of, cited.question, cited.asked
        if key not in self._asked:
            self.tally.questions += 1
            self._asked[key] = ask(self.desk, viewer, cited, as_of)
        return self._asked[key]

    # curves and maps -------------------------------------------------------------------------------

    def _curves(self, screen: Screen, content: Any, path: str = "") -> Iterator[Finding]:
        """A curve's drawn values are the numbers of its texts."""
        if isinstance(content, list):
            for at, one in enumerate(content):
                yield from self._curves(screen, one, f"{path}[{at}]")
        if not isinstance(content, Mapping):
            return
        for key, one in content.items():
            yield from self._curves(screen, one, f"{path}.{key}")
        for value, text in zip(content.get("values") or (), content.get("texts") or (), strict=False):
            told = text.number if isinstance(text, Said) else None
            if told is not None and not _drawn(value, told.value):
                yield Finding("differs", screen.name, f"{path}.values", str(value), f"{told.value} {told.cite}")

    def _painted(self, screen: Screen, content: Any) -> Iterator[Finding]:
        """Every unit and arc of a map has the number that the fresh desk tells of it."""
        for url in maps.urls(content):
            key = screen.viewer.scope, url
            if key in self._seen:
                continue
            self._seen.add(key)
            shown, fresh = self._maps(screen.viewer).numbers(url)
            for count in ("numbers", "traced", "units"):
                setattr(self.tally, count, getattr(self.tally, count) + shown.size)
            for which, drawn, wanted in maps.differences(shown, fresh):
                yield Finding("differs", screen.name, f"map {url} {which}".rstrip(), drawn, wanted)

    def _maps(self, viewer: Viewer) -> maps.Maps:
        if viewer not in self._servers:
            self._servers[viewer] = maps.Maps(self.painter, self.desk, viewer)
        return self._servers[viewer]


def tables_of(report: Report) -> Iterator[Table]:
    """Every table of a report."""
    for _, section in sections_of(report):
        yield from (block for block in section.blocks if isinstance(block, Table))


def same(one: Fact, other: Fact) -> bool:
    """Whether two facts are one."""
    if one.value is None or other.value is None:
        return one.value is other.value and one.state == other.state
    return math.isclose(one.value, other.value, rel_tol=CLOSE, abs_tol=CLOSE) and one.state == other.state


def _drawn(value: Any, told: float | None) -> bool:
    """Whether a drawn value is the told one; curves are drawn with six digits."""
    if value is None or told is None:
        return value is told
    return math.isclose(float(value), told, rel_tol=1e-5, abs_tol=1e-9)


def _around(text: str, piece: str) -> str:
    """A piece, in its text where that is short."""
    return text if len(text) < 60 else piece[:60]


__all__ = ["CLOSE", "Checker", "same"]
