"""Rules as dated data: what the notices say about codes and zones, and the clocks that read it.

``pack`` (what one notice says), ``read`` (TOML -> pack), ``book`` (all packs; which is in force where and when),
``clock`` (codes of people, from their histories), ``due`` (one row of a ledger), ``zone_clock`` (zones), ``verdict``
(what a clock says, step by step), ``contradictions`` (packs that say different things at once).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from data.city import City
from data.errors import RuleFileError
from data.rules.book import Rulebook
from data.rules.pack import OPEN, Clause, Pack
from data.rules.read import read_pack
from data.words import Both

__all__ = ["OPEN", "PACKS", "Clause", "Pack", "Rulebook", "city_rulebook", "rulebook"]

#: The packs that are shipped, oldest first.
PACKS = ("henan-2", "zhengzhou-18", "heihe-2021", "plan-9", "measures-20")


def rulebook(*folders: Path) -> Rulebook:
    """The shipped packs and those of ``folders`` (their ``*.toml``, by name); the same one in two of them is one.

    RuleFileError for a file that cannot be, a name that is taken, a replaced pack that is not there, packs that replace
    each other in a circle, or no folder.
    """
    shipped, found = _shipped(), _read(folders)
    paths, own = [path for path, _ in found], [pack for _, pack in found]
    known = {pack.id for pack in (*shipped, *own)}
    taken = {pack.id for pack in shipped}
    for path, pack in zip(paths, own, strict=True):
        if pack.id in taken:
            detail = Both(f"已有名为“{pack.id}”的规则包", f"there is a pack called {pack.id!r} already")
            raise RuleFileError(file=path.name, where="id", detail=detail)
        for other in set(pack.replaces) - known:
            detail = Both(f"没有名为“{other}”的规则包", f"there is no pack called {other!r}")
            raise RuleFileError(file=path.name, where="replaces", detail=detail)
        taken.add(pack.id)
    for path, pack in zip(paths, own, strict=True):
        if _circles(pack, own):
            detail = Both("取代关系绕成了圈", "packs replace each other in a circle")
            raise RuleFileError(file=path.name, where="replaces", detail=detail)
    return Rulebook((*shipped, *own))


def _read(folders: Sequence[Path]) -> list[tuple[Path, Pack]]:
    """The packs with the files that they stand in, without those that an earlier folder has as well."""
    found: list[tuple[Path, Pack]] = []
    for folder in folders:
        if not folder.is_dir():
            raise RuleFileError(file=folder, where="-", detail=Both("没有这个文件夹", "no such folder"))
        before = [pack for _, pack in found]
        here = [(path, read_pack(path)) for path in sorted(folder.glob("*.toml"))]
        found += [(path, pack) for path, pack in here if pack not in before]
    return found


def _circles(pack: Pack, packs: Sequence[Pack]) -> bool:
    """Whether ``pack`` is among those that it replaces, or they, and so on."""
    replaces = {each.id: each.replaces for each in packs}
    seen: set[str] = set()
    ahead = [*pack.replaces]
    while ahead:
        id = ahead.pop()
        ahead += [] if id in seen else replaces.get(id, ())
        seen.add(id)
    return pack.id in seen


def city_rulebook(city: City, member: City | None = None) -> Rulebook:
    """The packs that a city goes by: the shipped ones, those of its own folder, and of its members'; of a ``member``
    alone what it goes by itself, those above it among them. RuleFileError."""
    parts = [part for part in city.parts if member is None or any(one is member for one in part.parts)]
    return rulebook(*(part.file(part.rules) for part in parts if part.rules))


@lru_cache(maxsize=1)
def _shipped() -> tuple[Pack, ...]:
    return tuple(read_pack(Path(__file__).parent / f"{name}.toml") for name in PACKS)
