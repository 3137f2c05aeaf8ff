"""The demo city's own rule packs, in the form in which a city hands them to the product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from data.demo import rules, toml
from data.demo.areas import Town
from data.demo.clauses import CLAUSES, CODES, FRESH, LOOKBACK, OLD, OLD_STAGE, ORDER, STAGES, ZONES, Clause, called
from data.demo.moments import Calendar
from data.demo.names import Name
from data.demo.offices import CITY_HQ, Offices

RULES_FROM, OLD_FROM = -40, -300  # days: first day of the city's rules, and of those before them
ORDER_NUMBER, LIFT_NUMBER = 18, 27  # of the district's notices

Stages = Sequence[Mapping[str, Any]]


def notice_number(issuer: str, number: int) -> str:
    """The number of a notice as its text cites it."""
    return f"{issuer}防指通告〔2026〕{number}号"


def order_number(town: Town, order: rules.Blanket) -> str:
    """The number of the district's notice that turns everybody registered in it yellow."""
    return notice_number(issuer(town, order.district), ORDER_NUMBER)


def issuer(town: Town, district: int) -> str:
    """A district as the head of its notices says it: two cities of a province have districts of one name."""
    city = "" if town.size.tag == "demo" else town.size.name
    return city + town.districts.names[district].zh


def write_packs(town: Town, order: rules.Blanket, calendar: Calendar, folder: Path) -> None:
    """A file a pack in ``folder``."""
    folder.mkdir(parents=True)
    for pack, stages in [*_of_city(town, calendar), _of_district(town, order, calendar)]:
        parts = [toml.table("", pack), *(toml.table("[[clause]]", stage) for stage in stages)]
        (folder / f"{pack['id']}.toml").write_text("\n".join(parts), "utf-8")


def _of_city(town: Town, calendar: Calendar) -> Iterator[tuple[dict[str, Any], Stages]]:
    place, hq = Name(town.size.name, town.size.name_en), Offices(town).names[CITY_HQ]
    since, before = calendar.date(RULES_FROM).date(), calendar.date(OLD_FROM).date()
    first, second = "Rules for health codes, first edition", "Rules for health codes, second edition"
    of_zones = Name("封控管控与风险区划定规则", "Rules for zones and risk areas")
    yield (
        {
            **_issued(town, OLD, Name("健康码赋码转码规则（第一版）", first), "codes", place, hq, 1),
            "start": before, "stop": since, "identities": {"risk_area": OLD_STAGE["id"]},
        },
        [OLD_STAGE],
    )  # fmt: skip
    yield (
        {
            **_issued(town, CODES, Name("健康码赋码转码规则（第二版）", second), "codes", place, hq, 2),
            "start": since, "replaces": [called(town.size.tag, OLD)], "identities": _identities(CODES),
        },
        _stages(CODES),
    )  # fmt: skip
    yield (
        {
            **_issued(town, ZONES, of_zones, "zones", place, hq, 3),
            "start": since, "unit": "compound", "replaces": ["plan-9"],
            "identities": {"lockdown": "locked", "control": "controlled", "high": "high", "middle": "middle"},
        },
        STAGES,
    )  # fmt: skip


def _of_district(town: Town, order: rules.Blanket, calendar: Calendar) -> tuple[dict[str, Any], Stages]:
    desk, place = Offices(town), town.districts.names[order.district]
    name = Name(f"{place.zh}户籍人员一律黄码", f"All people registered in {place.en}: yellow")
    hq = desk.names[desk.district(order.district)]
    days = {"start": calendar.date(order.start).date(), "stop": calendar.date(order.end).date()}
    issued = _issued(town, ORDER, name, "orders", place, hq, ORDER_NUMBER)
    return {**issued, **days, "identities": _identities(ORDER)}, _stages(ORDER)


def _issued(town: Town, id_: str, name: Name, about: str, place: Name, hq: str, number: int) -> dict[str, Any]:
    """What every pack says of itself. It is read by codes of areas: of the whole city, since people move."""
    return {
        "id": called(town.size.tag, id_), "zh": name.zh, "en": name.en, "about": about,
        "notice": notice_number(place.zh, number),
        "notice_en": f"{place.en} Headquarters Notice (2026) No. {number}", "authority": hq,
        "authority_en": f"{place.en} Epidemic Headquarters", "source": "模拟 simulated", "area": town.size.prefix,
        "lookback": LOOKBACK,
    }  # fmt: skip


def _identities(pack: str) -> dict[str, str]:
    return {clause.identity: clause.id for clause in CLAUSES if clause.pack == pack and clause.first}


def _stages(pack: str) -> Stages:
    return [_stage(clause) for clause in CLAUSES if clause.pack == pack]


def _stage(clause: Clause) -> dict[str, Any]:
    conditions = {"tests": True, "fresh": FRESH, "no_contact": True} if clause.tests else {}
    more = {key: value for key, value in (("next", clause.next), ("confined", clause.confined)) if value}
    return {"id": clause.id, "colour": clause.colour, "days": clause.days, **conditions, **more,
            "zh": clause.zh, "en": clause.en}  # fmt: skip
