"""city.toml of the demo city."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from data.demo import assignments, cases, flows, forms, histories, living, maps, nets, notices, presence, stock, toml
from data.demo.areas import Town
from data.demo.moments import STAMP
from data.demo.offices import Offices

HEADER = """\
# 模拟城市：地名、地形、居民、疫情都是虚构的，与任何真实地方无关。
# A simulated city: its places, its land, its people and its epidemic are invented.
"""

#: The ledgers that tell what happened to people: titles.
HISTORIES = {
    "tests": ("核酸检测台账", "Ledger of tests"),
    "isolation": ("隔离台账", "Ledger of isolation"),
    "contacts": ("密接台账", "Ledger of contacts"),
    "stays": ("停留台账", "Ledger of stays"),
}
LIVING = {
    "present": ("在地人口（信令）", "People present (mobile networks)"),
    "checkins": ("场所码扫码量", "Scans of place codes"),
}

#: What areas have at hand: titles and headings.
STOCK = {
    "supplies": ("防疫物资日报", "Supplies", stock.SUPPLIES),
    "places": ("隔离场所日报", "Isolation places", stock.PLACES),
    "workers": ("网格力量", "Workers of responsibility areas", stock.WORKERS),
}

PLACE = {"district": "区", "street": "街道", "community": "社区"}


def write_city_file(town: Town, code_days: int, path: Path) -> None:
    """Writes ``path``; ``code_days``: days a file of codes holds."""
    parts = [
        HEADER,
        toml.table(
            "[city]",
            {
                "code": town.size.prefix + "00",
                "name": town.size.name,
                "name_en": town.size.name_en,
                "timezone": "Asia/Shanghai",
                "simulated": True,
                "rules": "rules",
                "travel": "travel",
            },
        ),
    ]
    parts += [toml.table("[[level]]", level) for level in _levels(town)]
    grid = {"file": "maps/grid.parquet", "id": "网格编号", "area": "社区编码", "crs": maps.CRS}
    parts.append(toml.table("[grid]", grid))
    parts += [toml.table("[[system]]", system) for system in Offices(town).systems()]
    parts += [toml.table("[[source]]", source) for source in _sources(town, code_days)]
    path.write_text("\n".join(parts), "utf-8")


def _levels(town: Town) -> list[dict[str, Any]]:
    names = ["district", "street", *(["responsibility_grid"] if town.grids is not None else []), "community"]
    return [_level(town, name) for name in names]


def _level(town: Town, name: str) -> dict[str, Any]:
    codes = {"file": f"codes/{name}.csv", "code": "代码", "name": "名称", "name_en": "英文名"}
    if name != "district":
        codes["parent"] = "上级代码"
    if name == "community":
        codes["encoding"] = "gb18030"
    level: dict[str, Any] = {"id": name, "codes": codes}
    if name != "responsibility_grid":
        level["boundaries"] = {"file": f"maps/{name}.geojson", "code": "代码", "crs": maps.CRS}
    if name == "street":
        level["aliases"] = cases.aliases(town)
    return level


def _sources(town: Town, code_days: int) -> list[dict[str, Any]]:
    own = [_own_table(town, district) for district in cases.own_tables(town)]
    ledgers = [_history(name, *titles) for name, titles in HISTORIES.items()]
    return [
        _population(), _line_list(town), *own, _codes(code_days), _zones(), _risk(), _addresses(), _notices(),
        _presence(), _forms(), *map(_net, nets.SOURCES), *ledgers, _assignments(), *map(_flows, flows.SOURCES),
        *(_living(name, *titles) for name, titles in LIVING.items()),
        *(_stock(name, *titles) for name, titles in STOCK.items()),
    ]  # fmt: skip


def _source(name: str, kind: str, path: str, title: str, title_en: str, **more: Any) -> dict[str, Any]:
    stem = Path(path).stem.replace("*", STAMP)
    return {"name": name, "kind": kind, "path": f"deliveries/{path}", "title": title, "title_en": title_en,
            "received": stem, **more}  # fmt: skip


def _population() -> dict[str, Any]:
    return _source(
        "population", "population", "population/population_*.xlsx", "常住人口登记", "Register of residents",
        format="excel", sheet="常住人口",
        columns={**PLACE, "code": "社区编码", "cell": "网格编号", "count": "常住人口"},
        cadence={"every": 8760, "warn": 17520, "error": 43800},
    )  # fmt: skip


def _line_list(town: Town) -> dict[str, Any]:
    return _source(
        "cases", "cases", "cases/cases_*.csv", "感染者个案", "Line list of findings",
        format="csv", crs="GCJ-02", covers=1,
        areas=[code for at, code in enumerate(town.districts.codes) if at not in cases.own_tables(town)],
        columns={"id": "编号", "day": "日期", **PLACE, "lon": "经度", "lat": "纬度", "status": "类别"},
        values={"status": {cases.TURNED: "case"}},
    )  # fmt: skip


def _own_table(town: Town, district: int) -> dict[str, Any]:
    code, name = town.districts.codes[district], town.districts.names[district]
    return _source(
        f"cases-{code}", "cases", f"cases_{code}/table_*.xlsx", f"{name.zh}日报", f"{name.en}, daily table",
        format="excel", sheet="日报",
        columns={"day": "日期", "street": "街道", "status": "类别", "count": "人数"},
        constants={"district": name.zh},
        unpivot={
            "columns": {"确诊病例": "case", "无症状感染者": "asymptomatic", "转归": "reclassified"},
            "name": "类别", "value": "人数",
        },
        where=[{"column": "街道", "drop": ["合计"]}],
        cadence={"every": 168, "warn": 204, "error": 336},
    )  # fmt: skip


def _codes(days: int) -> dict[str, Any]:
    return _source(
        "codes", "code_status", "codes/codes_*.parquet", "健康码状态", "Status of health codes",
        format="parquet", absent="zero",
        columns={"day": "日期", "cell": "网格编号", "code": "社区编码", "status": "码色", "count": "人数"},
        cadence={"every": 24 * days, "warn": 24 * days + 12, "error": 24 * days + 48},
    )  # fmt: skip


def _zones() -> dict[str, Any]:
    return _source(
        "zones", "zones", "zones/zones_*.geojson", "封控管控区", "Lockdown and control zones",
        format="vector", crs=maps.CRS,
        columns={"id": "编号", "name": "名称", "kind": "类型", "start": "起始日期", "end": "结束日期"},
    )  # fmt: skip


def _risk() -> dict[str, Any]:
    return _source(
        "risk", "risk_areas", "risk/risk_*.json", "风险区名单", "List of risk areas",
        format="json", records={"path": "数据.风险区", "key": "等级"},
        columns={"day": "日期", "level": "等级", "text": "地区"},
    )  # fmt: skip


def _addresses() -> dict[str, Any]:
    return _source(
        "addresses", "addresses", "addresses/addresses_*.csv", "涉疫地址", "Addresses with findings",
        format="csv", columns={"day": "日期", "cell": "网格编号", "code": "社区编码", "count": "涉疫地址数"},
        cadence={"every": 168, "warn": 204, "error": 336},
    )  # fmt: skip


def _assignments() -> dict[str, Any]:
    return _source(
        "assignments", "assignments", "assignments/assignments_*.parquet", "赋码台账", "Ledger of assignments",
        format="parquet", columns=assignments.headings(),
    )  # fmt: skip


def _history(name: str, title: str, title_en: str) -> dict[str, Any]:
    return _source(
        name, name, f"{name}/{name}_*.parquet", title, title_en, format="parquet", columns=histories.headings(name),
        cadence={"every": 168, "warn": 204, "error": 336},
    )  # fmt: skip


def _notices() -> dict[str, Any]:
    return _source(
        "notices", "notices", "notices/notices_*.csv", "通告", "Public notices", format="csv",
        columns=notices.headings(), cadence={"every": 168, "warn": 204, "error": 336},
    )  # fmt: skip


def _flows(name: str) -> dict[str, Any]:
    kind, title, title_en, columns = flows.SOURCES[name]
    once = kind == "elsewhere"  # the list of cities: once a year
    more = {"crs": maps.CRS} if once else {}
    every = 8760 if once else 24 * flows.EVERY
    return _source(
        name, kind, f"{name}/{name}_*.csv", title, title_en, format="csv", columns=columns, **more,
        cadence={"every": every, "warn": every + 24, "error": 2 * every},
    )  # fmt: skip


def _presence() -> dict[str, Any]:
    return _source(
        "presence", "presence", "presence/presence_*.csv", "户籍与现居对照", "Registration and presence", format="csv",
        columns=presence.headings(), cadence={"every": 720, "warn": 1440, "error": 2160},
    )  # fmt: skip


def _living(name: str, title: str, title_en: str) -> dict[str, Any]:
    return _source(
        name, name, f"{name}/{name}_*.csv", title, title_en, format="csv", columns=living.headings(name),
        cadence={"every": 168, "warn": 204, "error": 336},
    )  # fmt: skip


def _stock(name: str, title: str, title_en: str, columns: dict[str, str]) -> dict[str, Any]:
    return _source(
        name, name, f"{name}/{name}_*.csv", title, title_en, format="csv", columns=columns,
        cadence={"every": 168, "warn": 204, "error": 336},
    )  # fmt: skip


def _forms() -> dict[str, Any]:
    return _source(
        "forms", "forms", "forms/forms_*.csv", "表单清单", "Inventory of forms", format="csv", encoding="gb18030",
        columns=forms.headings(), cadence={"every": 2160, "warn": 4320, "error": 8760},
    )  # fmt: skip


def _net(name: str) -> dict[str, Any]:
    title, title_en, _ = nets.SOURCES[name]
    return _source(
        name, name, f"{name}/{name}_*.csv", title, title_en, format="csv", columns=nets.headings(name),
        cadence={"every": 168, "warn": 204, "error": 336},
    )  # fmt: skip
