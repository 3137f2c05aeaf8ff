"""The files that a geography is made of, and their fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from data.city import City
from data.errors import CityFileError
from data.files import is_file, with_companions
from data.words import Both


def fingerprint(city: City) -> str:
    """sha256 over the geography's part of the city file and every file it names; of a province over its members'."""
    digest = hashlib.sha256(f"{city.code}/{city.name}/{city.name_en}".encode())
    for part in (*city.levels, city.grid):
        digest.update(part.model_dump_json().encode() if part else b"-")
    for path in files_of(city):
        digest.update(path.read_bytes())
    for member in city.members:
        digest.update(f"{city.level}/{fingerprint(member)}".encode())
    return digest.hexdigest()


def files_of(city: City) -> Iterator[Path]:
    """Every file that the geography's part of a city file names; CityFileError where one is not there."""
    for level in city.levels:
        for part in (level.codes, level.boundaries):
            if part is not None:
                yield from _there(city.file(part.file))
    if city.grid is not None and city.grid.file is not None:
        yield from _there(city.file(city.grid.file))


def _there(path: Path) -> list[Path]:
    """A file that is there, with those that belong to it."""
    if not is_file(path):
        raise CityFileError(file="city.toml", where=path.name, detail=Both("文件不存在", "no such file"))
    return with_companions(path)
