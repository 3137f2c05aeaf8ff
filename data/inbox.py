"""The watched inbox: a folder a source under ``inbox/`` of a home; what is loaded goes to ``done/``, what is not to
``rejected/``, with a sheet for the sender beside it.

A file lies in the inbox until its load is committed, and its load knows from the beginning where it will lie: whatever
ends a run, the next one finds either a file without a load, which it loads, or a file whose load lacks it, which it
moves. One runner works at a time. Nothing that is no plain file is followed or opened.
"""

from __future__ import annotations

import datetime as dt
import errno
import filecmp
import fnmatch
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from types import MappingProxyType
from zoneinfo import ZoneInfo

import structlog

from data import held
from data.city import City, Source
from data.deliveries import Delivery, delivery, received
from data.engine import utcnow
from data.errors import (
    AlreadyLoaded,
    CityFileError,
    CRSError,
    FileChanged,
    FileError,
    FileFailed,
    HeldBack,
    MissingColumns,
    OneScreenError,
    Returned,
)
from data.faults import Fault
from data.files import clear, sync, write_text, write_whole
from data.formats.base import MAX_BYTES_STREAMED, check_size, unreadable
from data.locks import StillWritten, locked, only
from data.purged import named
from data.reject_sheet import reject_sheet
from data.rejects import Reject
from data.store import Load, Store
from data.words import Both, Lang

log = structlog.get_logger()

FOLDER = "inbox"
DONE, REJECTED, HELD = "done", "rejected", held.HELD

#: Names that senders' programs give to files which they have not finished, and that open workbooks leave.
_UNFINISHED = ("*.part", "*.partial", "*.tmp", "*.temp", "*.filepart", "*.crdownload", ".*", "~$*")

#: Seconds without a change after which a file has arrived; an empty one may yet be filled.
SETTLE = 2.0
SETTLE_EMPTY = 60.0

#: Bytes of a name: what stands beside it is longer by a suffix, and file systems end at 255.
_NAME_BYTES = 180

#: Signs that mean something to a file system.
_SIGNS = '\\/:*?"<>|'

#: The other files of a shapefile, and those without which it has not arrived.
_PARTS = (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix")
_NEEDED = (".dbf", ".shx")

#: What loads a delivery: the number of its load; the second: who let it pass though it is odd, and why, or nothing.
#: Raises FileError, CRSError or StoreError, then nothing was loaded.
Take = Callable[[Delivery, Mapping[str, str]], int]

#: What tells that a file still changes: inode, size, written, renamed.
_Look = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a file: ``state`` is loaded, again (its load was there already), held, rejected or waiting;
    ``kept`` is where it lies now; ``said`` what is to be done."""

    name: str
    state: str
    said: Both
    kept: Path | None = None
    load: int | None = None


class Inbox:
    """The inbox of a home."""

    def __init__(self, home: Path, city: City, store: Store, take: Take, lang: Lang = "zh") -> None:
        self.folder = home.resolve() / FOLDER
        self.city = city
        self.store = store
        self.take = take
        self.lang = lang
        for name in (*(source.name for source in city.sources), DONE, REJECTED, HELD):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def run(self, settle: float = SETTLE) -> Iterator[Settled]:
        """One pass over the files that have arrived, in the order of their moments; another runner is waited for."""
        with only(self.folder / ".lock"):
            clear(self.folder.parent, *(self.folder / name for name in (DONE, REJECTED, HELD)))
            yield from self._decided()
            arrived, waiting = self._arrived(settle)
            yield from (Settled(_plain(path.name), "waiting", _STILL) for path in waiting)
            cut = {
                load.file for load in self.store.loads() if self._homeless(load)
            }  # what a run before left half done comes first
            for path in sorted(arrived, key=lambda path: (_plain(path.name) not in cut, self._moment(path))):
                yield self._settled(path)

    # what has arrived ----------------------------------------------------------------------------

    def _files(self) -> Iterator[Path]:
        """Everything in the inbox that is no folder; links to folders are not followed."""
        for folder, folders, names in os.walk(self.folder):
            here = Path(folder)
            links = [name for name in folders if (here / name).is_symlink()]
            own = (DONE, REJECTED, HELD) if here == self.folder else ()
            folders[:] = sorted(name for name in folders if name not in (*own, *links) and not name.startswith("."))
            for name in sorted((*names, *links)):
                if not any(fnmatch.fnmatch(name.lower(), pattern) for pattern in _UNFINISHED):
                    yield here / name

    def _arrived(self, settle: float) -> tuple[list[Path], list[Path]]:
        """(files that nobody writes to any more, files that may still grow)."""
        first = {path: _look(path) for path in self._files()}
        if any(look is not None and not 0 <= settle <= time.time() - look[3] / 1e9 for look in first.values()):
            time.sleep(settle)
        ready: list[Path] = []
        waiting: list[Path] = []
        for path, look in first.items():
            if look is not None and not _belongs(path):
                (ready if look == _look(path) and self._whole(path, look) else waiting).append(path)
        return ready, waiting

    def _whole(self, path: Path, look: _Look) -> bool:
        """Whether nothing is missing: an empty file may yet be filled, a shapefile has several parts."""
        if path.is_symlink():
            return True
        if path.suffix.lower() in _PARTS:
            return False
        if look[1] == 0 and stat.S_ISREG(path.lstat().st_mode):
            return time.time() - look[3] / 1e9 >= SETTLE_EMPTY
        return path.suffix.lower() != ".shp" or {part.suffix.lower() for part in _parts(path)}.issuperset(_NEEDED)

    def _moment(self, path: Path) -> tuple[float, str]:
        """When a file was received, as its name says, else when it was last written."""
        source = self.source_of(path)
        try:
            known = received(path, source, self.city.timezone) if source else None
        except CityFileError:
            known = None
        written = path.lstat().st_mtime if path.is_symlink() or path.exists() else 0.0
        return (known.replace(tzinfo=dt.UTC).timestamp() if known else written), str(path)

    def source_of(self, path: Path) -> Source | None:
        """The source in whose folder a file lies; at the top the only one whose own path has such a name."""
        within = path.relative_to(self.folder)
        if len(within.parts) > 1:
            found = [source for source in self.city.sources if source.name == within.parts[0]]
        else:
            found = [one for one in self.city.sources if fnmatch.fnmatchcase(path.name, PurePath(one.path).name)]
        return found[0] if len(found) == 1 else None

    # what was held back ---------------------------------------------------------------------------

    def accept(self, one: held.Held, who: str, why: str) -> Settled:
        """Lets a held delivery pass: first it is written down that it may, then it is loaded. Whatever ends the run
        between the two, the next one goes on."""
        with only(self.folder / ".lock"):
            held.keep(one.path, one.source, one.faults, _said(who, why), at=one.at)
            return self._pass(held.find(self.folder.parent, str(one.path)))

    def refuse(self, one: held.Held, who: str, why: str) -> Settled:
        """Returns a held delivery to its sender, as :meth:`accept` goes about it."""
        with only(self.folder / ".lock"):
            held.keep(one.path, one.source, one.faults, refused=_said(who, why), at=one.at)
            return self._return(held.find(self.folder.parent, str(one.path)))

    def undo(self, one: held.Held) -> Settled:
        """Holds again a delivery that somebody returned: it waits for a decision as before."""
        with only(self.folder / ".lock"):
            return self._hold_again(one)

    def _decided(self) -> Iterator[Settled]:
        """What was decided on a page, and decisions that a run before did not finish."""
        for one in held.held(self.folder.parent):
            taken = self._taken_up(one) if one.decided else one
            if taken is not None and taken.accepted:
                yield self._pass(taken)
            elif taken is not None and taken.refused:
                yield self._return(taken)
        for one in held.refused(self.folder.parent):
            if one.decided is not None and one.decided.what == "undo" and held.taken(one):
                yield self._hold_again(one)

    def _taken_up(self, one: held.Held) -> held.Held | None:
        """The delivery with its decision as one that is being carried out; None where that was just withdrawn."""
        assert one.decided is not None
        said = _said(one.decided.who, one.decided.why, one.decided.at)
        accepted, refused = (said if one.decided.what == what else {} for what in ("accept", "refuse"))
        held.keep(one.path, one.source, one.faults, accepted, refused, one.at)
        if held.taken(one):
            return replace(one, accepted=accepted, refused=refused, decided=None)
        held.keep(one.path, one.source, one.faults, at=one.at)
        return None

    def _pass(self, one: held.Held) -> Settled:
        try:
            settled = self._settle(one.path, self.city.source(one.source), one.accepted)
        except (FileError, CRSError, CityFileError) as error:
            settled = self._reject(one.path, error, one.source)
        except KeyError:
            settled = Settled(one.name, "waiting", Both(f"没有来源 {one.source}", f"there is no source {one.source}"))
        if settled.state != "waiting":
            held.forget(one.path)
        return settled

    def _return(self, one: held.Held) -> Settled:
        """The end of a delivery that was refused; what is known of it goes along, so that it can be taken back."""
        who, why = one.refused["who"], one.refused["why"]
        zh = "；".join((*(fault.line("zh") for fault in one.faults), f"{who}：{why}"))
        en = "; ".join((*(fault.line("en") for fault in one.faults), f"{who}: {why}"))
        settled = self._reject(one.path, Returned(file=one.name, detail=Both(zh, en)), one.source, one)
        held.forget(one.path)
        return settled

    def _hold_again(self, one: held.Held) -> Settled:
        kept = self._place(HELD, one.source, one.name)
        kept.parent.mkdir(parents=True, exist_ok=True)
        held.keep(kept, one.source, one.faults)
        _move(one.path, kept)
        held.forget(one.path)
        return Settled(one.name, "held", Both("已收回，重新待定", "taken back: it waits for a decision again"), kept)

    def _hold(self, path: Path, error: HeldBack) -> Settled:
        """Keeps what is too odd to be loaded: what is known of it first, then its move; so that what lies there always
        says why."""
        source = self.source_of(path)
        name = source.name if source else ""
        again = (one.path for one in held.held(self.folder.parent)
                 if one.name == path.name and filecmp.cmp(one.path, path, shallow=False))  # fmt: skip
        kept = next(again, None) or self._place(HELD, name, path.name)  # the same file once more is not held twice
        kept.parent.mkdir(parents=True, exist_ok=True)
        held.keep(kept, name, error.faults)
        self._sheets(kept, (), _both(error), error.faults)
        _move(path, kept)
        return Settled(path.name, "held", _both(error), kept)

    # what becomes of it --------------------------------------------------------------------------

    def _settled(self, path: Path) -> Settled:
        try:
            path = _cleaned(path)
            return self._outcome(path)
        except OSError as error:
            cause = error.strerror or str(error)
            why = Both(f"{cause}，文件仍在收件箱", f"{cause}; the file is still in the inbox")
            return Settled(_plain(path.name), "waiting", why)

    def _outcome(self, path: Path) -> Settled:
        try:
            return self._settle(path)
        except (FileChanged, StillWritten):
            return Settled(path.name, "waiting", _STILL)
        except AlreadyLoaded as error:  # since we looked: the next pass finds its load
            return Settled(path.name, "waiting", _both(error))
        except HeldBack as error:
            return self._hold(path, error)
        except (FileError, CRSError, CityFileError) as error:
            return self._reject(path, error)

    def _settle(
        self, path: Path, source: Source | None = None, accepted: Mapping[str, str] = MappingProxyType({})
    ) -> Settled:
        source = self._checked(path) if source is None else source
        with locked(path):
            sync(path)
        kept = self._place(DONE, source.name, path.name)
        made = delivery(source, path, received(path, source, self.city.timezone), kept)
        before = [load for load in self.store.loads(source=source.name) if load.sha256 == made.sha256]
        if before and not self._superseded(before[-1]):
            if self._homeless(before[-1]):
                return self._close(path, before[-1])
            _move(path, kept)
            return Settled(path.name, "again", _both(AlreadyLoaded(file=path.name, load=before[-1].id)), kept)
        return self._close(path, self.store.load(self._taken(made, accepted)))

    def _taken(self, made: Delivery, accepted: Mapping[str, str]) -> int:
        """The load of a delivery. One that makes the program itself fail comes back like any other that cannot be
        taken: left where it is it would fail in every pass, and whatever is behind it would wait for ever."""
        try:
            return self.take(made, accepted)
        except (OneScreenError, OSError):
            raise
        except Exception as error:
            log.exception("inbox", file=made.path.name)
            raise FileFailed(file=made.path.name, detail=type(error).__name__) from error

    def _homeless(self, load: Load) -> bool:
        """Whether a load waits for its file to be moved to what is done; one whose file was destroyed does not."""
        path = Path(load.notes.get("path", ""))
        return path.is_relative_to(self.folder / DONE) and not path.exists() and named(load.notes) is None

    def _superseded(self, load: Load) -> bool:
        """Whether another file of the same name came after a load: then the earlier one, sent again, is news."""
        later = (one for one in self.store.loads(source=load.source) if one.id > load.id)
        return any(one.file == load.file and one.sha256 != load.sha256 for one in later)

    def _checked(self, path: Path) -> Source:
        """The source of a file that may be opened. FileError."""
        if not all(stat.S_ISREG(each.lstat().st_mode) for each in (path, *_parts(path))):
            zh, en = "不是普通文件（链接、管道等），未打开", "no plain file (a link, a pipe), it was not opened"
            raise unreadable(path, "file", zh, en)
        source = self.source_of(path)
        if source is None:
            names = ", ".join(source.name for source in self.city.sources)
            zh, en = "不知属于哪个来源，请放入以来源命名的文件夹", "put it into the folder of its source"
            raise unreadable(path, "delivery", f"{zh}：{names}", f"{en}: {names}")
        check_size(path, "file", MAX_BYTES_STREAMED)
        return source

    def _close(self, path: Path, load: Load) -> Settled:
        """The end of a file whose load is committed: its sheet, then its move."""
        kept = Path(load.notes["path"])
        kept.parent.mkdir(parents=True, exist_ok=True)
        zh = f"已装入第 {load.id} 批：{load.taken} / {load.rows} 行"
        en = f"load {load.id}: {load.taken} of {load.rows} rows"
        said = Both(zh, en)
        if load.rejected:
            said = Both(
                f"{zh}，退回 {load.rejected} 行：请按退回表改正这些行后再送",
                f"{en}, {load.rejected} returned: put right the rows of the sheet and send them again",
            )
            self._sheets(kept, self.store.rejects(load.id), said)
        _move(path, kept)
        return Settled(path.name, "loaded", said, kept, load.id)

    def _reject(
        self, path: Path, error: FileError | CRSError | CityFileError, source: str = "", was: held.Held | None = None
    ) -> Settled:
        within = path.relative_to(self.folder)
        folder = source or (_plain(within.parts[0]) if len(within.parts) > 1 else "")
        kept = self._place(REJECTED, folder, path.name)
        kept.parent.mkdir(parents=True, exist_ok=True)
        if was is not None:
            held.keep(kept, was.source, was.faults, refused=was.refused, at=was.at)
        if isinstance(error, MissingColumns) and (found := self.source_of(path)):
            held.keep(kept, found.name, [drift_of(error)])
        self._sheets(kept, getattr(error, "rejects", ()), _both(error))
        _move(path, kept)
        return Settled(path.name, "rejected", _both(error), kept)

    def _sheets(self, kept: Path, rejects: Iterable[Reject], said: Both, faults: Sequence[Fault] = ()) -> None:
        """For the sender, beside the file: the rows that were returned, or what is odd, and a line on what to do."""
        if faults:
            lines = [f"· {fault.line(lang)}\n  → {fault.advice(lang)}" for lang in _LANGS for fault in faults]
            write_text(free(kept.with_name(f"{kept.name}.txt")), "\n".join((said.zh, said.en, "", *lines)) + "\n")
            return
        rows, line = list(rejects), said.zh if self.lang == "zh" else said.en
        for suffix in (".xlsx", ".csv"):
            beside = free(kept.with_name(f"{kept.name}.rejects{suffix}"))  # a sender may have a file of that name
            write_whole(beside, lambda part: reject_sheet(rows, part, self.lang, line))
        write_text(free(kept.with_name(f"{kept.name}.txt")), f"{said.zh}\n{said.en}\n")

    def _place(self, folder: str, source: str, name: str) -> Path:
        """A name of today's folder that nothing has yet."""
        today = dt.datetime.now(ZoneInfo(self.city.timezone)).date().isoformat()
        return free(self.folder / folder / today / source / name)


_LANGS: tuple[Lang, ...] = ("zh", "en")


def _said(who: str, why: str, at: str = "") -> dict[str, str]:
    """A decision as it is kept; ``at``: now without."""
    return {"who": who, "why": why, "at": at or utcnow().replace(microsecond=0).isoformat()}


def drift_of(error: MissingColumns) -> Fault:
    """What a file that lacks columns is an instance of."""
    gone, found = (str(error.values[name].en).split(", ") for name in ("columns", "found"))
    return Fault("schema_drift", more={"gone": gone, "added": found}, aside=True)


_STILL = Both("还在写入或不齐，下次再取", "still being written, or not all there; it is taken next time")


def _both(error: FileError | CRSError | CityFileError) -> Both:
    return Both(error.say("zh"), error.say("en"))


def _look(path: Path) -> _Look | None:
    try:
        found = path.lstat()
    except OSError:  # taken away meanwhile
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _plain(name: str) -> str:
    """A name that every database, sheet, terminal and file system can hold."""
    plain = "".join(sign if sign.isprintable() and sign not in _SIGNS else "_" for sign in name)
    if len(plain.encode()) <= _NAME_BYTES:
        return plain
    suffix = Path(plain).suffix.encode()[-20:].decode(errors="ignore")
    return plain.encode()[: _NAME_BYTES - len(suffix.encode())].decode(errors="ignore") + suffix


def _cleaned(path: Path) -> Path:
    """The file under a plain name."""
    if _plain(path.name) == path.name:
        return path
    wanted = free(path.with_name(_plain(path.name)))
    for part in _parts(path):
        part.rename(wanted.with_suffix(part.suffix))
    path.rename(wanted)
    return wanted


def free(path: Path) -> Path:
    """``path``, or a name like it that nothing has yet."""
    found, number = path, 1
    while os.path.lexists(found):
        number += 1
        found = path.with_name(f"{path.stem}~{number}{path.suffix}")
    return found


def _parts(path: Path) -> list[Path]:
    """The other files of a shapefile."""
    if path.suffix.lower() != ".shp" or path.is_symlink():
        return []
    return [each for each in path.parent.iterdir() if each.stem == path.stem and each.suffix.lower() in _PARTS]


def _belongs(path: Path) -> bool:
    """Whether a file is a part of a shapefile that is there."""
    if path.suffix.lower() not in _PARTS or path.is_symlink():
        return False
    return any(path.with_suffix(suffix).exists() for suffix in (".shp", ".SHP"))


def _move(path: Path, kept: Path) -> None:
    """Moves a file; its parts first, so that what is left of a move that was cut short is the file itself."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    for part in _parts(path):
        _rename(part, kept.with_suffix(part.suffix))
    _rename(path, kept)
    sync(kept.parent)
    sync(path.parent)


def _rename(path: Path, kept: Path) -> None:
    try:
        path.rename(kept)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _carry(path, kept)


def _carry(path: Path, kept: Path) -> None:
    """The same where the source's folder is another disk: whole there, then gone here."""

    def copy(part: Path) -> None:
        shutil.copyfile(path, part)

    if path.is_symlink():
        kept.symlink_to(path.readlink())
    else:
        write_whole(kept, copy)
    path.unlink()
