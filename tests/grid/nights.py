"""Two nights of the small city, as files and as what a store holds after them: whoever counts, it is the same.

The second night tells the first day again, with late rows and corrected ones; in every file some rows are bad, and some
of nowhere. Persons stand in three code systems, stays last over days. Most files name cells, some points or areas.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from data import tables
from data.city import read_city
from data.settings import make_home
from data.store import Store, sqlite_url
from data.terms import ISOLATIONS
from grid import count
from grid.batches import Layout, Piece, pieces
from grid.build import build
from grid.codes import ledger
from grid.count import CellTable, Plan, Tally
from grid.crs import crs, from_wgs84
from grid.engine import Engine, Progress, Work, using
from tests import coded, tiny
from tests.grid.codes import town
from tests.grid.codes.town import DAY
from tests.tiny import Knobs

#: Many pieces out of few rows.
PIECE, GROUP = 300, 90
#: Seconds to be killed in.
PAUSE = 0.2
NEXT = DAY + dt.timedelta(days=1)
CELLS = np.array([int(cell, 16) for cell in tiny.cells()], np.uint64)
SOURCES = "".join(
    f'\n[[source]]\nname = "{kind}"\nkind = "{kind}"\npath = "in/{kind}-*.parquet"\nguard = {{ hold = [] }}\n'
    f'max_bad_share = 0.5\ncrs = "GCJ-02"\n'
    for kind in ("tests", "isolation", "contacts", "assignments")
)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever hands out pieces hands out small ones."""
    monkeypatch.setattr(count, "PIECE_ROWS", PIECE)
    monkeypatch.setattr(ledger, "PIECE_ROWS", PIECE)


# --- two nights --------------------------------------------------------------------------------------------------


def built(folder: Path, engine: Engine) -> dict[str, list[str]]:
    """What the store of a city in ``folder`` holds after two nights that ``engine`` counted."""
    path = city(folder)
    store = Store.create(sqlite_url(folder / "store.db"))
    for night in (first, second):
        for name, rows in night():
            pq.write_table(rows, folder / "in" / f"{name}.parquet", row_group_size=GROUP)
        with using(engine):
            outcomes = build(store, read_city(path), tiny.SECRET).outcomes
        assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
    found = kept(store)
    store.close()
    return found


def city(folder: Path) -> Path:
    """The city's file."""
    path = tiny.tiny_city(folder, Knobs(sources=()))
    path.write_text(path.read_text("utf-8") + coded.SYSTEMS + SOURCES, "utf-8")
    (folder / "in").mkdir(exist_ok=True)
    return path


def inbox_of(folder: Path) -> Path:
    """A home of the city, with what the first night brings in its inbox."""
    home, path = folder / "home", city(folder)
    settings = make_home(home, path)
    store = Store.create(settings.database)
    build(store, read_city(path), settings.secret)
    store.close()
    for name, rows in first():
        to = home / "inbox" / name.partition("-")[0]
        to.mkdir()
        pq.write_table(rows, to / f"{name}.parquet", row_group_size=GROUP)
    return home


def first() -> Iterator[tuple[str, pa.Table]]:
    """Files of the first night."""
    yield "tests-1", _tests(1_200, 1, DAY)
    yield "isolation-1", _stays(900)
    yield "contacts-1", _contacts(700)
    yield "assignments-1", _assignments(300, 1, DAY)


def second() -> Iterator[tuple[str, pa.Table]]:
    """Files of the second."""
    late = _tests(200, 2, DAY)
    yield "tests-2", pa.concat_tables([_tests(1_200, 1, DAY), late, _tests(900, 3, NEXT)])
    yield "assignments-2", _assignments(330, 1, DAY, corrected=60)
    yield "contacts-2", _in_streets(_contacts(500), 5)
    yield "assignments-3", _at_points(_assignments(300, 3, NEXT), 3)


def _cells(rng: np.random.Generator, rows: int) -> Any:
    """Cells of the city, some of 0, which is none."""
    return np.where(rng.random(rows) < 0.03, np.uint64(0), rng.choice(CELLS, rows))


def _at_points(rows: pa.Table, seed: int) -> pa.Table:
    """Rows with points in place of their cells; some points lie outside of the city, some rows have none."""
    rng, many = np.random.default_rng(seed), rows.num_rows
    lon, lat = from_wgs84(rng.uniform(109.999, 110.061, many), rng.uniform(30, 30.03, many), crs("GCJ-02"))
    lon[rng.random(many) < 0.02] = np.nan
    columns = {"lon": pa.array(lon, from_pandas=True), "lat": pa.array(lat)}
    return pa.table({name: rows[name] for name in rows.column_names if name != "cell"} | columns)


def _in_streets(rows: pa.Table, seed: int) -> pa.Table:
    """Rows with codes and names of streets in place of their points; some are of nowhere."""
    rng, codes = np.random.default_rng(seed), [*tiny.STREETS, "990109001", ""]
    named = [tiny.STREETS.get(code, ("某街道",))[0] for code in rng.choice(codes, rows.num_rows)]
    columns = {"区划代码": rng.choice([*tiny.DISTRICTS, "990109", ""], rows.num_rows), "街道": named}
    return pa.table({name: rows[name] for name in rows.column_names if name not in ("lon", "lat")} | columns)


def _contacts(rows: int) -> pa.Table:
    kinds = np.random.default_rng(4).choice(["密接", "次密接"], rows)
    return _at_points(pa.table({"日期": [DAY] * rows, "假名": [f"p{n}" for n in range(rows)], "类型": kinds}), 4)


def _tests(rows: int, seed: int, day: dt.date) -> pa.Table:
    rng = np.random.default_rng(seed)
    results = rng.choice(["阴性", "阳性", "坏"], rows, p=[0.9, 0.09, 0.01])
    columns = {"日期": [day] * rows, "假名": [f"p{n}" for n in range(rows)], "结果": results, "h3": _cells(rng, rows)}
    return pa.table(columns)


def _stays(rows: int) -> pa.Table:
    rng = np.random.default_rng(9)
    start = [DAY - dt.timedelta(days=int(n)) for n in rng.integers(0, 9, rows)]
    end = [
        None if n == 9 else day + dt.timedelta(days=int(n))
        for n, day in zip(rng.integers(0, 10, rows), start, strict=True)
    ]
    kinds = rng.choice(list(ISOLATIONS), rows)
    return pa.table({"start": start, "end": pa.array(end, pa.date32()), "kind": kinds, "cell": _cells(rng, rows)})


def _assignments(people: int, seed: int, day: dt.date, corrected: int = 0) -> pa.Table:
    """Persons in three systems; of the first ``corrected`` rows the colour was wrong."""
    frame = town.ledger(people, seed=seed)
    frame = frame.assign(cell=_cells(np.random.default_rng(seed), len(frame)), day=np.datetime64(day, "s"))
    frame.loc[frame.index[:corrected], "status"] = "green"
    return town.table(frame)


def kept(store: Store) -> dict[str, list[str]]:
    """Everything that was counted, row by row as it is stored."""
    with store.engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(*_told(table))))
            for table in (tables.slab, tables.code_day, tables.reject, tables.unplaced)
        }


def _told(table: Any) -> list[Any]:
    return [column for column in table.columns if column.name != "id"]


# --- slow work ---------------------------------------------------------------------------------------------------


def slow_work(folder: Path) -> tuple[Work[Tally], list[Piece]]:
    """A count of a few thousand rows that notes in ``folder`` which piece is counted, and takes its time."""
    file = folder / "points.parquet"
    if not file.exists():
        pq.write_table(_tests(4_000, 5, DAY), file, row_group_size=GROUP)
    layout = Layout({"cell": "h3", "day": "日期", "status": "结果"}, {"阴性": 0, "阳性": 1})
    plan = Plan(layout, CellTable(CELLS, np.arange(len(CELLS), dtype=np.int32)), 2, len(CELLS))
    return replace(count.work_of(plan), partial=slowly), pieces(file, PIECE)


def slowly(some: Iterable[Piece], plan: Plan, progress: Progress | None = None) -> Tally:
    """The same as ``count.partial``, PAUSE seconds later."""
    given = list(some)
    for piece in given:
        with (piece.path.parent / "counted").open("a") as file:
            file.write(f"{piece.first_row}\n")
        time.sleep(PAUSE)
    return count.partial(given, plan, progress)


def counted(folder: Path) -> list[int]:
    """First rows of the pieces that were counted, in order."""
    return sorted(map(int, (folder / "counted").read_text().split()))


def numbers(tally: Tally) -> tuple[Any, ...]:
    """Everything that a load takes from a tally, as bytes."""
    days = [(day, counts.tobytes(), lost.tobytes()) for day, counts, lost in tally.days()]
    return tally.rows, tally.bad, tally.unlocated, tally.last, tally.rejects, tally.unknown, days
