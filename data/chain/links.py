"""What the chain keeps: links of rows, digests of code days and colours, and the segment of a load that holds them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from data.purged import PURGED
from data.store import Store, Writer

#: The head before the first.
NOTHING = "0" * 64

#: Bytes of a link: 128 bits under a key are beyond any search.
LINK = 16

#: Bytes of a code day's digest, and of a head, which is stored in hexadecimal.
DIGEST = 32

#: One chained row: its number in the sender's file, its cells as delivered.
Row: TypeAlias = tuple[int, bytes]


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


def head_of(key: bytes, before: str, load: About, body: bytes) -> str:
    """The head that closes a segment; ``body``: the segment as it is stored."""
    return _digest(key, [before.encode(), _written(load), body]).hex()


def close_segment(load: Writer, file: str, sha256: str, rows: Iterable[Row], secret: str) -> int:
    """Chain what a load delivered and what is kept of it, in its own transaction; the number of chained rows.

    Call it last: the code days and colours that the load wrote are read back.
    """
    key, before = key_of(secret), load.chain_head()
    numbers, links = chain(rows, key, before)
    days = tuple(day_digest(day, key) for day in load.code_days())
    body = Segment(days, colour_digest(load.coloured(), key), numbers, links).to_bytes()
    about = (load.source, load.number, file, sha256, str(load.known))
    load.chain(len(numbers), before, head_of(key, before, about, body), body)
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
