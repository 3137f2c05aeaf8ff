"""Many cities in one store: a province or a country, whose file names those of its members.

Each city keeps its own file, folder, levels, grid, sources and rules. Here they become one :class:`data.city.City`
above them: the sources of all, each under its city's code (``990200-cases``) and heard of that city alone; the code
systems of all, joined by their id. What the file above says itself wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from data.city.choices import System
from data.city.sources import Source
from data.city.whole import City
from data.errors import CityFileError
from data.words import Both

#: A member's code begins the names of its sources.
_MEMBER_CODE = re.compile(r"[a-z0-9][a-z0-9_]*")

#: As long as the store keeps the name of a source.
MOST_NAME = 100

#: Systems side by side: a person's colours in all of them are two bits each of sixteen.
MOST_SYSTEMS = 8


def joined(whole: City, members: Sequence[City], file: str) -> City:
    """``whole`` with its members, in order of their codes, and what they bring. CityFileError."""
    members = sorted(members, key=lambda member: member.code)
    for member in members:
        _fits(whole, member, file)
    codes = [part.code for member in members for part in member.parts]
    twice = sorted({code for code in [whole.code, *codes] if [whole.code, *codes].count(code) > 1})
    if twice:
        raise _wrong(file, f"成员的代码重复: {twice[0]}", f"two members have the code {twice[0]}")
    adopted = tuple(_adopted(member, whole, file) for member in members)
    sources = [*whole.sources, *(source for member in adopted for source in member.sources)]
    names = [source.name for source in sources]
    taken = next((name for name in names if names.count(name) > 1), None)
    if taken is not None:
        raise _wrong(file, f"来源名与成员的来源相同: {taken}", f"the name of a source is that of a member's: {taken}")
    systems = _systems([whole, *adopted])
    if len(systems) > MOST_SYSTEMS:
        more = f"{len(systems)} > {MOST_SYSTEMS}: {', '.join(system.id for system in systems)}"
        raise _wrong(file, f"各市的码系统合计过多，应共用编号（{more}）", f"too many code systems, share ids ({more})")
    return whole.model_copy(update={"members": adopted, "sources": sources, "systems": systems})


def member_path(folder: Path, named: Path, file: str) -> Path:
    """The file of a member, which lies below the folder of the file that names it. CityFileError."""
    path = (folder / named).resolve()
    if not path.is_relative_to(folder):  # a home is moved and restored as one folder
        raise _wrong(file, f"成员文件须在本文件夹之下: {named}", f"a member lies below this folder: {named}")
    if not path.is_file():
        raise _wrong(file, f"没有成员文件: {named}", f"no such member: {named}")
    return path


def owner_code(city: City, source: str) -> str:
    """The code of the member whose source this is; "" for one of the whole."""
    owner = city.of(source)
    return "" if owner is city else owner.code


def _fits(whole: City, member: City, file: str) -> None:
    """CityFileError where a member cannot stand below ``whole``."""
    if not _MEMBER_CODE.fullmatch(member.code):
        raise _wrong(file, f"成员代码只用小写字母和数字: {member.code}", f"a member's code is a-z, 0-9: {member.code}")
    rank = ("city", "province", "country")
    if rank.index(member.level) >= rank.index(whole.level):
        detail = f"{member.name} ({member.level}) / {whole.name} ({whole.level})"
        raise _wrong(file, f"成员须比上级低一级: {detail}", f"a member is of a lower level: {detail}")
    for key, theirs, ours in (
        ("timezone", member.timezone, whole.timezone), ("simulated", member.simulated, whole.simulated),
    ):  # fmt: skip
        if theirs != ours:
            said = f"{member.name}: {key} = {theirs}; {whole.name}: {ours}"
            raise _wrong(file, f"成员与上级须一致（{said}）", f"members agree with what they belong to ({said})")


def _wrong(file: str, zh: str, en: str) -> CityFileError:
    return CityFileError(file=file, where="cities", detail=Both(zh, en))


# sources -------------------------------------------------------------------------------------------


def _adopted(member: City, whole: City, file: str) -> City:
    """A member whose own sources bear its code (those of its members do already), with the systems of the whole where
    it has none."""
    theirs = {source.name for below in member.members for source in below.sources}
    sources = [source if source.name in theirs else _renamed(source, member) for source in member.sources]
    long = next((source.name for source in sources if len(source.name) > MOST_NAME), None)
    if long is not None:
        raise _wrong(file, f"来源名超过 {MOST_NAME} 字: {long}", f"a source's name is over {MOST_NAME} long: {long}")
    return member.model_copy(update={"sources": sources, "systems": member.systems or whole.systems})


def _renamed(source: Source, member: City) -> Source:
    """A source as the province knows it: it speaks for its own city alone, and is called by it."""
    areas = [words if words == member.code else f"{member.code}/{words}" for words in source.areas]
    backs = source.backs and f"{member.code}-{source.backs}"
    about = {"name": f"{member.code}-{source.name}", "backs": backs, "areas": areas or [member.code],
             "title": source.title and f"{member.name}{source.title}",
             "title_en": source.title_en and f"{member.name_en or member.name}: {source.title_en}"}  # fmt: skip
    return source.model_copy(update=about)


# systems -------------------------------------------------------------------------------------------


def _systems(parts: Iterable[City]) -> list[System]:
    """Systems by id: named by the first part that has one, its authorities those of all."""
    found: dict[str, System] = {}
    for system in (system for part in parts for system in part.systems):
        before = found.get(system.id)
        found[system.id] = system if before is None else _united(before, system)
    return list(_one_primary(found.values()))


def _united(first: System, other: System) -> System:
    """Whose right is doubted is a matter of each city's own table; here stand all who assign and correct."""
    assigners = list(dict.fromkeys([*first.assigners, *other.assigners]))
    correctors = list(dict.fromkeys([*first.correctors, *other.correctors]))
    return first.model_copy(update={"assigners": assigners, "correctors": correctors})


def _one_primary(systems: Iterable[System]) -> Iterator[System]:
    taken = False
    for system in systems:
        yield system.model_copy(update={"primary": system.primary and not taken})
        taken = taken or system.primary
