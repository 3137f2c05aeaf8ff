"""The small city with rules of its own: three zones that stand, one that was lifted early, notices, a contradiction.

What follows is worked out by hand. Somebody is found in 江口街道, outside of all zones, on each of the ten days, so every
day is reported; in 石桥街道 on the second day, in 塔下村 on the eighth. A lockdown ends after 5 days, control after 3.
"""

from __future__ import annotations

from pathlib import Path

from data.store import sqlite_url
from grid.cube import Cube
from tests.tiny import DAYS, Knobs, Person, Town, write_csv

CITY_RULES, EAST_RULES = "town-zones", "east-zones"

_PACK = """
id = "{id}"
zh = "{zh}"
en = "{en}"
about = "{about}"
notice = "{notice}"
notice_en = "{notice}"
authority = "{authority}"
authority_en = "{authority}"
source = "made up"
start = {start}
area = "{area}"
{more}
"""

_CLAUSE = """
[[clause]]
id = "{id}"
{gives}
zh = "{id}条"
en = "the {id} clause"
"""


def _pack(folder: Path, id: str, clauses: dict[str, str], more: str, **told: object) -> None:
    head = _PACK.format(
        **{"id": id, "zh": f"{id}规则", "en": f"Rules {id}", "authority": "市指挥部", "start": "2021-01-01"} | told,
        more=more,
    )
    body = "".join(_CLAUSE.format(id=name, gives=gives) for name, gives in clauses.items())
    (folder / f"{id}.toml").write_text(head + body, "utf-8")


def rules(folder: Path, *, east: bool = False) -> None:
    """The city's packs: its zones, two packs of codes that contradict each other, and if asked its first district's."""
    folder.mkdir(exist_ok=True)
    kinds = 'unit = "community"\nidentities = { lockdown = "locked", control = "watched" }'
    stages = {
        "locked": 'risk = "high"\nconfined = "home"\ndays = 5',
        "watched": 'risk = "middle"\nconfined = "compound"\ndays = 3',
    }
    _pack(folder, CITY_RULES, stages, kinds, about="zones", notice="市1号", area="99")
    for id, area, colour in (("town-codes", "99", "red"), ("west-codes", "990102", "yellow")):
        more = 'identities = { stay_home = "home" }'
        _pack(
            folder,
            id,
            {"home": f'colour = "{colour}"\nconfined = "home"\ndays = 7'},
            more,
            about="codes",
            notice=f"{id}号",
            area=area,
        )
    if east:
        more = f'unit = "street"\nreplaces = ["{CITY_RULES}"]\n{kinds.splitlines()[1]}'
        short = {name: stage.replace("= 5", "= 1") for name, stage in stages.items()}
        _pack(folder, EAST_RULES, short, more, about="zones", notice="东1号", area="990101", start=DAYS[1])


#: id, kind, first and last day, street, community.
ZONES = [
    ("L1", "封控区", DAYS[0], None, "石桥街道", None),
    ("C2", "管控区", DAYS[0], None, "柳林街道", None),
    ("L3", "封控区", DAYS[6], None, None, "塔下村"),
    ("L4", "封控区", DAYS[6], DAYS[8], "东江镇", "新村"),
]
NOTICES = [
    ("市1号", "封控管控规则", "市指挥部", DAYS[0], "", "区域", "安城市", "", CITY_RULES),
    ("市9号", "关于封控石桥街道的通告", "市指挥部", DAYS[0], "", "区域", "石桥街道", "红码", ""),
    ("市8号", "已经结束的通告", "市指挥部", DAYS[0], DAYS[2], "区域", "安城市", "", ""),
    ("东3号", "关于东江镇的通告", "东江区指挥部", DAYS[6], "", "区域", "东江镇", "", CITY_RULES),
]

_SOURCES = """
[[source]]
name = "notices"
kind = "notices"
path = "in/notices.csv"
columns = { number = "文号", title = "标题", authority = "发布单位", start = "开始", end = "结束", scope = "方式", area = "区域", colour = "码色", rule = "规则" }
"""


def town(folder: Path, *, east: bool = False) -> Town:
    """The city, built."""
    made = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=("population", "cases", "zones")))
    made.edit('name_en = "Ancheng"\n', 'name_en = "Ancheng"\nrules = "rules"\n')
    made.path.write_text(made.path.read_text("utf-8") + _SOURCES, "utf-8")
    rules(folder / "rules", east=east)
    here = [Person(f"A{n}", day, "确诊", "990101001", 110.005, 30.005) for n, day in enumerate(DAYS)]
    inside = [
        Person("B1", DAYS[1], "确诊", "990102001", 110.035, 30.01),
        Person("B2", DAYS[7], "确诊", "990101002", None, None),
    ]
    made.people(*here, *inside)
    places = [
        (id, kind, start, end, "", street or "", community or "", "")
        for id, kind, start, end, street, community in ZONES
    ]
    write_csv(
        folder / "in/zones.csv", ["编号", "类型", "起始日期", "结束日期", "范围", "街道", "社区", "位置描述"], places
    )
    heading = ["文号", "标题", "发布单位", "开始", "结束", "方式", "区域", "码色", "规则"]
    write_csv(folder / "in/notices.csv", heading, NOTICES)
    assert [outcome.error for outcome in made.build().outcomes if outcome.error] == []
    return made


def cube(folder: Path, *, east: bool = False) -> Cube:
    """Its cube."""
    made = town(folder, east=east)
    return Cube(made.store, made.city)
