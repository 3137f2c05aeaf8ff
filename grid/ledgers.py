"""Ledgers of persons -> their numbers per leaf and day: streamed through ``count``, wherever their rows say they are.

No person is kept. A ledger that asks for more than the stream understands is read row by row, with the same result.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.check import refuse_if_bad
from data.days import day_number
from data.deliveries import Delivery
from data.formats.stream import opening, stream, text
from data.privacy import guard
from data.read import format_of
from data.slabs import MISSING, Vector
from data.sources import Kind, kind
from data.sources.base import PLACE_FIELDS, PLACE_IDS
from data.store import Writer, utcnow
from data.terms import CODES, CONTACTS, ISOLATIONS, RESULTS, Vocabulary, spelling
from grid import count_rows, rows
from grid.count import Tally, count_ledger
from grid.count_rows import silence
from grid.ground import Figures, Ground
from grid.located import LONLAT, Where
from grid.points import Points
from grid.rows import Kept, Told
from grid.statements import Day, Speech, day_numbers, speak
from grid.worded import Worded


@dataclass(frozen=True)
class Ledger:
    """How a kind of ledger is counted.

    ``counts``: count -> the statuses whose rows it counts. ``status``: the field that tells them, "" where all rows are
    of one. ``day`` and ``until``: fields of the first day and of the one before which a row ends (on which, if
    ``inclusive``; "": it stands on its own day alone). ``lasting``: a row without an end stands to the last day that
    the file names, not on its first alone.
    """

    counts: Mapping[str, tuple[str, ...]]
    status: str = ""
    words: Vocabulary | None = None
    day: str = "day"
    until: str = ""
    inclusive: bool = False
    lasting: bool = False

    @property
    def fields(self) -> dict[str, str]:
        """What the streaming count calls each field but those of places -> what the kind calls it."""
        named = {"day": self.day, "status": self.status, "until": self.until}
        return {ours: field for ours, field in named.items() if field}

    @property
    def numbers(self) -> dict[str, int]:
        """Status -> its number."""
        return {status: number for number, status in enumerate(self.words or {"": 0})}

    def sums(self) -> NDArray[np.int64]:
        """Counts x statuses: which statuses each count adds up."""
        numbers = self.numbers
        chosen = np.zeros((len(self.counts), len(numbers)), np.int64)
        for row, statuses in enumerate(self.counts.values()):
            chosen[row, [numbers[status] for status in statuses]] = 1
        return chosen


def _each(prefix: str, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    return {f"{prefix}_{word}": (word,) for word in words}


LEDGERS: Mapping[str, Ledger] = {
    "code_ledger": Ledger(_each("code", CODES), "status", CODES, until="until"),
    "tests": Ledger({"tests_taken": tuple(RESULTS), "tests_positive": ("positive",)}, "result", RESULTS),
    "isolation": Ledger(
        _each("isolated", ISOLATIONS), "kind", ISOLATIONS, "start", until="end", inclusive=True, lasting=True
    ),
    "contacts": Ledger(
        {"contacts_close": ("close_contact",), "contacts_secondary": ("secondary_contact",)}, "kind", CONTACTS
    ),
    "stays": Ledger({"stays": ("",)}),
}

#: Rules of a source that only the reader of rows knows.
_ROW_BY_ROW = ("values", "constants", "where", "unpivot", "days_from", "days_to")


def take(ground: Ground, load: Writer, delivery: Delivery) -> Figures:
    """Count a ledger and keep its slabs. Raises FileError."""
    found = streamed_columns(ground, delivery)
    if found is None:
        return rows.take(ground, load, delivery, keep)
    return _streamed(ground, load, delivery, *found)


# --- streamed ------------------------------------------------------------------------------------


def streamed_columns(ground: Ground, delivery: Delivery) -> tuple[dict[str, str], Where | None] | None:
    """What the count calls a field -> heading, and what places rows (None: they name H3 cells), if this ledger can be
    streamed: its source asks for nothing that needs more than these columns; else None.

    Raises PersonalData where headings or the first rows show persons' data.
    """
    source, made = delivery.source, kind(delivery.source.kind)
    if any(getattr(source, rule) for rule in _ROW_BY_ROW) or not streams(delivery):
        return None
    ledger, headings = LEDGERS[made.id], headings_of(delivery)
    fields = ledger.fields | {name: name for name in sorted(PLACE_IDS)}
    named = {ours: made.heading(field, source.columns, headings) for ours, field in fields.items()}
    found = {ours: heading for ours, heading in named.items() if heading is not None}
    spare = set() if ledger.lasting else {"until"}  # without ends whoever comes stays
    told = PLACE_IDS & found.keys()
    by_cell = "cell" in told and ground.geography.leaves.cells.h3 is not None
    where = None if by_cell else where_of(ground, delivery, told)
    if ledger.fields.keys() - spare - found.keys() or not (by_cell or where):
        return None
    guard_sample(delivery, made)
    places = {"cell"} if where is None else set(where.fields)
    return {ours: heading for ours, heading in found.items() if ours in ledger.fields or ours in places}, where


def where_of(ground: Ground, delivery: Delivery, told: Collection[str]) -> Where | None:
    """What places streamed rows that tell these fields of places; None where they are read row by row: what a CSV says
    in words, and points whose system nobody stated."""
    source, points = delivery.source, set(LONLAT)
    if not told or (points & set(told) and (source.crs is None or not points <= set(told))):
        return None
    if set(told) == points and not source.constants.keys() & points:
        return Points(ground.lookup, source.crs or "")
    if delivery.path.suffix.lower() != ".parquet":
        return None
    return Worded(ground.lookup, ground.city, source, [each.id for each in PLACE_FIELDS if each.id in told])


def streams(delivery: Delivery) -> bool:
    """Whether a file is of a form that is streamed: Parquet, or CSV as programs write it."""
    suffix, source = delivery.path.suffix.lower(), delivery.source
    if suffix != ".csv" or format_of(delivery.path, source) != "csv":
        return suffix == ".parquet"
    _, delimiter, _, heading = opening(delivery.path, source.encoding)
    return (delimiter, heading) == (",", 1)


def encoding_of(delivery: Delivery) -> str:
    """In which a streamed file is read."""
    if delivery.path.suffix.lower() != ".csv":
        return "utf-8"
    return opening(delivery.path, delivery.source.encoding)[0].replace("utf-8-sig", "utf-8")


def guard_sample(delivery: Delivery, made: Kind) -> None:
    """Look for persons' data in the headings and the first rows of a file that is streamed. Raises PersonalData."""
    path, source = delivery.path, delivery.source
    block = next(stream(path, format_of(path, source), source.encoding), None)
    columns = {} if block is None else block.columns
    fields: dict[str, list[str]] = {}
    for each in made.all_fields():
        heading = made.heading(each.id, source.columns, columns)
        if heading is not None:
            fields.setdefault(heading, []).append(each.id)
    texts = {heading: text(column).to_numpy(zero_copy_only=False) for heading, column in columns.items()}
    guard(path.name, texts, fields, source.allow)


def headings_of(delivery: Delivery) -> list[str]:
    """The headings of a CSV or Parquet file, as the streaming readers see them."""
    if delivery.path.suffix.lower() == ".parquet":
        return list(pq.read_schema(delivery.path).names)
    with delivery.path.open(encoding=delivery.source.encoding or "utf-8-sig", errors="replace") as file:
        return file.readline().rstrip("\r\n").replace('"', "").split(",")


def _streamed(
    ground: Ground, load: Writer, delivery: Delivery, columns: Mapping[str, str], where: Where | None
) -> Figures:
    geography, tally = ground.geography, _tally(ground, delivery, columns, where)
    refuse_if_bad(delivery.path.name, tally.rows, tally.bad, tally.rejects, delivery.source)
    load.rejects(tally.rejects)
    load.unplaced(rows.noted(geography, tally.noted))
    if tally.unlocated:
        examples = "、".join(dict.fromkeys(reject.value for reject in tally.unknown))
        load.unplaced([(geography.areas.code[0], "cell_unknown", examples, tally.unlocated)])
    days, zero = [], _silence(ground, delivery)
    for day, numbers in _days(ground, delivery, tally):
        days.append(day)
        load.slabs(geography.id, list(_slabs(load, delivery, day, numbers, zero)))
    first, last = min(days, default=None), max(days, default=None)
    return Figures(tally.rows, tally.rows - tally.bad, tally.bad, 0, first, last)


def _days(ground: Ground, delivery: Delivery, tally: Tally) -> Iterator[tuple[Day, NDArray[np.int64]]]:
    """(day, people per count and leaf) of every day that a ledger speaks of."""
    ledger, timezone = LEDGERS[delivery.source.kind], ground.city.timezone
    covered = delivery.covered_day(timezone)
    received = delivery.received_day(timezone) or utcnow().date()
    for day, counted, unknown in tally.days():
        if ledger.lasting and day > received:
            break  # a stay that is planned to last is no report of the days to come
        covered = None if day == covered else covered
        counted[:, 0] += unknown  # a cell that is not ours: known to the city only
        yield day, ledger.sums() @ counted
    if covered is not None:
        yield covered, np.zeros((len(ledger.counts), len(ground.geography.leaves)), np.int64)


def _silence(ground: Ground, delivery: Delivery) -> NDArray[np.bool_]:
    source = delivery.source
    return silence(ground, source, source.absent or kind(source.kind).absent)


def _slabs(
    load: Writer, delivery: Delivery, day: Day, numbers: NDArray[np.int64], zero: NDArray[np.bool_]
) -> Iterator[tuple[str, Day, Vector]]:
    """A slab of each count, as :func:`grid.statements.slabs` makes them of rows."""
    for count, people in zip(LEDGERS[delivery.source.kind].counts, numbers, strict=True):
        if zero.any() or people.any() or (count, day) in load.stated(day, day):
            yield count, day, np.where(zero | (people > 0), people, MISSING).astype(np.int32)


def _tally(ground: Ground, delivery: Delivery, columns: Mapping[str, str], where: Where | None) -> Tally:
    ledger, leaves, source = LEDGERS[delivery.source.kind], ground.geography.leaves, delivery.source
    words = spelling(ledger.words) if ledger.words else {"": ""}
    return count_ledger(
        [delivery.path],
        where or (leaves.cells.numbers, leaves.home),
        {word: ledger.numbers[status] for word, status in words.items()},
        columns,
        len(leaves),
        day_format=source.day_format,
        encoding=encoding_of(delivery),
        inclusive=ledger.inclusive,
        lasting=ledger.lasting,
    )


# --- row by row ----------------------------------------------------------------------------------


def keep(ground: Ground, load: Writer, told: Told) -> Kept:
    """Count a ledger that was read row by row, and keep its slabs."""
    speech = _speech(told, LEDGERS[told.made.id])
    if not len(speech.spoken_days) and told.covered is None:
        return Kept(None)
    return Kept(count_rows.say(ground, load, told, speech))


def _speech(told: Told, ledger: Ledger) -> Speech:
    day, at = days_of(told.good, ledger)
    named = np.concatenate([day, day_numbers(told.good[ledger.day])])
    last = int(named.max(initial=-1))
    if ledger.lasting:  # a stay that is planned to last is no report of the days to come
        last = min(last, day_number(told.received or utcnow().date()))
        day, at = day[day <= last], at[day <= last]
    words = told.good[ledger.status] if ledger.status else pd.Series([""] * len(told.good))
    number = words.map(ledger.numbers).to_numpy(np.int64)
    counted, row = ledger.sums()[:, number[at]].nonzero()
    key = np.zeros(len(row), np.uint64)
    one = np.ones(len(row), np.int64)
    speech = speak(tuple(ledger.counts), key, day[row], counted.astype(np.uint8), told.leaf[at[row]], one)
    # of a day between, on which nobody stays, a ledger of stays says just that
    between = range(int(named.min()), last + 1) if ledger.until in told.fields and len(named) else ()
    return replace(speech, covered=tuple(between))


def days_of(good: pd.DataFrame, ledger: Ledger) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """(day number, place of the row) of every day on which each row stands."""
    start = day_numbers(good[ledger.day])
    span = np.ones(len(good), np.int64)
    if ledger.until:
        end = good[ledger.until].to_numpy().astype("datetime64[D]")
        open_ = np.isnat(end)
        until = np.where(open_, start, end.astype(np.int64) + ledger.inclusive)
        last = max(int(start.max(initial=0)) + 1, int(until.max(initial=0)))
        span = np.where(open_, last - start if ledger.lasting else 1, until - start).clip(min=0)
    at = np.repeat(np.arange(len(good)), span)
    step = np.arange(len(at)) - np.repeat(np.cumsum(span) - span, span)
    return (start[at] + step).astype(np.int32), at
