"""The demo city: its map holds together, its ledgers say what its simulator knows, and it never varies."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas
import h3
import numpy as np
import pyarrow.parquet as pq
import pytest
import python_calamine
import shapely

from data.city import City, read_city
from data.demo import simulate
from data.demo.addresses import to_gcj
from data.demo.areas import Town, make_town
from data.demo.cases import BAD_DAYS, NOWHERE, SPELLED, TURNED
from data.demo.names import misspelt, pinyin

STATUS = {spelled: status for status, spellings in SPELLED.items() for spelled in spellings}
STATUS[TURNED] = "case"


def quiet(what: str, share: float) -> None:
    """A progress that nobody watches."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town of seed 1, delivered."""
    return simulate("town", 1, tmp_path_factory.mktemp("town"), quiet).parent


@pytest.fixture(scope="module")
def truth(folder: Path) -> dict[str, Any]:
    """What the simulator knows."""
    document: dict[str, Any] = json.loads((folder / "truth.json").read_text("utf-8"))
    return document


@cache
def town_of(scale: Any, seed: int) -> Town:
    """A city without deliveries."""
    return make_town(scale, seed)


def fingerprints(folder: Path) -> dict[str, str]:
    """Every file's hash."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def csv_text(path: Path) -> str:
    """A CSV's text, in the encoding it turns out to have."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV's rows by heading."""
    return list(csv.DictReader(io.StringIO(csv_text(path))))


# --- the whole -----------------------------------------------------------------------------------


def test_same_seed_same_bytes(folder: Path, tmp_path: Path) -> None:
    simulate("town", 1, tmp_path, quiet)
    assert fingerprints(tmp_path) == fingerprints(folder)


def test_other_seed_other_city(folder: Path, tmp_path: Path) -> None:
    simulate("town", 2, tmp_path, quiet)
    assert fingerprints(tmp_path)["maps/street.geojson"] != fingerprints(folder)["maps/street.geojson"]


def test_progress_rises_to_one(tmp_path: Path) -> None:
    heard: list[float] = []
    simulate("town", 3, tmp_path, lambda what, share: heard.append(share))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_city_file_holds(folder: Path) -> None:
    city = read_city(folder / "city.toml")
    assert city.simulated
    assert [level.id for level in city.levels] == ["district", "street", "community"]
    assert all(list(folder.glob(source.path)) for source in city.sources)
    assert len({source.kind for source in city.sources}) == 28


def test_file_names_tell_the_moment(folder: Path) -> None:
    for source in read_city(folder / "city.toml").sources:
        assert source.received
        for path in folder.glob(source.path):
            assert dt.datetime.strptime(path.stem, source.received).year == 2026


def test_few_transactions(folder: Path) -> None:
    assert sum(path.is_file() for path in (folder / "deliveries").rglob("*")) <= 260


def test_mapped_headings_exist(folder: Path) -> None:
    for source in read_city(folder / "city.toml").sources:
        path = max(folder.glob(source.path))
        wanted = set(source.columns.values()) - {"等级"}
        if source.unpivot:
            wanted -= {source.unpivot.name, source.unpivot.value}
        assert wanted <= headings(path), source.name


def headings(path: Path) -> set[str]:
    """The headings of a delivered file of any format."""
    if path.suffix == ".csv":
        return set(csv_text(path).splitlines()[0].split(","))
    if path.suffix == ".parquet":
        return set(pq.read_schema(path).names)
    if path.suffix == ".xlsx":
        return {str(cell) for cell in python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()[0]}
    if path.suffix == ".geojson":
        return set(geopandas.read_file(path).columns)
    return set(json.loads(path.read_text("utf-8"))["数据"]["风险区"]["高风险区"][0])


# --- the map -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scale", "seed"), [("town", 1), ("town", 3), ("city", 3)])
def test_areas_tile_their_parents(scale: str, seed: int) -> None:
    check_tiling(town_of(scale, seed))


def check_tiling(town: Town) -> None:
    """Valid, without gaps or overlaps, the same area at every level."""
    for upper, lower in ((town.districts, town.streets), (town.streets, town.communities)):
        assert shapely.is_valid(upper.shapes).all()
        assert shapely.coverage_is_valid(lower.shapes)
        summed = np.bincount(lower.parent, shapely.area(lower.shapes))
        np.testing.assert_allclose(summed, shapely.area(upper.shapes), rtol=1e-9)


@pytest.mark.parametrize(("scale", "seed"), [("town", 1), ("city", 3)])
def test_every_cell_in_one_community(scale: str, seed: int) -> None:
    town = town_of(scale, seed)
    assert len(town.cells.h3) == town.size.cells == len(set(town.cell_ids))
    cell, community = shapely.STRtree(town.communities.shapes).query(shapely.points(town.cells.centre), "within")
    assert np.array_equal(cell, np.arange(town.size.cells))
    assert np.array_equal(community, town.cells.community)


@pytest.mark.parametrize(("scale", "counts"), [("town", (4, 22, 180)), ("city", (8, 90, 1500))])
def test_counts_codes_and_names(scale: str, counts: tuple[int, int, int]) -> None:
    check_register(town_of(scale, 3), counts)


def check_register(town: Town, counts: tuple[int, int, int]) -> None:
    """Numbers of areas, unique codes that start with the parent's, unique names, exact residents."""
    layers = (town.districts, town.streets, town.communities)
    assert tuple(len(layer) for layer in layers) == counts
    for upper, lower in pairwise(layers):
        assert len(set(lower.codes)) == len(lower)
        assert lower.codes == sorted(lower.codes)
        assert all(code.startswith(upper.codes[p]) for code, p in zip(lower.codes, lower.parent, strict=True))
        for lang in ("zh", "en"):
            named = {(p, getattr(n, lang)) for n, p in zip(lower.names, lower.parent.tolist(), strict=True)}
            assert len(named) == len(lower), lang
    assert all(code.startswith("99") for code in town.districts.codes)
    assert town.people.sum() == town.size.people
    assert (town.people >= 0).all()


def test_megacity_has_the_published_numbers() -> None:
    town = town_of("megacity", 1)
    check_register(town, (16, 215, 5963))
    check_tiling(town)
    assert town.grids is not None
    assert (len(town.grids), len(town.cells.h3)) == (5386, 44_558)
    assert len(set(town.grids.codes)) == 5386
    assert np.array_equal(town.grids.parent[town.pair], town.communities.parent)
    assert np.array_equal(np.unique(town.pair), np.arange(5386))
    np.testing.assert_allclose(
        np.bincount(town.pair, shapely.area(town.communities.shapes)), shapely.area(town.grids.shapes), rtol=1e-9
    )


def test_map_files(folder: Path) -> None:
    grid = geopandas.read_parquet(folder / "maps/grid.parquet")
    assert grid["网格编号"].is_unique
    assert len(grid) == 3000
    for level in ("district", "street", "community"):
        shapes = geopandas.read_file(folder / f"maps/{level}.geojson")
        codes = {row["代码"]: row for row in rows_of(folder / f"codes/{level}.csv")}
        assert set(shapes["代码"]) == set(codes)
        assert shapes.is_valid.all()
        assert all(row["英文名"].isascii() for row in codes.values())
    assert set(grid["社区编码"]) <= {row["代码"] for row in rows_of(folder / "codes/community.csv")}


def test_cells_lie_on_one_face_of_h3() -> None:
    cells = [f"{index:x}" for index in town_of("megacity", 1).cells.h3[::97]]
    assert len({face for cell in cells for face in h3.get_icosahedron_faces(cell)}) == 1


def test_gcj_moves_by_hundreds_of_metres() -> None:
    shift = to_gcj(np.array([[123.5, 29.3]])) - [123.5, 29.3]
    assert 1e-4 < np.abs(shift).max() < 0.01


def test_gcj_against_a_published_pair() -> None:
    """Tiananmen: WGS-84 (116.391, 39.907) is drawn at about (116.39724, 39.90840)."""
    np.testing.assert_allclose(to_gcj(np.array([[116.391, 39.907]])), [[116.39724, 39.90840]], atol=2e-5)


def test_pinyin() -> None:
    assert pinyin("听鸥") == "Ting'ou"
    assert pinyin("望汐") == "Wangxi"
    assert misspelt("望汐街道") == "望夕街道"


# --- the ledgers against the simulator's own knowledge --------------------------------------------


class Finder:
    """An independent reader of places: exact names, declared aliases, points by nothing but polygons."""

    def __init__(self, folder: Path, city: City) -> None:
        levels = ("district", "street", "community")
        self.rows = {level: rows_of(folder / f"codes/{level}.csv") for level in levels}
        self.shapes = geopandas.read_file(folder / "maps/community.geojson")
        self.tree = shapely.STRtree(self.shapes.geometry.to_numpy())
        self.by = {(r.get("上级代码", ""), r["名称"]): r["代码"] for rows in self.rows.values() for r in rows}
        self.alias = city.levels[1].aliases

    def named(self, row: dict[str, str]) -> str | None:
        """Code of the finest named area; None if the district is unknown."""
        code = self.by.get(("", row["区"]))
        if code and row["街道"]:
            street = self.alias.get(f"{row['区']}/{row['街道']}", row["街道"])
            code = self.by[code, street]
            if row["社区"]:
                code = self.by[code, row["社区"]]
        return code

    def point(self, lon: float, lat: float) -> str | None:
        """Code of the community that holds a GCJ-02 point (the inverse by two steps of iteration)."""
        wanted = np.array([[lon, lat]])
        guess = wanted.copy()
        for _ in range(4):
            guess = guess - (to_gcj(guess) - wanted)
        hit = self.tree.query(shapely.points(guess[0]), "within")
        return str(self.shapes["代码"].iloc[hit[0]]) if hit.size else None


def line_list(folder: Path) -> tuple[dict[str, tuple[str, str, str]], int]:
    """id -> (day, status, code) after all files in the order received, and the number of bad rows."""
    finder = Finder(folder, read_city(folder / "city.toml"))
    people: dict[str, tuple[str, str, str]] = {}
    bad = 0
    for path in sorted((folder / "deliveries/cases").glob("*.csv")):
        for row in rows_of(path):
            code = finder.point(float(row["经度"]), float(row["纬度"])) if row["经度"] else finder.named(row)
            if row["日期"] in BAD_DAYS or row["区"] in NOWHERE or code is None:
                bad += 1
                continue
            if row["经度"]:
                assert code == finder.named(row)
            people[row["编号"]] = (row["日期"], STATUS[row["类别"]], code)
    return people, bad


def tables(folder: Path) -> Iterator[tuple[str, str, str, int]]:
    """(day, status, street or district code, count) of the districts' tables after the last file."""
    names = {(r["上级代码"], r["名称"]): r["代码"] for r in rows_of(folder / "codes/street.csv")}
    for own in sorted((folder / "deliveries").glob("cases_*")):
        district = own.name.removeprefix("cases_")
        latest: dict[tuple[str, str, str], int] = {}
        for path in sorted(own.glob("*.xlsx")):
            sheet = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()
            for day, street, *counts in sheet[1:]:
                for status, count in zip(("case", "asymptomatic", "reclassified"), counts, strict=True):
                    if street != "合计" and isinstance(count, float) and count >= 0:
                        where = names[district, str(street)] if street else district
                        latest[str(day)[:10], status, where] = int(count)
        yield from ((*key, count) for key, count in latest.items())


def test_cases_add_up_to_the_truth(folder: Path, truth: dict[str, Any]) -> None:
    people, bad = line_list(folder)
    counts: Counter[tuple[str, str, str]] = Counter(people.values())
    for day, status, code, count in tables(folder):
        counts[day, status, code] += count
    assert bad == sum(truth["rejects"]["cases"].values()) == truth["rejected_people"] > 0
    for level, digits, exact in (
        ("district", 6, False), ("street", 9, False), ("district_only", 6, True), ("street_only", 9, True),
    ):  # fmt: skip
        expected = expand(truth["cases"][level], truth["days"])
        found: Counter[tuple[str, str, str]] = Counter()
        for (day, status, code), count in counts.items():
            if (len(code) == digits) if exact else (len(code) >= digits):
                found[day, status, code[:digits]] += count
        assert +found == expected, level
    located: Counter[tuple[str, str]] = Counter()
    for (_, status, code), count in counts.items():
        if len(code) == 12:
            located[status, code] += count
    assert located == {(s, c): n for s, codes in truth["cases"]["community"].items() for c, n in codes.items()}


def expand(by_status: dict[str, dict[str, list[int]]], days: list[str]) -> Counter[tuple[str, str, str]]:
    """status -> code -> by-day numbers as a counter of (day, status, code)."""
    return Counter(
        {
            (day, status, code): n
            for status, codes in by_status.items()
            for code, numbers in codes.items()
            for day, n in zip(days, numbers, strict=True)
            if n
        }
    )


def test_everyone_found_is_told_lost_or_bad(truth: dict[str, Any]) -> None:
    told = {s: sum(map(sum, codes.values())) for s, codes in truth["cases"]["district"].items()}
    people = told["case"] + told["asymptomatic"] - told["reclassified"]
    assert people + truth["lost"] + truth["rejected_people"] == sum(map(sum, truth["found"].values()))


def test_missing_day_is_named_by_no_row(folder: Path, truth: dict[str, Any]) -> None:
    named = {row["日期"] for path in (folder / "deliveries/cases").glob("*.csv") for row in rows_of(path)}
    assert truth["missing_day"] not in named
    assert truth["lost"] > 0


def test_all_ugly_parts_are_there(folder: Path) -> None:
    files = sorted((folder / "deliveries/cases").glob("*.csv"))
    rows = [row for path in files for row in rows_of(path)]
    ids = Counter(row["编号"] for row in rows)
    aliases = {alias.split("/")[1] for alias in read_city(folder / "city.toml").levels[1].aliases}
    assert max(ids.values()) == 2
    assert any(not row["经度"] and row["社区"] for row in rows)
    assert any(row["街道"] and not row["社区"] for row in rows)
    assert any(row["区"] and not row["街道"] for row in rows)
    assert {row["街道"] for row in rows} & aliases
    assert any(not path.read_bytes().startswith(b"\xef\xbb\xbf") for path in files)


def test_no_file_is_refused_for_its_bad_rows(folder: Path, truth: dict[str, Any]) -> None:
    for name, bad in truth["rejects"]["cases"].items():
        assert bad <= 0.1 * len(rows_of(folder / "deliveries/cases" / name))
    for name, bad in truth["rejects"]["addresses"].items():
        assert bad <= 0.1 * len(rows_of(folder / "deliveries/addresses" / name))


def test_population_adds_up(folder: Path, truth: dict[str, Any]) -> None:
    path = next((folder / "deliveries/population").glob("*.xlsx"))
    found: Counter[str] = Counter()
    for *_, code, _cell, count in python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()[1:]:
        found[str(code)] += int(count)  # type: ignore[arg-type]
    assert found == truth["population"]["community"]
    assert sum(truth["population"]["district"].values()) == 600_000


def test_codes_add_up(folder: Path, truth: dict[str, Any]) -> None:
    colours = {"绿码": "green", "黄码": "yellow", "红码": "red"}
    found: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for path in (folder / "deliveries/codes").glob("*.parquet"):
        table = pq.read_table(path)
        for day, code, _, colour, people in zip(*(column.to_pylist() for column in table.columns), strict=True):
            found[day, colours[colour], code[:6]] += people
    assert found == expand(truth["codes"], truth["days"])
    residents = Counter(truth["population"]["district"])
    for i in range(len(truth["days"])):
        assert Counter({c: sum(truth["codes"][k][c][i] for k in truth["codes"]) for c in residents}) == residents


def test_blanket_is_yellow_for_nine_days(truth: dict[str, Any]) -> None:
    blanket = truth["blanket"]
    days = [truth["days"].index(blanket[key]) for key in ("start", "end")]
    green = truth["codes"]["green"][blanket["district"]]
    assert not any(green[days[0] : days[1]])
    assert green[days[0] - 1] > 0 < green[days[1]]


def test_zones_as_delivered(folder: Path, truth: dict[str, Any]) -> None:
    latest: dict[str, Any] = {}
    for path in sorted((folder / "deliveries/zones").glob("*.geojson")):
        assert geopandas.read_file(path).is_valid.all()
        features = json.loads(path.read_text("utf-8"))["features"]
        latest |= {feature["properties"]["编号"]: feature["properties"] for feature in features}
    assert set(latest) == {stay[0] for stay in truth["zones"]["stays"]}
    in_force = Counter[tuple[str, str]]()
    for row in latest.values():
        end = row["结束日期"] or "9999"
        kind = {"封控区": "lockdown", "管控区": "control"}[row["类型"]]
        in_force.update((kind, day) for day in truth["days"] if row["起始日期"] <= day <= end)
    for kind in ("lockdown", "control"):
        assert [in_force[kind, day] for day in truth["days"]] == truth["zones"][kind]


def test_risk_lists(folder: Path, truth: dict[str, Any]) -> None:
    levels = {"高风险区": "high", "中风险区": "middle", "低风险区": "low"}
    codes = {row["名称"]: row["代码"] for row in rows_of(folder / "codes/district.csv")}
    found: Counter[tuple[str, str, str]] = Counter()
    for path in (folder / "deliveries/risk").glob("*.json"):
        for level, areas in json.loads(path.read_text("utf-8"))["数据"]["风险区"].items():
            found.update((area["日期"], levels[level], codes[area["地区"][:3]]) for area in areas)
    assert found == expand(truth["risk"], truth["days"])


def test_addresses_add_up(folder: Path, truth: dict[str, Any]) -> None:
    found: Counter[tuple[str, str, str]] = Counter()
    for path in (folder / "deliveries/addresses").glob("*.csv"):
        for row in rows_of(path):
            if row["涉疫地址数"].isdigit():
                found[row["日期"], "addresses", row["社区编码"][:6]] += int(row["涉疫地址数"])
    assert found == expand({"addresses": truth["addresses"]}, truth["days"])


def _unsure(function: Any, random: np.random.Generator) -> Any:
    """A function whose last digits are another processor's."""

    def asked(*given: Any) -> Any:
        found = np.asarray(function(*given))
        if found.dtype != np.float64:
            return found
        return found + random.integers(-2, 3, found.shape) * np.spacing(np.abs(found))

    return asked


def test_it_is_the_same_city_on_every_processor(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sines and sums end in other digits where vectors are wider; cuts through points turn on the last one."""
    random = np.random.default_rng(5)
    for name in ("cos", "sin", "exp", "log", "hypot", "arctan2"):
        monkeypatch.setattr(np, name, _unsure(getattr(np, name), random))
    assert fingerprints(simulate("town", 1, tmp_path, quiet).parent) == fingerprints(folder)


def test_the_outbreak_rises_and_falls(truth: dict[str, Any]) -> None:
    found = np.sum([*truth["found"].values()], axis=0)
    weeks = found[: len(found) // 7 * 7].reshape(-1, 7).sum(axis=1)
    assert 0 < weeks.argmax() < len(weeks) - 1
    assert weeks[0] < weeks.max() / 2
    assert weeks[-1] < 3 / 4 * weeks.max()
    assert sum(truth["infected"]) > 200
