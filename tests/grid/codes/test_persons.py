"""Numbers of pseudonyms: the same word, the same number, however a file stores it."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.codes.persons import keyed, person_keys

WORDS = ["a", "00af19c2d3e4f5a6", "p1", "ABCDEFGH", "x" * 33, "12345678901234567890", "007", "0", "1234567890123456"]


def keys(words: Any, use: str) -> list[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESCREEN_NUMBA", use)
        found: list[int] = person_keys(words).tolist()
        return found


@given(st.lists(st.one_of(st.none(), st.text(max_size=40), st.integers(0, 10**19).map(str)), max_size=30))
def test_engines_agree(words: list[str | None]) -> None:
    column = pa.array(words, pa.string())
    assert keys(column, "1") == keys(column, "0")


@pytest.mark.parametrize("use", ["1", "0"])
def test_a_word_has_one_number(use: str) -> None:
    plain = keys(pa.array(WORDS), use)
    assert len({*plain, 0}) == len(WORDS) + 1
    assert keys(np.array(WORDS, dtype=object), use) == plain
    assert keys(pa.array(WORDS).dictionary_encode(), use) == plain
    assert keys(pa.array(["?", *WORDS]).slice(1), use) == plain
    assert keys(pa.array([f" {word}\t" for word in WORDS]), use) == plain
    assert keys(pa.array(["１２", "ｐ1"]), use) == keys(pa.array(["12", "p1"]), use)
    assert keys(pa.chunked_array([WORDS[:3], WORDS[3:]]), use) == plain


@pytest.mark.parametrize("use", ["1", "0"])
@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64(), pa.int32()])
def test_numbers_are_read_as_text_is(use: str, kind: Any) -> None:
    numbers = [0, 7, 10**9, None]
    assert keys(pa.array(numbers, kind), use) == keys(pa.array(["0", "7", "1000000000", None]), use)
    if kind == pa.uint64():
        assert keys(pa.array([2**64 - 1], kind), use) == keys(pa.array([str(2**64 - 1)]), use)


def test_nobody_is_nobody() -> None:
    assert person_keys(pa.array([None, "", "  "], pa.string())).tolist() == [0, 0, 0]
    assert person_keys(pa.array([], pa.string())).tolist() == []


@pytest.mark.parametrize("use", ["1", "0"])
def test_what_is_kept_is_siphash(use: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESCREEN_NUMBA", use)
    persons = np.array([1, 2**63, 2**64 - 1], np.uint64)
    since = np.array([5, 6, 7], np.uint64)
    digest = hashlib.sha256(b"secret").digest()
    for at, row in enumerate(zip(persons.tolist(), since.tolist(), strict=True)):
        message = b"".join(number.to_bytes(8, "little") for number in row)
        assert int(keyed("secret", persons, since)[at]) == siphash(digest[:16], message)
    assert set(keyed("other", persons, since).tolist()).isdisjoint(keyed("secret", persons, since).tolist())


def siphash(key: bytes, message: bytes) -> int:
    """SipHash-2-4 as its paper writes it, for one message."""
    mask = 2**64 - 1
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    a, b, c, d = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573

    def left(x: int, bits: int) -> int:
        return (x << bits | x >> 64 - bits) & mask

    def rounds(n: int) -> None:
        nonlocal a, b, c, d
        for _ in range(n):
            a, c = (a + b) & mask, (c + d) & mask
            b, d = left(b, 13) ^ a, left(d, 16) ^ c
            a, c = (left(a, 32) + d) & mask, (c + b) & mask
            b, d = left(b, 17) ^ c, left(d, 21) ^ a
            c = left(c, 32)

    blocks = [message[i : i + 8] for i in range(0, len(message), 8)] + [b""]
    for block in blocks:
        word = int.from_bytes(block.ljust(8, b"\0"), "little") | (len(message) % 256 << 56 if not block else 0)
        d ^= word
        rounds(2)
        a ^= word
    c ^= 0xFF
    rounds(4)
    return a ^ b ^ c ^ d


def test_the_papers_vector() -> None:
    assert siphash(bytes(range(16)), bytes(range(8))) == 0x93F5F5799A932462
