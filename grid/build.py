"""Deliveries -> loads: read, check, place, count, store; one file, one transaction, one version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.check import check, refuse_if_bad
from data.city import City, Source
from data.deliveries import Delivery, deliveries
from data.doubt import doubted_days
from data.errors import Both, CRSError, FileError, InputError, Reject
from data.formats.carried import carried_crs
from data.read import Frame, read_frame
from data.sources import Kind, kind, verify
from data.store import Load, Store, Writer
from data.terms import CODES, RISKS
from grid import crs, ledgers, zone_rows
from grid.areas import Areas
from grid.cube import leaf_map
from grid.geography import Geography, load_geography
from grid.leaves import Leaves
from grid.lookup import Lookup
from grid.place import Placed, Placer
from grid.statements import Speech, day_number, day_numbers, keys, latest, renumber, slabs, speak, to_day, touched_days

#: field whose value picks the count, by kind of source: value -> count id
_PICKED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "cases": (
        "status",
        {"case": "cases", "asymptomatic": "asymptomatic", "reclassified": "reclassified"},
    ),
    "risk_areas": ("level", {grade: f"risk_{grade}" for grade in RISKS}),
    "code_ledger": ("status", {colour: f"code_{colour}" for colour in CODES}),
    "code_status": ("status", {colour: f"code_{colour}" for colour in CODES}),
}

#: Unplaced notes kept of one load; the rest is one more line a reason, with their number.
NOTES_KEPT = 200

_PLACE = ("code", "area", "district", "street", "community", "text", "cell", "lon", "lat")


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery: its load, or the error that returned it whole."""

    delivery: Delivery
    load: int | None
    rows: int = 0
    taken: int = 0
    rejected: int = 0
    aside: int = 0
    error: InputError | None = None


@dataclass
class Built:
    """What one run of :func:`build` did."""

    geography: Geography
    report: Mapping[str, Any]
    new_geography: bool
    outcomes: list[Outcome] = field(default_factory=list)
    skipped: int = 0


Progress = Callable[[str, int, int], None]


def build(store: Store, city: City, secret: str, progress: Progress = lambda *_: None) -> Built:
    """Load everything the city file names that was not loaded before.

    A file that cannot be taken at all leaves no trace in the store and stands in ``outcomes`` with its
    error; the others go on. Raises CityFileError and CRSError before anything is written.
    """
    for source in city.sources:
        verify(source)
        if source.crs is not None:
            crs.crs(source.crs)
    waiting = deliveries(city)
    history = History(store.loads(), waiting)
    progress("geography", 0, len(waiting))
    geography, report, new = load_geography(store, city, history.began)
    built = Built(geography, report, new)
    loader = Loader(store, city, geography, secret)
    for number, delivery in enumerate(waiting):
        progress(delivery.path.name, number, len(waiting))
        if history.stands(delivery):
            built.skipped += 1
            continue
        outcome = loader.attempt(delivery, delivery.known or history.began)
        built.outcomes.append(outcome)
        history.note(outcome)
    progress("", len(waiting), len(waiting))
    return built


class History:
    """What was taken before, against what lies there now.

    ``began``: the moment of an archive's first delivery, until one of them was taken: what describes the
    city was known by then. Afterwards whatever bears no moment of its own is known only now.
    """

    def __init__(self, loads: Iterable[Load], waiting: Sequence[Delivery]) -> None:
        self._waiting = {(d.source.name, d.sha256) for d in waiting}
        self._taken: dict[str, dict[str, str]] = {}
        for load in loads:
            self._enter(load.source, load.sha256, load.notes.get("path", ""))
        moments = [delivery.known for delivery in waiting if delivery.known is not None]
        begun = any(d.known is not None and self.stands(d) for d in waiting)
        self.began = None if begun else min(moments, default=None)

    def _enter(self, source: str, sha256: str, path: str) -> None:
        taken = self._taken.setdefault(source, {})
        taken.pop(sha256, None)
        taken[sha256] = path

    def stands(self, delivery: Delivery) -> bool:
        """Whether this very file was taken, and none since that stood in its place and is gone: a file put
        right again after a wrong one is a new delivery."""
        source, taken = delivery.source.name, self._taken.get(delivery.source.name, {})
        if delivery.sha256 not in taken:
            return False
        later = list(taken)[list(taken).index(delivery.sha256) + 1 :]
        return not any(taken[s] == _path(delivery) and (source, s) not in self._waiting for s in later)

    def note(self, outcome: Outcome) -> None:
        """Remember a delivery of this run, so that its double is not taken again."""
        if outcome.error is None:
            delivery = outcome.delivery
            self._enter(delivery.source.name, delivery.sha256, _path(delivery))


def _path(delivery: Delivery) -> str:
    return str(delivery.path.resolve())


class Loader:
    """Takes deliveries of one city into its store."""

    def __init__(self, store: Store, city: City, geography: Geography, secret: str) -> None:
        self.store = store
        self.city = city
        self.geography = geography
        self.secret = secret
        self.lookup = Lookup(geography)
        self._placers: dict[str, Placer] = {}
        self._maps: dict[int, NDArray[np.int32]] = {}

    def attempt(self, delivery: Delivery, known: dt.datetime | None = None) -> Outcome:
        """``take``, with a FileError or CRSError as an outcome instead of an exception."""
        try:
            return self.take(delivery, known)
        except (FileError, CRSError) as error:
            return Outcome(delivery, None, error=error)

    def take(self, delivery: Delivery, known: dt.datetime | None = None) -> Outcome:
        """One delivery as one load; raises FileError, then the store is as before."""
        source, made = delivery.source, kind(delivery.source.kind)
        with self.store.loading(
            source=source.name,
            kind=made.id,
            file=delivery.path.name,
            sha256=delivery.sha256,
            known=known,
        ) as load:
            columns = ledgers.streamed_columns(delivery, made, self.geography) if made.streamed else None
            if columns is not None:
                figures = ledgers.take(load, delivery, columns, self.geography)
            else:
                figures = self._take_rows(load, delivery, made)
            load.close(**figures, notes={"path": _path(delivery)})
        rows, taken, rejected, aside = (int(figures[name]) for name in ("rows", "taken", "rejected", "aside"))
        return Outcome(delivery, load.number, rows, taken, rejected, aside)

    def placer(self, source: Source) -> Placer:
        """The placer of a source; its locators are made once."""
        if source.name not in self._placers:
            self._placers[source.name] = Placer(self.lookup, self.city, source)
        return self._placers[source.name]

    def _take_rows(self, load: Writer, delivery: Delivery, made: Kind) -> dict[str, Any]:
        path, source = delivery.path, delivery.source
        covered = delivery.covered_day(self.city.timezone)
        frame = read_frame(path, source)
        if frame.geometry is not None:
            crs.same_crs(source.crs or "", carried_crs(path, source.layer), path.name)
        checked = check(frame, made, source)
        good = checked.good
        doubted = good["day"].isin(doubted_days(good, source, path)) if "day" in good else None
        if doubted is not None and doubted.any():
            good = good[~doubted].reset_index(drop=True)
        placed = self.placer(source).place(good)
        if made.id == "zones":
            zone_rows.seat_drawn(good, placed, source, self.lookup)
        rejects = checked.rejects + list(place_rejects(good, placed, frame, source))
        refuse_if_bad(path.name, checked.rows, len({reject.row for reject in rejects}), rejects[:1], source)
        fits = placed.leaf >= 0
        load.rejects(rejects)
        load.unplaced(self._notes(placed, fits))
        try:
            days = self._write(load, good[fits].reset_index(drop=True), placed.leaf[fits], made, source, covered)
        except OverflowError as error:
            detail = Both("同一处的数量合计过大", "counts of one place add up to too much")
            raise FileError(file=path.name, detail=detail) from error
        return {
            "rows": checked.rows,
            "taken": int(fits.sum()),
            "rejected": len({reject.row for reject in rejects}),
            "aside": checked.aside + (0 if doubted is None else int(doubted.sum())),
            "first_day": days and days[0],
            "last_day": days and days[1],
        }

    def _notes(self, placed: Placed, fits: NDArray[np.bool_]) -> list[tuple[str, str, str, int]]:
        """(area code, note, words, rows) of the taken rows that were not placed finely."""
        noted = fits & (placed.note != None)  # noqa: E711  (elementwise)
        area = self.geography.leaves.area[placed.leaf[noted]]
        groups = pd.DataFrame({"area": area, "note": placed.note[noted], "text": placed.text[noted]})
        sizes = groups.fillna("").groupby(["area", "note", "text"]).size().sort_values(ascending=False)
        codes, top = self.geography.areas.code, dict(sizes.head(NOTES_KEPT))
        rest = dict(sizes.iloc[NOTES_KEPT:].groupby(level="note").sum())
        kept = [(codes[a], note, text, int(n)) for (a, note, text), n in top.items()]
        return kept + [(codes[0], note, "…", int(n)) for note, n in rest.items()]

    def _write(
        self,
        load: Writer,
        good: pd.DataFrame,
        leaf: NDArray[np.int32],
        made: Kind,
        source: Source,
        covered: dt.date | None = None,
    ) -> tuple[dt.date, dt.date] | None:
        if good.empty and (covered is None or made.id == "zones"):
            return None
        if made.id == "zones":
            return zone_rows.write(load, good, leaf, source, self.geography)
        if made.streamed:
            good, leaf = ledgers.by_day(good, leaf)
        speech = speech_of(good, leaf, made, self.secret)
        if covered is not None:
            speech = replace(speech, covered=(day_number(covered),))
        rows, days = speech.rows, speech.spoken_days
        if (source.replaces or made.replaces) == "row":
            earlier = self._earlier(load, speech, by_id=has_ids(good))
            rows, days = latest([*earlier, rows]), np.union1d(days, touched_days(earlier, rows))
            load.statements(self.geography.id, speech.counts, speech.rows)
        line_list = has_ids(good) or "id" in source.columns
        absent = source.absent or ("zero" if line_list else made.absent)
        zero = self._silence(source) if absent == "zero" else np.zeros(len(self.geography.leaves), np.bool_)
        stated = load.stated(to_day(days[0]), to_day(days[-1]))
        vectors = slabs(rows, speech.counts, days.tolist(), zero, stated)
        load.slabs(self.geography.id, vectors)
        return speech.days

    def _silence(self, source: Source) -> NDArray[np.bool_]:
        """The leaves about which the source's silence means zero: those of the areas that it speaks for."""
        areas = self.geography.areas
        silent = np.zeros(len(self.geography.leaves), np.bool_)
        for row in [areas.find(words) for words in source.areas] or [0]:
            silent[areas.lo[row] : areas.hi[row]] = True
        return silent

    def _earlier(self, load: Writer, speech: Speech, *, by_id: bool) -> list[NDArray[np.void]]:
        """This source's earlier statements that the new ones may replace.

        Without ids a row's day is part of its key, so only loads about the same days matter.
        """
        return [
            renumber(self._moved(geography, rows), counts, speech.counts)
            for geography, counts, rows in load.earlier_statements(None if by_id else speech.days)
        ]

    def _moved(self, geography: int, rows: NDArray[np.void]) -> NDArray[np.void]:
        """Statements of an earlier geography on the leaves of this one."""
        if geography == self.geography.id:
            return rows
        if geography not in self._maps:
            areas, leaves = self.store.geography_leaves(geography)
            old = Geography(geography, Areas.from_bytes(areas), Leaves.from_bytes(leaves))
            self._maps[geography] = leaf_map(old, self.geography, self.city.retired)
        moved = rows.copy()
        moved["leaf"] = self._maps[geography][rows["leaf"]]
        return moved


def speech_of(good: pd.DataFrame, leaf: NDArray[np.int32], made: Kind, secret: str) -> Speech:
    """Checked and placed rows of an aggregate or line list as statements.

    The key of a row is its id; of a row without one its day, its words about the place and its count.
    """
    field_name, picked = _PICKED.get(made.id, ("", {}))
    if picked:
        count = good[field_name].map({v: i for i, v in enumerate(picked)}).to_numpy(np.uint8)
    else:
        count = np.zeros(len(good), np.uint8)
    spoken = ["day", *([field_name] if picked else []), *(c for c in _PLACE if c in good)]
    counts = tuple(picked.values()) or made.counts
    value = good["count"].to_numpy(np.int64)
    key = keys(good, spoken, secret)
    if has_ids(good):
        key = np.where(good["id"].notna().to_numpy(), keys(good, ["id"], secret), key)
    return speak(counts, key, day_numbers(good["day"].to_numpy()), count.astype(np.uint8), leaf, value)


def has_ids(good: pd.DataFrame) -> bool:
    """Whether the rows are a line list: each finding has an id of its own."""
    return "id" in good and bool(good["id"].notna().any())


def place_rejects(good: pd.DataFrame, placed: Placed, frame: Frame, source: Source) -> Iterator[Reject]:
    """The rows that no area of the city takes."""
    for at in np.flatnonzero(placed.leaf < 0):
        name = placed.column[at] or "area"
        heading = source.columns.get(name, name)
        shown = [good[c].iloc[at] for c in (("lon", "lat") if name == "lon" else (name,)) if c in good]
        value = ", ".join(str(v) for v in shown)
        why = placed.why[at] or "no_place"
        yield Reject(int(good["row"].iloc[at]), frame.headings.get(heading, heading), value, why)
