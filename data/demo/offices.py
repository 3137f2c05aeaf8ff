"""Who assigns and corrects codes in the demo city: offices and code systems, all of them invented."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from data.demo.areas import Town
from data.demo.names import Name

#: The invented province around the invented cities.
PROVINCE = Name("沐屿省", "Muyu Province")

#: Index of the offices that every city has; the districts' headquarters and the streets' offices come after them.
CITY_HQ, CITY_CDC, PROVINCE_HQ, PROVINCE_DATA, TRAVEL = range(5)

#: The three systems side by side, in the order of city.toml.
SYSTEMS = ("city", "province", "travel")
CITY, PROVINCIAL, NATIONAL = range(3)


@dataclass(frozen=True, eq=False)
class Offices:
    """The authorities of a town by index, as ledgers write them."""

    town: Town

    @cached_property
    def names(self) -> list[str]:
        """Every authority's name."""
        city, province = self.town.size.name, PROVINCE.zh
        return [
            f"{city}疫情防控指挥部",
            f"{city}疾病预防控制中心",
            f"{province}疫情防控指挥部",
            f"{province}大数据中心",
            "全国行程服务中心",
            *(f"{name.zh}疫情防控指挥部" for name in self.town.districts.names),
            *(f"{name.zh}办事处" for name in self.town.streets.names),
        ]

    def district(self, index: int) -> int:
        """The authority that is the headquarters of a district."""
        return TRAVEL + 1 + index

    def street(self, index: int) -> int:
        """The authority that is the office of a street: no system gives it the right to assign."""
        return TRAVEL + 1 + len(self.town.districts) + index

    def assigners(self, system: int) -> list[int]:
        """Who may assign in a system."""
        districts = [self.district(d) for d in range(len(self.town.districts))]
        return [[CITY_HQ, CITY_CDC, *districts], [PROVINCE_HQ, PROVINCE_DATA, CITY_HQ], [TRAVEL]][system]

    def entitled(self, system: int, district: int) -> list[int]:
        """Those of the assigners who have to do with somebody in ``district``."""
        return [[self.district(district), CITY_CDC, CITY_HQ], [PROVINCE_HQ, PROVINCE_DATA], [TRAVEL]][system]

    def owner(self, system: int, authority: int, district: int) -> str:
        """Who can mend an assignment of ``authority`` to somebody in ``district``, and why: name, tab, basis.

        Whoever assigned, if entitled to correct; else the system's first corrector; else the person's district.
        """
        own = self.district(district)
        correctors = [[own, CITY_HQ], [PROVINCE_DATA], []][system]
        if authority in (correctors or self.assigners(system)):
            return f"{self.names[authority]}\tassigner"
        if correctors:
            return f"{self.names[correctors[0]]}\tsystem"
        return f"{self.town.districts.names[district].zh}\tdistrict"

    def systems(self) -> list[dict[str, Any]]:
        """The systems as city.toml describes them."""
        city, city_en = self.town.size.name, self.town.size.name_en
        hq = self.names[CITY_HQ]
        return [
            self._system(
                CITY, "city", Name(f"{city.removesuffix('市')}通", f"{city_en} Code"),
                Name(f"{city}数据资源局", f"{city_en} Data Resources Bureau"),
                ["{district}" + hq.removeprefix(city), hq],
            ),
            self._system(
                PROVINCIAL, "province", Name(f"{PROVINCE.zh.removesuffix('省')}健康码", "Muyu Health Code"),
                Name(self.names[PROVINCE_DATA], f"{PROVINCE.en} Data Centre"), [self.names[PROVINCE_DATA]],
            ),
            self._system(
                NATIONAL, "national", Name("全国行程卡", "National travel card"),
                Name(self.names[TRAVEL], "National Travel Service Centre"), [],
            ),
        ]  # fmt: skip

    def _system(self, number: int, level: str, name: Name, owner: Name, correctors: list[str]) -> dict[str, Any]:
        return {
            "id": SYSTEMS[number], "name": name.zh, "name_en": name.en, "owner": owner.zh, "owner_en": owner.en,
            "level": level, "assigners": [self.names[a] for a in self.assigners(number)], "correctors": correctors,
        }  # fmt: skip
