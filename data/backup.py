"""A backup: all that an installation holds but its delivered files, in one file; and a new home made of one.

The file is a ZIP with ``manifest.json`` and the members that it lists, each with its size and SHA-256: the tables of
one snapshot of the store (data.dump), the city file with the maps, code lists and rules that it names, the home's own
files, the settings. It is read back on SQLite or PostgreSQL, by this release or any later one. The key of the
pseudonyms is in it only if that is asked for: whoever has it can try guesses at persons.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version as release_of
from pathlib import Path, PurePosixPath
from typing import Any

from data.city import City, read_city
from data.dump import dump, fill
from data.engine import Connected, sqlite_url, utcnow
from data.errors import BackupError, Both, StoreFull, StoreOutdated
from data.files import write_text, write_whole
from data.migrate import head, revision_of, revisions, upgrade_on
from data.settings import SECRET, SETTINGS_FILE, home_lines, read_home, written
from data.store import Store

#: How the file is laid out; a later layout has a higher number.
FORMAT = 1

MANIFEST = "manifest.json"
TABLES, CITY, HOME = "tables", "city", "home"

#: Settings that belong to a machine, not to what is backed up.
_PLACES = ("city", "database")

_PIECE = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. ``version``: of its newest load; ``tables``: rows of each; ``members``: (bytes, sha256) of
    each file; ``city``: name of the city file; ``left``: files that the city names outside of its folder."""

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
    format: int = FORMAT


# --- backing up ----------------------------------------------------------------------------------


def backup(home: Path, file: Path, *, secret: bool = False) -> Manifest:
    """Writes ``file``, one state of the whole store, while loads go on. BackupError, StoreError."""
    settings = read_home(home)
    city = read_city(settings.city)
    if not file.resolve().parent.is_dir():
        raise BackupError(file=file, detail=Both(f"没有文件夹 {file.parent}", f"no such folder: {file.parent}"))
    with _room(file), tempfile.TemporaryDirectory(prefix=".backup-", dir=file.resolve().parent) as scratch:
        folder = Path(scratch)
        about = _snapshot(settings.database, folder)
        members = {f"{TABLES}/{path.name}": path for path in sorted(folder.iterdir())}
        inside, left = _city_files(city, settings.city.resolve())
        members |= inside | {f"{HOME}/{name}": path for name, path in _home_files(home)}
        kept = {name: value for name, value in written(home).items() if name not in _PLACES}
        if secret:
            kept["secret"] = settings.secret
        else:
            kept.pop("secret", None)
        (folder / "settings").write_text(home_lines(kept), "utf-8")
        members[SETTINGS_FILE] = folder / "settings"
        listed = {name: (path.stat().st_size, _sha256(path)) for name, path in members.items()}
        manifest = Manifest(
            **about, made=utcnow().isoformat(timespec="seconds"), release=release_of("onescreen"), secret=secret,
            city=settings.city.name, members=listed, left=left,
        )  # fmt: skip
        write_whole(file, lambda part: _zip(part, manifest, members), SECRET)
    return manifest


def _snapshot(url: str, folder: Path) -> dict[str, Any]:
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


def _city_files(city: City, path: Path) -> tuple[dict[str, Path], list[str]]:
    """Member -> file of all that describes the city; and what of it lies outside of its folder."""
    named: list[str | Path] = [
        part.file for level in city.levels for part in (level.codes, level.boundaries) if part is not None
    ]
    named += [city.grid.file] if city.grid is not None and city.grid.file is not None else []
    named += [folder for folder in (city.rules, city.travel) if folder is not None]
    found, left = {f"{CITY}/{path.name}": path}, []
    for name in named:
        for each in _spread(city.file(name)):
            inside = each.resolve().is_relative_to(path.parent)
            if inside:
                found[f"{CITY}/{each.resolve().relative_to(path.parent).as_posix()}"] = each
            else:
                left.append(str(each))
    return found, left


def _spread(path: Path) -> list[Path]:
    """The files of a folder, the parts of a shapefile, or the file itself."""
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.is_file())
    return sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix == ".shp" else [path]


def _home_files(home: Path) -> Iterator[tuple[str, Path]]:
    """What stands in the home beside its settings: the wall's, the schedule of reports, their templates."""
    for path in sorted(home.glob("*.toml")):
        if path.name != SETTINGS_FILE:
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
    with _room(file), tempfile.TemporaryDirectory(prefix=".restore-", dir=home.absolute().parent) as scratch:
        folder, made = Path(scratch) / "members", Path(scratch) / "home"
        manifest = unpack(file, folder)
        secret = _secret(file, folder, manifest, secret)
        shutil.copytree(folder / CITY, made / "city")
        if (folder / HOME).is_dir():
            shutil.copytree(folder / HOME, made, dirs_exist_ok=True)
        (made / "inbox").mkdir(exist_ok=True)
        _settle(folder, made, home, manifest, database, secret)
        _fill(file, database or sqlite_url(made / "onescreen.db"), manifest.revision, folder / TABLES)
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


def _fill(file: Path, url: str, revision: str, folder: Path) -> None:
    database = Connected(url)
    try:
        with database.writing() as connection:
            if revision_of(connection) is not None:
                detail = Both("数据库中已有数据，不覆盖", "the database holds a store already and is not replaced")
                raise BackupError(file=file, detail=detail)
            upgrade_on(connection, revision)
            fill(connection, folder)
            upgrade_on(connection)
    finally:
        database.close()
    Store.open(url).close()


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
        names = {f"{TABLES}/{name}.parquet" for name in manifest.tables} | {SETTINGS_FILE, f"{CITY}/{manifest.city}"}
        lacking = names - set(manifest.members)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _broken(file, error) from error
    if manifest.revision not in revisions():
        raise StoreOutdated(found=manifest.revision, wanted=head())
    if lacking or set(archive.namelist()) != {MANIFEST, *manifest.members}:
        raise _broken(file, MANIFEST)
    return manifest


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
