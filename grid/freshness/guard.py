"""A delivery weighed before it is committed: what is odd about it, and whether somebody must be asked first.

What is found stands in the load's notes, so that the ledger of any moment is what was known then. The first files of a
source have no history to be odd against; and an archive that is built for the first time is taken as it is, because
nobody can be asked about every day of the past at once: its faults are listed, and nothing is held. From then on the
files of that source are weighed like any others.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.city import Source
from data.days import to_day
from data.deliveries import Delivery
from data.errors import HeldBack
from data.faults import Fault
from data.flows import LAYOUTS
from data.read import format_of
from data.slabs import MISSING, STATEMENT, unpack_rows
from data.store import Load, Store, Writer
from data.words import Both
from grid.freshness.odd import odd_days
from grid.freshness.panel import Memory, Panel, flow_panel, panel_of, seats
from grid.freshness.shifted import shift_of
from grid.ground import Figures, Ground, Order
from grid.ledgers import headings_of

Day = dt.date

#: Days whose numbers tell what a place usually reports.
USUAL = 7
#: Kinds whose rows hold until they are told otherwise: the same list again is no second delivery of anything.
LASTING = ("population", "zones", "notices", "elsewhere")


class Guard:
    """Weighs the deliveries of one city."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        geography = ground.geography
        self.memory = Memory(seats(geography.areas, geography.leaves), ground.vector)

    def weigh(self, load: Writer, delivery: Delivery, figures: Figures) -> tuple[list[Fault], dict[str, Any]]:
        """(faults, what the load's notes must say so that later deliveries can be weighed against it)."""
        source, earlier = delivery.source, _earlier(self.ground.store, load)
        printed = print_of(load)
        notes: dict[str, Any] = {"headings": figures.notes.get("headings") or _headings(delivery)}
        notes |= {"print": printed} if printed else {}
        found = list(_drift(source, notes["headings"], earlier, delivery))
        twice = _twice(delivery, figures, printed, earlier)
        if twice is not None:
            return [twice, *found], notes
        found += list(_aside(figures))
        panel = self._panel(load, source)
        shifted = self._shifted(load, figures.order, panel)
        if shifted is not None:
            days = figures.first_day, figures.last_day
            return [Fault(shifted.id, *days, more=shifted.more), *found], notes
        if panel is not None:
            found += odd_days(panel, source.guard, tells_nought=_tells_nought(source, panel))
        return found, notes

    def _panel(self, load: Writer, source: Source) -> Panel | None:
        flows = load.wrote.get("flow_day", [])
        return flow_panel(source.kind, flows) if flows else panel_of(self.memory, load)

    def _shifted(self, load: Writer, order: Order | None, panel: Panel | None) -> Fault | None:
        if order is None or panel is None or len(order.value) == 0:
            return None
        first = to_day(int(order.day.min()))
        return shift_of(order, self._usual(load, order, first))

    def _usual(self, load: Writer, order: Order, first: Day) -> NDArray[np.float64]:
        """What the place of each row told lately, before ``first``."""
        told = load.told(first - dt.timedelta(days=4 * USUAL), first - dt.timedelta(days=1))
        usual = np.full(len(order.value), np.nan)
        for number, count in enumerate(order.counts):
            days = sorted(day for name, day in told if name == count)[-USUAL:]
            rows = order.count == number
            if days and rows.any():
                usual[rows] = self._mean(load, count, {day: told[count, day] for day in days})[order.leaf[rows]]
        return usual

    def _mean(self, load: Writer, count: str, loads: Mapping[Day, int]) -> NDArray[np.float64]:
        """The mean of a count on some days by leaf, NaN where it was never told."""
        bodies = [
            self.memory.vector(geography, body)
            for number in set(loads.values())
            for name, day, geography, body in load.bodies(number, list(loads))
            if name == count and loads[day] == number
        ]
        stack = np.stack(bodies)
        stated = stack != MISSING
        total = np.where(stated, stack, 0).sum(axis=0, dtype=np.float64)
        n = stated.sum(axis=0)
        return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def hold(delivery: Delivery, faults: Sequence[Fault]) -> None:
    """HeldBack if one of the faults asks for it."""
    asking = [fault for fault in faults if fault.id in delivery.source.guard.hold and not fault.aside]
    if asking:
        error = HeldBack(file=delivery.path.name, detail=told_of(asking))
        error.faults = asking
        raise error


def told_of(faults: Sequence[Fault], most: int = 3) -> Both:
    """Some faults in a line."""
    zh, en = ("；".join(f.line("zh") for f in faults[:most]), "; ".join(f.line("en") for f in faults[:most]))
    rest = len(faults) - most
    return Both(f"{zh}；另有 {rest} 处", f"{en}; and {rest} more") if rest > 0 else Both(zh, en)


def _earlier(store: Store, load: Writer) -> list[Load]:
    return [one for one in store.loads(source=load.source) if one.id < load.number]


def _headings(delivery: Delivery) -> list[str]:
    """Of a file that was streamed."""
    streams = format_of(delivery.path, delivery.source) in ("csv", "parquet")
    return sorted(headings_of(delivery)) if streams else []


def _drift(source: Source, headings: Sequence[str], earlier: Sequence[Load], delivery: Delivery) -> Iterator[Fault]:
    """Columns that came or went. The objects of a JSON document may leave out what they do not know."""
    before = next((one.notes["headings"] for one in reversed(earlier) if one.notes.get("headings")), None)
    if before is None or not headings or format_of(delivery.path, source) == "json":
        return
    gone, added = sorted(set(before) - set(headings)), sorted(set(headings) - set(before))
    if gone or added:
        yield Fault("schema_drift", more={"gone": gone, "added": added})


def _aside(figures: Figures) -> Iterator[Fault]:
    """Days filled with zeros that were set aside, run by run."""
    run: list[Day] = []
    for day in (*figures.doubted, None):
        if run and (day is None or (day - run[-1]).days > 1):
            yield Fault("zero_filled", run[0], run[-1], more={"n": len(run)}, aside=True)
            run = []
        run += [day] if day else []


def _twice(delivery: Delivery, figures: Figures, printed: str | None, earlier: Sequence[Load]) -> Fault | None:
    """The last delivery about these days said the same. Of what bears no day, or says nothing, that means nothing."""
    if delivery.source.kind in LASTING or not figures.taken or printed is None or figures.first_day is None:
        return None
    days = figures.first_day, figures.last_day or figures.first_day
    about = [one for one in earlier if one.first_day and one.last_day
             and one.first_day <= days[1] and one.last_day >= days[0]]  # fmt: skip
    if not about or about[-1].notes.get("print") != printed:
        return None
    return Fault("duplicate_file", *days, more={"load": about[-1].id, "file": about[-1].file})


def print_of(load: Writer) -> str | None:
    """What a load says, whatever the bytes and the order of its rows: a digest of its statements, else of its slabs or
    tables; None of a kind that keeps neither."""
    for table, write in (("statement", _statements), ("slab", _slabs), ("flow_day", _flows), ("presence", _slabs)):
        if load.wrote.get(table):
            digest = hashlib.sha256()
            for part in write(load.wrote[table]):
                digest.update(part)
            return digest.hexdigest()[:32]
    return None


def _statements(wrote: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    for row in wrote:
        yield repr(row["counts"]).encode()
        yield np.sort(unpack_rows(row["body"], STATEMENT), order=["key", "day", "count", "leaf"]).tobytes()


def _slabs(wrote: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    for row in sorted(wrote, key=lambda row: (str(row.get("count", "")), row["day"])):
        yield f"{row.get('count', '')} {row['day']} ".encode() + row["body"]


def _flows(wrote: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    for row in sorted(wrote, key=lambda row: row["day"]):
        layout, _ = LAYOUTS[row["kind"]]
        rows, words = unpack_rows(row["body"], layout), row["words"]
        spelt = [
            [words[value] if layout[name].str == "<i4" else value for value in rows[name].tolist()]
            for name in layout.names or ()
        ]
        yield f"{row['day']} {sorted(map(repr, zip(*spelt, strict=True)))}".encode()


def _tells_nought(source: Source, panel: Panel) -> bool:
    """Whether the source tells a day on which there was nothing as such, rather than not at all."""
    return source.covers is not None or any(np.nansum(one) == 0 for one in panel.now.values())
