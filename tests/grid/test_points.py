"""Ledgers of persons that name points: streamed they come to what the reader of rows makes of the same file."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.store import Load, sqlite_url
from grid import batches, count, rows
from grid.codes import ledger, read
from grid.engine import Threads, using
from grid.geography import Geography
from grid.located import LONLAT, Located, every_place, places
from grid.lookup import Lookup
from grid.points import Points
from tests import coded, stated, tiny
from tests.grid.nights import kept
from tests.tiny import DAYS, Knobs, Town

ROWS = 700
#: Coordinates as senders write them, and as they should not.
ODD = [
    "",
    " ",
    "abc",
    "200",
    "-1e3",
    "=1+1",
    "#REF!",
    "nan",
    "inf",
    "1_1",
    "+110.0321",
    "1.1003e2",
    "１１０.０４",
    " 110.01 ",
]
#: Days of all writings, and some that are none.
WRITTEN = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d 08:30:00"]
NO_DAYS = ["", "x", "2099-03-01", "1890-01-01", "2022-02-30"]
OF_KIND: Mapping[str, Mapping[str, list[str]]] = {
    "tests": {"结果": ["阴性", "阳性", " 阳性 ", "negative", "ＮＥＧＡＴＩＶＥ", "坏", ""]},
    "contacts": {"接触类型": ["密接", "次密接", "次密接", "无"]},
    "stays": {"停留小时": ["1.5", "2"]},
    "isolation": {"隔离方式": ["集中", "居家隔离", "home", "家"]},
    "code_ledger": {"码色": ["绿码", "黄码", "红", "red", "蓝"]},
    "assignments": {"码色": ["绿码", "绿码", "绿码", "黄码", "红", "蓝"], "码系统": ["city", "省健康码", "travel", ""]},
}
#: How an end that never comes is written, where the reader of rows knows of that.
NEVER = {"isolation": ("2099-12-31", "9999-12-31")}
DAY_OF = {
    "isolation": ("开始日期", "结束日期"),
    "code_ledger": ("日期", "截止日期"),
    "assignments": ("日期", "赋码日期"),
}


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many batches and pieces out of few rows."""
    monkeypatch.setattr(batches, "BATCH_ROWS", 97)
    monkeypatch.setattr(count, "PIECE_ROWS", 200)
    monkeypatch.setattr(ledger, "PIECE_ROWS", 200)


# --- files -------------------------------------------------------------------------------------------------------


def points(chance: random.Random) -> tuple[str, str]:
    """A point of the city in GCJ-02, one beside it, or what is none."""
    lon, lat = tiny.gcj(chance.uniform(109.9995, 110.0605), chance.uniform(29.9998, 30.0302))
    match chance.randrange(12):
        case 0:
            return chance.choice([(chance.choice(ODD), lat), (lon, chance.choice(ODD))])
        case 1:
            return chance.choice([("", ""), ("121.5", "31.2"), ("", lat), (lon, "")])
    return lon, lat


def day_of(chance: random.Random, more: int = 0) -> str:
    """A day, written in some way."""
    day = chance.choice(DAYS[:5]) + dt.timedelta(days=more)
    return chance.choice(NO_DAYS) if chance.random() < 0.02 else day.strftime(chance.choice(WRITTEN))


def columns_of(kind: str, plain: bool = False) -> dict[str, list[Any]]:
    """The columns of a ledger as texts; ``plain``: with days of one writing."""
    chance = random.Random(kind)
    first, last = DAY_OF.get(kind, ("日期", ""))
    where = [points(chance) for _ in range(ROWS)]
    made: dict[str, list[Any]] = {"假名": [f"p{n % 500}" for n in range(ROWS)]}
    made[first] = [str(chance.choice(DAYS[:5])) if plain else day_of(chance) for _ in range(ROWS)]
    if last:
        ends = [chance.choice(["", *NEVER.get(kind, ()), day_of(chance, 3), day_of(chance, -3)]) for _ in range(ROWS)]
        made[last] = ["" if plain else end for end in ends] if kind != "assignments" else [str(DAYS[0])] * ROWS
    for name, words in OF_KIND[kind].items():
        made[name] = [chance.choice(words) for _ in range(ROWS)]
    return made | {"经度": [lon for lon, _ in where], "纬度": [lat for _, lat in where]}


def write(path: Path, kind: str, form: str) -> None:
    """The ledger as text in a CSV or a Parquet file, or as numbers and days in a Parquet file."""
    path.parent.mkdir(exist_ok=True)
    columns = columns_of(kind, plain=form in ("doubles", "floats"))
    if form == "csv":
        tiny.write_csv(path, list(columns), zip(*columns.values(), strict=True))
        return
    arrays = {name: pa.array([word or None for word in words], pa.string()) for name, words in columns.items()}
    if form in ("doubles", "floats"):
        type_ = pa.float64() if form == "doubles" else pa.float32()
        arrays |= {name: pa.array([number(word) for word in columns[name]], type_) for name in ("经度", "纬度")}
        first = DAY_OF.get(kind, ("日期", ""))[0]
        arrays[first] = pa.array([dt.date.fromisoformat(word) for word in columns[first]], pa.date32())
    pq.write_table(pa.table(arrays), path, row_group_size=90)


def number(word: str) -> float | None:
    """What a program would store of a text."""
    try:
        return float(word) if word.strip() else None
    except ValueError:
        return float("nan")


def town_of(folder: Path, kind: str, form: str, grid: str, more: str = "") -> Town:
    """A city with one ledger, in which part of the ground has no street."""
    town = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=(), grid=grid))
    drawn = folder / "maps/streets.geojson"
    document = json.loads(drawn.read_text("utf-8"))
    document["features"] = [each for each in document["features"] if each["properties"]["街道"] != "上河镇"]
    drawn.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    town.path.write_text(town.path.read_text("utf-8") + coded.SYSTEMS, "utf-8")
    suffix = "csv" if form == "csv" else "parquet"
    town.add("persons", kind, f'crs = "GCJ-02"\nmax_bad_share = 0.9\n{more}', f"in/persons.{suffix}")
    write(folder / f"in/persons.{suffix}", kind, form)
    (outcome,) = town.build().outcomes
    assert outcome.error is None
    return town


def figures(load: Load) -> tuple[Any, ...]:
    return load.rows, load.taken, load.rejected, load.aside, load.first_day, load.last_day


def compared(streamed: Town, whole: Town) -> None:
    """Both stores hold the same."""
    found, wanted = kept(streamed.store), kept(whole.store)
    for table in ("slab", "code_day", "unplaced"):
        assert found[table] == wanted[table], table
    (one,), (other,) = (town.store.loads(source="persons") for town in (streamed, whole))
    assert figures(one) == figures(other)
    assert one.notes.get("chained") == other.notes.get("chained")
    told = {(reject.row, reject.value, reject.why) for reject in whole.store.rejects(other.id)}
    some = [(reject.row, reject.value, reject.why) for reject in streamed.store.rejects(one.id)]
    assert len(some) > 5, "one of each bad row"
    assert set(some) <= told
    assert [row for row, *_ in some] == sorted({row for row, *_ in told})


# --- against the reader of rows ----------------------------------------------------------------------------------


@pytest.fixture
def rowless(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Nobody reads row by row, until it is undone."""
    with monkeypatch.context() as patch:
        patch.setattr(rows, "take", lambda *_: pytest.fail("read row by row"))
        yield patch


@pytest.mark.parametrize("form", ["csv", "doubles"])
@pytest.mark.parametrize("kind", OF_KIND)
def test_streamed_points_come_to_what_rows_do(
    tmp_path: Path, rowless: pytest.MonkeyPatch, kind: str, form: str
) -> None:
    streamed = town_of(tmp_path / "a", kind, form, "h3")
    rowless.undo()
    whole = town_of(tmp_path / "b", kind, form, "h3", "days_from = 1800-01-01")
    assert "point_unmapped" in {why for _, _, why, _, _ in streamed.store.unplaced(9)}
    compared(streamed, whole)
    for town in (streamed, whole):
        town.store.close()


@pytest.mark.parametrize("grid", ["imported", "none"])
@pytest.mark.parametrize(("kind", "form"), [("tests", "text"), ("assignments", "floats")])
def test_on_any_grid(tmp_path: Path, rowless: pytest.MonkeyPatch, kind: str, form: str, grid: str) -> None:
    streamed = town_of(tmp_path / "a", kind, form, grid)
    rowless.undo()
    whole = town_of(tmp_path / "b", kind, form, grid, "days_from = 1800-01-01")
    compared(streamed, whole)
    for town in (streamed, whole):
        town.store.close()


@pytest.mark.parametrize("more", ['areas = ["东江区"]', 'absent = "missing"'])
def test_what_a_source_does_not_speak_of_is_missing_either_way(
    tmp_path: Path, rowless: pytest.MonkeyPatch, more: str
) -> None:
    streamed = town_of(tmp_path / "a", "tests", "doubles", "h3", more)
    rowless.undo()
    whole = town_of(tmp_path / "b", "tests", "doubles", "h3", f"{more}\ndays_from = 1800-01-01")
    compared(streamed, whole)
    for town in (streamed, whole):
        town.store.close()


@pytest.mark.parametrize("rows_", [0, 3])
def test_a_day_that_a_file_covers_is_told_either_way(tmp_path: Path, rowless: pytest.MonkeyPatch, rows_: int) -> None:
    found = []
    for name, more in (("a", ""), ("b", "days_from = 1800-01-01\n")):
        town = Town(tmp_path / name, sqlite_url(tmp_path / f"{name}.db"), Knobs(sources=()))
        text = f'crs = "WGS-84"\nreceived = "persons_%Y%m%d"\ncovers = 1\n{more}'
        town.add("persons", "tests", text, "in/persons_*.parquet")
        columns = {"日期": [DAYS[0]] * rows_, "结果": ["阴性"] * rows_, "lon": [110.01] * rows_, "lat": [30.01] * rows_}
        types = pa.schema([("日期", pa.date32()), ("结果", pa.string()), ("lon", pa.float64()), ("lat", pa.float64())])
        (tmp_path / name / "in").mkdir()
        pq.write_table(pa.table(columns, types), tmp_path / name / f"in/persons_{DAYS[6]:%Y%m%d}.parquet")
        town.build()
        rowless.undo()
        days = [day for day, _ in stated.days(town.store, town.store.version())["tests_taken"]]
        found.append((days, kept(town.store)["slab"], figures(town.store.load(2))))
        town.store.close()
    assert found[0] == found[1]
    assert found[0][0] == [*DAYS[: min(rows_, 1)], DAYS[5]]


def test_points_beside_words_are_read_row_by_row(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=()))
    lon, lat = tiny.gcj(110.005, 30.01)
    town.write("tests", ["日期", "结果", "区", "经度", "纬度"], [(DAYS[0], "阴性", "西山区", lon, lat)] * 2)
    town.add("tests", "tests", 'crs = "GCJ-02"')
    town.build()
    assert {why for _, _, why, _, _ in town.store.unplaced(9)} == {"point_elsewhere"}
    assert town.count("tests_taken", DAYS[0], "district")["990102"] == 2
    town.store.close()


@pytest.mark.parametrize("kind", ["tests", "assignments"])
def test_of_many_bad_rows_the_first_are_told_whoever_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    for room in (batches, count, ledger, read):
        monkeypatch.setattr(room, "REJECTS", 40)
    town = town_of(tmp_path, kind, "text", "h3", "days_from = 1800-01-01")
    rows_ = sorted({reject.row for reject in town.store.rejects(2)})
    assert len(rows_) > 100
    for name, threads in (("one", 1), ("three", 3)):
        with using(Threads(threads)):
            again = town_of(tmp_path / name, kind, "text", "h3")
        assert [reject.row for reject in again.store.rejects(2)] == rows_[:40]
        assert figures(again.store.load(2))[:3] == figures(town.store.load(2))[:3]
        again.store.close()
    town.store.close()


# --- points ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def geography(tmp_path_factory: pytest.TempPathFactory) -> Geography:
    folder = tmp_path_factory.mktemp("town")
    town = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=()))
    town.build()
    found: Geography = town.view().geography
    town.store.close()
    return found


def test_points_travel_as_the_same_bytes(geography: Geography) -> None:
    here, again = (Points(Lookup(geography), "GCJ-02") for _ in range(2))
    here.located({name: pa.array([110.01]) for name in LONLAT})
    body = pickle.dumps(here)
    assert body == pickle.dumps(again), "also after its locators were made"
    there = pickle.loads(body)  # noqa: S301
    assert pickle.dumps(there) == body
    chance = np.random.default_rng(1)
    columns = {"lon": pa.array(chance.uniform(110, 110.06, 500)), "lat": pa.array(chance.uniform(30, 30.03, 500))}
    found, wanted = there.located(columns), here.located(columns)
    assert found.leaf.tolist() == wanted.leaf.tolist()
    assert set(wanted.leaf.tolist()) > {-1}


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [
        ("abc", "30.01", ("lon", "abc", "not_a_number")),
        ("200", "30.01", ("lon", "200", "lonlat")),
        ("110.01", "=A1", ("lat", "=A1", "formula")),
        (float("nan"), 30.01, ("lon", "nan", "not_a_number")),
        ("110.01", None, ("lon", "110.01, ", "lonlat")),
        (None, " ", ("lon", "", "no_place")),
        (" 121.50", "31.2", ("lon", "121.5, 31.2", "outside")),
        (110.01, "3.001e1", None),
    ],
)
def test_what_is_wrong_with_a_point_is_said(
    geography: Geography, lon: Any, lat: Any, said: tuple[str, str, str] | None
) -> None:
    where = Points(Lookup(geography), "WGS-84")
    found = where.located({"lon": pa.array([lon]), "lat": pa.array([lat])})
    cells = {"lon": pa.scalar(lon), "lat": pa.scalar(lat)}
    faults = [(name, *where.said(name, why, cells)) for name, why, wrong in found.faults if wrong[0]]
    assert faults == ([] if said is None else [said])
    assert (found.leaf[0] < 0) == (said is not None)


def test_metres_of_a_projected_system_are_no_degrees(geography: Geography) -> None:
    from grid.crs import crs, from_wgs84

    x, y = from_wgs84(np.array([110.01, 110.05]), np.array([30.01, 30.02]), crs("EPSG:4546"))
    metres = Points(Lookup(geography), "EPSG:4546").located({"lon": pa.array(x), "lat": pa.array(y)})
    degrees = Points(Lookup(geography), "WGS-84").located(
        {"lon": pa.array([110.01, 110.05]), "lat": pa.array([30.01, 30.02])}
    )
    assert metres.leaf.tolist() == degrees.leaf.tolist()
    assert min(metres.leaf) >= 0


def test_leaves_are_counted_as_places() -> None:
    cells, leaf = every_place(4)
    assert (cells.tolist(), leaf.tolist()) == ([1, 2, 3, 4], [0, 1, 2, 3])
    assert places(np.array([-1, 0, 3], np.int32)).tolist() == [0, 1, 4]


def test_notes_are_of_the_rows_that_were_taken() -> None:
    leaf, at = np.array([5, 5, 6, 7], np.int32), np.array([0, 1, 3])
    note, text = np.array(["a", "a", "b"], object), np.array(["", "", "x"], object)
    found = Located(leaf, (), at, note, text)
    assert found.noted(np.array([True, True, True, True])) == {(5, "a", ""): 2, (7, "b", "x"): 1}
    assert found.noted(np.array([True, False, True, False])) == {(5, "a", ""): 1}
    assert found.noted(np.zeros(4, np.bool_)) == {}
