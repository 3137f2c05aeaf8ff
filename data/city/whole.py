"""The one description of a city, or of what holds several."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from data.city.areas import Grid, Level
from data.city.base import Part
from data.city.choices import EventSettings, FlowSettings, RiskSettings, SmallNumbers, System
from data.city.sources import Source
from data.terms import EVENTS, LEVELS
from data.words import Both, Lang


class City(Part):
    """A whole city: identity, levels from the top down, grid, sources, code systems (at most 8), flows, risk, events
    (class -> what it says instead of the house), own rule packs and rules of travel (folders of TOML files). ``folder``
    is where it lies, ``file_name`` what its file is called.

    A province is the same with ``level = "province"`` and ``cities``, the files of its cities, in place of levels and a
    grid; a country's may be those of provinces. What they bring is :mod:`data.city.province`; ``members`` are they, and
    ``sources`` are all. ``persons``: whether a pseudonym is the same person in all members (shared), so that a test
    taken in one counts for a code given in another, or each member has its own (apart).
    """

    code: str
    name: str
    level: Literal["city", "province", "country"] = "city"
    cities: list[Path] = Field(default_factory=list)
    persons: Literal["shared", "apart"] = "shared"
    name_en: str | None = None
    lang: Lang = "zh"
    timezone: str = "Asia/Shanghai"
    simulated: bool = False
    levels: list[Level]
    grid: Grid | None = None
    sources: list[Source] = Field(default_factory=list)
    systems: Annotated[list[System], Field(max_length=8)] = Field(default_factory=list)
    flows: FlowSettings = FlowSettings()
    risk: RiskSettings = RiskSettings()
    events: dict[str, EventSettings] = Field(default_factory=dict)
    small_numbers: SmallNumbers = Field(default_factory=SmallNumbers)
    rules: Path | None = None
    travel: Path | None = None
    folder: Path = Path()
    file_name: str = "city.toml"
    members: tuple[City, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, timezone: str) -> str:
        try:
            ZoneInfo(timezone)
        except (ValueError, OSError, KeyError) as error:
            raise ValueError(f"no such time zone: {timezone}") from error
        return timezone

    @model_validator(mode="after")
    def _consistent(self) -> City:
        order = list(LEVELS)[list(LEVELS).index("city") :]
        ids = [order.index(level.id) for level in self.levels]
        if ids != sorted(set(ids)):
            raise ValueError(f"levels go from the top down, each once: {', '.join(order[1:-1])}")
        if (self.level != "city") != bool(self.cities) or (self.cities and (self.levels or self.grid)):
            zh = '省（level = "province"）列出各市文件 cities，自身不写 level 表和 grid；城市反之'
            en = 'a province (level = "province") names its cities, and has neither levels nor a grid; a city has'
            raise ValueError(Both(zh, en))
        names = [source.name for source in self.sources]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"two sources are called {', '.join(sorted(twice))}")
        systems = [system.id for system in self.systems]
        if len(set(systems)) < len(systems) or sum(system.primary for system in self.systems) > 1:
            raise ValueError("code systems: each id once, and one primary at most")
        strange = self.events.keys() - EVENTS.keys()
        if strange:
            raise ValueError(f"no such class of events: {', '.join(sorted(strange))}; there are {', '.join(EVENTS)}")
        unknown = {source.backs for source in self.sources if source.backs} - set(names)
        if unknown:
            raise ValueError(f"backs names no source: {', '.join(sorted(unknown))}")
        return self

    def file(self, path: str | Path) -> Path:
        """``path`` of the city file as a path of this machine."""
        return self.folder / path

    @property
    def path(self) -> Path:
        """Its own file."""
        return self.folder / self.file_name

    @property
    def parts(self) -> Iterator[City]:
        """Itself, and every member below it."""
        yield self
        for member in self.members:
            yield from member.parts

    @property
    def retired(self) -> dict[str, str]:
        """Retired code -> the code that took it over, on every level."""
        return {old: new for part in self.parts for level in part.levels for old, new in level.merged.items()}

    def source(self, name: str) -> Source:
        """The source called ``name``; KeyError if there is none."""
        return {source.name: source for source in self.sources}[name]

    def of(self, source: str) -> City:
        """The member whose source this is; the city itself for one of its own."""
        return self._owner.get(source, self)

    @cached_property
    def _owner(self) -> dict[str, City]:
        return {source.name: member.of(source.name) for member in self.members for source in member.sources}
