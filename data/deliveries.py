"""The files that a city's sources have delivered, in the order in which they were received."""

from __future__ import annotations

import datetime as dt
import glob
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from data.city import City, Source
from data.errors import CityFileError
from data.files import is_file
from data.store import utcnow
from data.words import Both

#: Read in pieces of a megabyte: ledgers can be larger than memory.
_PIECE = 1 << 20


#: What tells whether a file was written to: its inode, its size, when it was last written to.
State: TypeAlias = tuple[int, int, int]


def state_of(path: Path) -> State | None:
    """The state of a file; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


@dataclass(frozen=True)
class Delivery:
    """One file of one source. ``known`` (UTC) is when it was received; None if only now.

    ``kept``: where it will lie once it is loaded, if not where it lies. ``state``: of the file when its fingerprint
    was taken.
    """

    source: Source
    path: Path
    sha256: str
    known: dt.datetime | None
    kept: Path | None = None
    state: State | None = None

    @property
    def home(self) -> str:
        """Where the file is to be found from its load on."""
        return str((self.kept or self.path).resolve())

    @property
    def changed(self) -> bool:
        """Whether somebody wrote to the file since its fingerprint was taken, or took it away."""
        return self.state is not None and state_of(self.path) != self.state

    def covered_day(self, timezone: str) -> dt.date | None:
        """The day that the file speaks for even if no row names it; None if its source does not say so."""
        received = self.received_day(timezone)
        if self.source.covers is None or received is None:
            return None
        return received - dt.timedelta(days=self.source.covers)

    def received_day(self, timezone: str) -> dt.date | None:
        """The day on which it was received, on the city's clocks; None if the file does not tell."""
        return self.known and self.known.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(timezone)).date()


def sha256_of(path: Path) -> str:
    """The file's fingerprint."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def delivery(source: Source, path: Path, known: dt.datetime | None = None, kept: Path | None = None) -> Delivery:
    """A file as a delivery of a source, with its fingerprint. OSError where it cannot be read."""
    state = state_of(path)
    return Delivery(source, path, sha256_of(path), known, kept, state)


def deliveries(city: City, sources: Iterable[Source] | None = None) -> list[Delivery]:
    """Every file of the sources: archives in the order received, the others before them in the order
    of the city file (they describe the city, or carry no moment of their own). In a province assignments come after
    whatever else was received at the same moment.

    Raises CityFileError if a source that names one file does not find it.
    """
    now = utcnow()
    found: list[tuple[tuple[bool, dt.datetime, bool, int, str], Delivery]] = []
    for number, source in enumerate(city.sources if sources is None else sources):
        for path in _files(city.of(source.name), source):
            known = received(path, source, city.timezone)
            # nobody's codes are judged before what another city told of them in the same run
            last = bool(city.members) and source.kind == "assignments"
            key = (known is not None, known or now, last, number, path.name)
            found.append((key, delivery(source, path, known)))
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def _files(city: City, source: Source) -> list[Path]:
    path = city.file(source.path)
    if path.is_dir():
        return sorted(file for file in path.iterdir() if _delivered(file))
    if any(sign in source.path for sign in "*?["):
        found = glob.glob(source.path, root_dir=city.folder, recursive=True)  # noqa: PTH207 - Path's takes no absolute one
        return sorted(file for file in map(city.file, found) if _delivered(file))
    if not is_file(path):
        raise CityFileError(
            file="city.toml",
            where=source.name,
            detail=Both(f"文件不存在: {source.path}", f"no such file: {source.path}"),
        )
    return [path]


def _delivered(file: Path) -> bool:
    """Whether this is a sender's file: not a hidden one, nor the lock of a workbook that somebody has open."""
    return file.is_file() and not file.name.startswith((".", "~$"))


def received(path: Path, source: Source, timezone: str) -> dt.datetime | None:
    """The moment in the file's name (UTC), as the source's ``received`` pattern reads it."""
    if source.received is None:
        return None
    try:
        moment = dt.datetime.strptime(path.stem, source.received).replace(tzinfo=ZoneInfo(timezone))
    except ValueError as error:
        detail = Both(
            f"{path.name} 与 received = {source.received} 不符",
            f"{path.name} does not match received = {source.received}",
        )
        raise CityFileError(file="city.toml", where=source.name, detail=detail) from error
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
