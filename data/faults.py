"""A fault of a source: what is odd, with the numbers that say so, and what somebody may do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.terms import FAULTS
from data.words import Lang

Day = dt.date

#: What a fault says, from its numbers: id -> (zh, en).
SAID: Mapping[str, tuple[str, str]] = {
    "stopped": (
        "最后一次送达已过 {hours}，平常每 {every} 一次，约缺 {missed} 次",
        "the last delivery was {hours} ago; usually one comes every {every}, about {missed} are missing",
    ),
    "late": (
        "应到未到：已过 {hours}，平常每 {every} 一次",
        "due and not here: {hours} have passed, usually one comes every {every}",
    ),
    "delayed": (
        "送达时距数据日结束 {hours}，平常 {usual}",
        "it came {hours} after the end of its day, usually {usual}",
    ),
    "zero_filled": (
        "整日都是零，而此前 {days} 天每天至少 {least}，中位数 {median}",
        "every number of the day is zero; on the {days} days before it was {least} or more, {median} in the middle",
    ),
    "zero_aside": (
        "整日填零而文件自己并不确认，共 {n} 天，已按未报处理",
        "zeros all day that the file itself does not confirm, days: {n}; they count as not reported",
    ),
    "copied_day": (
        "{entries} 个数与前一日全部相同，而平常每天有 {median} 个不同",
        "all of {entries} numbers equal the day before's; on usual days {median} of them differ",
    ),
    "duplicate_file": (
        "内容与第 {load} 批（{file}）完全相同，只是文件不同",
        "it says what load {load} ({file}) said, in another file",
    ),
    "shifted_rows": (
        "各行的数与相邻行历来的数吻合（偏差 {shifted}），与本行不合（偏差 {own}）：疑似错开一行",
        "each row's number fits the history of the row beside it (misfit {shifted}), not its own ({own}): off by one",
    ),
    "jump": (
        "{count} {value}，前 14 天最高 {peak}，超出合理上限 {limit}",
        "{count} {value}; the highest of the 14 days before is {peak}, and {limit} would still be within reason",
    ),
    "revision": (
        "{count} 由 {before} 改为 {value}，超出合理幅度 ±{limit}",
        "{count} changes from {before} to {value}; {limit} either way would be within reason",
    ),
    "incomplete": (
        "平常都报的区域这次没有数，共 {n} 个：{names}",
        "silent though they always report, {n} in all: {names}",
    ),
    "missing_day": (
        "前后都有数据，中间缺 {n} 天",
        "no data between days that have some, days: {n}",
    ),
    "schema_drift": (
        "列名有变动：少了 {gone}；多了 {added}",
        "columns changed: gone are {gone}; new are {added}",
    ),
}  # fmt: skip

#: What to do about it: id -> (zh, en).
ADVICE: Mapping[str, tuple[str, str]] = {
    "stopped": (
        "联系报送单位，确认是否停报、系统是否故障",
        "ask the sender whether it stopped reporting or its system is down",
    ),
    "late": ("先等一个周期；仍不到则联系报送单位", "wait one more turn, then ask the sender"),
    "delayed": (
        "留意下一次；一再偏晚则与报送单位重新约定时间",
        "watch the next one; if it stays late, agree on another hour",
    ),
    "zero_filled": ("请报送单位确认当日是零还是未报", "ask the sender whether the day is nought or was not reported"),
    "copied_day": ("请报送单位重送当日数据", "ask the sender to deliver the day anew"),
    "duplicate_file": (
        "若是误送，退回；请送应送的那一份",
        "return it if it was sent by mistake, and ask for the right one",
    ),
    "shifted_rows": ("退回，请报送单位核对行与数是否对应", "return it: rows and numbers must be matched again"),
    "jump": (
        "核实口径是否改变、是否补报；属实则放行",
        "verify whether a definition changed or a backlog came; if so let it pass",
    ),
    "revision": ("请报送单位说明更正缘由；属实则放行", "ask why it was corrected; if it is right let it pass"),
    "incomplete": ("联系缺报的区域补报", "ask the silent areas to report"),
    "missing_day": ("请报送单位补送缺少的日子", "ask the sender for the missing days"),
    "schema_drift": (
        "与报送单位核对新列名，必要时改城市文件的 columns",
        "check the new headings with the sender, and map them in the city file",
    ),
}  # fmt: skip

#: Numbers that are hours, and so many of them that they are told in days.
_SPANS, _HOURS = ("hours", "every", "usual"), 72
#: Names of areas or columns that a sentence lists.
_NAMED = 6


@dataclass(frozen=True)
class Fault:
    """One fault. ``id`` of terms.FAULTS; ``first`` and ``last`` day that it is about; ``units``: codes of the areas,
    none: wherever the source speaks; ``more``: its numbers; ``aside``: what is wrong was not loaded."""

    id: str
    first: Day | None = None
    last: Day | None = None
    units: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    aside: bool = False

    def kept(self) -> dict[str, Any]:
        """As JSON, for a load's notes and for what lies beside a held file."""
        days = [day.isoformat() if day else None for day in (self.first, self.last)]
        return {"id": self.id, "days": days, "units": list(self.units), "more": dict(self.more), "aside": self.aside}

    def days(self, lang: Lang) -> str:
        """The days that it is about."""
        if self.first is None or self.last in (None, self.first):
            return self.first.isoformat() if self.first else ""
        return f"{self.first} {'至' if lang == 'zh' else 'to'} {self.last}"

    def say(self, lang: Lang, names: Sequence[str] = ()) -> str:
        """What is odd; ``names``: of its units. Nothing where its numbers are not for the reader."""
        at = 0 if lang == "zh" else 1
        if not self.more:
            return ("依据的数字不在您的权限之内", "the numbers that say so are beyond your rights")[at]
        template = SAID["zero_aside" if self.id == "zero_filled" and self.aside else self.id][at]
        listed = {key: _listed(value, lang) for key, value in self.more.items() if isinstance(value, list)}
        if isinstance(self.more.get("count"), list):
            listed["count"] = str(self.more["count"][at])
        listed |= {key: _span(float(self.more[key]), lang) for key in _SPANS if key in self.more}
        return template.format(**{**self.more, **listed, "names": _listed(list(names or self.units), lang)})

    def line(self, lang: Lang, names: Sequence[str] = ()) -> str:
        """Its name, days and numbers in one line."""
        between, colon = ("，", "：") if lang == "zh" else (", ", ": ")
        head = between.join(part for part in (FAULTS[self.id].name(lang), self.days(lang)) if part)
        return f"{head}{colon}{self.say(lang, names)}"

    def advice(self, lang: Lang) -> str:
        """What to do."""
        return ADVICE[self.id][0 if lang == "zh" else 1]


def fault_of(kept: Mapping[str, Any]) -> Fault:
    """The fault that :meth:`Fault.kept` wrote."""
    first, last = (dt.date.fromisoformat(day) if day else None for day in kept["days"])
    return Fault(kept["id"], first, last, tuple(kept["units"]), kept["more"], kept.get("aside", False))


def faults_of(notes: Mapping[str, Any]) -> list[Fault]:
    """The faults among a load's notes."""
    return [fault_of(each) for each in notes.get("faults", [])]


def _span(hours: float, lang: Lang) -> str:
    """Hours in words; in days where there are many."""
    if abs(hours) < _HOURS:
        return f"{hours:g} 小时" if lang == "zh" else f"{hours:g} hours"
    return f"{hours / 24:.0f} 天" if lang == "zh" else f"{hours / 24:.0f} days"


def _listed(words: Sequence[Any], lang: Lang) -> str:
    if not words:
        return "—"
    shown = ("、" if lang == "zh" else ", ").join(str(word) for word in words[:_NAMED])
    rest = len(words) - _NAMED
    return shown + (f" 等 {len(words)} 个" if lang == "zh" else f" and {rest} more") if rest > 0 else shown
