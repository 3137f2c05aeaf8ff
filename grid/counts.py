"""The counts: additive whole numbers per leaf and day. Everything else is derived from them.

A *flow* happens on its day (cases). A *stock* stands until it is stated anew (people, code colours,
risk areas): on a day without a statement the last one holds for ``carry`` days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.terms import CALLS, CODES, ISOLATIONS, RISKS, ZONES

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
        Count("tests_taken", "核酸检测", "tests taken"),
        Count("tests_positive", "检测阳性", "positive tests"),
        Count("contacts_close", "密切接触者", "close contacts"),
        Count("contacts_secondary", "次密切接触者", "secondary contacts"),
        Count("stays", "停留人次", "stays"),
        Count("checkins", "场所码扫码", "check-ins"),
        Count("registered_arrivals", "来市登记", "registered arrivals"),
        Count("registered_compounds", "小区登记", "entries registered at compounds"),
        Count("registered_staff", "企业登记", "staff registered by enterprises"),
        *(Count(f"calls_{t.id}", f"外呼{t.zh}", f"calls {t.en.lower()}") for t in CALLS.values()),
        Count("fever_visits", "发热门诊就诊", "visits to fever clinics"),
        Count("screened", "摸排", "people screened"),
    ]
    stocks = [Count("population", "人口", "population", ALWAYS), Count("present", "在地人口", "people present", WEEK)]
    stocks += [Count(f"risk_{t.id}", t.zh, t.en, WEEK) for t in RISKS.values()]
    stocks += [Count(f"code_{t.id}", t.zh, t.en, WEEK) for t in CODES.values()]
    stocks += [Count(f"isolated_{t.id}", f"{t.zh}人数", f"people in {t.en.lower()}", WEEK) for t in ISOLATIONS.values()]
    zones = [
        Count(f"zone_{t.id}_{what}", f"{t.zh}{zh}", f"{t.en.lower()} {en}", 1)
        for t in ZONES.values()
        for what, zh, en in (("people", "人口", "people"), ("m2", "面积", "area"), ("n", "数", "zones"))
    ]
    return {count.id: count for count in (*flows, *stocks, *zones)}


COUNTS: Mapping[str, Count] = _counts()

#: First part of the counts of one code system's colours.
_OF_SYSTEM = "code."


def system_count(system: str, colour: str) -> str:
    """The id of the count of people who show ``colour`` (of terms.CODES) in a code system of the city."""
    return f"{_OF_SYSTEM}{system}.{colour}"


def count_of(id_: str) -> Count:
    """The count ``id_``: one of COUNTS, or ``code.<system>.<colour>`` of any system. KeyError if there is none."""
    if not id_.startswith(_OF_SYSTEM):
        return COUNTS[id_]
    system, _, colour = id_.removeprefix(_OF_SYSTEM).rpartition(".")
    term = CODES[colour]
    return Count(id_, f"{system} {term.zh}", f"{system} {term.en.lower()} codes", WEEK)
