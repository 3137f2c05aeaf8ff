"""city.toml -> :class:`City`: the one description of a city.

Nothing else in the code knows a city's name. Relative paths start at the city file's folder.
Every key is checked; an unknown key is an error, so that a misspelt one is not silently ignored.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from data.errors import Both, CityFileError, Lang
from data.files import NO_TOML
from data.province import joined, member_path
from data.terms import EVENTS, FAULTS, LEVELS

LevelId = Literal["district", "street", "responsibility_grid", "community"]
Format = Literal["csv", "excel", "json", "parquet", "vector"]

#: What a later file of a source does to an earlier one.
#: ``row``: a row replaces the row of the same key; other rows stand (aggregates, line lists with ids).
#: ``day``: a file is the whole truth about each day it names (daily lists, snapshots).
Replaces = Literal["row", "day"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Codes(_Part):
    """A code list: one row an area. ``parent`` names the parent's code column; without it the
    parent is the area of the level above whose code starts this one."""

    file: Path
    code: str = "code"
    name: str = "name"
    name_en: str | None = None
    parent: str | None = None
    encoding: str | None = None


class Boundaries(_Part):
    """Polygons of one level, joined to the areas by ``code``, or by ``name`` within ``parent_name``."""

    file: Path
    code: str | None = None
    name: str | None = None
    parent_name: str | None = None
    crs: str
    encoding: str | None = None
    layer: str | None = None

    @model_validator(mode="after")
    def _joinable(self) -> Boundaries:
        if self.code is None and self.name is None:
            raise ValueError("boundaries need a code column or a name column")
        return self


class Level(_Part):
    """One level of the area tree below the city.

    ``aliases``: another spelling -> official name; the key may be qualified, ``"黄浦区/外滩"``.
    ``merged``: retired code -> the code that took it over.
    """

    id: LevelId
    codes: Codes | None = None
    boundaries: Boundaries | None = None
    aliases: dict[str, str] = Field(default_factory=dict)
    merged: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sourced(self) -> Level:
        if self.codes is None and (self.boundaries is None or self.boundaries.code is None):
            raise ValueError("a level needs codes, or boundaries with a code column and a name column")
        return self


class Grid(_Part):
    """The unit grid: an H3 resolution, or an imported polygon file whose cells have an ``id`` and
    belong to exactly one ``area`` (a code of the finest level)."""

    h3: Annotated[int, Field(ge=4, le=11)] | None = None
    file: Path | None = None
    id: str = "id"
    area: str = "community"
    crs: str | None = None
    layer: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Grid:
        if (self.h3 is None) == (self.file is None):
            raise ValueError("a grid is either h3 = RESOLUTION or file = PATH")
        if self.file is not None and self.crs is None:
            raise ValueError("an imported grid needs its crs")
        return self


class Unpivot(_Part):
    """Wide headings -> rows. Each heading that ``pattern`` matches whole becomes a row whose named
    groups are columns and whose cell is the column ``value``. Or ``columns``: heading -> the text
    that stands in column ``name``."""

    pattern: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    name: str = "variable"
    value: str = "value"

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from error
        return pattern


class Records(_Part):
    """Where the rows are in a JSON document. ``path``: dotted keys down to a list of objects, or,
    with ``key``, to an object of lists (or of objects) whose key becomes the column ``key``.
    ``explode``: a column that holds a list; one row per member."""

    path: str = ""
    key: str | None = None
    explode: str | None = None


class Where(_Part):
    """Keeps rows by one of their own columns, before anything is checked.
    Rows left out are counted as set aside, never as rejects."""

    column: str
    only: list[str] = Field(default_factory=list)
    drop: list[str] = Field(default_factory=list)


class Cadence(_Part):
    """How often a source should come, in hours; ``warn`` and ``error`` are ages of its newest day."""

    every: float = 24
    warn: float = 36
    error: float = 72


class Guard(_Part):
    """When a delivery is held back before it is loaded, and asked about. ``hold``: the faults that do (ids of
    data.terms.FAULTS); a delivery with others is loaded, and they are listed.

    ``jump``: a day above so many times the highest of the 14 days before. Three: the fastest real growth that this was
    tried on, Shanghai's in March 2022, never reached twice the highest of its last fortnight; Wuhan's 12 February 2020,
    when the definition of a case changed, was more than six times it. ``revision``: a day told before that
    changes by more than this share of what it was. Late reports move a day by some per cent, a quarter is another
    count. Both have a margin of ten times the square root, and some dozens: small numbers are lively. ``least``: days
    of history without which nothing is called odd.
    """

    hold: list[str] = Field(
        default_factory=lambda: ["jump", "revision", "copied_day", "shifted_rows", "duplicate_file", "zero_filled"]
    )
    jump: Annotated[float, Field(ge=1.5, le=1000)] = 3.0
    revision: Annotated[float, Field(gt=0, le=100)] = 0.25
    least: Annotated[int, Field(ge=3, le=60)] = 7

    @field_validator("hold")
    @classmethod
    def _known_faults(cls, hold: list[str]) -> list[str]:
        unknown = set(hold) - FAULTS.keys()
        if unknown:
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
        return hold


class Source(_Part):
    """One feed of the city: what it is, where it lies, how it is read and located.

    ``columns`` maps our field -> the sender's heading; ``constants`` gives a field one value;
    ``values`` translates cells, field -> {sender's spelling: ours}. ``empty``: what an empty count
    means. ``absent``: what a place that a delivered day does not name means. ``doubt_zero_days``:
    a day on which *every* row is zero counts as not reported, unless ``doubt_unless``, a dotted path
    with ``{day}`` into the same JSON file, finds a zero for the whole city there. ``backs``: another source
    of the same numbers; this one is heard only on days on which that one says nothing. ``areas``: codes or
    names of the areas that it speaks for, so that its silence about others is no zero (empty: the city).
    ``covers``: a file speaks for the day so many days before it was received, even if no row names it
    (nothing to report). ``received``: strptime pattern of the moment of delivery in the file name, for archives.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100)]
    kind: str
    path: str
    title: str | None = None
    title_en: str | None = None
    format: Format | None = None
    encoding: str | None = None
    sheet: str | int = 0
    layer: str | None = None
    crs: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    day_format: str = "%Y-%m-%d"
    empty: Literal["missing", "zero"] = "missing"
    absent: Literal["missing", "zero"] | None = None
    replaces: Replaces | None = None
    unpivot: Unpivot | None = None
    records: Records | None = None
    where: list[Where] = Field(default_factory=list)
    aliases: dict[str, str] = Field(default_factory=dict)
    days_from: dt.date | None = None
    days_to: dt.date | None = None
    doubt_zero_days: bool = False
    doubt_unless: str | None = None
    backs: str | None = None
    areas: list[str] = Field(default_factory=list)
    covers: Annotated[int, Field(ge=0)] | None = None
    max_bad_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    allow: list[str] = Field(default_factory=list)
    received: str | None = None
    cadence: Cadence = Cadence()
    guard: Guard = Field(default_factory=Guard)


class System(_Part):
    """One code system of several side by side: who owns it, who may assign in it, who may correct.

    ``assigners`` and ``correctors`` are names of authorities as the ledger writes them; without assigners nobody's
    right to assign is doubted, and ``{district}`` stands for the name of the district where a person is. ``level``:
    whose system it is. ``primary``: its colours are the city's own figures, where no other source tells them (those of
    the first system where none is primary).
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=20)]
    name: str
    name_en: str | None = None
    owner: str
    owner_en: str | None = None
    level: Literal["city", "province", "national"] = "city"
    assigners: list[str] = Field(default_factory=list)
    correctors: list[str] = Field(default_factory=list)
    hotline: str | None = None
    primary: bool = False


class FlowSettings(_Part):
    """What a city says of flows: how the migration scale index becomes people, who are always an estimate and shown
    with this factor; and the ``reference``, another city's name or code, whose index stands beside its own (without
    one the largest that has an index).

    ``index_per_person``: the index of one person a day, so that people = index / factor. The default is a published
    inversion, made outside the publisher of the index and held against published counts of passengers: 93.81 % of the
    records agree, within 0.5 %. A city with a better one writes it here, and in ``source`` where it is from.
    ``off_by``: how far the factor may be off, as a share: the band that is shown.
    """

    index_per_person: float = 3.24e-5
    off_by: float = 0.005
    source: str = ""
    source_en: str = ""
    reference: str = ""

    @field_validator("index_per_person")
    @classmethod
    def _of_one_person(cls, factor: float) -> float:
        if not 0 < factor < 0.1:
            raise ValueError(
                Both(
                    f"{factor:g} 不是一个人的指数：应大于0、小于0.1，如 3.24e-5；已知每1指数多少人时，写它的倒数",
                    f"{factor:g} is not the index of one person: write more than 0 and less than 0.1, as 3.24e-5; "
                    "of people per index write the inverse",
                )
            )
        return factor

    @field_validator("off_by")
    @classmethod
    def _a_share(cls, off_by: float) -> float:
        if not 0 <= off_by < 1:
            raise ValueError(
                Both(
                    f"{off_by:g} 不是误差的比例：应不小于0、小于1，0.005 即 ±0.5%",
                    f"{off_by:g} is not a share: write 0 or more and less than 1; 0.005 is 0.5 % either way",
                )
            )
        return off_by

    def remark(self, lang: Lang) -> str:
        """Where the factor is from, as far as it is stated."""
        zh = lang == "zh"
        stated = (self.source or self.source_en) if zh else (self.source_en or self.source)
        if stated or self.index_per_person != FlowSettings.model_fields["index_per_person"].default:
            return stated or ("本市设定，未写出处" if zh else "set by the city, no source stated")
        return "公开反推，与客运量公报比对" if zh else "a published inversion, held against counts of passengers"


class RiskSettings(_Part):
    """What a city says of the pathogen. ``serial_interval``: days from an infector's symptoms to the infected's, mean
    (above one day) and ``serial_interval_sd``; the reproduction number goes by them.

    The default is Omicron BA.1 in households: 164 pairs with S gene target failure whose infector fell ill in the week
    of 2021-12-13, mean 3.5 and standard deviation 2.4 days: Backer and others (2022), Shorter serial intervals in
    SARS-CoV-2 cases with Omicron BA.1 variant compared with Delta variant, the Netherlands, Eurosurveillance 27 (6),
    table S1. BA.2 was close to it: mean 3.39 days in households (an der Heiden and Buchholz 2022, Epidemiology and
    Infection, doi 10.1017/S0950268822001248).
    """

    serial_interval: Annotated[float, Field(gt=1, lt=20)] = 3.5
    serial_interval_sd: Annotated[float, Field(ge=0.1, lt=20)] = 2.4


class SmallNumbers(_Part):
    """Numbers of people below ``threshold`` are hidden from whoever has no right to them, and so is what would tell
    them; 5 is the custom of many statistical offices."""

    threshold: Annotated[int, Field(ge=2, le=100)] = 5


class EventSettings(_Part):
    """What a city says of one class of events instead of the house: the level at which it is solved first, minutes to
    ``accept``, ``act`` and ``close`` it from when it was sensed, and to ``fold`` reports of the same matter; whether
    closing needs ``evidence`` and a ``check`` by somebody else; whether it is ``urgent``."""

    level: Literal["community", "responsibility_grid", "street", "district", "city"] | None = None
    accept: Annotated[int, Field(ge=1, le=525_600)] | None = None
    act: Annotated[int, Field(ge=1, le=525_600)] | None = None
    close: Annotated[int, Field(ge=1, le=525_600)] | None = None
    fold: Annotated[int, Field(ge=0, le=525_600)] | None = None
    evidence: bool | None = None
    check: bool | None = None
    urgent: bool | None = None


class City(_Part):
    """A whole city: identity, levels from the top down, grid, sources, code systems (at most 8), flows, risk, events
    (class -> what it says instead of the house), own rule packs and rules of travel (folders of TOML files). ``folder``
    is where it lies, ``file_name`` what its file is called.

    A province is the same with ``level = "province"`` and ``cities``, the files of its cities, in place of levels and a
    grid; a country's may be those of provinces. What they bring is :mod:`data.province`; ``members`` are they, and
    ``sources`` are all.
    """

    code: str
    name: str
    level: Literal["city", "province", "country"] = "city"
    cities: list[Path] = Field(default_factory=list)
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


def read_city(path: Path, above: tuple[Path, ...] = ()) -> City:
    """The city that ``path`` describes; a province with the members that it names.

    ``above``: the files that led here. Raises CityFileError, naming the file, the key and what is wrong.
    """
    if path.resolve() in above:
        raise CityFileError(file=path.name, where="cities", detail=Both("成员绕成了圈", "members go in a circle"))
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise CityFileError(file=path, where="-", detail=Both("文件不存在", "no such file")) from error
    except NO_TOML as error:
        raise CityFileError(file=path.name, where="TOML", detail=error) from error
    table = document.pop("city", {})
    parts = {"levels": document.pop("level", []), "grid": document.pop("grid", None)}
    parts["sources"] = document.pop("source", [])
    parts["systems"] = document.pop("system", [])
    parts["flows"] = document.pop("flows", {})
    parts["risk"] = document.pop("risk", {})
    parts["events"] = document.pop("event", {})
    if document:
        raise CityFileError(file=path.name, where=", ".join(document), detail="unknown table")
    strange = sorted({"members", "file_name", "folder"} & table.keys())
    if strange:
        raise CityFileError(file=path.name, where=strange[0], detail=Both("没有这个键", "there is no such key"))
    place = path.resolve()
    try:
        city = City.model_validate({**table, **parts, "folder": place.parent, "file_name": place.name})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "city"
        raise CityFileError(file=path.name, where=where, detail=_detail(first)) from error
    files = [member_path(city.folder, named, path.name) for named in city.cities]
    return joined(city, [read_city(file, (*above, place)) for file in files], path.name) if files else city


def _detail(error: ErrorDetails) -> object:
    """What is wrong, in both languages where the check says it in both."""
    raised = error.get("ctx", {}).get("error")
    said = raised.args[0] if isinstance(raised, ValueError) and raised.args else None
    return said if isinstance(said, Both) else error["msg"]
