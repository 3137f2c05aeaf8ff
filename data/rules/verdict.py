"""What a clock says: a colour or a risk, step by step why, and which of several is the strictest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from data.rules.pack import Clause
from data.terms import CODES, CONFINED, IDENTITIES, RISKS, ZONES, Term
from data.words import Lang

Day = dt.date

#: Colours and risks, mild to strict.
STRICTNESS = ("green", "yellow", "red")
RISK_ORDER = ("low", "middle", "high")

#: What a step tells -> (zh, en).
SAYS = {
    "identity": (
        "{day} 因属“{who}”，按{notice}赋{state}（{clause}）。{evidence}",
        "{day}: {state} as “{who}”, by {notice}, {clause}. {evidence}",
    ),
    "assigned": (
        "{day} 按{notice}赋{state}（{clause}）。{evidence}",
        "{day}: {state}, by {notice}, {clause}. {evidence}",
    ),
    "unruled": ("{day} 赋{state}，没有规则与之对应。{evidence}", "{day}: {state}; no rule gives it. {evidence}"),
    "says": ("{clause}：{text}", "{clause}: {text}"),
    "clock": ("期限 {days} 天，自 {start} 起算，{day} 期满", "{days} days from {start} on: over on {day}"),
    "open": ("通告未写天数，不会自行期满", "the notice states no days: no day ends it"),
    "stop": (
        "通告自 {day} 起不再有效，码色失去依据",
        "from {day} on the notice is not in force: nothing holds the colour",
    ),
    "isolation": ("{day} 起{who}，至 {until}", "{day}: {who}, until {until}"),
    "touched": ("{day} 有密切接触", "{day}: in contact with an infected person"),
    "contact": ("{day} 又有接触，期限自该日重新起算", "{day}: another contact; the clock starts anew"),
    "positive": (
        "{day} 检测阳性：按感染者管理，不随天数转码",
        "{day}: tested positive: a case, which no count of days ends",
    ),
    "negative": ("{day} 检测阴性", "{day}: tested negative"),
    "tests": ("期内检测 {n} 次均为阴性，最近一次 {day}", "{n} tests in the stage, all negative, the last on {day}"),
    "missing": ("期满，尚缺期内阴性检测", "the clock has ended; a negative test within the stage is missing"),
    "stale": (
        "期满，尚缺转码当日或前 {fresh} 天内的阴性检测",
        "the clock has ended; a negative test of the day of change or the {fresh} days before is missing",
    ),
    "blocked": (
        "{day} 有接触：应按新身份重新赋码，不得按本次期限转码",
        "{day}: a contact: to be assigned anew as a contact; this clock does not turn the code",
    ),
    "due": ("{day} 期限与条件齐备，应转为{state}", "{day}: clock and conditions met; to turn {state}"),
    "over": ("至 {day} 已超期 {n} 天未转", "not turned by {day}, {n} days over"),
    "changed": ("{day} 期限与条件齐备，转为{state}", "{day}: clock and conditions met; turns {state}"),
    "also": ("同时属“{who}”（{clause}，{state}），从严取前者", "also “{who}” ({clause}, {state}): the stricter counts"),
    "green": ("没有规则赋红码或黄码，为绿码", "no rule gives red or yellow: green"),
    "drawn": ("{day} 划为{state}，按{notice}（{clause}）", "{day}: drawn at {state}, by {notice}, {clause}"),
    "unzoned": ("{day} 划定，没有在用规则为其计时", "{day}: drawn; no rule in force gives it a clock"),
    "case": ("{day} 新增感染者，按{clause}自该日重新计时", "{day}: a new infection; the clock of {clause} starts anew"),
    "quiet": (
        "最近一例 {start}，{days} 天无新增，最早 {day} 可降级",
        "{days} days without a new infection, the last on {start}: {day} at the earliest",
    ),
    "counted": (
        "自 {start} 起计，{days} 天无新增，最早 {day} 可降级",
        "{days} days without a new infection from {start} on: {day} at the earliest",
    ),
    "eased": ("{day} 期满，降为{state}（{clause}）", "{day}: the clock has ended; becomes {state} ({clause})"),
    "released": ("{day} 期满，降为{state}", "{day}: the clock has ended; becomes {state}"),
    "switched": ("{day} 起改按{notice}（{clause}）", "from {day} on by {notice}, {clause}"),
    "dropped": (
        "{day} 起{notice}不再设此类区域，降为{state}",
        "from {day} on {notice} knows no such zone; becomes {state}",
    ),
}

_WORDS: dict[str, Term] = {**IDENTITIES, **ZONES, **CONFINED}
_STATES: dict[str, Term] = {**CODES, **RISKS}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of why something is as it is. ``what``: key of SAYS; ``by``: the clause that it goes by, if any.

    ``evidence``: what it rests on, as somebody wrote it down; ``who``: identity or place of isolation; ``state``: the
    colour or risk that follows; ``start``: the day from which is counted, ``n`` how many. ``of``: name and number of
    a notice, where it is told without a clause.
    """

    day: Day
    what: str
    by: Clause | None = None
    evidence: str = ""
    who: str = ""
    state: str = ""
    start: Day | None = None
    n: int = 0
    of: tuple[str, str] = ("", "")

    @property
    def clause(self) -> str:
        """The word "pack/clause", "" if it goes by none."""
        return self.by.word if self.by else ""

    @property
    def order(self) -> tuple[str, ...]:
        """A total order of steps."""
        words = (self.what, self.clause, self.evidence, self.who, self.state)
        return (self.day.isoformat(), *words, str(self.start), str(self.n), *self.of)

    def say(self, lang: Lang) -> str:
        """The step as a sentence."""
        return SAYS[self.what][0 if lang == "zh" else 1].format(**self.values(lang)).strip()

    @property
    def id(self) -> str:
        """What tells it from the verdict's other steps."""
        return f"{self.day}|{self.what}|{self.clause}|{self.who}"

    def values(self, lang: Lang) -> dict[str, object]:
        """The fields of its sentence."""
        by, zh = self.by, lang == "zh"
        head = "依据：" if zh else "Evidence: "
        return {
            "day": self.day,
            "start": self.start,
            "until": self.start or ("未注明" if zh else "a day not stated"),
            "who": _WORDS[self.who].name(lang) if self.who in _WORDS else self.who,
            "state": _STATES[self.state].name(lang) if self.state in _STATES else self.state,
            "n": self.n,
            "notice": by.by(lang) if by else self.of[0 if zh else 1],
            "clause": self.clause,
            "text": by.text(lang) if by else "",
            "days": by.days if by else 0,
            "fresh": by.fresh if by else 0,
            "evidence": head + self.evidence if self.evidence else "",
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """A colour on a day and why. ``clause``: by which (None: green, or no rule gives it); ``since`` when.

    ``ends``: first day after its clock (None: no day ends it); ``due``: first day on which every condition was met
    too (None: not yet); ``green``: earliest day on which the whole path may be over; ``bucket``: id of terms.OVERDUE.
    """

    colour: str
    clause: Clause | None = None
    since: Day | None = None
    ends: Day | None = None
    due: Day | None = None
    green: Day | None = None
    bucket: str = "running"
    steps: tuple[Step, ...] = ()

    @property
    def order(self) -> tuple[object, ...]:
        """A total order of strictness: colour, then the latest end, then whatever tells two verdicts apart."""
        beyond = Day.min if self.colour == "green" else Day.max
        dates = tuple(date or beyond for date in (self.ends, self.green, self.due, self.since))
        word = self.clause.word if self.clause else ""
        return (STRICTNESS.index(self.colour), *dates, word, self.bucket, tuple(step.order for step in self.steps))

    def say(self, lang: Lang) -> tuple[str, ...]:
        """Its steps as sentences."""
        return tuple(step.say(lang) for step in self.steps)

    def with_steps(self, *more: Step) -> Verdict:
        """The same with more to say."""
        return replace(self, steps=(*self.steps, *more))


GREEN = Verdict("green")


def strictest(*verdicts: Verdict) -> Verdict:
    """The strictest of them; green if there is none. Commutative, associative, idempotent."""
    return max(verdicts, key=lambda verdict: verdict.order, default=GREEN)
