"""Texts that remember their numbers: which of their words are fixed, which are numbers, and where each is from.

A :class:`Said` is a ``str`` and goes to the browser as one. It is made of *pieces*: fixed :class:`Words`, numbers
(:class:`Told`: value, citation and how it is written), and plain texts such as names and days. So a screen weighs what
its letters weigh, and whoever holds it on the server can ask every number again and write it anew
(:mod:`dashboard.reconcile`). What is made by f-strings or ``join`` forgets its pieces: use :func:`fill` and
:func:`join` wherever a number is inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter

from dashboard.queries.cite import Cited, Fact


class Words(str):
    """A fixed wording: digits in it ("7 日") are words."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A number in a text: what was answered, and how a fact is written there."""

    number: Cited
    write: Callable[[Fact], str]

    def __str__(self) -> str:
        return self.write(Fact(self.number.value, self.number.state))


Piece = str | Told


class Said(str):
    """A text with its ``pieces``, none of which is a Said itself."""

    pieces: tuple[Piece, ...]

    def __new__(cls, *pieces: Piece) -> Said:
        """The pieces one after the other."""
        flat = tuple(piece for one in pieces for piece in pieces_of(one))
        made = super().__new__(cls, "".join(map(str, flat)))
        made.pieces = flat
        return made

    def __add__(self, other: str) -> Said:
        return Said(self, other)

    def __radd__(self, other: str) -> Said:
        return Said(other, self)

    @property
    def number(self) -> Cited | None:
        """Its only number; None where it has none or several."""
        found = [piece.number for piece in self.pieces if isinstance(piece, Told)]
        return found[0] if len(found) == 1 else None


def pieces_of(text: Piece) -> tuple[Piece, ...]:
    """What a text is made of."""
    return text.pieces if isinstance(text, Said) else (text,)


def number(one: Cited, write: Callable[[float], str], word: Callable[[str], str]) -> Said:
    """A number as it stands in a text; ``word`` writes a state (an id of terms.STATES) where there is no value."""
    return Said(Told(one, lambda fact: word(fact.state) if fact.value is None else write(fact.value)))


def words(text: str) -> Said:
    """A fixed wording."""
    return Said(Words(text))


def quoted(text: str) -> Said:
    """What others wrote, a name or an id: its digits are no numbers of ours."""
    return Said(Words(text))


def join(between: str, texts: Iterable[str]) -> Said:
    """Texts one after the other, with a fixed wording between them."""
    return Said(*_between(Words(between), texts))


def _between(between: str, texts: Iterable[str]) -> Iterator[str]:
    for at, text in enumerate(texts):
        if at:
            yield between
        yield text


def fill(template: str, /, **fields: object) -> Said:
    """``template.format(**fields)``, whose own words are fixed and whose fields keep their pieces."""
    if not fields:
        return _fixed(template)
    return Said(*_filled(template, fields))


def _filled(template: str, fields: dict[str, object]) -> Iterator[str]:
    for fixed, name, form in _parts(template):
        if fixed:
            yield Words(fixed)
        if name is not None:
            field = fields[name]
            yield field if isinstance(field, str) and not form else format(field, form)


@lru_cache(4096)
def _fixed(template: str) -> Said:
    return words(template.format())


@lru_cache(4096)
def _parts(template: str) -> tuple[tuple[str, str | None, str], ...]:
    return tuple((fixed, name, form or "") for fixed, name, form, _ in Formatter().parse(template))


def state_of(text: str, otherwise: str = "value") -> str:
    """The state of the only number of a text (an id of terms.STATES)."""
    one = text.number if isinstance(text, Said) else None
    return one.state if one else otherwise
