"""Where an assignment comes from: what lacks a record, is older than its rule looks back, or came in a bunch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from data.code_days import NO_DAY
from data.terms import EXCEPTIONS
from grid.arrays import Bools, Ints, Rows
from grid.codes.columns import Columns
from grid.codes.words import Coded, distinct, stated

#: Assignments of one system, authority, day and group from which on they are a bunch.
BUNCH = 50
#: Name of a flag -> its bit.
BIT: Mapping[str, int] = {name: 1 << place for place, name in enumerate(EXCEPTIONS)}


def without_evidence(columns: Columns) -> Bools:
    """Rows with neither a source row nor a batch behind them."""
    return ~(stated(columns.words["evidence"]) | stated(columns.words["batch"]))


def stale(columns: Columns, lookback: Rows) -> Bools:
    """Rows whose exposure lay further back than their rule looks on the day they were assigned, or after that day: what
    came later was no ground for it."""
    stated, when = columns.evidence_day != NO_DAY, columns.evidence_day
    return np.asarray(stated & ((when < columns.since - lookback) | (when > columns.since)))


def bursts(columns: Columns, authority: Coded, group: Coded, bare: Bools) -> Bools:
    """Rows of a bunch: BUNCH or more of one system, authority and day of assignment that share an attribute which is
    not a matter of health, more than half of them ``bare`` (without evidence)."""
    rows = np.flatnonzero(group.code)
    burst = np.zeros(len(columns), np.bool_)
    if rows.size:
        _, bunch = distinct(_key(columns, authority, group)[rows])
        size = np.bincount(bunch)
        burst[rows] = ((size >= BUNCH) & (2 * np.bincount(bunch, bare[rows]) > size))[bunch]
    return burst


def _key(columns: Columns, authority: Coded, group: Coded) -> Ints:
    since = columns.since.astype(np.int64) - int(columns.since.min())
    key = columns.system.astype(np.int64) * len(authority.words) + authority.code
    return (key * len(group.words) + group.code) * (int(since.max()) + 1) + since
