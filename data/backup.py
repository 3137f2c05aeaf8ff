"""A backup: all that an installation holds in one file, delivered files on request; and a new home made of one.

The file is a ZIP with ``manifest.json`` and the members that it lists, each with its size and SHA-256: the tables of
one snapshot of the store (data.dump), those of the book of who may look and who looked (data.access; no sessions) and
of the book of events (data.events), the city file with the maps, code lists and rules that it names, the home's own
files, the settings. It is read back on SQLite or PostgreSQL, by this release or any later one. The key of the
pseudonyms is in it only if that is asked for, whoever has it can try guesses at persons; so are the key to the identity
provider and the channels of messages with theirs.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version as release_of
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Connection

from data.access.book import FILE as BOOK_FILE
from data.access.book import SCHEMA as BOOK_SCHEMA
from data.access.book import book_url, go_to_schema, make_place
from data.access.witness import FILE as HEADS_FILE
from data.city import City, read_city
from data.delivered import Carried, carried, safe, tell
from data.dump import dump, fill
from data.engine import Connected, sqlite_url, utcnow
from data.errors import BackupError, Both, StoreFull, StoreOutdated
from data.events.book import FILE as EVENTS_FILE
from data.events.book import SCHEMA as EVENTS_SCHEMA
from data.events.channels import FILE as CHANNELS_FILE
from data.files import scratch, write_text, write_whole
from data.migrate import Line, head, revision_of, revisions, upgrade_on
from data.settings import SECRET, SETTINGS_FILE, Settings, home_lines, read_home, written
from data.store import Store

#: How the file is laid out; a later layout has a higher number.
FORMAT = 3

MANIFEST = "manifest.json"
TABLES, ACCESS, CITY, HOME, DELIVERIES = "tables", "access", "city", "home", "deliveries"

#: Settings that belong to a machine, not to what is backed up; and those that are kept to oneself.
_PLACES = ("city", "database")
_KEYS = ("secret", "oidc_secret")

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class _Book:
    """A book beside the store: its line of revisions, also the folder of its members; its file or schema; tables that
    are left out; what the manifest calls the rows of its tables; a file of the home that belongs to it."""

    line: Line
    file: str
    schema: str
    without: tuple[str, ...]
    rows: str
    beside: str = ""


#: Whoever was signed in there, or was locked out for guessing, is not here.
_PASSING = ("session", "guess")

_BOOKS = (
    _Book("access", BOOK_FILE, BOOK_SCHEMA, _PASSING, "users", HEADS_FILE),
    _Book("events", EVENTS_FILE, EVENTS_SCHEMA, (), "happened"),
)


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. ``version``: of its newest load; ``tables``: rows of each; ``members``: (bytes, sha256) of
    each file; ``city``: name of the city file; ``left``: files that the city names outside of its folder; ``access``:
    revision of the book of who may look ("": there was none), ``users``: rows of its tables; ``events``, ``happened``:
    the same of the book of events; ``deliveries``: number of a load -> where its file will lie in the new home, of the
    delivered files that are in it."""

    made: str
    release: str
    revision: str
    version: int
    database: str
    secret: bool
    city: str
    tables: dict[str, int]
    members: dict[str, tuple[int, str]]
    left: list[str] = field(default_factory=list)
    access: str = ""
    users: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, str] = field(default_factory=dict)
    events: str = ""
    happened: dict[str, int] = field(default_factory=dict)
    format: int = FORMAT

    def book(self, book: _Book) -> tuple[str, dict[str, int]]:
        """(revision, rows of its tables) of a book; ("", none) where there was none."""
        return getattr(self, book.line), getattr(self, book.rows)


# --- backing up ----------------------------------------------------------------------------------


def backup(home: Path, file: Path, *, secret: bool = False, deliveries: bool = False) -> Manifest:
    """Writes ``file``, one state of the whole store, while loads go on; with ``deliveries`` also the delivered files
    that still lie where their loads say: without them ``onescreen verify`` can test heads alone. BackupError,
    StoreError."""
    settings = read_home(home)
    city = read_city(settings.city)
    if not file.resolve().parent.is_dir():
        raise BackupError(file=file, detail=Both(f"没有文件夹 {file.parent}", f"no such folder: {file.parent}"))
    with _room(file), scratch(file.resolve().parent, "backup") as folder:
        about = _snapshot(settings.database, folder / TABLES)
        for book in _BOOKS:
            about |= _book(settings.database, home, folder / book.line, book)
        parts = [folder / part for part in (TABLES, *(book.line for book in _BOOKS))]
        members = {path.relative_to(folder).as_posix(): path for part in parts for path in sorted(part.iterdir())}
        inside, left = _city_files(city)
        members |= inside | {f"{HOME}/{name}": path for name, path in _home_files(home, secret)}
        (folder / "settings").write_text(home_lines(_kept(home, settings.secret if secret else None)), "utf-8")
        members[SETTINGS_FILE] = folder / "settings"
        files = list(_delivered(settings, home, about["version"])) if deliveries else []
        members |= {f"{DELIVERIES}/{place}": path for one in files for place, path in one.files.items()}
        listed = {name: (path.stat().st_size, _sha256(path)) for name, path in members.items()}
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


def _book(database: str, home: Path, folder: Path, book: _Book) -> dict[str, Any]:
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
    return sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix == ".shp" else [path]


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


@contextmanager
def _room(file: Path) -> Iterator[None]:
    """What the disk refuses, as an error of ours."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull from error
        raise BackupError(file=file, detail=error) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- restoring -----------------------------------------------------------------------------------


def restore(file: Path, home: Path, database: str | None = None, secret: str | None = None) -> Manifest:
    """A new home of what ``file`` holds; nothing is written before all of it is found whole.

    ``database``: an empty one; an SQLite file in the home without. ``secret``: where the backup holds none. Raises
    BackupError where something is there already, StoreOutdated where a later release made the backup, StoreError.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise BackupError(
            file=file, detail=Both(f"{home} 已有内容，不覆盖", f"{home} is not empty and is not replaced")
        )
    home.absolute().parent.mkdir(parents=True, exist_ok=True)
    with _room(file), scratch(home.absolute().parent, "restore") as place:
        folder, made = place / "members", place / "home"
        manifest = unpack(file, folder)
        secret = _secret(file, folder, manifest, secret)
        shutil.copytree(folder / CITY, made / "city")
        if (folder / HOME).is_dir():
            shutil.copytree(folder / HOME, made, dirs_exist_ok=True)
        if (folder / DELIVERIES).is_dir():
            shutil.copytree(folder / DELIVERIES, made, dirs_exist_ok=True)
        (made / "inbox").mkdir(exist_ok=True)
        if (folder / ACCESS / HEADS_FILE).exists():
            shutil.copy(folder / ACCESS / HEADS_FILE, made)
        _settle(folder, made, home, manifest, database, secret)
        _fill(file, database or sqlite_url(made / "onescreen.db"), manifest, folder, made, home)
        made.replace(home)
    return manifest


def _secret(file: Path, folder: Path, manifest: Manifest, given: str | None) -> str:
    kept = written(folder).get("secret") if manifest.secret else None
    if kept is None and given is None:
        detail = Both(
            "其中没有密钥。请用环境变量 ONESCREEN_SECRET 给出原密钥，"
            "或用 --new-secret 另立（原有链不能再核对，更正也认不出原来的行）",
            "it holds no secret. Give the old one as ONESCREEN_SECRET, or take --new-secret"
            " (the chain cannot be verified then, and corrections do not find the rows that they correct)",
        )
        raise BackupError(file=file, detail=detail)
    return kept or given or ""


def _settle(folder: Path, made: Path, home: Path, manifest: Manifest, database: str | None, secret: str) -> None:
    final = home.absolute()
    places = {"city": str(final / "city" / manifest.city), "database": database or sqlite_url(final / "onescreen.db")}
    write_text(made / SETTINGS_FILE, home_lines(written(folder) | places | {"secret": secret}), SECRET)


def _fill(file: Path, url: str, manifest: Manifest, folder: Path, made: Path, home: Path) -> None:
    """The store and its books, or, in one PostgreSQL database, none of them."""
    books = [(book, manifest.book(book)[0]) for book in _BOOKS if manifest.book(book)[0]]
    database = Connected(url)
    try:
        with database.writing() as connection:
            _fill_line(file, connection, manifest.revision, folder / TABLES, "versions")
            places = {int(number): home.absolute() / place for number, place in manifest.deliveries.items()}
            tell(connection, places)
            for book, revision in books if connection.dialect.name == "postgresql" else ():
                go_to_schema(connection, book.schema)
                _fill_line(file, connection, revision, folder / book.line, book.line, book.without)
    finally:
        database.close()
    for book, revision in books if url.startswith("sqlite") else ():
        _fill_file(file, url, book, revision, folder, made)
    Store.open(url).close()


def _fill_file(file: Path, url: str, book: _Book, revision: str, folder: Path, made: Path) -> None:
    make_place(url, made, book.file, book.schema)
    opened = Connected(book_url(url, made, book.file, book.schema))
    try:
        with opened.writing() as connection:
            _fill_line(file, connection, revision, folder / book.line, book.line, book.without)
    finally:
        opened.close()


def _fill_line(
    file: Path, connection: Connection, revision: str, folder: Path, line: Line, without: tuple[str, ...] = ()
) -> None:
    if revision_of(connection) is not None:
        detail = Both("数据库中已有数据，不覆盖", "the database holds a store already and is not replaced")
        raise BackupError(file=file, detail=detail)
    upgrade_on(connection, revision, line)
    fill(connection, folder, without)
    upgrade_on(connection, line=line)


def unpack(file: Path, folder: Path) -> Manifest:
    """Writes the members into ``folder``; BackupError unless every one is there and is what the manifest says."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(file, archive)
            for name, (size, sha256) in manifest.members.items():
                _unpack(file, archive, name, folder, size, sha256)
            return manifest
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _broken(file, error) from error


def _manifest(file: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        told = json.loads(archive.read(MANIFEST))
        if told["format"] > FORMAT:
            raise BackupError(file=file, detail=Both("由更新的版本制作", "a later release made it"))
        told["members"] = {name: (int(size), str(sha256)) for name, (size, sha256) in told["members"].items()}
        manifest = Manifest(**told)
        strange = [name for name in manifest.members if name.startswith(f"{DELIVERIES}/") and not safe(_within(name))]
        strange += [place for place in manifest.deliveries.values() if f"{DELIVERIES}/{place}" not in manifest.members]
        names = {f"{TABLES}/{name}.parquet" for name in manifest.tables} | {SETTINGS_FILE, f"{CITY}/{manifest.city}"}
        names |= {f"{book.line}/{name}.parquet" for book in _BOOKS for name in manifest.book(book)[1]}
        lacking = names - set(manifest.members)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _broken(file, error) from error
    if manifest.revision not in revisions():
        raise StoreOutdated(found=manifest.revision, wanted=head())
    for book in _BOOKS:
        found, _ = manifest.book(book)
        if found and found not in revisions(book.line):
            raise StoreOutdated(found=found, wanted=head(book.line))
    if lacking or strange or set(archive.namelist()) != {MANIFEST, *manifest.members}:
        raise _broken(file, MANIFEST)
    return manifest


def _within(member: str) -> str:
    """The place in the new home of a delivered file."""
    return member.removeprefix(f"{DELIVERIES}/")


def _unpack(file: Path, archive: zipfile.ZipFile, name: str, folder: Path, size: int, sha256: str) -> None:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or "\\" in name or ":" in name:
        raise _broken(file, name)
    path = folder / parts
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), size
    with archive.open(name) as source, path.open("wb") as target:
        while piece := source.read(_PIECE):
            left -= len(piece)
            if left < 0:  # more than was promised: not one byte beyond is kept
                break
            digest.update(piece)
            target.write(piece)
    if left or digest.hexdigest() != sha256:
        raise _broken(file, name)


def _broken(file: Path, what: object) -> BackupError:
    detail = Both(
        f"不完整或被改动（{what}），没有恢复任何内容", f"not whole, or altered ({what}); nothing was restored"
    )
    return BackupError(file=file, detail=detail)
