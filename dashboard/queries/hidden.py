"""Numbers that a viewer without the right may not see: the fourth state, apart from value, zero and missing (None).

:data:`HIDDEN` stands where a number would; whatever is computed of it is hidden, and nothing compares with it. A whole
table that cannot be shown safely is no answer at all: its question raises :class:`data.errors.Withheld`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, overload

from dashboard.queries.viewer import Viewer
from data.errors import Withheld
from data.words import Both

Item = TypeVar("Item")


class Hidden(float):
    """A number of people that is not told. As a float it is NaN, as a condition it is false."""

    def __new__(cls) -> Hidden:
        """The one there is."""
        return super().__new__(cls, "nan")

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "HIDDEN"

    def __reduce__(self) -> str:
        return "HIDDEN"

    def _hidden(self, *_: object) -> Hidden:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _hidden
    __truediv__ = __rtruediv__ = __neg__ = __abs__ = __round__ = _hidden  # type: ignore[assignment]


HIDDEN = Hidden()

#: A count of people, which may be hidden.
Count = int | Hidden
#: A number made of such.
Made = float | Hidden


def hidden(value: object) -> bool:
    """Whether a number is one that is not told."""
    return isinstance(value, Hidden)


class HiddenList(Sequence[Item]):
    """A list that cannot be shown: whoever reads it is told so, as an empty one would say that there is nothing."""

    def __init__(self, what: Both) -> None:
        self.what = what

    def __len__(self) -> int:
        raise Withheld(what=self.what)

    @overload
    def __getitem__(self, at: int) -> Item: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Item]: ...

    def __getitem__(self, at: int | slice) -> Any:
        raise Withheld(what=self.what)

    def __iter__(self) -> Iterator[Item]:
        raise Withheld(what=self.what)


def need_small(viewer: Viewer, zh: str, en: str) -> None:
    """Withheld from a viewer who may not see small numbers; ``zh``, ``en``: what it is."""
    if not viewer.small_numbers:
        raise Withheld(what=Both(zh, en))


__all__ = ["HIDDEN", "Count", "Hidden", "HiddenList", "Made", "hidden", "need_small"]
