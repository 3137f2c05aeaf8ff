"""The questions about the seven nets by which a city learns who came, who is where and who is ill.

A net is known by the kinds of its sources (:attr:`data.sources.Kind.net`). It is wired where its newest delivery came
through the inbox, without anybody at the machine, or programs tell of its events one by one; it comes by file where
somebody loaded it; a net without a source does not come. How its sources stand is what
:class:`dashboard.queries.freshness_desk.FreshnessDesk` says of them; its volume is a measure, so scope and small
numbers are those of every other number.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from cachetools import TTLCache

from dashboard.queries.answers import Answer
from dashboard.queries.days import day_range
from dashboard.queries.desk import Desk, Viewer
from dashboard.queries.events import EventDesk
from dashboard.queries.feed_lines import Board, FeedCell, FeedDay, FeedLine, worst
from dashboard.queries.freshness_desk import FreshnessDesk
from data import inbox
from data.events import read
from data.sources import kind
from data.store import Load
from data.terms import NETS
from grid.cube import View
from grid.measures import MEASURES, measure

Day = dt.date
Moment = dt.datetime | None

#: What each net counts; the situation is how many of all measures there are numbers of.
VOLUMES: Mapping[str, tuple[str, ...]] = {
    "arrivals": ("registered_arrivals",),
    "compounds": ("registered_compounds", "checkins"),
    "enterprises": ("registered_staff",),
    "calls": ("calls",),
    "fever": ("fever_visits",),
    "screening": ("screened", "tests_taken"),
    "situation": (),
}

#: What each net tells of, one by one, where a program does: classes of events.
TOLD: Mapping[str, tuple[str, ...]] = {
    "arrivals": ("arrival",), "compounds": ("gate_hit", "parking_hit", "home_alarm"), "fever": ("fever",),
    "screening": ("grid_worker",),
}  # fmt: skip
#: How long a program that tells nothing more is still one that does: once a week everybody has something to tell.
TELLS = dt.timedelta(days=7)
#: Seconds for which it is kept who tells.
KEPT = 60

#: Days whose mean a volume is held against: each day of the week once.
USUAL = 7


@dataclass(frozen=True)
class Number:
    """A number with its state, an id of terms.STATES."""

    value: float | None
    state: str


@dataclass(frozen=True)
class Volume:
    """What a net counted: ``measure`` on its newest ``day`` with a number, and the mean of the USUAL days to it."""

    measure: str
    day: Day | None
    last: Number
    mean: Number


@dataclass(frozen=True)
class NetLine:
    """One net. ``way`` of terms.WAYS; ``state`` of terms.FEEDS: that of its worst source; ``newest`` day of any source;
    ``complete``: the least of its sources' (None: cannot be told); ``cells`` one an area of the board, ``days`` as its
    freshest source told them; ``told``: measures with numbers, of the situation."""

    id: str
    way: str
    state: str
    newest: Day | None
    received: dt.datetime | None
    complete: float | None
    sources: tuple[FeedLine, ...]
    cells: tuple[FeedCell, ...]
    days: tuple[FeedDay, ...]
    volumes: tuple[Volume, ...]
    told: int | None = None


@dataclass(frozen=True)
class NetsAnswer:
    """The seven, in their order; ``areas``: (code, name) of the columns."""

    now: dt.datetime
    areas: tuple[tuple[str, str], ...]
    lines: tuple[NetLine, ...]

    @property
    def coming(self) -> int:
        """Nets of which anything came."""
        return self.wired + self.by_file

    @property
    def wired(self) -> int:
        """Nets that come by themselves."""
        return self._ways("wired")

    @property
    def by_file(self) -> int:
        """Nets that somebody loads."""
        return self._ways("file")

    @property
    def missing(self) -> int:
        """Nets of which nothing comes."""
        return self._ways("none") + self._ways("silent")

    @property
    def late(self) -> int:
        """Nets with a source that is late or has stopped."""
        return sum(line.state in ("warn", "error") for line in self.lines)

    def _ways(self, way: str) -> int:
        return sum(line.way == way for line in self.lines)


class NetsDesk:
    """The questions, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._heard: TTLCache[str, Mapping[tuple[str, str, str], dt.datetime]] = TTLCache(1, KEPT)
        self._lock = threading.Lock()

    def nets(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: Moment = None, now: Moment = None
    ) -> NetsAnswer:
        """The seven nets as they stand for an area and the areas below it; ``day``: volumes up to it (None: newest)."""
        fresh = self.desk.beside(FreshnessDesk)
        board = fresh.board(viewer, area, as_of, now or fresh.now(as_of))
        newest = {load.source: load for load in fresh.loads(as_of)}
        view = self.desk.cube.at(as_of)
        row = self.desk.row(view, viewer, area)
        heard = self._programs(view, row) if as_of is None else {}
        lines = tuple(
            _with(self._line(viewer, view, row, net, board, newest, day, as_of), heard.get(net)) for net in NETS
        )
        return NetsAnswer(board.now, board.areas, lines)

    def _programs(self, view: View, row: int) -> dict[str, dt.datetime]:
        """Net -> when a program last told of one of its events in the city of an area, where one does."""
        if self.desk.events is None:
            return {}
        with self._lock:
            if "" not in self._heard:
                self._heard[""] = read.heard(self.desk.events)
            heard = self._heard[""]
        files = {"", *(source.name for source in self.desk.city.sources)}  # what comes by these is no program's
        since = self.desk.beside(EventDesk).now() - TELLS
        city = view.areas.ancestor(row, "city")
        top = row if city < 0 else city
        told = [(klass, at) for (klass, by, area), at in heard.items()
                if by not in files and at > since and _lies_in(view, area, top)]  # fmt: skip
        last = {net: [at for klass, at in told if klass in TOLD[net]] for net in TOLD}
        return {net: max(moments) for net, moments in last.items() if moments}

    def _line(
        self, viewer: Viewer, view: View, row: int, net: str, board: Board, newest: Mapping[str, Load],
        day: Day | None, as_of: Moment,
    ) -> NetLine:  # fmt: skip
        own = tuple(line for line in board.lines if kind(line.feed.source.kind).net == net)
        cells = tuple(_cell(code, [line.cells[at] for line in own]) for at, (code, _) in enumerate(board.areas))
        code = view.areas.code[row]
        return NetLine(
            id=net,
            way=self._way(own, newest),
            state=worst([line.state for line in own]),
            newest=max((line.feed.newest for line in own if line.feed.newest), default=None),
            received=max((line.feed.received for line in own if line.feed.received), default=None),
            complete=self._complete(view, row, own),
            sources=own,
            cells=cells,
            days=_strip(own),
            volumes=tuple(v for name in VOLUMES[net] if (v := self._volume(viewer, code, name, day, as_of))),
            told=self._told(view, viewer) if net == "situation" else None,
        )

    def _told(self, view: View, viewer: Viewer) -> int:
        """Measures that there are numbers of."""
        return sum(self.desk.span(view, viewer, made) is not None for made in MEASURES.values())

    def _way(self, lines: Sequence[FeedLine], newest: Mapping[str, Load]) -> str:
        """How its data comes: by the newest delivery of any of its sources."""
        came = [newest[line.feed.source.name] for line in lines if line.feed.source.name in newest]
        if not came:
            return "silent" if lines else "none"
        return "wired" if self._by_itself(max(came, key=lambda load: load.id)) else "file"

    def _by_itself(self, load: Load) -> bool:
        home = self.desk.home
        return home is not None and Path(load.notes.get("path", "")).is_relative_to(home.resolve() / inbox.FOLDER)

    def _complete(self, view: View, row: int, lines: Sequence[FeedLine]) -> float | None:
        """The least complete of its sources, of those that can be told."""
        made = self.desk.beside(FreshnessDesk).panels(view)
        units = made.inside(row, int(view.areas.last[row]))
        told = [made.told[line.feed.source.name] for line in lines if line.feed.source.name in made.told]
        known = [share for one in told if len(units) and (share := one.complete(units)) is not None]
        return min(known, default=None)

    def _volume(self, viewer: Viewer, area: str, name: str, day: Day | None, as_of: Moment) -> Volume | None:
        """What a measure of an area was last; None where the city never told it."""
        span = self.desk.span(self.desk.cube.at(as_of), viewer, measure(name))
        if span is None or (day is not None and day < span[0]):
            return None
        last = min(day or span[1], span[1])
        days = day_range(max(span[0], last - dt.timedelta(days=USUAL - 1)), last)
        told = self.desk.ask(viewer, name, area=area, days=days, as_of=as_of)
        return Volume(name, last, Number(told[-1].value, told[-1].state), _mean(told))


def _lies_in(view: View, area: str, top: int) -> bool:
    return not top or top <= view.areas.row_of.get(area, -1) < int(view.areas.last[top])


def _with(line: NetLine, heard: Moment) -> NetLine:
    """A net of whose events programs told last at ``heard`` (None: none does)."""
    if heard is None:
        return line
    state = "fresh" if line.state == "none" else line.state
    return replace(line, way="wired", state=state, received=max(heard, line.received or heard))


def _cell(code: str, cells: Sequence[FeedCell]) -> FeedCell:
    """What a net's sources say of an area together."""
    known = [cell.complete for cell in cells if cell.complete is not None]
    faults = tuple(dict.fromkeys(fault for cell in cells for fault in cell.faults))
    return FeedCell(code, worst([cell.state for cell in cells]), min(known, default=None), faults)


def _strip(lines: Sequence[FeedLine]) -> tuple[FeedDay, ...]:
    """The last days of the source that is furthest."""
    dated = [line for line in lines if line.days]
    return max(dated, key=lambda line: line.feed.newest or Day.min).days if dated else ()


def _mean(told: Sequence[Answer]) -> Number:
    """Of several days, of which none may be hidden."""
    if any(one.state == "suppressed" for one in told):
        return Number(None, "suppressed")
    known = [one.value for one in told if one.value is not None]
    mean = float(np.mean(known)) if known else None
    return Number(mean, "missing" if mean is None else "zero" if mean == 0 else "value")
