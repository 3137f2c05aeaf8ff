"""What the demo city's rules say about codes and zones, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass

from data.demo import rules

LOOKBACK = 14  # days that evidence may be older than the assignment
FRESH = 2  # days that the last negative test may be old at the change: 48 hours
BLANKET_DAYS = 9


def called(tag: str, word: str) -> str:
    """A pack's id, or a word that begins with it, as the city with this tag writes it."""
    return tag + word.removeprefix("demo") if word.startswith("demo") else word


@dataclass(frozen=True)
class Clause:
    """A stage: ``days`` long, then ``next`` (nothing: green). ``tests``: they decide on leaving. ``first``: whether
    its identity begins with it."""

    id: str
    pack: str
    colour: str
    days: int
    identity: str
    next: str
    confined: str
    zh: str
    en: str
    tests: bool = True
    first: bool = True

    @property
    def word(self) -> str:
        """What a row of a ledger writes: pack/clause."""
        return f"{self.pack}/{self.id}"


#: Ids of the packs; a city of many has its own tag in place of the first word.
CODES, ORDER, OLD, ZONES = "demo_codes", "demo_order", "demo_codes_old", "demo_zones"

CLAUSES = (
    Clause("case_red", CODES, "red", rules.RED_DAYS, "case", "case_yellow", "central",
           "感染者：红码，集中隔离14天，期间核酸均为阴性方可转黄码",
           "Infected people: red, 14 days of central isolation; yellow after nothing but negative tests"),
    Clause("case_yellow", CODES, "yellow", rules.YELLOW_DAYS, "case", "", "home",
           "集中隔离期满：黄码，居家监测7天，核酸均为阴性方可转绿码",
           "After central isolation: yellow, 7 days at home; green after nothing but negative tests", first=False),
    Clause("contact_red", CODES, "red", rules.CONTACT_DAYS, "close_contact", "contact_yellow", "central",
           "密切接触者：红码，集中隔离7天", "Close contacts: red, 7 days of central isolation"),
    Clause("contact_yellow", CODES, "yellow", rules.CONTACT_DAYS, "close_contact", "", "home",
           "密切接触者集中隔离期满：黄码，居家监测7天", "Close contacts after isolation: yellow, 7 days at home",
           first=False),
    Clause("risk_yellow", CODES, "yellow", 7, "risk_area", "", "home",
           "中高风险地区关联人员：黄码，居家监测7天", "People linked to a risk area: yellow, 7 days at home"),
    Clause("home_red", CODES, "red", rules.CLOSED_DAYS, "stay_home", "", "home",
           "足不出户人员：红码14天", "People confined to their homes: red for 14 days"),
    Clause("order_yellow", ORDER, "yellow", BLANKET_DAYS, "registered", "", "",
           "本区户籍人员一律黄码9天", "Everybody registered in the district: yellow for 9 days", tests=False),
)  # fmt: skip

STAGES = (
    {"id": "locked", "risk": "high", "days": rules.CLOSED_DAYS, "confined": "home",
     "zh": "封控区：足不出户，连续14天无新增方可解除",
     "en": "Lockdown: nobody leaves home until 14 days have passed without a new finding"},
    {"id": "controlled", "risk": "middle", "confined": "compound",
     "zh": "管控区：足不出院，随相邻封控区解除",
     "en": "Control: nobody leaves the compound until the lockdown beside it is lifted"},
    {"id": "high", "risk": "high", "days": rules.HIGH_DAYS, "next": "middle", "again": "high",
     "zh": "高风险区：连续7天无新增降为中风险区", "en": "High risk: medium after 7 days without a new finding"},
    {"id": "middle", "risk": "middle", "days": rules.MIDDLE_DAYS, "again": "high",
     "zh": "中风险区：再连续3天无新增降为低风险区", "en": "Medium risk: low after 3 more days without a new finding"},
)  # fmt: skip

OLD_STAGE = {
    "id": "old_yellow", "colour": "yellow", "days": 14, "tests": True, "fresh": FRESH, "no_contact": True,
    "confined": "home", "zh": "旧版：关联人员黄码14天", "en": "Earlier rules: yellow for 14 days",
}  # fmt: skip
