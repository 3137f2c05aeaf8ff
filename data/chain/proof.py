"""Holding the files and what the database keeps of them against the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from data.chain.breaks import Break, Gone
from data.chain.difference import first_break
from data.chain.links import (
    NOTHING,
    About,
    Row,
    Segment,
    colour_digest,
    day_digest,
    first_link,
    head_of,
    key_of,
    purged_digest,
)
from data.purged import Purged, load_seal, named, past_of
from data.store import Load, Store

#: Kind of the loads that are chained.
CHAINED = "assignments"

#: Kinds that tell the city's colours without a chain.
UNCHAINED = ("code_status", "code_ledger")


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
        made = head_of(key, part.before, _about(part, load), bytes(part.body))
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
    return first_break(segment, delivered.rows, load, key, first_link(key, part.before))


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
