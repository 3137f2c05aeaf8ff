"""How sources stand, in records: a source with its cells and days, several in numbers, the board of an area."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.queries.freshness import Freshness
from data.errors import BadQuestion
from data.faults import Fault
from data.words import Both

Day = dt.date

#: States of sources from worst to best: several stand as the worst of them.
WORST = ("error", "warn", "held", "doubtful", "fresh", "none")


@dataclass(frozen=True)
class FeedCell:
    """A source in an area: ``state`` of terms.FEEDS, ``complete``: areas named on its last day against the middle of
    the days before (None: cannot be told), its open ``faults`` there."""

    area: str
    state: str
    complete: float | None
    faults: tuple[str, ...]


@dataclass(frozen=True)
class FeedDay:
    """A day of a source: ``state`` is told, fault, missing, planned (not due) or before (it had not begun)."""

    day: Day
    state: str


@dataclass(frozen=True)
class FeedLine:
    """One source with its cells, one an area of the board, and its last days."""

    feed: Freshness
    cells: tuple[FeedCell, ...]
    days: tuple[FeedDay, ...]
    held: int

    @property
    def state(self) -> str:
        """The worst of its state and its faults."""
        return state_of(self.feed, self.held, self.feed.faults)


class FeedLines:
    """Several sources in numbers."""

    lines: tuple[FeedLine, ...]

    @property
    def state(self) -> str:
        """That of the worst of them."""
        return worst([line.state for line in self.lines])

    @property
    def fresh(self) -> int:
        """Sources on time and without a fault."""
        return sum(line.state in ("fresh", "none") for line in self.lines)

    @property
    def late(self) -> int:
        """Sources that are late or have stopped."""
        return sum(line.state in ("warn", "error") for line in self.lines)

    @property
    def stopped(self) -> int:
        """Sources that have stopped."""
        return sum(line.state == "error" for line in self.lines)

    @property
    def doubtful(self) -> int:
        """Sources with an open fault."""
        return sum(line.state in ("doubtful", "held") for line in self.lines)

    @property
    def held(self) -> int:
        """Deliveries that wait for a decision."""
        return sum(line.held for line in self.lines)


@dataclass(frozen=True)
class FeedPart(FeedLines):
    """The sources that are an area's own: of a city of a province, of a province of a country."""

    code: str
    name: str
    lines: tuple[FeedLine, ...]


@dataclass(frozen=True)
class Board(FeedLines):
    """Every source that the viewer may know of and that is of the asked area, at ``now``; ``areas``: (code, name) of
    the columns; ``parts``: of an area that holds cities, each of these with its own sources."""

    now: dt.datetime
    archive: bool
    areas: tuple[tuple[str, str], ...]
    lines: tuple[FeedLine, ...]
    parts: tuple[FeedPart, ...] = ()

    @property
    def own(self) -> list[FeedLine]:
        """Sources that are of no part alone."""
        theirs = {line.feed.source.name for part in self.parts for line in part.lines}
        return [line for line in self.lines if line.feed.source.name not in theirs]

    @property
    def late_in(self) -> Mapping[str, int]:
        """Area -> sources that are late there or have stopped."""
        late = Counter(cell.area for line in self.lines for cell in line.cells if cell.state in ("warn", "error"))
        return {code: late[code] for code, _ in self.areas}


def worst(states: Sequence[str]) -> str:
    """The state of terms.FEEDS that stands for several; none where there are none."""
    return min(states, key=WORST.index, default="none")


def state_of(one: Freshness, waiting: int, here: Sequence[Fault]) -> str:
    """The state of a source with so many deliveries held back and the faults that are looked at."""
    if one.state in ("warn", "error"):
        return one.state
    if waiting:
        return "held"
    return "doubtful" if here else one.state if one.received is not None or one.state != "none" else "none"


def line_of(board: Board, name: str) -> FeedLine:
    """The line of a source; BadQuestion where the viewer knows of none."""
    found = next((line for line in board.lines if line.feed.source.name == name), None)
    if found is None:
        raise BadQuestion(detail=Both(f"没有来源 {name}", f"there is no source {name}"))
    return found
