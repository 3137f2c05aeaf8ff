"""Restoring: a new home of what a backup holds; nothing is written before all of it is found whole."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from sqlalchemy import Connection

from data.access.book import book_url, go_to_schema, make_place
from data.access.witness import FILE as HEADS_FILE
from data.backup.delivered import safe, tell
from data.backup.dump import fill
from data.backup.manifest import (
    ACCESS,
    BOOKS,
    CITY,
    DELIVERIES,
    FORMAT,
    HOME,
    MANIFEST,
    TABLES,
    Book,
    Manifest,
    room,
)
from data.engine import Connected, sqlite_url
from data.errors import BackupError, StoreOutdated
from data.files import scratch, write_text
from data.migrate import Line, head, revision_of, revisions, upgrade_on
from data.settings import SECRET, SETTINGS_FILE, home_lines, written
from data.store import Store
from data.words import Both

_PIECE = 1 << 20


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
    with room(file), scratch(home.absolute().parent, "restore") as place:
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
    books = [(book, manifest.book(book)[0]) for book in BOOKS if manifest.book(book)[0]]
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


def _fill_file(file: Path, url: str, book: Book, revision: str, folder: Path, made: Path) -> None:
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
        names |= {f"{book.line}/{name}.parquet" for book in BOOKS for name in manifest.book(book)[1]}
        lacking = names - set(manifest.members)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _broken(file, error) from error
    if manifest.revision not in revisions():
        raise StoreOutdated(found=manifest.revision, wanted=head())
    for book in BOOKS:
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
