"""The delivered files in a backup: where each will lie in the new home, and the loads that are told so.

A file travels if it still lies where its load says and is still the one that was loaded. One of the city's folder
comes back to that folder, one of the inbox to the inbox, so that another build or pass finds what it knows; any other
one lies in ``delivered/`` by the number of its load.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlalchemy import Connection, select, update

from data.deliveries import sha256_of
from data.store import Load
from data.tables import load

#: Folders of a home in which delivered files may lie.
CITY, INBOX, OTHERS = "city", "inbox", "delivered"


@dataclass(frozen=True)
class Carried:
    """One delivered file: its ``load``, its ``place`` in the new home, and the ``files`` by place (a shapefile has
    several)."""

    load: int
    place: str
    files: Mapping[str, Path]


def carried(loads: Iterable[Load], home: Path, city: Path) -> Iterator[Carried]:
    """What of the delivered files can travel. ``city``: the folder of the city file."""
    for one in loads:
        path = Path(one.notes.get("path", ""))
        if path.is_file() and sha256_of(path) == one.sha256:
            place = _place(one.id, path, home.resolve(), city.resolve())
            yield Carried(one.id, str(place), {str(place.with_name(each.name)): each for each in _parts(path)})


def _place(number: int, path: Path, home: Path, city: Path) -> PurePosixPath:
    for folder, name in ((home / INBOX, INBOX), (city, CITY)):
        if path.resolve().is_relative_to(folder) and not set(path.name) & set("\\:"):
            return PurePosixPath(name) / path.resolve().relative_to(folder).as_posix()
    return PurePosixPath(OTHERS) / str(number) / f"file{path.suffix}"


def _parts(path: Path) -> list[Path]:
    if path.suffix.lower() != ".shp":
        return [path]
    return sorted(each for each in path.parent.iterdir() if each.stem == path.stem and each.is_file())


def safe(place: str) -> bool:
    """Whether a file may be put there: nowhere but where delivered files lie."""
    return PurePosixPath(place).parts[:1] in {(CITY,), (INBOX,), (OTHERS,)}


def tell(connection: Connection, places: Mapping[int, Path]) -> None:
    """Writes down where the files of loads lie now."""
    for number, place in places.items():
        notes = connection.execute(select(load.c.notes).where(load.c.id == number)).scalar_one()
        connection.execute(update(load).where(load.c.id == number).values(notes={**notes, "path": str(place)}))
