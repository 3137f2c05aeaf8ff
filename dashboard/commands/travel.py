"""Rules of travel in ``onescreen rules``: their lines in the list, a pack in full, conflicts of two cities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from data.city import City
from data.travel import Demand, TravelPack, shipped, travel_packs
from data.words import Lang
from grid.flows.travel_rules import between, text, words_of

#: What ``rules list`` says that they are about.
ABOUT = ("往来", "travel")

_WHEN = {"leave": ("离开", "to leave"), "arrive": ("到达", "to arrive"), "return": ("返回", "to come back")}


def packs_of(city: City | None) -> tuple[TravelPack, ...]:
    """Those that a city goes by; without one the shipped ones."""
    return shipped() if city is None else travel_packs(city)


def line(pack: TravelPack, lang: Lang) -> tuple[str, ...]:
    """A line of the list: pack, name, notice, about, from, until, area."""
    about, area = ABOUT[lang == "en"], pack.code or pack.where(lang)
    return pack.id, pack.name(lang), "-", about, str(pack.start), str(pack.stop or "-"), area


def tell(pack: TravelPack, lang: Lang) -> Iterator[str]:
    """A pack in full: where it comes from, and what it demands on which occasion."""
    zh = lang == "zh"
    yield f"{pack.id}  {pack.name(lang)}"
    facts = [
        ("城市" if zh else "city", f"{pack.where(lang)} {pack.code}".strip()),
        ("发布" if zh else "by", (pack.authority if zh else pack.authority_en) or pack.authority),
        ("出处" if zh else "source", pack.source),
        ("在用" if zh else "in force", f"{pack.start} – {pack.stop or ''}".rstrip()),
    ]
    yield from (f"  {name}  {value}" for name, value in facts if value)
    for demand in pack.demands:
        yield f"\n{_WHEN[demand.when][not zh]}  {_gist(demand, lang)}".rstrip()
        yield f"  {demand.text(lang)}"


def _gist(demand: Demand, lang: Lang) -> str:
    """What a demand comes to, in a line."""
    zh = lang == "zh"
    parts = [
        (demand.of, f"限 {demand.of}" if zh else f"of {demand.of} only"),
        (demand.test_hours, f"{demand.test_hours} 小时内检测" if zh else f"test of {demand.test_hours} h"),
        (demand.tests, f"再测 {demand.tests} 次" if zh else f"{demand.tests} more tests"),
        (demand.isolate_days, f"隔离 {demand.isolate_days} 天" if zh else f"isolation {demand.isolate_days} days"),
        (demand.code, f"{demand.code} 码" if zh else f"{demand.code} code"),
        (demand.closed, "不放行" if zh else "closed"),
    ]
    return "  ".join(said for stated, said in parts if stated)


def conflicts(city: City | None, day: dt.date, lang: Lang) -> list[str]:
    """What contradicts what between two cities on a day, a sentence each; of a home, on journeys from its city."""
    home = None if city is None else words_of(city.name, city.name_en, city.code)
    found = between(packs_of(city), day, home)
    colon = "：" if lang == "zh" else ": "
    return [
        f"{here.where(lang)} → {there.where(lang)} ({one.first.pack.id}/{one.second.pack.id}){colon}{text(one, lang)}"
        for here, there, one in found
    ]
