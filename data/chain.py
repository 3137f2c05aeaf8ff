"""The chain over ledgers of assignments: whoever alters a row, a ticket or the chain itself is found out.

Every assignment that is not green, and every change, is a link: link_i = H(link_{i-1} | row_i), where row_i are the
cells of the row as delivered and H is BLAKE2b under a key. The links of a load close in a head

    head = H(before | source, load, file, sha256, known | digests of its code days and its colours | rows and links)

which takes in the head ``before`` it, so that no segment can be altered or taken out; its own links start from that
head. Digests only are kept, and the key comes from the installation's secret: a guess at a row cannot be tried without
it. What is not covered: whoever removes the newest segments together with their loads leaves a shorter chain that
holds. The newest head, noted down elsewhere, shows it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from data.errors import InputError, Lang
from data.purged import PURGED, Purged, load_seal, named, past_of
from data.store import Load, Store, Writer

#: Kind of the loads that are chained.
CHAINED = "assignments"

#: Kinds that tell the city's colours without a chain.
UNCHAINED = ("code_status", "code_ledger")

#: The head before the first.
NOTHING = "0" * 64

#: Bytes of a link: 128 bits under a key are beyond any search.
LINK = 16

#: Bytes of a code day's digest, and of a head, which is stored in hexadecimal.
DIGEST = 32

#: How far ahead a row is looked for to tell one that is missing or was added from one that was altered.
AHEAD = 1_000

#: One chained row: its number in the sender's file, its cells as delivered.
Row: TypeAlias = tuple[int, bytes]


@dataclass(frozen=True)
class Delivered:
    """A delivered file as it lies there now; ``same``: its bytes are those that were loaded, so that ``rows`` need
    not be read."""

    same: bool
    rows: Iterable[Row] = ()


class Replaced(LookupError):
    """Where a file lay, another delivery lies now."""


#: What reads a load's file again; LookupError where it is there no more.
ReadRows: TypeAlias = Callable[[Load], Delivered]


# --- digests -------------------------------------------------------------------------------------


def key_of(secret: str) -> bytes:
    """The chain's key."""
    return blake2b(secret.encode(), digest_size=32, person=b"chain").digest()


def _digest(key: bytes, parts: Iterable[bytes], size: int = DIGEST) -> bytes:
    """A digest over ``parts``, each with its length, so that no byte can move from one to the next."""
    made = blake2b(key=key, digest_size=size)
    for part in parts:
        made.update(len(part).to_bytes(8, "little"))
        made.update(part)
    return made.digest()


def first_link(key: bytes, before: str) -> bytes:
    """What the first link of a segment follows."""
    return _digest(key, [before.encode()], LINK)


def next_link(last: bytes, row: bytes, key: bytes) -> bytes:
    """The link of a row after the link ``last``."""
    return blake2b(last + row, digest_size=LINK, key=key).digest()


def _written(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()


def day_digest(day: Any, key: bytes) -> bytes:
    """Digest of a row of the table code_day, as it is stored."""
    about = _written([day.source, day.day, day.geography, day.words, day.notes])
    return _digest(key, [about, bytes(day.groups), bytes(day.combinations), bytes(day.tickets)])


def purged_digest(day: Any, before: bytes, key: bytes) -> str:
    """Digest of such a row whose tickets were destroyed; ``before``: the digest of what it was."""
    purge = {name: said for name, said in day.notes[PURGED].items() if name != "digest"}
    about = _written([day.source, day.day, day.geography, day.words, {**day.notes, PURGED: purge}])
    return _digest(key, [about, bytes(day.groups), bytes(day.combinations), bytes(day.tickets), before]).hex()


def colour_digest(slabs: Iterable[Any], key: bytes) -> bytes:
    """Digest of a load's slabs of colours, as they are stored; in whatever order they come."""
    each = ([_written([s.count_, s.day, s.source, s.geography]), bytes(s.body)] for s in slabs)
    return _digest(key, sorted(_digest(key, parts) for parts in each))


@dataclass(frozen=True)
class Segment:
    """What is kept of one load: a digest of each of its code days, in order, one of its colours, and the chained rows
    with their links (``links``: LINK bytes each, one after the other)."""

    days: tuple[bytes, ...]
    colours: bytes
    rows: NDArray[np.int64]
    links: bytes

    def link(self, at: int) -> bytes:
        """The link of the chained row at ``at``."""
        return self.links[at * LINK : (at + 1) * LINK]

    def to_bytes(self) -> bytes:
        """As it is stored: numbers of rows grow, and what they grow by is small."""
        steps = zlib.compress(np.diff(self.rows, prepend=0).astype("<i8").tobytes(), 1)
        sizes = np.array([len(self.days), len(self.rows)], "<i8").tobytes()
        return b"".join([sizes, *self.days, self.colours, self.links, steps])

    @classmethod
    def from_bytes(cls, body: bytes) -> Segment:
        """The segment of :meth:`to_bytes`. ValueError or zlib.error if it is none."""
        days, rows = np.frombuffer(body[:16], "<i8").tolist()
        colours = 16 + days * DIGEST
        links = colours + DIGEST
        steps = links + rows * LINK
        numbers = np.cumsum(np.frombuffer(zlib.decompress(body[steps:]), "<i8"))
        if len(numbers) != rows:
            raise ValueError("rows and links differ in number")
        every = tuple(body[at : at + DIGEST] for at in range(16, colours, DIGEST))
        return cls(every, body[colours:links], numbers, body[links:steps])


#: A load as its head takes it in: source, number, file, sha256, when it was known.
About: TypeAlias = tuple[str, int, str, str, str]


def _head(key: bytes, before: str, load: About, body: bytes) -> str:
    return _digest(key, [before.encode(), _written(load), body]).hex()


# --- making --------------------------------------------------------------------------------------


def close_segment(load: Writer, file: str, sha256: str, rows: Iterable[Row], secret: str) -> int:
    """Chain what a load delivered and what is kept of it, in its own transaction; the number of chained rows.

    Call it last: the code days and colours that the load wrote are read back.
    """
    key, before = key_of(secret), load.chain_head()
    numbers, links = chain(rows, key, before)
    days = tuple(day_digest(day, key) for day in load.code_days())
    body = Segment(days, colour_digest(load.coloured(), key), numbers, links).to_bytes()
    about = (load.source, load.number, file, sha256, str(load.known))
    load.chain(len(numbers), before, _head(key, before, about, body), body)
    return len(numbers)


def chain(rows: Iterable[Row], key: bytes, before: str) -> tuple[NDArray[np.int64], bytes]:
    """(numbers of the rows, their links one after the other)."""
    last, numbers, links = first_link(key, before), [], []
    for number, row in rows:
        last = blake2b(last + row, digest_size=LINK, key=key).digest()  # next_link, without the cost of a call
        numbers.append(number)
        links.append(last)
    return np.array(numbers, np.int64), b"".join(links)


def link_of(store: Store, load: int, row: int) -> str | None:
    """The link of a row of a load's file, in hexadecimal; None where it is not chained."""
    part = next(store.chain(load - 1), None)
    if part is None or part.load != load:
        return None
    segment = Segment.from_bytes(bytes(part.body))
    at = int(np.searchsorted(segment.rows, row))
    return segment.link(at).hex() if at < len(segment.rows) and segment.rows[at] == row else None


# --- the test ------------------------------------------------------------------------------------

_SAID: dict[str, tuple[str, str]] = {
    "altered": ("第 {row} 行被改动", "row {row} was altered"),
    "missing": ("第 {row} 行不见了，或被改成绿码", "row {row} is missing, or was turned green"),
    "added": ("第 {row} 行是后加的，或由绿码改成", "row {row} was added, or was green"),
    "swapped": ("第 {row} 行与下一行对调了", "row {row} and the next one were swapped"),
    "moved": ("第 {row} 行之前有行被增删", "rows before row {row} were added or removed"),
    "file": ("台账行未变，其余内容被改动", "chained rows hold, but other parts of the file were altered"),
    "unreadable": ("自第 {row} 行起无法读取", "it cannot be read from row {row} on"),
    "day": ("库中 {day} 的赋码记录被改动", "what the database keeps of {day} was altered"),
    "days": ("库中赋码记录被增删", "days were added to or removed from the database"),
    "colours": ("库中各码色的人数被改动", "the numbers of people by colour in the database were altered"),
    "stray": (
        "库中 {day} 的赋码数据不属于任何链段",
        "no part of the chain closes what the database keeps of {day} here",
    ),
    "segment": (
        "链段或本批的登记（文件、指纹、知悉时间）被改动，或密钥不同",
        "its part of the chain or its entry (file, fingerprint, when known) was altered, or the secret is another one",
    ),
    "order": ("之前的链段被移除或调换", "a part of the chain before it was removed or replaced"),
    "unchained": ("链段不见了", "its part of the chain is missing"),
}


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold. ``what``: altered, missing, added, swapped, moved (``row`` of the file), file,
    unreadable, day, days, colours or stray (of the database), segment, order, unchained (the chain's own)."""

    what: str
    load: int
    source: str
    file: str
    row: int | None = None
    day: date | None = None

    def say(self, lang: Lang) -> str:
        """It in a sentence of the reader's language."""
        said = _SAID[self.what][0 if lang == "zh" else 1].format(row=self.row, day=self.day)
        if lang == "zh":
            return f"第 {self.load} 批 {self.source}，{self.file}：{said}"
        return f"load {self.load}, {self.source}, {self.file}: {said}"


@dataclass(frozen=True, slots=True)
class Gone:
    """A load whose head holds and whose ``rows`` could not be read again; ``replaced``: another delivery lies where
    its file lay."""

    load: int
    file: str
    rows: int
    replaced: bool

    def say(self, lang: Lang) -> str:
        """It in a sentence of the reader's language."""
        if lang == "zh":
            why = "原处已是另一批的文件" if self.replaced else "原文件已不在"
            return f"第 {self.load} 批 {self.file}：{why}，{self.rows:,} 行无从重读"
        why = "another delivery's file lies in its place" if self.replaced else "the file is there no more"
        return f"load {self.load}, {self.file}: {why}; its {self.rows:,} rows cannot be read again"


@dataclass
class Proof:
    """What a test of the chain came to: ``rows`` that were read again and ``heads`` that hold, the first break of each
    load, the loads whose rows could not be read again, what was destroyed under a certificate, and the newest head."""

    rows: int = 0
    heads: int = 0
    breaks: list[Break] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    purged: list[Purged] = field(default_factory=list)
    head: str = NOTHING

    @property
    def unread(self) -> int:
        """Rows that could not be read again, though their heads hold."""
        return sum(one.rows for one in self.gone)


def verify(store: Store, read_rows: ReadRows, secret: str) -> Proof:
    """Hold the files and what the database keeps of them against the chain."""
    key, proof = key_of(secret), Proof()
    listed = {load.id: load for load in store.loads()}
    loads = {number: load for number, load in listed.items() if load.kind == CHAINED}
    heads, closed = {NOTHING}, {(load.id, load.source) for load in loads.values()}
    for part in store.chain():
        load = loads.pop(part.load, None)
        made = _head(key, part.before, _about(part, load), bytes(part.body))
        found: Break | Gone | Purged | None = _link_of_chain(part, load, made, heads)
        if found is None and load is not None:
            found = _kept(store, part, load, key, proof.purged) or _reread(part, load, read_rows, key)
        heads = {part.head, made}
        proof.head = part.head
        _enter(proof, part, found)
    proof.breaks += [Break("unchained", load.id, load.source, load.file) for load in loads.values()]
    proof.breaks += _strays(store, listed, closed, {found.load for found in proof.breaks})
    return proof


def _enter(proof: Proof, part: Any, found: Break | Gone | Purged | None) -> None:
    if isinstance(found, Break):
        proof.breaks.append(found)
        return
    proof.heads += 1
    if found is None:
        proof.rows += part.rows
    elif isinstance(found, Purged):
        proof.purged.append(found)
    else:
        proof.gone.append(found)


def _about(part: Any, load: Load | None) -> About:
    if load is None:
        return (part.source, part.load, "", "", "")
    return (part.source, part.load, load.file, load.sha256, str(load.known))


def _link_of_chain(part: Any, load: Load | None, made: str, heads: set[str]) -> Break | None:
    """Whether the segment itself holds, and follows one of ``heads`` (as stored, and as it should be: an altered head
    is told once)."""
    file = load.file if load else "-"
    if made != part.head:
        return Break("segment", part.load, part.source, file)
    return None if part.before in heads else Break("order", part.load, part.source, file)


def _kept(store: Store, part: Any, load: Load, key: bytes, purged: list[Purged]) -> Break | None:
    """Whether the stored days and colours are what the segment closed; ``purged`` takes in what is gone on purpose."""
    segment, days = Segment.from_bytes(bytes(part.body)), store.coded(load.id)
    past = past_of(load.id, load.sha256, load.notes, key)
    gone, colours = (past["days"], bytes.fromhex(past["colours"])) if past else (0, segment.colours)
    if len(days) + gone != len(segment.days):
        return Break("days", load.id, load.source, load.file)
    for day, digest in zip(days, segment.days[gone:], strict=True):
        if not _day_holds(day, digest, key):
            return Break("day", load.id, load.source, load.file, day=day.day)
        purge = named(day.notes)
        if purge:
            purged.append(Purged(load.id, load.file, purge["certificate"], purge["rows"], day.day))
    if colour_digest(store.coloured(load.id), key) != colours:
        return Break("colours", load.id, load.source, load.file)
    if past and gone:
        purged.append(Purged(load.id, load.file, past["certificate"], 0, days=gone))
    return None


def intact(store: Store, number: int, key: bytes) -> bool:
    """Whether what the database keeps of a load in the chain is what its segment closed."""
    part = next(store.chain(number - 1), None)
    return part is not None and part.load == number and _kept(store, part, store.load(number), key, []) is None


def _day_holds(day: Any, digest: bytes, key: bytes) -> bool:
    purge = named(day.notes)
    if purge is None:
        return day_digest(day, key) == digest
    return purge.get("held") is True and purge.get("digest") == purged_digest(day, digest, key)


def _reread(part: Any, load: Load, read_rows: ReadRows, key: bytes) -> Break | Gone | Purged | None:
    """Whether the delivered file is what the segment closed."""
    try:
        delivered = read_rows(load)
    except LookupError as error:
        purge = named(load.notes)
        if purge and purge.get("digest") == load_seal(load.id, load.sha256, purge["certificate"], key):
            return Purged(load.id, load.file, purge["certificate"], part.rows)
        return Gone(load.id, load.file, part.rows, isinstance(error, Replaced))
    if delivered.same:
        return None
    segment = Segment.from_bytes(bytes(part.body))
    return _first_break(segment, delivered.rows, load, key, first_link(key, part.before))


def _strays(store: Store, loads: Mapping[int, Load], closed: Set[tuple[int, str]], told: set[int]) -> Iterator[Break]:
    """The first code day or colours of each load, none of ``told``, that no ledger of assignments delivered, and no
    other that tells colours: a newer load's would be taken for the ledger's own."""
    telling = {(load.id, load.source) for load in loads.values() if load.kind in UNCHAINED}
    strays = {key for key in store.coded_keys() if key[:2] not in closed}
    strays |= {key for key in store.coloured_keys() if key[:2] not in closed | telling}
    for number, source, day in sorted(strays):
        if number not in told:
            told.add(number)
            yield Break("stray", number, source, loads[number].file if number in loads else "-", day=day)


class _Ahead:
    """Rows one by one, with a look at those that follow; ``failed`` where the file cannot be read on."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = iter(rows)
        self.seen: list[Row] = []
        self.failed = False

    def look(self, number: int) -> list[Row]:
        """Up to ``number`` rows that follow."""
        try:
            self.seen.extend(islice(self.rows, number - len(self.seen)))
        except InputError:
            self.failed = True
        return self.seen[:number]

    def __iter__(self) -> Iterator[Row]:
        while self.look(1):
            yield self.seen[0]
            self.seen.pop(0)


def _first_break(segment: Segment, rows: Iterable[Row], load: Load, key: bytes, start: bytes) -> Break:
    """Where the file first differs from what was chained; it does somewhere."""
    ahead, last, at, moved = _Ahead(rows), start, 0, None
    for number, row in ahead:
        link = next_link(last, row, key)
        if link != segment.link(at):
            return _at(load, *_told(segment, at, last, ahead, key))
        if moved is None and number != segment.rows[at]:
            moved = int(segment.rows[at])
        last, at = link, at + 1
    if at < len(segment.rows):
        return _at(load, "unreadable" if ahead.failed else "missing", int(segment.rows[at]))
    return _at(load, "file" if moved is None else "moved", moved)


def _at(load: Load, what: str, row: int | None) -> Break:
    return Break(what, load.id, load.source, load.file, row)


def _told(segment: Segment, at: int, last: bytes, ahead: _Ahead, key: bytes) -> tuple[str, int]:
    """What happened where the row at ``at`` does not follow: (what, number of the row)."""
    if at >= len(segment.rows):
        return "added", ahead.look(1)[0][0]
    number, row = ahead.look(1)[0]
    later = ahead.look(AHEAD)[1:]
    if _in_place(segment, at, later, key):
        return "altered", int(segment.rows[at])
    skipped = _fits_later(segment, at, row, key)
    delayed = any(next_link(last, other, key) == segment.link(at) for _, other in later)
    if skipped and delayed:
        return "swapped", number
    if skipped:
        return "missing", int(segment.rows[at])
    return ("added", number) if delayed else ("altered", int(segment.rows[at]))


def _in_place(segment: Segment, at: int, later: Sequence[Row], key: bytes) -> bool:
    """Whether what follows the row at ``at`` is what was chained after it."""
    if not later or at + 1 == len(segment.rows):
        return not later and at + 1 == len(segment.rows)
    return next_link(segment.link(at), later[0][1], key) == segment.link(at + 1)


def _fits_later(segment: Segment, at: int, row: bytes, key: bytes) -> bool:
    """Whether ``row`` is one of those chained after the one at ``at``."""
    last = min(len(segment.rows), at + AHEAD)
    return any(next_link(segment.link(n - 1), row, key) == segment.link(n) for n in range(at + 1, last))
