"""Ledgers of persons in Parquet that say in codes, names, cells and points together where they are: streamed they come
to what the reader of rows makes of the same file, and travel."""

from __future__ import annotations

import pickle
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.city import read_city
from data.store import sqlite_url
from grid.lookup import Lookup
from grid.worded import Worded
from tests import coded, provinces, tiny
from tests.grid.test_points import columns_of, compared, points, rowless, small_pieces
from tests.tiny import Knobs, Town

__all__ = ["rowless", "small_pieces"]

CELLS = tiny.cells()
#: Heading -> what stands below it, some of it none of ours.
SAID: dict[str, Sequence[str]] = {
    "区划代码": ["990101", "990101001", "990102002", "990101001001", "310101.0", "abc", "980101", "990102400"],
    "区": ["东江区", "西山区", "东江", "北山区", ""],
    "街道": ["江口街道", "柳林街道", "上河镇", "没有的镇", "江口", ""],
    "社区": ["南滩居委会", "新村居委会", "塔下村", "=A1", ""],
    "位置描述": ["西山区柳林街道1号楼", "江口街道南滩", "某处", "", "东江区、西山区"],
    "地区": ["990102001", "石桥街道", "新村", ""],
    "网格": [*CELLS[:40], str(int(CELLS[3], 16)), "8930e1d8b03ffff", "8.93E+17", "x"],
}
#: What a ledger tells of places.
TOLD = [
    ("区划代码",),
    ("区", "街道", "社区"),
    ("位置描述", "地区"),
    ("区划代码", "网格"),
    ("区", "街道", "lonlat"),
    ("区划代码", "区", "街道", "社区", "位置描述", "地区", "网格", "lonlat"),
]


def table(kind: str, told: Sequence[str], seed: int) -> pa.Table:
    """A ledger that tells these, often nothing of one of them."""
    chance, columns = random.Random(seed), columns_of(kind)
    rows = len(columns["经度"])
    pairs = [points(chance) for _ in range(rows)]
    del columns["经度"], columns["纬度"]
    for name in told:
        if name == "lonlat":
            stated = [pair if chance.random() < 0.5 else ("", "") for pair in pairs]
            columns |= {"经度": [lon for lon, _ in stated], "纬度": [lat for _, lat in stated]}
        else:
            columns[name] = [chance.choice(SAID[name]) if chance.random() < 0.7 else "" for _ in range(rows)]
    return pa.table({name: pa.array([word or None for word in words], pa.string()) for name, words in columns.items()})


def town_of(folder: Path, kind: str, rows: pa.Table, grid: str, more: str = "") -> Town:
    town = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=(), grid=grid))
    town.path.write_text(town.path.read_text("utf-8") + coded.SYSTEMS, "utf-8")
    town.add("persons", kind, f'crs = "GCJ-02"\nmax_bad_share = 0.99\n{more}', "in/persons.parquet")
    (folder / "in").mkdir(exist_ok=True)
    pq.write_table(rows, folder / "in/persons.parquet", row_group_size=90)
    (outcome,) = town.build().outcomes
    assert outcome.error is None
    return town


@pytest.mark.parametrize("told", TOLD, ids="-".join)
@pytest.mark.parametrize(("kind", "grid"), [("assignments", "h3"), ("contacts", "imported")])
def test_streamed_words_come_to_what_rows_do(
    tmp_path: Path, rowless: pytest.MonkeyPatch, kind: str, grid: str, told: Sequence[str]
) -> None:
    rows = table(kind, told, len(told))
    streamed = town_of(tmp_path / "a", kind, rows, grid)
    rowless.undo()
    whole = town_of(tmp_path / "b", kind, rows, grid, "days_from = 1800-01-01")
    assert streamed.store.unplaced(9) or told == ("区划代码",)
    compared(streamed, whole)
    for town in (streamed, whole):
        town.store.close()


def test_a_constant_says_where(tmp_path: Path, rowless: pytest.MonkeyPatch) -> None:
    rows = table("assignments", ("街道",), 3)
    more = 'constants = { district = "东江区" }'
    streamed = town_of(tmp_path / "a", "assignments", rows, "h3", more)
    rowless.undo()
    whole = town_of(tmp_path / "b", "assignments", rows, "h3", f"{more}\ndays_from = 1800-01-01")
    compared(streamed, whole)
    for town in (streamed, whole):
        town.store.close()


def test_words_travel_as_the_same_bytes(tmp_path: Path) -> None:
    rows = table("tests", TOLD[-1], 7)
    town = town_of(tmp_path, "tests", rows, "h3", "days_from = 1800-01-01")
    fields = ("lon", "lat", "cell", "code", "district", "street", "community", "text", "area")
    headings = ("经度", "纬度", "网格", "区划代码", "区", "街道", "社区", "位置描述", "地区")
    columns: dict[str, Any] = {
        field: rows[heading].combine_chunks() for field, heading in zip(fields, headings, strict=True)
    }
    lookup, city = Lookup(town.view().geography), town.city
    here, again = (Worded(lookup, city, city.source("persons"), fields) for _ in range(2))
    found = here.located(columns)
    body = pickle.dumps(here)
    assert body == pickle.dumps(again), "also after it was used"
    there = pickle.loads(body)  # noqa: S301
    assert pickle.dumps(there) == body
    assert there.located(columns).leaf.tolist() == found.leaf.tolist()
    assert len(set(found.leaf.tolist())) > 20
    town.store.close()


def test_a_province_travels_with_its_cities(tmp_path: Path) -> None:
    sources = '[[source]]\nname = "tests"\nkind = "tests"\npath = "tests.parquet"\n'
    codes = [provinces.prefix_of(n) + end for n in (0, 1) for end in (*provinces.STREETS, "09001")]
    said = pa.table({"日期": [provinces.FIRST] * len(codes), "结果": ["阴性"] * len(codes), "区划代码": codes})
    pq.write_table(said, tmp_path / "tests.parquet")
    home = provinces.Home(provinces.write_province(tmp_path), tmp_path / "x.db")
    city, columns = read_city(provinces.write_province(tmp_path, extra=sources)), {"code": said["区划代码"].chunk(0)}
    here = Worded(Lookup(home.view().geography), city, city.source("tests"), ["code"])
    there = pickle.loads(pickle.dumps(here))  # noqa: S301
    found = there.located(columns)
    assert found.leaf.tolist() == here.located(columns).leaf.tolist()
    assert (found.leaf < 0).tolist() == [code.endswith("09001") for code in codes]
    home.store.close()
