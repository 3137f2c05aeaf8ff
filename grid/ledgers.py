"""Ledgers of persons -> their numbers per leaf and day: streamed through ``count`` where rows name H3 cells.

No person is kept. A ledger that asks for more than the stream understands is read row by row, with the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.check import refuse_if_bad
from data.days import day_number
from data.deliveries import Delivery
from data.formats.stream import stream, text
from data.privacy import guard
from data.read import format_of
from data.sources import Kind, kind
from data.store import Writer, utcnow
from data.terms import CODES, CONTACTS, ISOLATIONS, RESULTS, Vocabulary, spelling
from grid import count_rows, rows
from grid.count import Tally, count_ledger
from grid.geography import Geography
from grid.ground import Figures, Ground
from grid.rows import Kept, Told
from grid.statements import Speech, day_numbers, speak


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
        """What the streaming count calls each field -> what the kind calls it."""
        named = {"cell": "cell", "day": self.day, "status": self.status, "until": self.until}
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
    made = kind(delivery.source.kind)
    columns = streamed_columns(delivery, made, LEDGERS[made.id], ground.geography)
    if columns is None:
        return rows.take(ground, load, delivery, keep)
    return _streamed(ground.geography, load, delivery, columns, ground.city.timezone)


# --- streamed ------------------------------------------------------------------------------------


def streamed_columns(delivery: Delivery, made: Kind, ledger: Ledger, geography: Geography) -> dict[str, str] | None:
    """What the count calls a field -> heading, if this ledger can be streamed (it names H3 cells, and its source asks
    for nothing that needs more than these columns); else None.

    Raises PersonalData where headings or the first rows show persons' data.
    """
    source, path = delivery.source, delivery.path
    if geography.leaves.cells.h3 is None or any(getattr(source, rule) for rule in _ROW_BY_ROW):
        return None
    if path.suffix.lower() not in (".csv", ".parquet"):
        return None
    headings = headings_of(delivery)
    columns = {ours: made.heading(field, source.columns, headings) for ours, field in ledger.fields.items()}
    found = {ours: heading for ours, heading in columns.items() if heading is not None}
    if ledger.fields.keys() - {"until"} - found.keys():
        return None
    guard_sample(delivery, made)
    return found


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
    geography: Geography, load: Writer, delivery: Delivery, columns: dict[str, str], timezone: str
) -> Figures:
    ledger, tally = LEDGERS[delivery.source.kind], _tally(delivery, columns, geography)
    refuse_if_bad(delivery.path.name, tally.rows, tally.bad, tally.rejects, delivery.source)
    load.rejects(tally.rejects)
    if tally.unlocated:
        examples = "、".join(dict.fromkeys(reject.value for reject in tally.unknown))
        load.unplaced([(geography.areas.code[0], "cell_unknown", examples, tally.unlocated)])
    days, sums = [], ledger.sums()
    received = delivery.received_day(timezone) or utcnow().date()
    for day, counted, unknown in tally.days():
        if ledger.lasting and day > received:
            break  # a stay that is planned to last is no report of the days to come
        counted[:, 0] += unknown  # a cell that is not ours: known to the city only
        days.append(day)
        vectors = (sums @ counted).astype(np.int32)
        load.slabs(geography.id, ((count, day, vector) for count, vector in zip(ledger.counts, vectors, strict=True)))
    first, last = min(days, default=None), max(days, default=None)
    return Figures(tally.rows, tally.rows - tally.bad, tally.bad, 0, first, last)


def _tally(delivery: Delivery, columns: dict[str, str], geography: Geography) -> Tally:
    ledger, leaves, source = LEDGERS[delivery.source.kind], geography.leaves, delivery.source
    words = spelling(ledger.words) if ledger.words else {"": ""}
    return count_ledger(
        [delivery.path],
        (leaves.cells.numbers, leaves.home),
        {word: ledger.numbers[status] for word, status in words.items()},
        columns,
        len(leaves),
        day_format=source.day_format,
        encoding=source.encoding or "utf-8",
        inclusive=ledger.inclusive,
        lasting=ledger.lasting,
    )


# --- row by row ----------------------------------------------------------------------------------


def keep(ground: Ground, load: Writer, told: Told) -> Kept:
    """Count a ledger that was read row by row, and keep its slabs."""
    if told.good.empty and told.covered is None:
        return Kept(None)
    return Kept(count_rows.say(ground, load, told, _speech(told, LEDGERS[told.made.id])))


def _speech(told: Told, ledger: Ledger) -> Speech:
    day, at = days_of(told.good, ledger)
    if ledger.lasting:  # a stay that is planned to last is no report of the days to come
        past = day <= day_number(told.received or utcnow().date())
        day, at = day[past], at[past]
    words = told.good[ledger.status] if ledger.status else pd.Series([""] * len(told.good))
    number = words.map(ledger.numbers).to_numpy(np.int64)
    counted, row = ledger.sums()[:, number[at]].nonzero()
    key = np.zeros(len(row), np.uint64)
    one = np.ones(len(row), np.int64)
    return speak(tuple(ledger.counts), key, day[row], counted.astype(np.uint8), told.leaf[at[row]], one)


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
