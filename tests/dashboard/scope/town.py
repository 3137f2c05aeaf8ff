"""A city of 16 districts and 215 streets whose every area can be told by its name, its code and its numbers.

It is made in three: as it is, and twice with every second street another one (its name, code, numbers, zones, records:
:class:`Twin`). Each street is the same in two of the three, while half of the city around it differs; so what its viewer
is answered must be the same in both, to the byte. A fourth differs in every second district. A fifth is ``quiet``: the
odd streets are others, but their findings, residents and flows are not, which is for what a model of the whole city
says of an area.

Streets are squares in rows, a row a district, so that a border cell lies in two streets or more.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, ClassVar, Literal

import h3
import numpy as np
import shapely
from sqlalchemy import select, update

from data.city import read_city
from data.code_days import COMBINATION, GROUP, NO_DAY, TICKET, CodeDay
from data.days import day_number
from data.store import Store, sqlite_url
from data.tables import load
from data.terms import EXCEPTIONS, HARMS, IDENTITIES, OVERDUE
from grid.build import build
from grid.cube import Cube, View

Day = dt.date
Changed = Literal["none", "odd", "even", "districts", "quiet"]

CITY, NAME = "990000", "安城市"
FIRST = Day(2022, 3, 1)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(21)]
DAY = DAYS[-1]
#: When all that is delivered was received, UTC; one minute after the other.
RECEIVED = dt.datetime(2022, 3, 22, 0, 0)
SECRET = "0123456789abcdef"
DISTRICTS, STREETS = 16, 215
PER_DISTRICT = 13
#: Side of a street, degrees.
SIDE = 0.01
WEST, SOUTH = 110.0, 30.0
#: Characters that no other text of the product has: three of them, one of each row, name an area.
SIGNS = ("犇骉羴猋鱻淼焱垚", "龘靐齉齾爩龗灪厵", "爨癵驫麣纞虋麤飍")
#: What of an answer could speak of an area: its name in either language, its code, the words of its records.
NAMES = re.compile("".join(f"[{signs}]" for signs in SIGNS) + r"|Zq\d{4}k")
CODES = re.compile(r"(?<!\d)9901(?:\d{5}|\d{2})(?!\d)")
#: Whole numbers of a million and more, with or without commas.
NUMBERS = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3}){2,}|[1-9]\d{6,})(?![\d])")
CITIES = (("北山市", "North Mount", "980100", 2_000_000), ("南海市", "South Sea", "980200", 500_000))


def token(n: int) -> str:
    """Three signs, for n from 0 to 511."""
    return "".join(tuple(product(*SIGNS))[n])


@dataclass(frozen=True)
class Area:
    """A district or street: its place among its like, and whether it is the other one of its twins."""

    n: int
    other: bool

    _word: ClassVar[tuple[str, str]]

    @property
    def _place(self) -> int:
        """Its number among all areas of both twins."""
        raise NotImplementedError

    @property
    def code(self) -> str:
        """Its code."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """In Chinese."""
        return token(self._place) + self._word[0]

    @property
    def name_en(self) -> str:
        """In English."""
        return f"Zq{self._place:04}k {self._word[1]}"

    @property
    def words(self) -> frozenset[str]:
        """What tells it by name."""
        return frozenset({token(self._place), f"Zq{self._place:04}k"})


@dataclass(frozen=True)
class District(Area):
    """A row of streets."""

    _word = ("区", "District")

    @property
    def code(self) -> str:
        """Six digits; the other twin has another, in the same order."""
        return f"9901{2 * self.n + (2 if self.other else 1):02}"

    @property
    def _place(self) -> int:
        return self.n + (DISTRICTS if self.other else 0)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return WEST, SOUTH + SIDE * self.n, WEST + SIDE * len(columns(self.n)), SOUTH + SIDE * (self.n + 1)


@dataclass(frozen=True)
class Street(Area):
    """A square. Its ``district`` is as it is in the same twin."""

    district: District
    #: Whether its findings, residents, flows, addresses and ground are those of its twin although it is another.
    quiet: bool = False

    _word = ("街道", "Street")

    @property
    def column(self) -> int:
        """Its place in its row."""
        return columns(self.district.n).index(self.n)

    @property
    def code(self) -> str:
        """Nine digits; the other twin has another, in the same order."""
        return f"{self.district.code}{10 * self.column + (6 if self.other else 1):03}"

    @property
    def _place(self) -> int:
        return 2 * DISTRICTS + self.n + (STREETS if self.other else 0)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        west, south = WEST + SIDE * self.column, SOUTH + SIDE * self.district.n
        return west, south, west + SIDE, south + SIDE

    @property
    def people(self) -> int:
        """A number of seven digits that no other street has."""
        return 1_000_003 + 9_973 * self.n + 4_000_037 * self.more

    @property
    def more(self) -> int:
        """1 where its findings and residents are not its twin's."""
        return int(self.other and not self.quiet)

    def number(self, day: Day, seed: int = 0) -> int:
        """A small number of a day; the twins' differ."""
        return (self.n * 7 + day.toordinal() * 3 + seed * 5 + 11 * self.more) % (9 + self.n % 5)

    def point(self, n: int) -> tuple[float, float]:
        """A place inside it."""
        west, south, *_ = self.box
        return west + SIDE * (0.1 + 0.8 * (n * 37 % 100) / 100), south + SIDE * (0.1 + 0.8 * (n * 53 % 100) / 100)


def columns(district: int) -> range:
    """The numbers of a district's streets: 13 each, 20 in the last."""
    first = PER_DISTRICT * district
    return range(first, STREETS if district == DISTRICTS - 1 else first + PER_DISTRICT)


class Plan:
    """The areas of one of the twins."""

    def __init__(self, changed: Changed) -> None:
        self.changed = changed
        rows = [District(n, changed == "districts" and n % 2 == 1) for n in range(DISTRICTS)]
        self.districts = rows
        self.streets = [self._street(n, row) for row in rows for n in columns(row.n)]
        self.codes = {area.code: area for area in (*self.districts, *self.streets)}

    def _street(self, n: int, row: District) -> Street:
        odd = n % 2 == 1
        other = {"odd": odd, "even": not odd, "none": False, "districts": row.other, "quiet": odd}[self.changed]
        return Street(n, other, row, self.changed == "quiet")

    def inside(self, code: str) -> list[Area]:
        """The areas of a code and below it."""
        return [area for known, area in self.codes.items() if known.startswith(code)]


# --- what it delivers --------------------------------------------------------------------------------

Row = Sequence[object]


def _population(plan: Plan) -> Iterator[Row]:
    yield "区划代码", "人数"
    yield from ((street.code, street.people) for street in plan.streets)


def _cases(plan: Plan) -> Iterator[Row]:
    """By street, day and kind; the other twins are silent on a day."""
    yield "日期", "区划代码", "status", "人数"
    for street in plan.streets:
        for day in DAYS:
            if not (street.more and day == DAYS[9]):
                yield day, street.code, "case", street.number(day)
                yield day, street.code, "asymptomatic", street.number(day, 1)


def _found(plan: Plan) -> Iterator[Row]:
    """Findings with a point, counted beside the table's."""
    yield "编号", "日期", "status", "经度", "纬度"
    for street in plan.streets:
        for n in range(2 + street.n % 3):
            yield (
                f"F{street.n}-{n}",
                DAYS[-1 - 3 * n],
                "case",
                *(f"{at:.6f}" for at in street.point(n + 5 * street.more)),
            )


def _late(plan: Plan) -> Iterator[Row]:
    """Of some odd streets; of the others a day more than anybody else is told."""
    yield "日期", "区划代码", "status", "人数"
    for street in plan.streets[3::4]:
        for day in (DAY, *([DAY + dt.timedelta(days=1)] if plan.changed == "odd" else [])):
            yield day, street.code, "case", 1 + street.number(day, 5)


def _addresses(plan: Plan) -> Iterator[Row]:
    yield "日期", "区划代码", "h3", "数量"
    for street in plan.streets:
        for n in range(3):
            lon, lat = street.point(n)
            yield DAYS[-1 - n], street.code, h3.latlng_to_cell(lat, lon, 9), 1 + street.number(DAYS[n], 2)


def _risks(plan: Plan) -> Iterator[Row]:
    yield "日期", "风险等级", "地址"
    for day in (DAYS[0], DAYS[14]):
        for street in plan.streets:
            if (street.n + street.more) % 3 == 0:
                yield day, ("高风险区", "中风险区")[street.n % 2], f"{street.district.name}{street.name}"


def _colours(plan: Plan) -> Iterator[Row]:
    yield "日期", "区划代码", "码色", "人数"
    for street in plan.streets:
        for day in DAYS[-4:]:
            yield from ((day, street.code, colour, number) for colour, number in (
                ("green", street.people - 700 + street.number(day)), ("yellow", 40 + street.number(day, 3)),
                ("red", 3 + street.number(day, 4))))  # fmt: skip


def _zones(plan: Plan) -> Iterator[Row]:
    """One that stands and one that is over, drawn, with a name; some known by their street only."""
    yield "编号", "名称", "类型", "起始日期", "结束日期", "范围", "区划代码"
    for street in plan.streets:
        lon, lat = street.point(3)
        ground = "" if street.n % 4 == 0 else shapely.box(lon, lat, lon + 0.002, lat + 0.002).wkt
        word = sorted(street.words)[1]
        start = DAYS[3 + street.number(FIRST)]
        yield f"Z{street.n}{word}", f"{word}小区", ("封控区", "管控区")[street.n % 2], start, None, ground, street.code
        yield f"Y{street.n}{word}", f"{word}里", "封控区", DAYS[1], DAYS[4 + street.number(DAY, 1)], ground, street.code


def _notices(plan: Plan) -> Iterator[Row]:
    """The city's, each district's, every third street's."""
    yield "文号", "标题", "发布单位", "开始", "结束", "方式", "区域", "码色", "规则"
    yield "安防1号", "全市通告", "安城市指挥部", DAYS[0], "", "户籍", CITY, "黄码", ""
    for area in [*plan.districts, *plan.streets[::3]]:
        word = sorted(area.words)[1]
        scope = ("区域", "户籍", "到访")[area.n % 3]
        yield (
            f"{word}{area.n}号",
            f"关于{area.name}的通告",
            f"{word}指挥部",
            DAYS[2 + area.n % 9],
            "",
            scope,
            area.code,
            "红码",
            "",
        )


def _presence(plan: Plan) -> Iterator[Row]:
    """Who is registered in the street beside and is here, at home, and away."""
    yield "日期", "区划代码", "户籍", "人在市外", "有暴露", "人数"
    for street in plan.streets:
        beside = plan.streets[(street.n + 1) % STREETS]
        for n, (code, registered, away) in enumerate((
            (street.code, street.code, "no"), (street.code, beside.code, "no"), ("", street.code, "yes"),
        )):  # fmt: skip
            yield (
                DAYS[10],
                code,
                registered,
                away,
                ("no", "yes")[n % 2],
                900 + 10 * street.number(DAY, n) + 7 * street.more,
            )


def _flows(plan: Plan) -> Iterator[Row]:
    """From each street to the next, to that of the next district, and out of the city; and from the city's districts."""
    yield "日期", "出发地", "目的地", "人数", "占比", "方式"
    for street in plan.streets:
        for day in DAYS[-3:]:
            for step in (1, 2, PER_DISTRICT):
                there = plan.streets[(street.n + step) % STREETS]
                both = street.more and there.more  # what comes to an area, or leaves it, is its own
                yield day, street.code, there.code, 100 + (street.n * 3 + day.day * step) % 90 + both, "", "公路"
            yield from (
                (day, street.code, to, 100 + 10 * street.number(day, n), "", "铁路")
                for n, to in enumerate(("北山市", "南海市"))
            )


def _index(plan: Plan) -> Iterator[Row]:
    yield "日期", "城市", "指数"
    yield from ((day, NAME, 0.5 + 0.1 * len(plan.changed)) for day in DAYS)
    yield from ((day, name, 1 + n) for day in DAYS for n, name in enumerate(("北山市", "南海市")))


def _elsewhere(plan: Plan) -> Iterator[Row]:
    yield "城市", "英文名", "区划代码", "人口"
    yield from CITIES


def _elsewhere_cases(plan: Plan) -> Iterator[Row]:
    yield "日期", "城市", "人数"
    yield from ((day, name, 20 * n + 5 * len(name)) for n, day in enumerate(DAYS) for name, *_ in CITIES)


def _traced(plan: Plan) -> Iterator[Row]:
    yield "日期", "流向", "流出", "已找到", "已检测", "已排除"
    yield from ((DAY, name, 900 + 50 * len(plan.changed), 700, 600, 500) for name, *_ in CITIES)


def _tests(plan: Plan) -> Iterator[Row]:
    yield "日期", "假名", "区划代码", "结果"
    for street in plan.streets:
        for n in range(3 + street.n % 4 + street.more):
            yield DAYS[-1 - n % 2], f"p{street.n}x{n}", street.code, ("阴性", "阳性")[n == 2]


def _isolation(plan: Plan) -> Iterator[Row]:
    yield "假名", "区划代码", "隔离方式", "开始", "结束"
    for street in plan.streets:
        yield from (
            (f"p{street.n}x{n}", street.code, ("集中", "居家")[n % 2], DAYS[-5], "")
            for n in range(1 + street.n % 3 + street.more)
        )


def _contacts(plan: Plan) -> Iterator[Row]:
    yield "日期", "假名", "区划代码", "接触类型"
    for street in plan.streets:
        yield from (
            (DAYS[-2], f"p{street.n}x{n}", street.code, ("密接", "次密接")[n % 2])
            for n in range(2 + street.n % 3 + street.more)
        )


def _arrivals(plan: Plan) -> Iterator[Row]:
    yield "日期", "区划代码", "人数"
    yield from ((day, street.code, street.number(day, 6)) for street in plan.streets for day in DAYS[-9:])


def _calls(plan: Plan) -> Iterator[Row]:
    yield "日期", "区划代码", "结果", "人数"
    for street in plan.streets:
        yield from ((DAYS[-2], street.code, result, street.number(FIRST, 7)) for result in ("接通", "未接通", "需跟进"))


def _forms(plan: Plan) -> Iterator[Row]:
    """One of the whole city, and every second street's own."""
    yield "表单", "部门", "字段", "频次", "耗时", "填报份数", "纸质", "区划代码"
    yield from (("全市登记", "安城市指挥部", field, "每日", 5, 2150, "否", "") for field in ("姓名", "手机", "现住址"))
    for street in plan.streets[::2]:
        word = sorted(street.words)[1]
        for field in ("姓名", "联系电话", f"{word}专号"):
            yield f"{word}台账", f"{word}指挥部", field, "每日", 4, 1_000_000 + street.people, "是", street.code


def _supplies(plan: Plan) -> Iterator[Row]:
    """What everybody has, and what one street alone has."""
    yield "日期", "区划代码", "物资", "库存", "日消耗"
    for street in plan.streets:
        yield DAY, street.code, "口罩", street.people, 1 + street.number(DAY)
        yield DAY, street.code, f"{sorted(street.words)[1]}专供", street.people, 3


def _places(plan: Plan) -> Iterator[Row]:
    yield "日期", "区划代码", "场所", "房间数", "已用房间"
    yield from ((DAY, s.code, f"{sorted(s.words)[1]}旅馆", 40 + s.number(DAY), s.number(DAY, 2)) for s in plan.streets)


def _workers(plan: Plan) -> Iterator[Row]:
    yield "日期", "区划代码", "在岗人数", "每人每日可办件数"
    yield from ((DAY, street.code, 1 + street.number(DAY, 3), 4) for street in plan.streets)


def _bad(plan: Plan) -> Iterator[Row]:
    """Rows that name no place, in words that name one of the other streets; and rows that are sent back."""
    yield "日期", "区划代码", "社区", "status", "人数"
    for street in plan.streets[::5]:
        yield DAY, street.code, f"{sorted(street.words)[1]}新村", "case", 1
        yield DAY, street.code[:6], f"{sorted(street.words)[1]}弄", "case", "" if street.other else "x"


#: name -> (kind, what it delivers, more lines of the city file).
SOURCES = {
    "population": ("population", _population, ""),
    "cases": ("cases", _cases, 'absent = "missing"'),
    "found": ("cases", _found, 'crs = "WGS-84"\nabsent = "missing"\ncolumns = { id = "编号" }'),
    "bad": ("cases", _bad, 'absent = "missing"\nmax_bad_share = 0.9'),
    "late": ("cases", _late, 'absent = "missing"'),
    "addresses": ("addresses", _addresses, 'columns = { cell = "h3" }'),
    "risks": ("risk_areas", _risks, 'columns = { text = "地址" }'),
    "colours": ("code_status", _colours, ""),
    "zones": ("zones", _zones, 'crs = "WGS-84"\ncolumns = { id = "编号", name = "名称", kind = "类型", start = "起始日期", end = "结束日期", geometry = "范围" }'),
    "notices": ("notices", _notices, 'columns = { number = "文号", title = "标题", authority = "发布单位", start = "开始", end = "结束", scope = "方式", area = "区域", colour = "码色", rule = "规则" }'),
    "presence": ("presence", _presence, 'columns = { registered = "户籍", elsewhere = "人在市外", exposed = "有暴露" }'),
    "flows": ("flows", _flows, ""),
    "index": ("flow_index", _index, ""),
    "elsewhere": ("elsewhere", _elsewhere, 'columns = { name_en = "英文名" }'),
    "elsewhere_cases": ("elsewhere_cases", _elsewhere_cases, ""),
    "traced": ("traced", _traced, ""),
    "tests": ("tests", _tests, ""),
    "isolation": ("isolation", _isolation, ""),
    "contacts": ("contacts", _contacts, ""),
    "arrivals": ("arrivals", _arrivals, ""),
    "calls": ("calls", _calls, ""),
    "forms": ("forms", _forms, ""),
    "supplies": ("supplies", _supplies, ""),
    "places": ("places", _places, ""),
    "workers": ("workers", _workers, ""),
}  # fmt: skip

_CITY = f"""
[city]
code = "{CITY}"
name = "{NAME}"
name_en = "Ancheng"
simulated = true
rules = "rules"

[[level]]
id = "district"
codes = {{ file = "codes/districts.csv", code = "代码", name = "名称", name_en = "英文名" }}
boundaries = {{ file = "maps/districts.geojson", code = "code", crs = "WGS-84" }}

[[level]]
id = "street"
codes = {{ file = "codes/streets.csv", code = "代码", name = "名称", name_en = "英文名", parent = "上级代码" }}
boundaries = {{ file = "maps/streets.geojson", code = "code", crs = "WGS-84" }}

[grid]
h3 = 9

[[system]]
id = "city"
name = "安城通"
name_en = "Ancheng Code"
owner = "安城市数据局"
assigners = ["安城市指挥部", "{{district}}指挥部"]
correctors = ["{{district}}指挥部"]
primary = true

[[system]]
id = "province"
name = "省健康码"
name_en = "Provincial Code"
owner = "省数据中心"
level = "province"
"""

_PACK = """
id = "{id}"
zh = "{name}规则"
en = "Rules {en}"
about = "codes"
notice = "{name}9号"
notice_en = "{en} 9"
authority = "{name}指挥部"
authority_en = "{en} Office"
source = "made up"
start = 2022-01-01
area = "{code}"
identities = {{ stay_home = "home" }}

[[clause]]
id = "home"
colour = "red"
confined = "home"
days = {days}
zh = "{name}条"
en = "the {en} clause"
"""


def _write(path: Path, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def _map(path: Path, areas: Iterable[District | Street]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shapes = ((area.code, shapely.segmentize(shapely.box(*area.box), 0.005)) for area in areas)
    found = [
        {"type": "Feature", "properties": {"code": code}, "geometry": json.loads(shapely.to_geojson(shape))}
        for code, shape in shapes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}), "utf-8")


def write_city(folder: Path, plan: Plan) -> Path:
    """The city's files; its city file."""
    _map(folder / "maps/districts.geojson", plan.districts)
    _map(folder / "maps/streets.geojson", plan.streets)
    heads = ("代码", "名称", "英文名")
    _write(folder / "codes/districts.csv", [heads, *((d.code, d.name, d.name_en) for d in plan.districts)])
    rows = ((s.code, s.name, s.name_en, s.district.code) for s in plan.streets)
    _write(folder / "codes/streets.csv", [(*heads, "上级代码"), *rows])
    text = _CITY
    for name, (kind, rows_of, more) in SOURCES.items():
        _write(folder / f"in/{name}.csv", rows_of(plan))
        text += (
            f'\n[[source]]\nname = "{name}"\nkind = "{kind}"\npath = "in/{name}.csv"\nguard = {{ hold = [] }}\n{more}\n'
        )
    (folder / "city.toml").write_text(text, "utf-8")
    _packs(folder / "rules", plan)
    return folder / "city.toml"


def _packs(folder: Path, plan: Plan) -> None:
    """A pack of rules for each of some districts and streets."""
    folder.mkdir()
    for area in [*plan.districts[:4], *plan.streets[4:8]]:
        made = _PACK.format(
            id=area.name_en.split()[0].lower(), name=area.name, en=area.name_en, code=area.code, days=7 + area.other
        )
        (folder / f"{area.code}.toml").write_text(made, "utf-8")


# --- codes of persons --------------------------------------------------------------------------------


def code_day(view: View, plan: Plan) -> CodeDay:
    """A ledger of the last day: some people in each street, in words that name it."""
    words = _Words()
    groups, combinations, tickets = [], [], []
    for street in plan.streets:
        row = view.row(street.code)
        leaf = int(view.areas.lo[row])
        own = {
            name: words.add(name, f"{sorted(street.words)[1]}{name}")
            for name in ("operator", "evidence", "batch", "group")
        }
        authority = words.add("authority", f"{sorted(street.words)[1]}指挥部")
        owner = words.add("owner", f"{sorted(street.words)[1]}指挥部\tassigner")
        number = 3 + street.n % 4 + street.other
        groups += [(leaf, 0, 2, _LATE, 0, authority, owner, number), (leaf, 0, 0, 0, 0, 0, 0, 50 + street.number(DAY))]
        combinations += [(leaf, 0b0111, number), (leaf, 0b0101, 50 + street.number(DAY))]
        tickets += [_ticket(street, leaf, n, authority, owner, own) for n in range(number)]
    return CodeDay(
        "assignments", DAY, view.geography.id, words.listed(), np.array(sorted(groups), GROUP),
        np.array(sorted(combinations), COMBINATION), _sorted(tickets),
    )  # fmt: skip


_LATE = list(OVERDUE).index("week")


class _Words:
    """The words of a ledger, by kind."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, int]] = {
            name: {"": 0} for name in ("authority", "operator", "evidence", "batch", "group", "owner")
        }

    def add(self, name: str, word: str) -> int:
        """The number of a word."""
        return self._known[name].setdefault(word, len(self._known[name]))

    def listed(self) -> dict[str, list[str]]:
        """As a code day has them."""
        return {
            "system": ["city", "province"],
            "clause": ["", "henan-2/red"],
            **{k: list(v) for k, v in self._known.items()},
        }


def ticket_of(street: Street, n: int = 0) -> int:
    """The number of a street's nth ticket."""
    return 0x5000_0000 + 16 * (street.n + (STREETS if street.other else 0)) + n


def _ticket(street: Street, leaf: int, n: int, authority: int, owner: int, own: dict[str, int]) -> dict[str, Any]:
    flags = ("overdue", "burst", "no_evidence", "conflict")
    due = day_number(DAY) - 3 - n
    return {
        "id": ticket_of(street, n), "person": 90_000 + ticket_of(street, n), "leaf": leaf, "row": n + 2, "system": 0, "colour": 2,
        "colours": 0b0111, "flags": sum(1 << list(EXCEPTIONS).index(flag) for flag in flags), "since": due - 14, "ends": due,
        "due": due, "evidence_day": due - 14, "negative": due, "positive": NO_DAY, "contact": NO_DAY, "clause": 1,
        "identity": 1 + list(IDENTITIES).index("close_contact"), "authority": authority, "owner": owner, **own,
        "registered": -2, "harm": 1 + n % len(HARMS), "deadline": day_number(DAY) + n,
    }  # fmt: skip


def _sorted(tickets: Sequence[dict[str, int]]) -> np.ndarray:
    made = np.zeros(len(tickets), TICKET)
    for at, ticket in enumerate(sorted(tickets, key=lambda one: one["leaf"])):
        for name, value in ticket.items():
            made[name][at] = value
    return made


# --- built -------------------------------------------------------------------------------------------


class Twin:
    """One of the cities, built."""

    def __init__(self, folder: Path, changed: Changed) -> None:
        self.plan = Plan(changed)
        folder.mkdir(parents=True, exist_ok=True)
        self.path = write_city(folder, self.plan)
        self.store = Store.create(sqlite_url(folder / "x.db"))
        self.city = read_city(self.path)
        outcomes = build(self.store, self.city, SECRET).outcomes
        failed = [one.error.say("en") for one in outcomes if one.error]
        assert not failed, failed
        view = Cube(self.store, self.city).at()
        with self.store.loading(
            source="assignments", kind="assignments", file="assignments.csv", sha256="0" * 64, known=RECEIVED
        ) as made:
            made.code_day(code_day(view, self.plan))
            made.close(rows=STREETS, taken=STREETS, rejected=0, aside=0, first_day=DAY, last_day=DAY)
        self._at_the_same_time()

    def _at_the_same_time(self) -> None:
        """As if all twins had been delivered at the same minutes."""
        with self.store.engine.begin() as connection:
            for (number,) in connection.execute(select(load.c.id)).all():
                moment = RECEIVED + dt.timedelta(minutes=number)
                connection.execute(update(load).where(load.c.id == number).values(known=moment, loaded=moment))

    @cached_property
    def cube(self) -> Cube:
        """Its cube."""
        return Cube(self.store, self.city)
