"""Backing up: one state of the whole installation into one file, while loads go on."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version as release_of
from pathlib import Path
from typing import Any

from data.access.book import book_url
from data.backup.delivered import Carried, carried
from data.backup.dump import dump
from data.backup.manifest import BOOKS, CITY, DELIVERIES, HOME, MANIFEST, TABLES, Book, Manifest, room
from data.city import City, read_city
from data.deliveries import sha256_of
from data.engine import Connected, utcnow
from data.errors import BackupError
from data.events.channels import FILE as CHANNELS_FILE
from data.files import scratch, with_companions, write_whole
from data.migrate import revision_of
from data.settings import SECRET, SETTINGS_FILE, Settings, home_lines, read_home, written
from data.store import Store
from data.words import Both

#: Settings that belong to a machine, not to what is backed up; and those that are kept to oneself.
_PLACES = ("city", "database")
_KEYS = ("secret", "oidc_secret")


def backup(home: Path, file: Path, *, secret: bool = False, deliveries: bool = False) -> Manifest:
    """Writes ``file``, one state of the whole store, while loads go on; with ``deliveries`` also the delivered files
    that still lie where their loads say: without them ``onescreen verify`` can test heads alone. BackupError,
    StoreError."""
    settings = read_home(home)
    city = read_city(settings.city)
    if not file.resolve().parent.is_dir():
        raise BackupError(file=file, detail=Both(f"没有文件夹 {file.parent}", f"no such folder: {file.parent}"))
    with room(file), scratch(file.resolve().parent, "backup") as folder:
        about = _snapshot(settings.database, folder / TABLES)
        for book in BOOKS:
            about |= _book(settings.database, home, folder / book.line, book)
        parts = [folder / part for part in (TABLES, *(book.line for book in BOOKS))]
        members = {path.relative_to(folder).as_posix(): path for part in parts for path in sorted(part.iterdir())}
        inside, left = _city_files(city)
        members |= inside | {f"{HOME}/{name}": path for name, path in _home_files(home, secret)}
        (folder / "settings").write_text(home_lines(_kept(home, settings.secret if secret else None)), "utf-8")
        members[SETTINGS_FILE] = folder / "settings"
        files = list(_delivered(settings, home, about["version"])) if deliveries else []
        members |= {f"{DELIVERIES}/{place}": path for one in files for place, path in one.files.items()}
        listed = {name: (path.stat().st_size, sha256_of(path)) for name, path in members.items()}
        manifest = Manifest(
            **about, made=utcnow().isoformat(timespec="seconds"), release=release_of("onescreen"), secret=secret,
            city=settings.city.name, members=listed, left=left, deliveries={str(one.load): one.place for one in files},
        )  # fmt: skip
        write_whole(file, lambda part: _zip(part, manifest, members), SECRET)
    return manifest


def _delivered(settings: Settings, home: Path, version: int) -> Iterator[Carried]:
    store = Store.open(settings.database)
    try:
        yield from carried(store.loads(upto=version), home, settings.city.resolve().parent)
    finally:
        store.close()


def _kept(home: Path, secret: str | None) -> dict[str, Any]:
    """The settings without what belongs to the machine; without ``secret``, also without any other key."""
    told = {name: value for name, value in written(home).items() if name not in _PLACES}
    if secret is not None:
        return told | {"secret": secret}
    return {name: value for name, value in told.items() if name not in _KEYS}


def _snapshot(url: str, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    database = Connected(url)
    try:
        with database.snapshot() as connection:
            revision = revision_of(connection)
            if revision is None:
                raise BackupError(file=database.name, detail=Both("库中没有数据", "there is no store to back up"))
            version = connection.exec_driver_sql("SELECT max(id) FROM load").scalar() or 0
            rows = dump(connection, folder)
            return {"revision": revision, "version": version, "database": connection.dialect.name, "tables": rows}
    finally:
        database.close()


def _book(database: str, home: Path, folder: Path, book: Book) -> dict[str, Any]:
    """A book beside the store; nothing where there is none yet."""
    folder.mkdir()
    url = book_url(database, home, book.file, book.schema)
    if url.startswith("sqlite") and not (home / book.file).exists():
        return {}
    if book.beside and (home / book.beside).exists():  # first: it is never ahead of the book then
        shutil.copy(home / book.beside, folder)
    opened = Connected(url)
    try:
        with opened.snapshot() as connection:
            revision = revision_of(connection)
            rows = dump(connection, folder, book.without) if revision else {}
            return {book.line: revision or "", book.rows: rows}
    finally:
        opened.close()


def _city_files(city: City) -> tuple[dict[str, Path], list[str]]:
    """Member -> file of all that describes the city; and what of it lies outside of its folder."""
    found, left = {}, []
    for each in (each for part in city.parts for name in _named(part) for each in _spread(part.file(name))):
        if each.resolve().is_relative_to(city.folder):
            found[f"{CITY}/{each.resolve().relative_to(city.folder).as_posix()}"] = each
        else:
            left.append(str(each))
    return found, left


def _named(city: City) -> list[str | Path]:
    """The city file and all that it names but deliveries."""
    named: list[str | Path] = [city.file_name]
    named += [part.file for level in city.levels for part in (level.codes, level.boundaries) if part is not None]
    named += [city.grid.file] if city.grid is not None and city.grid.file is not None else []
    return named + [folder for folder in (city.rules, city.travel) if folder is not None]


def _spread(path: Path) -> list[Path]:
    """The files of a folder, the parts of a shapefile, or the file itself."""
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.is_file())
    return with_companions(path)


def _home_files(home: Path, secret: bool) -> Iterator[tuple[str, Path]]:
    """What stands in the home beside its settings: the wall's, the schedule of reports, their templates; the channels
    of messages, whose secrets are in them, only with the other keys."""
    left = (SETTINGS_FILE,) if secret else (SETTINGS_FILE, CHANNELS_FILE)
    for path in sorted(home.glob("*.toml")):
        if path.name not in left:
            yield path.name, path
    for path in sorted((home / "templates").rglob("*")):
        if path.is_file():
            yield path.relative_to(home).as_posix(), path


def _zip(part: Path, manifest: Manifest, members: Mapping[str, Path]) -> None:
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        for name, path in members.items():
            packed = zipfile.ZIP_STORED if name.startswith(TABLES) else zipfile.ZIP_DEFLATED
            archive.write(path, name, packed)
