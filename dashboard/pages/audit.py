"""The log, to be searched: who looked at how many people, took what along, signed in, changed what; and whether it
holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import numbers
from dashboard.pages.page import Day, Look, Page, Words
from dashboard.parts import figures, listing, note, search, stack
from dashboard.parts.sheet import Block
from dashboard.queries.audit import TALLY_DAYS, AuditDesk, LogPage, LogWanted
from dashboard.said import join, quoted, words
from data.access.audit import Line
from data.terms import ACTIONS, ROLES

#: Lines a page.
LIMIT = 50

WISHES = ("who", "action", "first", "last", "word", "offset")

#: What the bars of a day tell apart: key -> actions; whatever is in none is a change.
GROUPS: Mapping[str, frozenset[str]] = {
    "persons": frozenset({"ticket", "tickets"}),
    "taken": frozenset({"export", "report", "report_file", "ask", "backup"}),
    "seen": frozenset({"small_numbers", "log_read"}),
    "signed": frozenset({"sign_in", "sign_in_failed", "sign_out", "locked"}),
}
SHADES = {"persons": "4", "taken": "3", "seen": "2", "signed": "1", "changed": "0"}

#: What a line tells besides, in this order, by its name for the reader; the rest is for programs.
DETAILS: Words = {
    "day": ("日期", "day"),
    "listed": ("列出", "listed"),
    "ticket": ("编号", "ticket"),
    "measure": ("指标", "measure"),
    "layer": ("图层", "layer"),
    "kind": ("种类", "kind"),
    "format": ("格式", "format"),
    "formats": ("格式", "formats"),
    "rows": ("行", "rows"),
    "page": ("页面", "page"),
    "file": ("文件", "file"),
    "source": ("来源", "source"),
    "load": ("批次", "load"),
    "taken": ("采用", "taken"),
    "rejected": ("退回", "returned"),
    "came": ("新增", "came"),
    "went": ("移除", "went"),
    "changed": ("变更", "changed"),
    "login": ("账号", "login"),
    "name": ("名称", "name"),
    "user": ("用户", "user"),
    "set": ("设为", "set"),
    "why": ("原因", "why"),
    "address": ("地址", "address"),
    "certificate": ("证书", "certificate"),
    "days": ("天数", "days"),
    "tickets": ("赋码记录", "tickets"),
    "files": ("原件", "files"),
    "lines": ("日志", "lines"),
    "sessions": ("会话", "sessions"),
    "whose": ("查谁", "whose"),
    "did": ("查何事", "what"),
    "first": ("自", "from"),
    "last": ("至", "to"),
}

WORDS: Words = {
    "no_log": ("没有启用登录，因此没有日志。", "There is no sign-in, and so no log."),
    "who": ("谁", "Who"),
    "any": ("不限", "any"),
    "action": ("做了什么", "What"),
    "first": ("自", "From"),
    "last": ("至", "To"),
    "word": ("任意词", "Any word"),
    "word_hint": ("编号、来源、文件…", "number, source, file…"),
    "search": ("查找", "Search"),
    "clear": ("清除条件", "Clear"),
    "lines": ("日志", "Lines"),
    "people": ("涉及人次", "People seen"),
    "people_about": (
        "这些日志共涉及多少人的逐条记录；同一人被看两次计两次",
        "Persons' records that these lines are about, each time",
    ),
    "most": ("查看最多", "Looked most"),
    "most_people": ("{n} 人次", "{n} people"),
    "nobody": ("无人", "nobody"),
    "chain": ("日志链", "The chain"),
    "holds": ("完整", "holds"),
    "elsewhere": ("全局核对", "as a whole"),
    "elsewhere_small": ("由不限区域的审计员核对", "tested by auditors of all areas"),
    "broken": ("被破坏", "broken"),
    "holds_small": ("自第 {first} 条起 {n} 条核对无误", "{n} lines tested, from line {first} on"),
    "by_day": ("每日", "By day"),
    "by_day_about": ("最近 {n} 天，每日各类日志条数", "Lines by kind on each of the last {n} days"),
    "persons": ("查看个人", "Persons seen"),
    "taken": ("带走数据", "Taken along"),
    "seen": ("查看小数、日志", "Small numbers, log"),
    "signed": ("登录", "Signing in"),
    "changed": ("入库与变更", "Loads and changes"),
    "lookers": ("谁看了多少人", "Who looked at how many"),
    "lines_n": ("条数", "Lines"),
    "people_n": ("人次", "People"),
    "log": ("日志", "The log"),
    "log_about": (
        "最新的在前。日志只增不改；查阅日志本身也记一条。",
        "Newest first. Lines are added and never altered; reading them is a line, too.",
    ),
    "none": ("没有这样的日志。", "There is no such line."),
    "bad_day": ("“{text}”不是日期。", "“{text}” is no day."),
    "range": ("第 {first}–{last} 条，共 {n} 条", "{first}–{last} of {n}"),
    "when": ("时间", "When"),
    "area": ("区域", "Area"),
    "more": ("详情", "Details"),
    "unknown": ("（未知）", "(unknown)"),
    "machine": ("本机命令", "command"),
    "purges": ("销毁证书", "Certificates of destruction"),
    "purge_line": ("第 {n} 号，{day}，{who}：{what}", "No. {n}, {day}, {who}: {what}"),
    "purge_tickets": ("赋码记录 {n} 条", "{n} tickets"),
    "purge_files": ("原件 {n} 个", "{n} files"),
    "purge_lines": ("日志 {n} 条", "{n} lines"),
    "purge_sessions": ("会话 {n} 个", "{n} sessions"),
    "purge_open": ("尚未完成", "not at its end"),
}


def describe(look: Look) -> list[Block]:
    """The form, what is found in figures, days and people, and a page of lines."""
    if look.desk.log is None:
        return [note.line(look.say("no_log"), tone="large")]
    wrong = [name for name in ("first", "last") if look.wish(name) and _day(look.wish(name)) is None]
    desk, offset = look.desk.beside(AuditDesk), look.number_wish("offset")
    found = desk.page(look.viewer, _wanted(look), offset, LIMIT)
    return [
        _form(look, desk),
        *(note.line(look.say("bad_day", text=quoted(look.wish(name) or ""))) for name in wrong),
        _figures(look, found),
        *([_days(look, found)] if found.tallies else []),
        *([_lookers(look, found)] if found.lookers else []),
        _table(look, desk, found, offset),
        *_purges(look, desk, found),
    ]


def _wanted(look: Look) -> LogWanted:
    asked = {name: look.wish(name) or "" for name in ("who", "action", "word")}
    return LogWanted(**asked, area=look.area, first=_day(look.wish("first")), last=_day(look.wish("last")))


def _day(text: str | None) -> Day | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _form(look: Look, desk: AuditDesk) -> Block:
    asked = {name: look.wish(name) or "" for name in WISHES}
    users = [(one, one) for one in desk.people_of(look.viewer)]
    actions = [("", look.say("any")), *((one.id, one.name(look.lang)) for one in ACTIONS.values())]
    fields = [
        search.field("who", look.say("who"), asked["who"], choices=users, hint=look.say("any")),
        search.field("action", look.say("action"), asked["action"], kind="choice", choices=actions),
        search.field("first", look.say("first"), asked["first"], kind="day"),
        search.field("last", look.say("last"), asked["last"], kind="day"),
        search.field("word", look.say("word"), asked["word"], hint=look.say("word_hint")),
    ]
    said = {"search": look.say("search"), "clear": look.say("clear")}
    clear = look.href(**dict.fromkeys(WISHES)) if any(asked.values()) else ""
    return search.form(fields, look.href(**dict.fromkeys(WISHES)), said, clear=clear, id="log-search")


# what is found -------------------------------------------------------------------------------------


def _figures(look: Look, found: LogPage) -> Block:
    first = max(found.lookers, key=lambda one: one.people, default=None)
    most = first if first is not None and first.people else None
    return figures.strip(
        [
            figures.figure(look.say("lines"), words(f"{found.total:,}")),
            figures.figure(look.say("people"), words(f"{found.people:,}"), about=look.say("people_about")),
            figures.figure(
                look.say("most"), quoted(most.who) if most else look.say("nobody"),
                small=look.say("most_people", n=words(f"{most.people:,}")) if most else "",
                href=look.href(who=most.who, offset=None) if most else "",
            ),
            _chain(look, found),
        ]
    )  # fmt: skip


def _chain(look: Look, found: LogPage) -> dict[str, Any]:
    proof = found.proof
    if proof is None:
        return figures.figure(look.say("chain"), look.say("elsewhere"), small=look.say("elsewhere_small"))
    if proof.breaks:
        return figures.figure(look.say("chain"), look.say("broken"), small=proof.breaks[0].say(look.lang), tone="bad")
    said = look.say("holds_small", n=words(f"{proof.lines:,}"), first=words(f"{proof.first:,}"))
    return figures.figure(look.say("chain"), look.say("holds"), small=said, tone="good")


def _group(action: str) -> str:
    return next((key for key, actions in GROUPS.items() if action in actions), "changed")


def _days(look: Look, found: LogPage) -> Block:
    days = sorted({one.day for one in found.tallies}, reverse=True)
    rows = []
    for day in days:
        here = [one for one in found.tallies if one.day == day]
        count = {key: sum(one.lines for one in here if _group(one.action) == key) for key in SHADES}
        parts = [
            stack.part(look.say(key), n, words(f"{n:,}"), shade=SHADES[key]) for key, n in count.items()
        ]  # fmt: skip
        people = sum(one.people for one in here)
        small = look.say("most_people", n=words(f"{people:,}")) if people else ""
        href = look.href(first=day, last=day, offset=None)
        rows.append(stack.bar(look.day_text(day), parts, words(f"{sum(count.values()):,}"), small=small, href=href))
    about = look.say("by_day_about", n=words(str(TALLY_DAYS)))
    return stack.bars(rows, look.say("by_day"), about=about, span=7)


def _lookers(look: Look, found: LogPage) -> Block:
    columns = [
        listing.column(look.say("who"), left=True),
        listing.column(look.say("people_n"), bar=True),
        listing.column(look.say("lines_n")),
    ]
    rows = [
        listing.row(
            [_who(look, one.who), listing.number(words(f"{one.people:,}"), one.people),
             listing.number(words(f"{one.lines:,}"), one.lines)],
            key=one.who,
        )
        for one in found.lookers
    ]  # fmt: skip
    return listing.table(columns, rows, look.say("lookers"), sort=(1, True), span=5)


# lines ---------------------------------------------------------------------------------------------


def _table(look: Look, desk: AuditDesk, found: LogPage, offset: int) -> Block:
    columns = [
        listing.column(look.say("when"), left=True),
        listing.column(look.say("who"), left=True),
        listing.column(look.say("action"), left=True),
        listing.column(look.say("area"), left=True, least=True),
        listing.column(look.say("people_n")),
        listing.column(look.say("more"), left=True, least=True),
    ]
    rows = [_row(look, desk, line) for line in found.lines]
    last = offset + len(rows)
    said = (
        look.say("range", first=look.rank(offset + 1), last=look.rank(last), n=look.rank(found.total)) if rows else ""
    )
    before = look.href(offset=max(0, offset - LIMIT) or None) if offset else ""
    pager = listing.pager(said, before, look.href(offset=last) if last < found.total else "")
    return listing.table(
        columns, rows, look.say("log"), about=look.say("log_about"), pager=pager, none=look.say("none")
    )


def _row(look: Look, desk: AuditDesk, line: Line) -> dict[str, Any]:
    at, action = desk.local(line.at), ACTIONS.get(line.action)
    role = ROLES[line.role].name(look.lang) if line.role in ROLES else look.say("machine") if line.role else ""
    return listing.row(
        [
            listing.cell(f"{at:%Y-%m-%d}", str(line.id), small=f"{at:%H:%M:%S} · #{line.id}"),
            _who(look, line.who, small=role),
            listing.cell(action.name(look.lang) if action else quoted(line.action), line.action,
                         href=look.href(action=line.action, offset=None), tone=_tone(line)),
            listing.cell(_area(look, line.area), line.area, small=words(line.area)),
            listing.cell("", None) if line.people is None else listing.number(words(f"{line.people:,}"), line.people),
            listing.cell(quoted(_details(look, line.more)), "", tone="soft"),
        ],
        key=str(line.id),
    )  # fmt: skip


def _who(look: Look, who: str, small: str = "") -> dict[str, Any]:
    """A name that leads to all that they did; a sign-in that failed has none."""
    if not who:
        return listing.cell(look.say("unknown"), "", small=small, tone="soft")
    return listing.cell(quoted(who), who, small=small, href=look.href(who=who, offset=None))


def _tone(line: Line) -> str:
    return "bad" if line.action in ("sign_in_failed", "locked", "store_replaced") else ""


def _area(look: Look, code: str) -> str:
    """An area's name; its code where the city has it no more."""
    areas = look.desk.cube.at().areas
    row = areas.row_of.get(code)
    return "" if not code or row is None else areas.label(row, look.lang)


def _details(look: Look, more: Mapping[str, Any]) -> str:
    at = 0 if look.lang == "zh" else 1
    told = ((names[at], more[key]) for key, names in DETAILS.items() if more.get(key) not in (None, "", [], {}))
    return " · ".join(f"{name} {_plain(value)}" for name, value in told)


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {'–' if each is None else each}" for name, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _purges(look: Look, desk: AuditDesk, found: LogPage) -> list[Block]:
    """The certificates, newest first."""
    made = []
    for one in reversed(found.purges):
        plan = one.plan
        parts = {
            "purge_tickets": sum(each["rows"] for each in plan["tickets"]), "purge_files": len(plan["files"]),
            "purge_lines": plan["log"]["lines"] if plan["log"] else 0, "purge_sessions": plan["sessions"],
        }  # fmt: skip
        what = [look.say(key, n=words(f"{n:,}")) for key, n in parts.items() if n]
        what += [] if one.done else [look.say("purge_open")]
        said = join("、" if look.lang == "zh" else ", ", what)
        day = numbers.day_text(desk.local(one.at).date(), look.lang)
        made.append(note.line(look.say("purge_line", n=words(str(one.id)), day=day, who=quoted(one.who), what=said)))
    return made


PAGE = Page(
    "audit",
    ("审计", "Audit"),
    describe,
    about=(
        "谁在何时看了谁、带走了什么、改了什么。日志逐条成链，改动即现形。",
        "Who saw whom, took what along, changed what, and when. Each line is chained: what is altered shows.",
    ),
    wishes=WISHES,
    words=WORDS,
    right="audit",
    kept=False,
)
