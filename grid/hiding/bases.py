"""What the numbers of people are that must not be small, and which of them each measure is made of.

A *base* is a sum of counts that is decided on by itself. Bases never stand in one sum that is shown, so what is
hidden of one tells nothing of another:

- Of a sum and its parts only the sum is shown: positives = cases + asymptomatic - re-classified is a base, and its
  parts are withheld wherever more than one of them is told.
- A part of a whole (positive tests of tests) is shown only where the whole is shown too.
- Counts of grounds, zones, published lists, inhabitants and people present are public.

What one ledger says of another (an address has at least one positive) is not reckoned with.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from grid.counts import count_of
from grid.measures.base import Measure
from grid.measures.cases import POSITIVE_COUNTS

#: base -> (count, sign) pairs whose sum it is.
Terms = tuple[tuple[str, int], ...]

POSITIVES: Terms = tuple((count, -1 if count == "reclassified" else 1) for count in POSITIVE_COUNTS)

#: The whole of which a count is a part.
WHOLES: Mapping[str, str] = MappingProxyType({"tests_positive": "tests_taken"})


def public(count: str) -> bool:
    """Whether a count is no number of infected, tested or isolated people."""
    return count in ("population", "present") or count.startswith(("risk_", "zone_"))


def bases(made: Measure, told: Collection[str]) -> tuple[Terms, ...] | None:
    """The bases that a measure is made of, given the counts that the city ever ``told``; None: it is withheld."""
    counts = [count for count in made.counts if not public(count)]
    if set(POSITIVE_COUNTS) <= set(counts):
        rest = [count for count in counts if count not in POSITIVE_COUNTS]
        return (POSITIVES, *_single(rest))
    if set(counts) & set(POSITIVE_COUNTS) and len(set(POSITIVE_COUNTS) & set(told)) > 1:
        return None
    return _single(counts)


def _single(counts: list[str]) -> tuple[Terms, ...]:
    wanted = dict.fromkeys(name for count in counts for name in (count, WHOLES.get(count)) if name)
    return tuple(POSITIVES if count in POSITIVE_COUNTS else ((count, 1),) for count in wanted)


def carried(terms: Terms) -> int:
    """Days that a base outlives its last statement."""
    return max(count_of(count).carry for count, _ in terms)
