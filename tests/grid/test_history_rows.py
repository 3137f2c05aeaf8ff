"""The events of some persons are the same whoever picks them out of a file; the look-up itself: test_histories."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.city import Source
from data.days import day_number
from grid import history_rows, history_shelf
from grid.arrays import Cells
from grid.batches import pieces
from grid.codes import person_keys
from grid.engine import Threads, using
from grid.history_rows import Plan, partial, picked
from grid.history_shelf import Shelf
from grid.picking import merge

ROWS, GROUP = 2_000, 90
FIRST = dt.date(2022, 3, 1)
SOURCE = Source(name="a", kind="tests", path="a")


@pytest.fixture
def tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tests of 300 persons in some dozen row groups; some results are no words of ours, some rows name nobody."""
    monkeypatch.setattr(history_rows, "PIECE_ROWS", GROUP)
    rng = np.random.default_rng(5)
    persons = [None if n == 0 else f"p{n}" for n in rng.integers(0, 300, ROWS).tolist()]
    days = [FIRST + dt.timedelta(days=n) for n in rng.integers(0, 20, ROWS).tolist()]
    results = rng.choice(["阴性", "阳性", "?"], ROWS, p=[0.8, 0.15, 0.05])
    pq.write_table(pa.table({"假名": persons, "日期": days, "结果": results}), tmp_path / "a.parquet", GROUP)
    return tmp_path / "a.parquet"


@pytest.fixture
def wanted() -> Cells:
    """Every seventh person, and one who is in no file."""
    return np.sort(person_keys(np.array(["nobody", *(f"p{n}" for n in range(0, 300, 7))], dtype=object)))


def told(path: Path, wanted: Cells) -> list[tuple[int, int, int]]:
    """(person, day, 0 negative or 1 positive), by a loop over the rows."""
    rows = pq.read_table(path).to_pylist()
    keys = person_keys(np.array([row["假名"] for row in rows], dtype=object)).tolist()
    known = [(key, row) for key, row in zip(keys, rows, strict=True) if key in set(wanted.tolist())]
    words = {"阴性": 0, "阳性": 1}
    return [(key, day_number(row["日期"]), words[row["结果"]]) for key, row in known if row["结果"] in words]


@pytest.mark.parametrize("threads", [1, 3])
def test_pieces_give_what_a_loop_finds(tests: Path, wanted: Cells, threads: int) -> None:
    with using(Threads(threads)):
        assert picked(tests, SOURCE, wanted).tolist() == told(tests, wanted)
    assert len(pieces(tests, GROUP)) > 20
    assert len(told(tests, wanted)) > 100


def test_parts_travel_and_come_in_any_order(tests: Path, wanted: Cells) -> None:
    plan = pickle.loads(pickle.dumps(Plan(SOURCE.model_dump_json(), wanted)))  # noqa: S301
    parts = [partial([piece], plan) for piece in pieces(tests, GROUP)]
    there = merge(pickle.loads(pickle.dumps(part)) for part in parts[::-1])  # noqa: S301
    assert np.concatenate([there.parts[first] for first in sorted(there.parts)]).tolist() == told(tests, wanted)
    assert there.rows == len(told(tests, wanted))


def test_a_file_that_is_read_whole_says_the_same(tests: Path, wanted: Cells) -> None:
    table = pq.read_table(tests).to_pandas()
    table.to_csv(tests.with_suffix(".csv"), index=False)
    assert picked(tests.with_suffix(".csv"), SOURCE, wanted).tolist() == told(tests, wanted)
    filtered = Source(name="a", kind="tests", path="a", where=[{"column": "结果", "drop": ["?"]}])
    assert picked(tests, filtered, wanted).tolist() == told(tests, wanted)


def test_nobody_is_nothing(tests: Path) -> None:
    assert len(picked(tests, SOURCE, np.empty(0, np.uint64))) == 0


# --- small files ----------------------------------------------------------------------------------------------------


def test_a_shelf_finds_the_same_and_reads_a_file_once(
    tests: Path, wanted: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf()
    assert sorted(shelf.picked(1, tests, SOURCE, wanted).tolist()) == sorted(told(tests, wanted))
    monkeypatch.setattr(history_shelf, "everybody", lambda *_: pytest.fail("read again"))
    few = wanted[1:3]
    assert sorted(shelf.picked(1, tests, SOURCE, few).tolist()) == sorted(told(tests, few))
    assert len(shelf.picked(1, tests, SOURCE, np.empty(0, np.uint64))) == 0


def test_a_shelf_holds_no_large_file(tests: Path, wanted: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_shelf, "SMALL", 10)
    monkeypatch.setattr(history_shelf, "everybody", lambda *_: pytest.fail("kept"))
    assert Shelf().picked(1, tests, SOURCE, wanted).tolist() == told(tests, wanted)


def test_a_shelf_has_bounds(tests: Path, wanted: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_shelf, "ROOM", 10)
    assert sorted(Shelf().picked(1, tests, SOURCE, wanted).tolist()) == sorted(told(tests, wanted))
