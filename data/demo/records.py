"""Records of the people whose code is assigned one by one: who they are, what stands about them, what they did.

Days are indices (before the first day negative).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.demo.clauses import CLAUSES, called

Ints = NDArray[np.int64]
Records = NDArray[np.void]

NEVER = 1_000_000  # the day on which what stands for good is taken back
NO_DAY = -1_000_000
GREEN, YELLOW, RED = range(3)

#: ``registered``: index of a district, -1 elsewhere; ``contact``: its day, NO_DAY none; ``holds``: bit s is system s.
PERSON = np.dtype([("id", "u8"), ("place", "i4"), ("registered", "i4"), ("contact", "i4"), ("holds", "u1")])

#: One assignment. ``cleared``: the first day without it; ``clause``: index into CLAUSES; ``word``: index into
#: :attr:`Assigned.words`, what the row says of its rule; ``identity``: index into IDENTITY; ``evidence``, ``batch``:
#: numbers, 0 none; ``group``: index into GROUPS; ``harm``: index into HARM; ``fault``: index into FAULTS.
ROW = np.dtype(
    [
        *((name, "u1") for name in ("system", "colour", "clause", "word", "identity", "group", "harm", "fault")),
        *((name, "i4") for name in ("person", "since", "cleared", "evidence", "evidence_day")),
        *((name, "i4") for name in ("authority", "operator", "batch", "deadline")),
    ]
)
TEST = np.dtype([("person", "i4"), ("day", "i4"), ("positive", "?")])
STAY = np.dtype([("person", "i4"), ("day", "i4"), ("place", "i4")])

IDENTITY = ("", "case", "close_contact", "secondary_contact", "risk_area", "stay_home", "stay_in", "registered")
GROUPS = ("", "在校学生", "货运司机", "退休人员", "同一预售楼盘购房人")
HARM = ("", "treatment", "exam", "travel", "work")
FAULTS = (
    "", "late", "waiting", "stuck", "no_evidence", "stale_evidence", "fresh_evidence", "rule_not_in_force", "no_right",
    "burst", "conflict", "blanket",
)  # fmt: skip

OPERATORS = 9  # desks of an office
FIRST_BATCH = 100  # number of the batch of the first day


@dataclass(frozen=True, eq=False)
class Assigned:
    """Everybody with a code of their own. ``people``: PERSON; ``rows``: ROW; ``tests``: TEST; ``stays``: STAY;
    ``words``: what rows say of their rule."""

    people: Records
    rows: Records
    tests: Records
    stays: Records
    words: list[str]

    def only(self, first: int) -> Assigned:
        """Those alone whose rows reach the day ``first``; persons keep their numbers."""
        rows = self.rows[self.rows["cleared"] >= first]
        kept = np.zeros(len(self.people), dtype=bool)
        kept[rows["person"]] = True
        tests, stays = (part[kept[part["person"]]] for part in (self.tests, self.stays))
        return Assigned(self.people, rows, tests, stays, self.words)


def words(blanket: str, tag: str = "demo") -> list[str]:
    """What a row may say of its rule: nothing, a clause, the number ``blanket`` of a notice, an old rule, hearsay."""
    of_packs = [called(tag, word) for word in (*(clause.word for clause in CLAUSES), "demo_codes_old/old_yellow")]
    return ["", *of_packs[:-1], blanket, of_packs[-1], "口头通知"]


def clause(name: str) -> int:
    """Index into CLAUSES; as index into :func:`words` it is one more."""
    return [each.id for each in CLAUSES].index(name)


def batch_of(since: Ints) -> Ints:
    """(n,) the batch entered on a day."""
    return np.asarray(np.maximum(since + FIRST_BATCH, 1))
