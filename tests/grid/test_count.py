"""Counting against collections.Counter: ledgers of any make, in any pieces, on either engine."""

from __future__ import annotations

import datetime as dt
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import MissingColumns, UnreadableFile, WrongEncoding
from grid import batches, count
from grid.batches import EPOCH, Layout, Piece, pieces
from grid.count import CellTable, Plan, Tally, count_ledger, count_points, merge, partial

COLUMNS = {"cell": "h3", "day": "date", "status": "colour"}
STATUSES = {"green": 0, "绿码": 0, "yellow": 1, "red": 2}
CELLS = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(31.2, 121.47, 9), 6)), dtype=np.uint64)
#: The last ten cells belong to no leaf; leaves are in another order than cells.
KNOWN, LEAVES = CELLS[:-10], np.arange(len(CELLS) - 10, dtype=np.int32)[::-1].copy()
FIRST = dt.date(2022, 3, 1)

Counts = dict[tuple[dt.date, int, int], int]


@pytest.fixture(params=["numba", "numpy"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ONESCREEN_NUMBA", "1" if request.param == "numba" else "0")
    return str(request.param)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many batches and pieces out of few rows."""
    monkeypatch.setattr(batches, "BATCH_ROWS", 97)
    monkeypatch.setattr(batches, "CSV_BLOCK", 4_000)
    monkeypatch.setattr(count, "PIECE_ROWS", 300)


def made(rows: int, days: int = 5, seed: int = 1) -> dict[str, list[Any]]:
    rng = np.random.default_rng(seed)
    return {
        "cell": rng.choice(CELLS, rows).tolist(),
        "day": [FIRST + dt.timedelta(int(d)) for d in rng.integers(0, days, rows)],
        "status": rng.choice(["green", "绿码", "Red ", "yellow"], rows).tolist(),
    }


def table(rows: dict[str, list[Any]]) -> pa.Table:
    arrays = {"h3": pa.array(rows["cell"], pa.uint64()), "date": pa.array(rows["day"], pa.date32())}
    arrays["colour"] = pa.array(rows["status"], pa.string())
    if "until" in rows:
        arrays["end"] = pa.array(rows["until"], pa.date32())
    return pa.table({"person": pa.array(["x"] * len(rows["cell"])), **arrays})


def expected(rows: dict[str, list[Any]]) -> Counts:
    """The long way; leaf len(KNOWN) stands for unknown cells."""
    leaf = dict(zip(KNOWN.tolist(), LEAVES.tolist(), strict=True))
    counts: Counter[tuple[dt.date, int, int]] = Counter()
    ends = rows.get("until", [None] * len(rows["cell"]))
    last = max([*rows["day"], *(e - dt.timedelta(1) for e in ends if e and e.year < 2100)])
    for cell, day, status, end in zip(rows["cell"], rows["day"], rows["status"], ends, strict=True):
        stop = min(end, last + dt.timedelta(1)) if end else day + dt.timedelta(1)
        key = STATUSES[status.strip().lower()], leaf.get(cell, len(KNOWN))
        for step in range((stop - day).days):
            counts[day + dt.timedelta(step), *key] += 1
    return dict(counts)


def counted(tally: Tally) -> Counts:
    counts: Counts = {}
    for day, per_leaf, unknown in tally.days():
        both = np.column_stack([per_leaf, unknown])
        for status, leaf in np.argwhere(both).tolist():
            counts[day, status, leaf] = int(both[status, leaf])
    return counts


def run(*files: Path, columns: dict[str, str] = COLUMNS, **options: Any) -> Tally:
    return count_ledger(files, (KNOWN, LEAVES), STATUSES, columns, len(KNOWN), **options)


def test_parquet(tmp_path: Path, engine: str) -> None:
    rows = made(2_000)
    pq.write_table(table(rows), tmp_path / "a.parquet", row_group_size=150)
    tally = run(tmp_path / "a.parquet")
    assert counted(tally) == expected(rows)
    assert (tally.rows, tally.bad) == (2_000, 0)
    assert tally.unlocated == sum(cell not in set(KNOWN.tolist()) for cell in rows["cell"])
    assert {reject.why for reject in tally.unknown} == {"unknown_place"}
    first = tally.unknown[0]
    assert f"{rows['cell'][first.row - 2]:x}" == first.value


@pytest.mark.parametrize("kind", ["text", "decimal", "int64", "dictionary", "timestamp"])
def test_columns_of_other_types(kind: str, tmp_path: Path, engine: str) -> None:
    rows = made(500)
    whole = table(rows)
    cells, days = whole["h3"], whole["date"]
    if kind == "text":
        cells, days = pa.array([f"{c:x}" for c in rows["cell"]]), pa.array([f"{d:%Y-%m-%d}" for d in rows["day"]])
    if kind == "decimal":
        cells = pa.array([str(c) for c in rows["cell"]])
    if kind == "int64":
        cells = pa.array(rows["cell"], pa.int64())
    if kind == "dictionary":
        cells = pa.array([f"{c:x}" for c in rows["cell"]]).dictionary_encode()
    if kind == "timestamp":
        days = days.cast(pa.timestamp("us"))
    made_of = {"h3": cells, "date": days, "colour": whole["colour"]}
    pq.write_table(pa.table(made_of), tmp_path / "a.parquet", row_group_size=120)
    assert counted(run(tmp_path / "a.parquet")) == expected(rows)


def test_csv(tmp_path: Path, engine: str) -> None:
    rows = made(700)
    text = ["person,h3,date,colour"]
    text += [f"x,{c:x},{d:%d/%m/%Y},{s}" for c, d, s in zip(*rows.values(), strict=True)]
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        (tmp_path / "a.csv").write_text("\n".join(text), encoding=encoding)
        tally = run(tmp_path / "a.csv", day_format="%d/%m/%Y", encoding=encoding.removesuffix("-sig"))
        assert counted(tally) == expected(rows)


def test_spans(tmp_path: Path, engine: str) -> None:
    rows = made(600, days=30)
    rng = np.random.default_rng(3)
    ends: list[dt.date | None] = [
        d + dt.timedelta(int(n)) for d, n in zip(rows["day"], rng.integers(0, 9, 600), strict=True)
    ]
    ends[::7], ends[::11] = [None] * len(ends[::7]), [dt.date(9999, 12, 31)] * len(ends[::11])
    pq.write_table(table(rows | {"until": ends}), tmp_path / "a.parquet", row_group_size=100)
    tally = run(tmp_path / "a.parquet", columns=COLUMNS | {"until": "end"})
    assert counted(tally) == expected(rows | {"until": ends})
    days = [day for day, _, _ in tally.days()]
    assert days == [days[0] + dt.timedelta(i) for i in range(len(days))]


def test_bad_rows_are_named(tmp_path: Path, engine: str) -> None:
    rows = made(300)
    rows["day"][100], rows["status"][200], rows["status"][250] = None, "blue", None
    rows["day"][260], rows["cell"][270] = dt.date(1969, 1, 1), None
    ends = [None] * 299 + [rows["day"][299] - dt.timedelta(3)]
    pq.write_table(table(rows | {"until": ends}), tmp_path / "a.parquet", row_group_size=100)
    tally = run(tmp_path / "a.parquet", columns=COLUMNS | {"until": "end"}, threads=1)
    assert tally.bad == 5
    found = {reject.row: (reject.column, reject.value, reject.why) for reject in tally.rejects}
    assert found == {
        102: ("date", "", "empty"),
        202: ("colour", "blue", "not_a_term"),
        252: ("colour", "", "empty"),
        262: ("date", "1969-01-01", "day_range"),
        301: ("end", str(ends[-1]), "days_order"),
    }
    assert all(reject.say("zh") and reject.say("en") for reject in tally.rejects)
    for bad in (299, 260, 250, 200, 100):
        for column in rows.values():
            del column[bad]
    assert sum(counted(tally).values()) == 295
    assert counted(tally) == expected(rows)


def test_bad_lines_of_a_csv(tmp_path: Path) -> None:
    cell = f"{KNOWN[0]:x}"
    lines = [
        "h3,date,colour",
        f"{cell},2022-03-01,red",
        f"{cell},2022-03-01",
        f"{cell},March,red",
        "nonsense,2022-03-01,red",
    ]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    tally = run(tmp_path / "a.csv")
    assert (tally.rows, tally.bad, tally.unlocated) == (4, 2, 1)
    assert sorted((r.row, r.why) for r in tally.rejects) == [(3, "columns"), (4, "not_a_day")]
    assert sum(counted(tally).values()) == 2


def test_several_files_threads_and_progress(tmp_path: Path) -> None:
    every: dict[str, list[Any]] = {"cell": [], "day": [], "status": []}
    for seed in range(4):
        rows = made(500, seed=seed, days=4 + seed)
        pq.write_table(table(rows), tmp_path / f"{seed}.parquet", row_group_size=90)
        for name, values in rows.items():
            every[name] += values
    told: list[int] = []
    tally = run(*sorted(tmp_path.glob("*.parquet")), progress=told.append, threads=3)
    assert counted(tally) == expected(every)
    assert told == sorted(told)
    assert told[-1] == 2_000


def test_parts_travel_and_merge_in_any_order(tmp_path: Path) -> None:
    rows = made(1_000)
    pq.write_table(table(rows), tmp_path / "a.parquet", row_group_size=100)
    plan = Plan(Layout(COLUMNS, STATUSES), CellTable(KNOWN, LEAVES), 3, len(KNOWN))
    parts = pieces(tmp_path / "a.parquet", 200)
    assert len(parts) == 5
    tallies = [pickle.loads(pickle.dumps(partial([piece], pickle.loads(pickle.dumps(plan))))) for piece in parts[::-1]]  # noqa: S301
    assert counted(merge(tallies)) == expected(rows)


def test_many_rows_do_not_overflow() -> None:
    one, other = Tally(1, 1, rows=2**31 - 1), Tally(1, 1, rows=2**31 - 1)
    for tally in (one, other):
        slot = tally.slot(0)
        tally.cube[slot, 0, 0] = 2**31 - 1
    assert counted(merge([one, other])) == {(EPOCH, 0, 0): 2**32 - 2}


def test_empty_ledgers(tmp_path: Path, engine: str) -> None:
    pq.write_table(table(made(0)), tmp_path / "a.parquet")
    (tmp_path / "b.csv").write_text("h3,date,colour\n")
    for file in ("a.parquet", "b.csv"):
        tally = run(tmp_path / file)
        assert (tally.rows, tally.bad, list(tally.days())) == (0, 0, [])


def test_files_that_cannot_be_taken(tmp_path: Path) -> None:
    (tmp_path / "no.parquet").write_text("no")
    with pytest.raises(UnreadableFile):
        run(tmp_path / "no.parquet")
    pq.write_table(table(made(3)).drop_columns(["colour"]), tmp_path / "less.parquet")
    (tmp_path / "less.csv").write_text("h3,date\n1,2\n")
    for name in ("less.parquet", "less.csv"):
        with pytest.raises(MissingColumns, match="colour"):
            run(tmp_path / name)
    (tmp_path / "gbk.csv").write_text("h3,date,colour\n1,2022-03-01,绿码\n", encoding="gb18030")
    with pytest.raises(WrongEncoding):
        run(tmp_path / "gbk.csv")


def test_pieces_name_their_first_row(tmp_path: Path) -> None:
    pq.write_table(table(made(1_000)), tmp_path / "a.parquet", row_group_size=150)
    assert [(p.groups, p.first_row) for p in pieces(tmp_path / "a.parquet", 300)] == [
        ((0, 1), 0), ((2, 3), 300), ((4, 5), 600), ((6,), 900),
    ]  # fmt: skip
    assert pieces(tmp_path / "x.csv", 300) == [Piece(tmp_path / "x.csv")]


# tables and points ---------------------------------------------------------------------------------------


def disk(lon: float, lat: float, res: int, rings: int) -> list[int]:
    return h3.grid_disk(h3.latlng_to_cell(lat, lon, res), rings)  # type: ignore[no-any-return]


RANDOM = np.random.default_rng(5).integers(1, 2**63, 5_000).astype(np.uint64)
SETS = {
    "a city": CELLS,
    "one cell": CELLS[:1],
    "two cities": np.array([*CELLS.tolist(), *disk(127.5, 50.2, 9, 6)], dtype=np.uint64),
    "two resolutions": np.array([*CELLS.tolist(), *disk(121.47, 31.2, 8, 2)], dtype=np.uint64),
    "the globe": np.array([c for r in h3.get_res0_cells() for c in h3.cell_to_children(r, 2)], dtype=np.uint64),
    "any numbers": RANDOM,
    "none": CELLS[:0],
}  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_table_of_any_cells(name: str, engine: str) -> None:
    cells = SETS[name]
    leaves = np.arange(len(cells), dtype=np.int32)
    strangers = np.concatenate([cells + np.uint64(1), cells ^ np.uint64(1 << 40), RANDOM, np.zeros(1, np.uint64)])
    asked = np.concatenate([cells, strangers, cells])
    row = dict(zip(cells.tolist(), leaves.tolist(), strict=True))
    want = Counter(row.get(cell, len(cells)) for cell in asked.tolist())
    table_ = CellTable(cells, leaves)
    tally = Tally(1, len(cells))
    counter = count._Counter(table_, tally)
    zeros = np.zeros(len(asked), dtype=np.int64)
    counter._count(asked, zeros.astype(np.int32), zeros, 1)
    assert tally.cube[0, 0].tolist() == [want[leaf] for leaf in range(len(cells) + 1)]
    assert table_.find(cells).tolist() == leaves.tolist()


def test_a_city_has_pages() -> None:
    assert CellTable(KNOWN, LEAVES).paged
    assert not CellTable(RANDOM, np.arange(5_000, dtype=np.int32)).paged


def test_cells_that_occur_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        CellTable(CELLS[[0, 1, 0]], np.arange(3, dtype=np.int32))


@given(st.lists(st.tuples(st.integers(-1, 6), st.integers(-1, 3), st.integers(-5, 2**40)), max_size=50), st.booleans())
def test_points(points: list[tuple[int, int, int]], weighted: bool) -> None:
    rows, days, weights = (np.array([p[i] for p in points], dtype=np.int64) for i in range(3))
    total = count_points(rows.astype(np.int32), days.astype(np.int32), weights if weighted else None, (4, 7))
    want: Counter[tuple[int, int]] = Counter()
    for row, day, weight in points:
        if row >= 0 and day >= 0:
            want[day, row] += weight if weighted else 1
    assert total.dtype == np.int64
    assert {(d, r): int(total[d, r]) for d, r in np.argwhere(total).tolist()} == {k: v for k, v in want.items() if v}
