"""The counts: additive whole numbers per leaf and day. Everything else is derived from them.

A *flow* happens on its day (cases). A *stock* stands until it is stated anew (people, code colours,
risk areas): on a day without a statement the last one holds for ``carry`` days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.terms import CODES, RISKS, ZONES

#: Daily lists skip weekends and holidays; a list older than a week says nothing of today.
WEEK = 7

#: A census holds until the next one.
ALWAYS = 10**6


@dataclass(frozen=True, slots=True)
class Count:
    """One count. ``carry``: days that a stock outlives its last statement, 0 for a flow."""

    id: str
    zh: str
    en: str
    carry: int = 0

    @property
    def stock(self) -> bool:
        """Whether sums over days mean nothing."""
        return self.carry > 0


def _counts() -> Mapping[str, Count]:
    flows = [
        Count("cases", "确诊病例", "cases"),
        Count("asymptomatic", "无症状感染者", "asymptomatic infections"),
        Count("reclassified", "无症状转确诊", "re-classified cases"),
        Count("addresses", "阳性居住地", "addresses with a positive"),
    ]
    stocks = [Count("population", "人口", "population", ALWAYS)]
    stocks += [Count(f"risk_{t.id}", t.zh, t.en, WEEK) for t in RISKS.values()]
    stocks += [Count(f"code_{t.id}", t.zh, t.en, WEEK) for t in CODES.values()]
    zones = [
        Count(f"zone_{t.id}_{what}", f"{t.zh}{zh}", f"{t.en.lower()} {en}", 1)
        for t in ZONES.values()
        for what, zh, en in (("people", "人口", "people"), ("m2", "面积", "area"), ("n", "数", "zones"))
    ]
    return {count.id: count for count in (*flows, *stocks, *zones)}


COUNTS: Mapping[str, Count] = _counts()
