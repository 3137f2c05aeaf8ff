"""What is picked out of the pieces of a file by whoever counts, put together in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Of = TypeVar("Of")


@dataclass
class Picked(Generic[Of]):
    """What was picked, by the first row of its piece; ``rows``: how many."""

    parts: dict[int, Of] = field(default_factory=dict)
    rows: int = 0

    def in_order(self) -> Iterator[Of]:
        """What was picked, in the order of the file; each is let go of when it was given."""
        for first in sorted(self.parts):
            yield self.parts.pop(first)


def merge(parts: Iterable[Picked[Of]]) -> Picked[Of]:
    """All of them."""
    total = Picked[Of]()
    for part in parts:
        total.parts |= part.parts
        total.rows += part.rows
    return total
