"""The zones and their clocks: which may be released, since when, which are larger than their rule allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.pages.page import Look, Page
from dashboard.pages.verdicts import sentence
from dashboard.parts import figures, listing, note, record, stack
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Cited, Given
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.zones import OVERDUE, Total, ZoneDesk, ZoneLine, ZoneRow, ZoneSummary
from dashboard.said import Said, fill, join, quoted, words
from data.terms import RISKS, UNITS, ZONE_CLOCKS, ZONES, Term
from grid.zone_clocks import OVER, ZoneClock

WORDS = {
    "none": ("当日没有封控区、管控区，也没有中高风险区。", "No zone and no risk area stands on this day."),
    "standing": ("在管区域", "Zones in force"),
    "standing_about": ("当日仍在管的封控区、管控区和中高风险区", "Lockdown and control zones and risk areas in force"),
    "due": ("今日可解除", "Due today"),
    "due_about": ("按规则今日起可降级或解除", "May be eased or released from today on, by rule"),
    "overdue": ("超期未解除", "Overdue"),
    "overdue_about": ("可解除之日已过仍在管的区域", "Zones that might have been released before today"),
    "larger": ("超出划定单位", "Larger than the unit"),
    "larger_about": (
        "封控范围大于规则规定的最小单位。没有楼栋、小区轮廓，按有病例的网格及其外圈一圈（限本居村）估算，故为下限。",
        (
            "Locked ground beyond the rule's smallest unit. No outlines of buildings are known: the unit is estimated "
            "as the cells with findings and their first ring, within the community. A lower bound."
        ),
    ),
    "unknown": ("无法判定", "Cannot be told"),
    "unknown_about": (
        "期间有未报或病例未能落位的日子，不能当作无新增",
        "Days without a report, or with findings that could not be located: they are not days without a finding",
    ),
    "released": ("当日解除", "Released today"),
    "released_about": ("当日起不再管控", "Free from today on"),
    "people": ("{n} 人", "{n} people"),
    "beyond_of": ("超出 {n} 人", "{n} people beyond"),
    "all": ("全部在管区域", "All zones in force"),
    "zone": ("区域", "Zone"),
    "kind": ("类型", "Kind"),
    "state": ("状态", "State"),
    "clock": ("计时", "Clock"),
    "day_of": ("第 {n} / {of} 天", "day {n} of {of}"),
    "no_clock": ("无", "none"),
    "over": ("超期 {n} 天", "{n} days over"),
    "running": ("计时中", "Running"),
    "unruled": ("无规则", "No rule"),
    "no_term": ("规则未写天数", "No term stated"),
    "moved": ("降级或并入", "Eased or merged"),
    "end_running": ("若再无新增，最早 {ends} 可降级或解除", "if nothing more is found: eased or released on {ends}"),
    "end_open": ("规则没有写天数，不会自行期满", "the rule states no days: no day ends it"),
    "end_due": ("按规则今日起可降级或解除", "may be eased or released from today on, by rule"),
    "end_over": ("至今未降级或解除，已超期 {n} 天", "still as it was, {n} days over"),
    "end_unknown": (
        "无法判定：若那些天确无新增，{ends} 起即可；若有，可能要到 {latest}",
        "cannot be told: from {ends} on if nothing was found on those days, else perhaps not before {latest}",
    ),
    "end_unruled": ("没有在用规则为其计时，不推定解除日", "no rule in force gives it a clock; no day is inferred"),
    "end_released": ("已解除", "released"),
    "end_moved": ("已降级，或并入他区", "eased, or merged into another zone"),
    "earliest": ("最早解除", "Earliest release"),
    "if_quiet": ("若无新增", "if nothing is found"),
    "or_as_late": ("或迟至 {day}", "or as late as {day}"),
    "since_then": ("{day} 起", "since {day}"),
    "last": ("最近新增", "Last finding"),
    "last_none": ("区内无", "none inside"),
    "silent": ("{n} 天不明", "{n} days unknown"),
    "loose": ("另有 {n} 例未落位", "{n} more not located"),
    "held": ("人口", "People"),
    "ground": ("面积", "Ground"),
    "km2": ("{n} 平方公里", "{n} km²"),
    "beyond": ("超出人口", "People beyond"),
    "notice": ("依据", "By"),
    "drawn": ("划定", "Drawn"),
    "stood": ("持续", "Stood"),
    "days": ("{n} 天", "{n} days"),
    "timing": ("解除早晚", "Against the rule"),
    "late": ("晚 {n} 天", "{n} days late"),
    "early": ("早 {n} 天", "{n} days early"),
    "in_time": ("按期", "on time"),
    "cannot": ("无法判定", "cannot be told"),
    "eased_early": ("早于规则 {n} 天降级", "eased {n} days before the rule"),
    "to": ("转为{kind}", "now {kind}"),
    "released_table": ("当日解除、降级", "Released or eased that day"),
    "larger_table": ("超出划定单位", "Larger than the rule's unit"),
    "unit": ("规定单位", "Rule's unit"),
    "below": ("分区", "By area"),
    "area": ("区域", "Area"),
    "why": ("为何如此", "Why"),
    "where": ("所在", "Where"),
    "entries": ("名单条目", "Entries"),
    "extent": ("范围未知", "extent not known"),
    "named": ("名单只写居村，按全居村计", "named by its community, counted as all of it"),
    "now": ("{day}：{text}", "{day}: {text}"),
    "silent_about": (
        "{days} 等 {n} 天没有报告，或有病例未能落到更细位置；这些日子不计入“无新增”。",
        "{n} days ({days} …) without a report, or with findings that could not be located: not counted as quiet.",
    ),
    "showing": ("第 {first}–{last} 个，共 {n} 个", "{first}-{last} of {n}"),
    "nothing": ("没有这样的区域。", "There is none."),
    "unruled_note": (
        "{n} 个区域没有在用规则为其计时：不推定解除日。",
        "No rule in force gives {n} zones a clock: no day of release is inferred.",
    ),
}

#: Rows of one page of the table; a city of ten million has thousands of zones.
ROWS = 25

#: Rows of the tables beside it: all of them are behind the figures.
MOST = 60

#: How urgent a state is, as a shade of the one scale.
_SHADES = {"running": "1", "due": "2", "week": "3", "weeks": "4", "stuck": "4"}

#: Steps that are not certain while days are without a report.
_UNSURE = ("eased", "released")

#: Steps with which a verdict ends; the page ends with the state instead.
_CLOSING = ("quiet", "counted", "open")


def describe(look: Look) -> list[Block]:
    """Figures; the asked zone in full; all zones; what was released; what is too large; area by area."""
    found = look.ask("zones.clocks")
    if not found.what:
        return [note.line(look.say("none"), tone="large")]
    lines, summary = found.each(), look.ask("zones.summary")
    chosen = next((line for line in lines if line.what.id == look.wish("zone")), None)
    blocks = [_strip(look, summary)]
    blocks += _detail(look, chosen) if chosen else []
    blocks += [_table(look, lines, summary)]
    blocks += _unruled(look, summary)
    blocks += _released(look, lines, summary)
    blocks += _larger(look, lines, summary)
    below = look.ask("zones.below")
    return [*blocks, _below(look, below)] if below.what else blocks


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(ZoneDesk).days(viewer)


def _latest(desk: Desk, viewer: Viewer) -> Day | None:
    return desk.beside(ZoneDesk).last_day(viewer)


# --- figures ------------------------------------------------------------------------------------------


def _strip(look: Look, found: Given[ZoneSummary]) -> Block:
    made = [
        _figure(look, "standing", found.at("standing"), None),
        _figure(look, "due", found.at("states[due]"), "due"),
        _figure(look, "overdue", found.at("overdue"), "overdue", tone="bad"),
        _figure(look, "larger", found.at("larger"), "larger", small=_people(look, found.at("beyond"), "beyond_of")),
        _figure(look, "unknown", found.at("states[unknown]"), "unknown"),
        _figure(look, "released", found.at("states[released]"), "released"),
    ]
    return figures.strip(made)


def _figure(
    look: Look, key: str, total: Given[Total], state: str | None, *, small: str | None = None, tone: str = ""
) -> dict[str, Any]:
    said = _people(look, total, "people") if small is None else small
    href, zones = look.href(state=state, at=None, zone=None), total["zones"]
    return figures.figure(
        look.say(key), look.short(zones), small=said, about=look.say(f"{key}_about"), tone=tone if zones.value else "",
        href=href,
    )  # fmt: skip


def _people(look: Look, total: Given[Total], key: str) -> str:
    told = total.what.zones and total.what.people is not None
    return look.say(key, n=look.short(total["people"])) if told else ""


# --- the table ----------------------------------------------------------------------------------------


def _fits(line: ZoneLine, state: str | None) -> bool:
    clock = line.clock
    if state == "overdue":
        return clock.state in OVERDUE
    if state == "larger":
        return clock.standing and clock.larger
    return clock.standing if state is None else clock.state == state


def _table(look: Look, lines: Sequence[Given[ZoneLine]], found: Given[ZoneSummary]) -> Block:
    state = look.wish("state")
    state = state if state in (*ZONE_CLOCKS, "overdue", "larger") else None
    kept = [line for line in lines if _fits(line.what, state)]
    total = found[_total(state)]
    first = look.number_wish("at")
    first = first if first < len(kept) else 0
    shown = kept[first : first + ROWS]
    title = look.say("all") if state is None else _state_name(look, state)
    return listing.table(
        _columns(look), [_row(look, line) for line in shown], title, id="zones", count=look.whole(total),
        none=look.say("nothing"), pager=_pager(look, first, total) if len(kept) > ROWS else None,
        sort=(2, True) if len(kept) <= ROWS else None, first=ROWS,
    )  # fmt: skip


def _total(state: str | None) -> str:
    """The way to how many zones of a state there are."""
    if state is None:
        return "standing.zones"
    return f"{state}.zones" if state in ("overdue", "larger") else f"states[{state}].zones"


def _state_name(look: Look, state: str) -> str:
    return look.say(state) if state in WORDS else ZONE_CLOCKS[state].name(look.lang)


def _pager(look: Look, first: int, total: Cited) -> dict[str, Any]:
    n = int(total.value or 0)
    last = min(first + ROWS, n)
    before = look.href(at=max(first - ROWS, 0) or None) if first else ""
    after = look.href(at=last) if last < n else ""
    said = look.say("showing", first=look.rank(first + 1), last=look.rank(last), n=look.whole(total))
    return listing.pager(said, before, after)


def _columns(look: Look) -> list[dict[str, Any]]:
    return [
        listing.column(look.say("zone"), left=True),
        listing.column(look.say("kind"), left=True, least=True),
        listing.column(look.say("state"), left=True),
        listing.column(look.say("clock"), left=True),
        listing.column(look.say("earliest")),
        listing.column(look.say("last"), least=True),
        listing.column(look.say("held"), bar=True, least=True),
        listing.column(look.say("beyond"), about=look.say("larger_about"), least=True),
        listing.column(look.say("notice"), left=True, least=True, sort=False),
    ]


def _row(look: Look, told: Given[ZoneLine]) -> dict[str, Any]:
    line = told.what
    asked, clock = line.id == look.wish("zone"), told.at("clock")
    cells = [
        _name(look, line),
        _kind(look, line),
        _state(look, clock),
        _clock(look, clock),
        _earliest(look, line),
        _last(look, clock),
        _held(look, clock),
        _beyond(look, clock),
        _notice(look, line),
    ]
    return listing.row(cells, href=look.href(zone=None if asked else line.id), key=line.id)


def _term(kind: str) -> Term:
    return ZONES.get(kind) or RISKS[kind]


def _name(look: Look, line: ZoneLine) -> dict[str, Any]:
    """Its name behind the sign of its kind, which a narrow screen has no column for."""
    sign = mark(_term(line.clock.zone.kind), look.lang, look.theme, word=False)
    return listing.cell(line.name, line.name, small=quoted(line.where), mark=sign)


def _kind(look: Look, line: ZoneLine) -> dict[str, Any]:
    term = _term(line.clock.zone.kind)
    return listing.cell(term.name(look.lang), term.id)


def _counted(look: Look, key: str, days: Cited) -> Said:
    """A word about so many days; English has another for one of them."""
    template = look.page.words[key][0 if look.lang == "zh" else 1]
    return fill(template.replace("days", "day") if days.value == 1 else template, n=look.whole(days))


def _state(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    clock = told.what
    order = list(OVER).index(clock.state) * 1000 + clock.over if clock.state in OVER else -1
    text = _counted(look, "over", told["over"]) if clock.over else _state_name(look, clock.state)
    text = look.say("no_term") if clock.clause and clock.clause.open and clock.state == "running" else text
    small: str = look.say("since_then", day=look.day_text(clock.due)) if clock.due and clock.over else ""
    small = _counted(look, "eased_early", told["early"]) if clock.early else small
    return listing.cell(text, order, small=small, tone="bad" if clock.over else "")


def _clock(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    clock = told.what
    if not clock.length or clock.state == "unknown":
        return listing.cell(look.say("no_clock" if not clock.length else "cannot"), None, tone="soft")
    done, left = clock.run, clock.length - clock.run
    text = look.say("day_of", n=look.whole(told["nth"]), of=look.whole(told["length"]))
    parts = [stack.part(text, done, "", shade=_SHADES.get(clock.state, "1")), stack.part("", left, "", shade="0")]
    return listing.cell(text, done / clock.length, parts=[part for part in parts if part["value"]])


def _earliest(look: Look, line: ZoneLine) -> dict[str, Any]:
    clock = line.clock
    if clock.ends is None:
        return listing.cell(look.say("no_clock"), None, tone="soft")
    small = look.say("if_quiet") if clock.state == "running" else ""
    if clock.latest is not None:
        small = look.say("or_as_late", day=look.day_text(clock.latest))
    return listing.cell(look.day_text(clock.ends), clock.ends.toordinal(), small=small)


def _last(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    clock = told.what
    unsure = [_counted(look, "silent", told["silent"])] if clock.silent else []
    unsure += [look.say("loose", n=look.short(told["loose"]))] if clock.loose else []
    small = join(" · ", unsure)
    if clock.last is None:
        return listing.cell(look.say("last_none"), None, small=small, tone="soft")
    return listing.cell(look.day_text(clock.last), clock.last.toordinal(), small=small)


def _held(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    vague = told.what.size.people is None and told.what.zone.vague
    return listing.number(look.short(told["size.people"]), small=look.say("extent") if vague else "")


def _beyond(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    if told.what.beyond is None:
        return listing.cell("", None)
    if not told.what.larger:
        return listing.number(words("0"), 0)
    return listing.number(look.short(told["beyond.people"]), small=_km2(look, told["beyond.m2"]))


def _km2(look: Look, m2: Cited) -> Said:
    return look.say("km2", n=look.number(m2, lambda size: f"{size / 1e6:.2f}" if size >= 1e4 else f"{size / 1e6:.3f}"))


def _notice(look: Look, line: ZoneLine) -> dict[str, Any]:
    clock = line.clock
    if clock.pack is None or clock.clause is None:
        return listing.cell("", None)
    href = look.href("notices", notice=clock.pack.id)
    return listing.cell(clock.pack.number(look.lang), None, small=clock.clause.word, href=href)


def _unruled(look: Look, found: Given[ZoneSummary]) -> list[Block]:
    number = found["states[unruled].zones"]
    return [note.line(look.say("unruled_note", n=look.short(number)))] if number.value else []


# --- one zone -----------------------------------------------------------------------------------------


def _detail(look: Look, line: Given[ZoneLine]) -> list[Block]:
    return [
        record.record(_entries(look, line), line.what.name, span=5, id="zone"),
        record.steps(_steps(look, line.at("clock")), look.say("why"), span=7, about=_silent_about(look, line)),
    ]


def _entries(look: Look, told: Given[ZoneLine]) -> list[dict[str, Any]]:
    line, clock, zone = told.what, told.what.clock, told.what.clock.zone
    term, state = _term(zone.kind), _state(look, told.at("clock"))
    where = join(" ", [name for name in (quoted(line.where), line.area[1]) if name])
    found = [
        record.entry(look.say("where"), where, href=look.href(area=line.area[0], zone=None)),
        record.entry(look.say("kind"), term.name(look.lang), mark=mark(term, look.lang, look.theme, word=False)),
        record.entry(look.say("drawn"), look.day_text(zone.since or zone.start, year=True)),
        record.entry(look.say("state"), state["text"], small=state.get("small", "")),
        _size_entry(look, told.at("clock")),
    ]
    if clock.larger and clock.pack and clock.pack.unit:
        beyond = _beyond(look, told.at("clock"))
        found.append(record.entry(look.say("beyond"), beyond["text"], small=beyond["small"]))
        found.append(
            record.entry(look.say("unit"), UNITS[clock.pack.unit].name(look.lang), small=look.say("larger_about"))
        )
    if zone.risk:
        found.append(record.entry(look.say("entries"), look.whole(told["clock.zone.entries"])))
    if clock.pack is not None:
        href = look.href("notices", notice=clock.pack.id)
        found.append(
            record.entry(look.say("notice"), clock.pack.name(look.lang), small=clock.pack.number(look.lang), href=href)
        )
    return found


def _size_entry(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    size, zone, ground = told.what.size, told.what.zone, _km2(look, told["size.m2"])
    if size.people is None:
        small = look.say("extent") if zone.vague else ground
    else:
        small = join(" · ", [ground, look.say("named")]) if zone.risk else ground
    return record.entry(look.say("held"), look.short(told["size.people"]), small=small)


def _steps(look: Look, told: Given[ZoneClock]) -> list[dict[str, Any]]:
    """The rule's steps up to the day, then where things stand."""
    clock = told.what
    hidden = (*_CLOSING, *_UNSURE) if clock.silent else _CLOSING
    steps = [step for step in told.each("verdict.steps", "id") if step.what.day <= clock.day]
    steps = [step for step in steps if step.what.what not in hidden]
    made = [record.step(look.day_text(step.what.day), sentence(look, step)) for step in steps]
    days = {"ends": look.day_text(clock.ends), "latest": look.day_text(clock.latest)}
    key = "over" if clock.over and clock.standing else clock.state
    key = "open" if clock.state == "running" and clock.ends is None else key
    said = look.say(f"end_{key}", **days) if key != "over" else _counted(look, "end_over", told["over"])
    return [*made, record.step(look.day_text(clock.day), said, weight="now")]


def _silent_about(look: Look, line: Given[ZoneLine]) -> str:
    silent = line.what.clock.silent
    if not silent:
        return ""
    days = join("、" if look.lang == "zh" else ", ", [look.day_text(day) for day in silent[:3]])
    return look.say("silent_about", n=look.whole(line["clock.silent"]), days=days)


# --- released, larger, by area ------------------------------------------------------------------------


def _released(look: Look, lines: Sequence[Given[ZoneLine]], found: Given[ZoneSummary]) -> list[Block]:
    gone = [line for line in lines if not line.what.clock.standing]
    if not gone or look.wish("state") in ("released", "moved"):
        return []
    keys = ("zone", "kind", "drawn", "stood", "timing", "held")
    left = ("zone", "kind", "timing")
    columns = [
        listing.column(look.say(key), left=key in left, bar=key == "held", least=key in ("kind", "drawn"))
        for key in keys
    ]
    gone.sort(key=lambda line: -(line.what.clock.size.people or 0))
    rows = [_gone_row(look, line) for line in gone[:MOST]]
    title, count = look.say("released_table"), look.whole(found["gone"])
    return [listing.table(columns, rows, title, sort=(5, True), count=count, first=12, id="released")]


def _gone_row(look: Look, told: Given[ZoneLine]) -> dict[str, Any]:
    line, clock = told.what, told.at("clock")
    start = line.clock.zone.start
    cells = [
        _name(look, line),
        _kind(look, line),
        listing.cell(look.day_text(start), start.toordinal()),
        listing.number(_counted(look, "days", clock["stood"])),
        _timing(look, clock),
        _held(look, clock),
    ]
    return listing.row(cells, href=look.href(zone=line.id), key=line.id)


def _timing(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    clock = told.what
    small = look.say("to", kind=_term(clock.moved).name(look.lang)) if clock.moved else ""
    if clock.early:
        return listing.cell(_counted(look, "early", told["early"]), -clock.early, small=small)
    if clock.due is None:
        return listing.cell(look.say("cannot" if clock.clause else "no_clock"), None, small=small, tone="soft")
    if clock.over:
        return listing.cell(_counted(look, "late", told["over"]), clock.over, small=small, tone="bad")
    return listing.cell(look.say("in_time"), 0, small=small)


def _larger(look: Look, lines: Sequence[Given[ZoneLine]], total: Given[ZoneSummary]) -> list[Block]:
    found = [line for line in lines if line.what.clock.standing and line.what.clock.larger]
    if not found or look.wish("state") == "larger":
        return []
    columns = [
        listing.column(look.say("zone"), left=True),
        listing.column(look.say("unit"), left=True, least=True),
        listing.column(look.say("held")),
        listing.column(look.say("beyond"), bar=True),
    ]
    found.sort(key=lambda line: -(line.what.clock.beyond.people or 0 if line.what.clock.beyond else 0))
    rows = [_larger_row(look, line) for line in found[:MOST]]
    return [
        listing.table(
            columns, rows, look.say("larger_table"), about=look.say("larger_about"), sort=(3, True),
            count=look.whole(total["larger.zones"]), first=12, id="larger",
        )
    ]  # fmt: skip


def _larger_row(look: Look, told: Given[ZoneLine]) -> dict[str, Any]:
    line, clock = told.what, told.at("clock")
    unit = line.clock.pack.unit if line.clock.pack else None
    cells = [
        _name(look, line),
        listing.cell(UNITS[unit].name(look.lang) if unit else "", unit),
        _held(look, clock),
        _beyond(look, clock),
    ]
    return listing.row(cells, href=look.href(zone=line.id), key=line.id)


def _below(look: Look, below: Given[list[ZoneRow]]) -> Block:
    keys = ("standing", "due", "overdue", "unknown", "larger")
    columns = [
        listing.column(look.say("area"), left=True),
        *(listing.column(look.say(key), about=look.say(f"{key}_about"), bar=key == "overdue") for key in keys),
        listing.column(look.say("held"), least=True),
    ]
    made = [_area_row(look, row) for row in below.each("", "code")]
    return listing.table(columns, made, look.say("below"), sort=(3, True), span=12, id="below")


def _area_row(look: Look, row: Given[ZoneRow]) -> dict[str, Any]:
    ways = ("standing.zones", "due", "overdue", "unknown", "larger", "standing.people")
    cells = [listing.cell(row.what.name, row.what.name), *(listing.number(look.short(row[way])) for way in ways)]
    return listing.row(cells, href=look.href(area=row.what.code, zone=None, at=None), key=row.what.code)


PAGE = Page(
    "zones",
    ("区域时钟", "Zones"),
    describe,
    about=(
        "每个封控区、管控区、风险区按哪条规则计时，最早哪天可以解除，超期了多久，是否划大了。",
        (
            "By which rule each zone is timed, when it may be released at the earliest, how long it is overdue, "
            "and whether it is larger than it may be."
        ),
    ),
    days=_days,
    latest=_latest,
    wishes=("state", "zone", "at"),
    words=WORDS,
)
