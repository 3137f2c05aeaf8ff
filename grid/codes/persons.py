"""Pseudonyms as numbers: an unkeyed one to join rows in memory, a keyed one for what is kept.

The unkeyed number depends on the word alone (its compatibility form without blanks at its ends), not on how a file
stores it: text, dictionary or whole number, so that ledgers of different make still meet. Among ten million persons
the chance of any collision is about 3 in a million.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grid.arrays import Cells
from grid.jit import kernel, usable

Bytes = NDArray[np.uint8]

#: Multipliers of the finisher of MurmurHash3 (public domain, A. Appleby): every bit of the word reaches every bit.
_MIX1, _MIX2 = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53
#: Fractional bits of the golden ratio, and of the square root of two: start of texts and of whole numbers.
_TEXT, _NUMBER = 0x9E3779B97F4A7C15, 0x6A09E667F3BCC908
#: Digits up to which text is a whole number, as a file that stores numbers would have it.
_MOST_DIGITS = 18
#: A byte below 0x21 or above 0x7f in any of eight.
_BELOW, _HIGH = 0x2121212121212121, 0x8080808080808080
#: Words handled at once by the numpy path.
_CHUNK = 1 << 16


def person_keys(words: Any) -> Cells:
    """The number of each pseudonym, uint64; 0 where there is none (null or blank).

    ``words``: an Arrow array (text, dictionary of text, whole numbers) or a numpy array of str or None.
    """
    if isinstance(words, np.ndarray):
        words = pa.array(words, from_pandas=True)
    if isinstance(words, pa.ChunkedArray):
        words = words.combine_chunks()
    if pa.types.is_dictionary(words.type):
        keys = person_keys(words.dictionary)
        places = words.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return np.asarray(np.append(keys, np.uint64(0))[places], np.uint64)
    if pa.types.is_integer(words.type):
        return _of_numbers(words)
    return _of_texts(words.cast(pa.string()))


def _of_numbers(values: Any) -> Cells:
    stated = values.is_valid().to_numpy(zero_copy_only=False)
    numbers = np.asarray(values.fill_null(0).to_numpy(zero_copy_only=False))
    text = numbers > 10**_MOST_DIGITS - 1
    keys = _finished(numbers.astype(np.uint64) ^ np.uint64(_NUMBER))
    if text.any() or (numbers < 0).any():
        odd = np.flatnonzero(text | (numbers < 0))
        keys[odd] = _of_texts(pa.array([str(number) for number in numbers[odd].tolist()], pa.string()))
    return np.where(stated, keys, np.uint64(0))


def _of_texts(values: Any) -> Cells:
    keys = np.empty(len(values), np.uint64)
    hashed = _hash if usable() else _hash_numpy
    if hashed(*_buffers(values), keys):
        hashed(*_buffers(plain_texts(values)), keys)
    if values.null_count:
        keys[values.is_null().to_numpy(zero_copy_only=False)] = 0
    return keys


def plain_texts(values: Any) -> Any:
    """What data.sources.parse.plain does, for an Arrow string array."""
    return pc.utf8_trim_whitespace(pc.utf8_normalize(values, form="NFKC"))


def _buffers(values: Any) -> tuple[NDArray[np.int32], Bytes]:
    """(offsets, bytes) of an Arrow string array."""
    _, offsets, body = values.buffers()
    if not len(values):
        return np.zeros(1, np.int32), np.empty(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    return ends, np.frombuffer(body, np.uint8) if body is not None else np.empty(0, np.uint8)


@kernel("u8(u8)")
def _finish(h: np.uint64) -> np.uint64:
    h ^= h >> np.uint64(33)
    h *= np.uint64(_MIX1)
    h ^= h >> np.uint64(33)
    h *= np.uint64(_MIX2)
    h ^= h >> np.uint64(33)
    return h if h != 0 else np.uint64(1)


@kernel("u8(const u1[::1], u8, u8)")
def _whole(body: Bytes, at: np.uint64, size: np.uint64) -> np.uint64:
    """1 + the whole number that the text writes as a program would, 0 for any other text."""
    if size > _MOST_DIGITS or (body[at] == 48 and size > 1):
        return np.uint64(0)
    number = np.uint64(0)
    for i in range(size):
        digit = np.uint64(body[np.uint64(at + np.uint64(i))]) - np.uint64(48)
        if digit > np.uint64(9):
            return np.uint64(0)
        number = number * np.uint64(10) + digit
    return number + np.uint64(1)


@kernel("u8(const u1[::1], u8)")
def _lane(body: Bytes, at: np.uint64) -> np.uint64:
    """Eight bytes as a number, the first lowest."""
    a = at
    return (
        np.uint64(body[a]) | np.uint64(body[a + np.uint64(1)]) << np.uint64(8)
        | np.uint64(body[a + np.uint64(2)]) << np.uint64(16) | np.uint64(body[a + np.uint64(3)]) << np.uint64(24)
        | np.uint64(body[a + np.uint64(4)]) << np.uint64(32) | np.uint64(body[a + np.uint64(5)]) << np.uint64(40)
        | np.uint64(body[a + np.uint64(6)]) << np.uint64(48) | np.uint64(body[a + np.uint64(7)]) << np.uint64(56)
    )  # fmt: skip


@kernel("b1(const u1[::1], u8, u8)")
def _may_be_whole(body: Bytes, at: np.uint64, size: np.uint64) -> bool:
    """False where the first eight bytes are not all digits; one branch that is nearly always foreseen."""
    if size < np.uint64(8):
        return bool(size > 0)
    off = _lane(body, at) ^ np.uint64(0x3030303030303030)
    return bool(((off + np.uint64(0x0606060606060606)) | off) & np.uint64(0xF0F0F0F0F0F0F0F0) == np.uint64(0))


@kernel("b1(const i4[::1], const u1[::1], u8[::1])")
def _hash(offsets: NDArray[np.int32], body: Bytes, keys: Cells) -> bool:
    """Fill ``keys``; whether some byte asks for a closer look (a blank, or no ASCII)."""
    odd, below, high = np.uint64(0), np.uint64(_BELOW), np.uint64(_HIGH)
    for row in range(keys.size):
        at, size = np.uint64(offsets[row]), np.uint64(offsets[row + 1] - offsets[row])
        number = _whole(body, at, size) if _may_be_whole(body, at, size) else np.uint64(0)
        if number:
            keys[row] = _finish((number - np.uint64(1)) ^ np.uint64(_NUMBER))
            continue
        h, end = np.uint64(_TEXT) ^ size, at + size
        while at + np.uint64(8) <= end:
            lane = _lane(body, at)
            odd |= ((lane - below) | lane) & high
            h = (h ^ lane) * np.uint64(_MIX1)
            h ^= h >> np.uint64(32)
            at += np.uint64(8)
        rest = np.uint64(0)
        for i in range(end - at):
            byte = np.uint64(body[np.uint64(at + np.uint64(i))])
            rest |= byte << np.uint64(8 * i)
            odd |= ((byte - np.uint64(0x21)) | byte) & np.uint64(0x80)
        h = (h ^ rest) * np.uint64(_MIX1)
        keys[row] = _finish(h ^ h >> np.uint64(32)) if size else np.uint64(0)
    return bool(odd != 0)


def _finished(h: Cells) -> Cells:
    """What :func:`_finish` does, for an array."""
    with np.errstate(over="ignore"):
        h = (h ^ h >> np.uint64(33)) * np.uint64(_MIX1)
        h = (h ^ h >> np.uint64(33)) * np.uint64(_MIX2)
    h = h ^ h >> np.uint64(33)
    return np.where(h == 0, np.uint64(1), h)


def _hash_numpy(offsets: NDArray[np.int32], body: Bytes, keys: Cells) -> bool:
    """What :func:`_hash` does, a lane of eight bytes of all words at a time."""
    used = body[offsets[0] : offsets[-1]]
    for start in range(0, keys.size, _CHUNK):
        part = slice(start, min(start + _CHUNK, keys.size))
        keys[part] = _hash_chunk(offsets[part.start : part.stop + 1].astype(np.int64), body)
    return bool(((used < 0x21) | (used > 0x7F)).any())


def _hash_chunk(offsets: NDArray[np.int64], body: Bytes) -> Cells:
    size = np.diff(offsets)
    wide = max(int(size.max(initial=0)) // 8 * 8 + 8, 24)
    place = np.arange(wide)
    inside = place < size[:, None]
    at = np.where(inside, offsets[:-1, None] + place, 0)
    letters = np.where(inside, body[at] if body.size else 0, 0).astype(np.uint8)
    lanes = letters.view("<u8")
    h = np.uint64(_TEXT) ^ size.astype(np.uint64)
    with np.errstate(over="ignore"):
        for lane in range(lanes.shape[1]):
            mixed = (h ^ lanes[:, lane]) * np.uint64(_MIX1)
            h = np.where(lane <= size // 8, mixed ^ mixed >> np.uint64(32), h)
    keys = np.where(size > 0, _finished(h), np.uint64(0))
    return _with_numbers(keys, letters, inside, size)


def _with_numbers(keys: Cells, letters: Bytes, inside: NDArray[np.bool_], size: NDArray[np.int64]) -> Cells:
    digits = letters - np.uint8(48)
    whole = ((digits <= 9) | ~inside).all(axis=1) & (size > 0) & (size <= _MOST_DIGITS)
    whole &= (digits[:, 0] > 0) | (size == 1)
    number = np.zeros(len(keys), np.uint64)
    for place in range(_MOST_DIGITS):
        grown = number * np.uint64(10) + digits[:, place]
        number = np.where(whole & inside[:, place], grown, number)
    return np.where(whole, _finished(number ^ np.uint64(_NUMBER)), keys)


# --- what is kept --------------------------------------------------------------------------------------------


#: Start of the four words of SipHash's state: "somepseudorandomlygeneratedbytes".
_START = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)


def keyed(secret: str, *columns: Cells) -> Cells:
    """SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, 2012) of each row of ``columns`` under ``secret``, uint64.

    Who does not have the secret cannot tell whose number it is, nor try pseudonyms against it.
    """
    digest = hashlib.sha256(secret.encode()).digest()
    k0, k1 = (np.uint64(int.from_bytes(digest[at : at + 8], "little")) for at in (0, 8))
    start = np.array([s ^ k for s, k in zip(np.array(_START, np.uint64), (k0, k1, k0, k1), strict=True)], np.uint64)
    size = np.full(len(columns[0]), 8 * len(columns) << 56, np.uint64)
    message = np.ascontiguousarray(np.stack([*columns, size], axis=1), np.uint64)
    if not usable():
        return _siphash_numpy(start, message)
    found = np.empty(len(message), np.uint64)
    _siphash(start, message, found)
    return found


@kernel("u8(u8, u8)")
def _rotate(x: np.uint64, bits: np.uint64) -> np.uint64:
    return x << bits | x >> (np.uint64(64) - bits)


@kernel("UniTuple(u8, 4)(u8, u8, u8, u8)")
def _mix(a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64) -> tuple[np.uint64, ...]:
    a += b
    b = _rotate(b, np.uint64(13)) ^ a
    a = _rotate(a, np.uint64(32))
    c += d
    d = _rotate(d, np.uint64(16)) ^ c
    a += d
    d = _rotate(d, np.uint64(21)) ^ a
    c += b
    b = _rotate(b, np.uint64(17)) ^ c
    c = _rotate(c, np.uint64(32))
    return a, b, c, d


@kernel("void(const u8[::1], const u8[:, ::1], u8[::1])")
def _siphash(start: Cells, message: Cells, found: Cells) -> None:
    for row in range(found.size):
        a, b, c, d = start[0], start[1], start[2], start[3]
        for word in message[row]:
            d ^= word
            a, b, c, d = _mix(a, b, c, d)
            a, b, c, d = _mix(a, b, c, d)
            a ^= word
        c ^= np.uint64(0xFF)
        for _ in range(4):
            a, b, c, d = _mix(a, b, c, d)
        found[row] = a ^ b ^ c ^ d


def _siphash_numpy(start: Cells, message: Cells) -> Cells:
    """What the kernel does, all rows at once."""
    v = [np.full(len(message), each, np.uint64) for each in start]
    with np.errstate(over="ignore"):
        for word in message.T:
            v[3] = v[3] ^ word
            _round(v)
            _round(v)
            v[0] = v[0] ^ word
        v[2] = v[2] ^ np.uint64(0xFF)
        for _ in range(4):
            _round(v)
    return np.asarray(v[0] ^ v[1] ^ v[2] ^ v[3], np.uint64)


def _round(v: list[Cells]) -> None:
    def rotated(x: Cells, bits: int) -> Cells:
        return x << np.uint64(bits) | x >> np.uint64(64 - bits)

    v[0] = v[0] + v[1]
    v[1] = rotated(v[1], 13) ^ v[0]
    v[0] = rotated(v[0], 32)
    v[2] = v[2] + v[3]
    v[3] = rotated(v[3], 16) ^ v[2]
    v[0] = v[0] + v[3]
    v[3] = rotated(v[3], 21) ^ v[0]
    v[2] = v[2] + v[1]
    v[1] = rotated(v[1], 17) ^ v[2]
    v[2] = rotated(v[2], 32)
