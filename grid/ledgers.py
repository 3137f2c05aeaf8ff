"""A ledger of persons, streamed through ``count``: only its numbers per leaf and day are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.check import refuse_if_bad
from data.deliveries import Delivery
from data.privacy import guard
from data.sources import Kind
from data.sources.base import plain_heading
from data.store import Writer
from data.terms import CODES, spelling
from grid.count import count_ledger
from grid.geography import Geography

#: Fields of a ledger that the streaming count understands.
_STREAMED = ("cell", "day", "status", "until")

#: Rules of a source that only the reader of rows knows.
_ROW_BY_ROW = ("values", "constants", "where", "unpivot", "days_from", "days_to")

_NO_CELLS = np.empty(0, dtype=object)


def streamed_columns(delivery: Delivery, made: Kind, geography: Geography) -> dict[str, str] | None:
    """field -> heading if this ledger can be streamed (it names H3 cells, and its source asks for nothing
    that needs more than these columns); else None, and it is read row by row like any other source.

    Raises PersonalData for a heading that announces persons' data.
    """
    if geography.leaves.cells.h3 is None or any(getattr(delivery.source, rule) for rule in _ROW_BY_ROW):
        return None
    headings = _headings(delivery)
    columns: dict[str, str] = {}
    for name in _STREAMED:
        mapped = delivery.source.columns.get(name)
        known = {plain_heading(mapped)} if mapped else made.field(name).headings()
        heading = next((h for h in headings if plain_heading(h) in known), None)
        if heading is not None:
            columns[name] = heading
    if not {"cell", "day", "status"} <= set(columns):
        return None
    fields = {heading: [name] for name, heading in columns.items()}
    guard(delivery.path.name, dict.fromkeys(headings, _NO_CELLS), fields, delivery.source.allow)
    return columns


def _headings(delivery: Delivery) -> list[str]:
    if delivery.path.suffix.lower() == ".parquet":
        return list(pq.read_schema(delivery.path).names)
    with delivery.path.open(encoding=delivery.source.encoding or "utf-8-sig", errors="replace") as file:
        return [heading.strip().strip('"') for heading in file.readline().rstrip("\r\n").split(",")]


def take(load: Writer, delivery: Delivery, columns: dict[str, str], geography: Geography) -> dict[str, Any]:
    """Count the ledger and keep its slabs; the figures of the load. Raises FileError."""
    leaves, source = geography.leaves, delivery.source
    numbers = {colour: at for at, colour in enumerate(CODES)}
    statuses = {word: numbers[colour] for word, colour in spelling(CODES).items()}
    tally = count_ledger(
        [delivery.path],
        (leaves.cells.numbers, leaves.home),
        statuses,
        columns,
        len(leaves),
        day_format=source.day_format,
        encoding=source.encoding or "utf-8",
    )
    refuse_if_bad(delivery.path.name, tally.rows, tally.bad, tally.rejects, delivery.source)
    load.rejects(tally.rejects)
    if tally.unlocated:
        examples = "、".join(dict.fromkeys(reject.value for reject in tally.unknown))
        load.unplaced([(geography.areas.code[0], "cell_unknown", examples, tally.unlocated)])
    counts = [f"code_{colour}" for colour in CODES]
    days = []
    for day, counted, unknown in tally.days():
        counted[:, 0] += unknown  # a cell that is not ours: known to the city only
        days.append(day)
        load.slabs(
            geography.id,
            ((count, day, vector.astype(np.int32)) for count, vector in zip(counts, counted, strict=True)),
        )
    return {
        "rows": tally.rows,
        "taken": tally.rows - tally.bad,
        "rejected": tally.bad,
        "aside": 0,
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
    }


def by_day(good: pd.DataFrame, leaf: NDArray[np.int32]) -> tuple[pd.DataFrame, NDArray[np.int32]]:
    """Rows of a ledger that was read row by row, one per day that each covers, with ``count`` 1.

    A row without ``until`` stands on its own day alone.
    """
    start = good["day"].to_numpy().astype("datetime64[D]")
    span = np.ones(len(good), np.int64)
    if "until" in good:
        end = good["until"].to_numpy().astype("datetime64[D]")
        span = np.where(np.isnat(end), 1, (end - start).astype(np.int64)).clip(min=0)
    at = np.repeat(np.arange(len(good)), span)
    step = np.arange(len(at)) - np.repeat(np.cumsum(span) - span, span)
    spread = good.iloc[at].assign(day=start[at] + step, count=1)
    return spread.reset_index(drop=True), leaf[at]
