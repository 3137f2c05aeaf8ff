"""Codes: how many, who is overdue and who can mend it, whose systems disagree, on what grounds, how fast it goes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from dashboard import colours
from dashboard.pages.page import Day, Look, Page, Words, as_far_as_shown
from dashboard.parts import figures, lines, listing, matrix, note, stack
from dashboard.parts.sheet import Block, mark
from dashboard.queries import Desk, Viewer
from dashboard.queries.cite import Cited, Given
from dashboard.queries.code_state import blocking
from dashboard.queries.codes import (
    COLOURS,
    LATE,
    MATRIX,
    Ages,
    Burst,
    CodeDesk,
    CodesBelow,
    Conflicts,
    Overdue,
    Owner,
    Provenance,
    Rate,
    Rates,
    SystemColours,
    TicketLine,
    Tickets,
)
from dashboard.queries.hidden import hidden
from dashboard.said import join, words
from data.city import System
from data.terms import CODES, EXCEPTIONS, HARMS, OVERDUE, TIERS, Term

#: Colours as a reader looks for them.
STRICT_FIRST = tuple(reversed(COLOURS))
#: Shades of the buckets that are shown: what waits for proof is not known to be overdue.
SHADES = {"running": "0", "waiting": "hatch", "due": "1", "week": "2", "weeks": "3", "stuck": "4"}
AGED = (*LATE, "waiting")
#: Tickets shown on the page itself.
FIRST_TICKETS = 8
#: Doubts about the origin of a code; the other flags have blocks of their own.
ORIGINS = ("no_evidence", "stale_evidence", "rule_not_in_force", "no_right", "never_exposed", "burst")

WORDS: Words = {
    "overdue": ("应转未转", "Overdue"),
    "overdue_about": (
        "期限已满、条件齐备，码还没有转。一条是一个人在一个码系统里的一次赋码。",
        "Clock ended, every condition met, and the code still stands. One is one assignment in one code system.",
    ),
    "items": ("条", "assignments"),
    "people": ("人", "people"),
    "stuck_of": ("其中超期 20 天以上 {n}", "{n} of them for more than 20 days"),
    "purged": (
        "本日的逐条赋码记录已依第 {n} 号证书销毁，只保留汇总数；依据核查、临近事项由逐条记录得出，因此未报。",
        (
            "The single assignments of this day were destroyed under certificate {n}; the sums stay. "
            "Grounds and harms were read off them and are not known any more."
        ),
    ),
    "near": ("临近就医、考试、出行", "Near a harm"),
    "near_short": ("临近", "Near"),
    "near_about": ("七天内就要就医、考试或出行的应转未转", "Overdue, with treatment, an exam or a trip within 7 days"),
    "waiting": ("期满待检", "Proof missing"),
    "waiting_about": ("期限已满，差一次阴性检测", "The clock has ended, a negative test is missing"),
    "conflict": ("多码不一致", "Systems disagree"),
    "oldest": ("最久 {n} 天", "the oldest for {n} days"),
    "blocked": ("仅一码受阻", "Blocked by one"),
    "colours": ("各系统码色", "Colours by system"),
    "colours_about": (
        "逐条赋码台账里的人；只报总数、没有逐条上报的不在其中。",
        "The people of the ledgers of assignments; those only reported as totals are not among them.",
    ),
    "ages": ("应转未转，按超期天数", "Overdue, by days over"),
    "owners": ("谁能改", "Who can mend it"),
    "owners_about": (
        "赋码单位有纠错权的归赋码单位；否则归系统纠错单位；都没有的由所在区兜底。",
        "The assigning authority where it may correct; else the system's corrector; else the district.",
    ),
    "owner": ("责任单位", "Owner"),
    "basis_assigner": ("赋码单位", "assigned it"),
    "basis_system": ("系统纠错单位", "corrects the system"),
    "basis_district": ("区兜底", "district, as fallback"),
    "basis_city": ("市兜底", "city, as fallback"),
    "first": ("先办这几条", "First of all"),
    "first_about": ("损失日期最近的在前，其后按超期长短。", "Nearest day of harm first, then the longest overdue."),
    "all": ("全部 {n} 条待办", "All {n} to be looked at"),
    "person": ("何处 · 何码", "Where · which code"),
    "why": ("问题", "What is wrong"),
    "over": ("超期", "Days over"),
    "days": ("{n} 天", "{n} d"),
    "harm": ("会误什么", "At stake"),
    "conflicts": ("一人多码：三个系统怎么不一致", "One person, three systems"),
    "conflicts_two": ("一人多码", "One person, several systems"),
    "conflicts_about": (
        "每一格是一种组合的人数；框线格为三码一致，颜色越深人越多。",
        "Each cell counts the people of one combination; outlined cells agree; the darker, the more people.",
    ),
    "repeats": (
        "台账中有 {n} 行重复（同一人、同一系统、同一天），各取最严的一行。",
        "{n} rows of the ledger say a person's code in one system once more; the strictest counts.",
    ),
    "apart": (
        "各系统分开上报，无法按人比对：有多少人多码不一致，未知，不是零。",
        "The systems come in ledgers apart, so persons cannot be compared: how many disagree is unknown, not nought.",
    ),
    "blocked_key": ("⊣ 其余系统均为绿码，仅被一个系统拦住", "⊣ kept from green by one system alone"),
    "unknown_key": ("另有 {n} 人并非每个系统都有码。", "{n} more people have no code in one of the systems."),
    "shows": ("{system}为", "{system}:"),
    "blocked_by": ("仅被这一个系统拦住", "Blocked by this system alone"),
    "origin": ("来路存疑", "Doubtful grounds"),
    "origin_about": (
        "没有来源、依据过期（或晚于赋码）、规则未生效（或与码色不符）、无权赋码、从未涉险，以及成批赋码。",
        "No source row, evidence old or later than the code, a rule not in force, no right, never exposed, batches.",
    ),
    "doubt": ("疑点", "Doubt"),
    "n": ("条数", "Count"),
    "bursts": ("成批赋码", "Batches"),
    "bursts_about": (
        "同一天、同一单位给同一类人赋码，这一类并非健康属性，且多数没有依据。",
        "One authority, one day, one attribute that is no matter of health, most without evidence.",
    ),
    "group": ("共同属性", "Shared attribute"),
    "without": ("无依据", "No evidence"),
    "rates": ("赋码与解码", "Assigning against clearing"),
    "rates_about": (
        "近 {n} 天，各单位赋出与解除的红黄码。",
        "Red and yellow codes given and lifted in the last {n} days.",
    ),
    "authority": ("赋码单位", "Authority"),
    "open": ("现有", "Open"),
    "assigned": ("赋码", "Assigned"),
    "cleared": ("解码", "Cleared"),
    "ratio": ("解/赋", "Cleared per assigned"),
    "not_stated": ("未注明", "Not stated"),
    "below": ("下辖{level}", "Inside: {level}"),
    "no_finer": ("未落到更细区域", "Known no finer"),
    "late": ("应转未转", "Overdue"),
    "stuck": ("20天以上", "Over 20 days"),
    "none": (
        "还没有收到赋码台账，无法说明任何一个码是否该转。接入“赋码台账”后这里会列出应转未转、多码不一致与来路存疑的记录。",
        (
            "No ledger of assignments has come yet: nothing can be said about any code. With one, this page lists "
            "what is overdue, where systems disagree, and which codes have doubtful grounds."
        ),
    ),
    "none_that_day": (
        "{day} 没有收到赋码台账：这一天的数未知，不是零。",
        "No ledger of assignments came for {day}: its numbers are unknown, not nought.",
    ),
    "to_last": ("看 {day}", "See {day}"),
    "nothing_open": ("没有需要处理的赋码。", "Nothing needs to be looked at."),
    "no_bursts": ("没有发现成批异常。", "No suspicious batch was found."),
    "no_owners": ("没有应转未转的码。", "No code is overdue."),
}


def days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    """Days of which a ledger speaks."""
    return desk.beside(CodeDesk).days(viewer)


def describe(look: Look) -> list[Block]:
    """The page."""
    if not look.viewer.small_numbers:
        return _as_far_as_shown(look)
    told, overdue, conflicts = (look.ask(f"codes.{name}") for name in ("colours", "overdue", "conflicts"))
    if told.what is None or overdue.what is None or conflicts.what is None:
        return [nothing(look)]
    return [
        _figures(look, told, overdue, conflicts),
        _colours(look, told),
        _owners(look, overdue),
        _ages(look, overdue),
        *_first(look),
        *_repeats(look),
        *_conflicts(look, conflicts),
        *_grounds(look),
        *_rates(look),
        *_below(look),
    ]


def _as_far_as_shown(look: Look) -> list[Block]:
    """The same for who may not see small numbers: what is shown of it, and last what is not."""
    if not look.desk.beside(CodeDesk).days(look.viewer, look.as_of) or look.day not in look.spot.days:
        return [nothing(look)]
    return as_far_as_shown(
        look,
        lambda: _shown_ages(look, look.ask("codes.overdue")),
        lambda: [_colours(look, look.ask("codes.colours"))],
        lambda: _below(look),
        lambda: [_doubts(look, look.ask("codes.provenance"))],
        *(partial(_withheld, look, name) for name in ("codes.conflicts", "codes.rates")),
    )


def _withheld(look: Look, name: str) -> list[Block]:
    look.ask(name)
    return []


def _shown_ages(look: Look, overdue: Given[Overdue]) -> list[Block]:
    """How many are overdue, by age, of all systems together."""
    ways = {"overdue": "ages.late", "near": "near", "waiting": "ages.counts[waiting]"}
    known = {key: overdue[way] for key, way in ways.items() if overdue[way].state != "suppressed"}
    made = [_linked(look, key, n, "items", about=look.say(f"{key}_about")) for key, n in known.items()]
    if hidden(overdue.what.ages.counts["stuck"]):
        return [figures.strip(made)]
    bar = stack.bar(look.say("overdue"), aged(look, overdue.at("ages")), look.short(overdue["ages.late"]))
    return [figures.strip(made), stack.bars([bar], look.say("ages"), labels=True, legend=False, span=5)]


def nothing(look: Look) -> Block:
    """Why there are no numbers: no ledger at all, or none of this day."""
    last = look.spot.last
    if last is None or look.day is None:
        return note.line(look.say("none"), tone="large")
    said = look.say("none_that_day", day=look.day_text(look.day, year=True))
    word = look.say("to_last", day=look.day_text(last))
    return note.line(said, tone="large", href=look.href(day=None), word=word)


def glyph(look: Look, colour: str, *, word: bool = False) -> Mapping[str, str]:
    """A code's colour as a sign."""
    return mark(CODES[colour], look.lang, look.theme, word=word)


def system_name(look: Look, system: System) -> str:
    """A code system in the reader's language."""
    return system.name if look.lang == "zh" else system.name_en or system.name


def _figures(
    look: Look, told: Given[list[SystemColours]], overdue: Given[Overdue], conflicts: Given[Conflicts]
) -> Block:
    stuck, oldest = overdue["ages.counts[stuck]"], conflicts["oldest"]
    age = look.say("oldest", n=look.whole(oldest)) if oldest.value is not None and conflicts.what.people else ""
    made = [
        _linked(look, "overdue", overdue["ages.late"], "items",
                small=look.say("stuck_of", n=look.short(stuck)) if stuck.value else "",
                tone="bad" if stuck.value else "", about=look.say("overdue_about"), overdue="late"),
        _linked(look, "near", overdue["near"], "items", about=look.say("near_about"), near="yes"),
        _linked(look, "waiting", overdue["ages.counts[waiting]"], "items", about=look.say("waiting_about"),
                overdue="waiting"),
        _linked(look, "conflict", conflicts["people"], "people", small=age, flag="conflict"),
        _linked(look, "blocked", conflicts["blocked"], "people", flag="single_block"),
    ]  # fmt: skip
    systems = told.each("", "system.id")
    main = next((one for one in systems if one.what.system.primary), systems[0] if systems else None)
    for colour in ("red", "yellow") if main else ():
        assert main is not None
        made.append(
            figures.figure(CODES[colour].name(look.lang), look.short(main[f"counts[{colour}]"]),
                           unit=look.say("people"), mark=glyph(look, colour), small=system_name(look, main.what.system))
        )  # fmt: skip
    return figures.strip(made)


def _linked(look: Look, key: str, n: Cited, unit: str, *, small: str = "", tone: str = "", about: str = "",
            **wanted: str) -> dict[str, Any]:  # fmt: skip
    href = tickets_href(look, **wanted) if n.value else ""
    return figures.figure(
        look.say(key), look.short(n), unit=look.say(unit), small=small, tone=tone, about=about, href=href
    )


# colours and ages --------------------------------------------------------------------------------


def _colours(look: Look, told: Given[list[SystemColours]]) -> Block:
    rows = []
    for one in told.each("", "system.id"):
        system = one.what.system
        owner = system.owner if look.lang == "zh" else system.owner_en or system.owner
        total = look.short(one["total"])
        rows.append(stack.bar(system_name(look, system), _coloured(look, one), total, small=owner))
    about = look.say("colours_about")
    return stack.bars(rows, look.say("colours"), about=about, equal=True, legend=False, labels=True, span=7)


def _coloured(look: Look, one: Given[SystemColours]) -> list[dict[str, Any]]:
    return [
        stack.part(CODES[colour].name(look.lang), n.value or 0, look.short(n) if n.value is not None else "",
                   colour=colours.mark(CODES[colour].colour, look.theme), glyph=CODES[colour].glyph)
        for colour in STRICT_FIRST
        for n in (one[f"counts[{colour}]"],)
    ]  # fmt: skip


def aged(look: Look, ages: Given[Ages], buckets: Sequence[str] = AGED, **wanted: Any) -> list[dict[str, Any]]:
    """The parts of a bar by days over, each leading to its tickets."""
    return [
        stack.part(OVERDUE[b].name(look.lang), n.value or 0, look.short(n), shade=SHADES[b],
                   href=tickets_href(look, overdue=b, **wanted) if n.value else "")
        for b in buckets
        for n in (ages[f"counts[{b}]"],)
    ]  # fmt: skip


def _ages(look: Look, overdue: Given[Overdue]) -> Block:
    rows = []
    for system, known in overdue.what.systems:
        way = f"by_system[{system.id}]"
        parts = aged(look, overdue.at(way), system=system.id) if known else []
        rows.append(stack.bar(system_name(look, system), parts, look.short(overdue[f"{way}.late" if known else way])))
    return stack.bars(rows, look.say("ages"), about=look.say("overdue_about"), labels=True, legend=False, span=7)


def _owners(look: Look, overdue: Given[Overdue]) -> Block:
    late = [owner for owner in overdue.each("owners", "name") if owner.what.ages.late]
    columns = [
        listing.column(look.say("owner"), left=True),
        listing.column(look.say("near_short"), about=look.say("near_about")),
        listing.column(look.say("stuck")),
        listing.column(look.say("late"), bar=True),
    ]
    rows = [_owner(look, owner) for owner in late]
    return listing.table(columns, rows, look.say("owners"), about=look.say("owners_about"), sort=(3, True), first=7,
                         none=look.say("no_owners"), span=5, tall=2)  # fmt: skip


def owner_name(look: Look, name: str) -> str:
    """An owner's name in the reader's language."""
    return look.desk.beside(CodeDesk).owner_name(look.viewer, name)


def _owner(look: Look, owner: Given[Owner]) -> dict[str, Any]:
    basis = join(" · ", [look.say(f"basis_{basis}") for basis in sorted(owner.what.bases)])
    name = owner_name(look, owner.what.name)
    numbers = (_number(look, owner[way]) for way in ("near", "ages.counts[stuck]", "ages.late"))
    cells = [listing.cell(name, name, small=basis), *numbers]
    href = tickets_href(look, owner=owner.what.name, overdue="late")
    return listing.row(cells, href=href, key=owner.what.name)


def _number(look: Look, n: Cited) -> dict[str, Any]:
    return listing.number(look.short(n))


# tickets -----------------------------------------------------------------------------------------


def tickets_href(look: Look, **wanted: Any) -> str:
    """The address of a list of tickets, for those who may see it."""
    return look.href("tickets", **wanted) if look.viewer.may("tickets") else ""


def _first(look: Look) -> list[Block]:
    """The most pressing tickets for those who may see them, or that they were destroyed."""
    gone = destroyed(look)
    if gone or not look.viewer.may("tickets"):
        return gone
    return [first_tickets(look, look.ask("codes.tickets", limit=FIRST_TICKETS))]


def destroyed(look: Look) -> list[Block]:
    """That the day's tickets were destroyed, and by which certificate; nothing where they were not."""
    number = look.desk.beside(CodeDesk).purged(look.viewer, look.day, look.as_of)
    return [] if number is None else [note.line(look.say("purged", n=words(str(number))))]


def first_tickets(look: Look, found: Given[Tickets]) -> Block:
    """The most pressing tickets, and how many there are."""
    all_ = {"href": look.href("tickets"), "word": look.say("all", n=look.whole(found["total"]))}
    return listing.table(
        ticket_columns(look), [ticket_row(look, line) for line in found.each("lines", "id")], look.say("first"),
        about=look.say("first_about"), none=look.say("nothing_open"), pager=listing.pager("", after="") | {"all": all_},
    )  # fmt: skip


def ticket_columns(look: Look) -> list[dict[str, Any]]:
    """Columns of a list of tickets; :func:`ticket_row` fills them."""
    return [
        listing.column(look.say("person"), left=True),
        listing.column(look.say("why"), left=True, least=True),
        listing.column(look.say("over")),
        listing.column(look.say("harm"), left=True),
        listing.column(look.say("owner"), left=True),
    ]


def ticket_row(look: Look, told: Given[TicketLine]) -> dict[str, Any]:
    """One ticket in a list."""
    line = told.what
    named = [EXCEPTIONS[flag].name(look.lang) for flag in line.flags]
    harm = HARMS.get(line.harm)
    deadline = look.day_text(line.deadline)
    cells = [
        listing.cell(join(" ", line.place), mark=glyph(look, line.colour),
                     small=join(" · ", [system_name(look, line.system), look.day_text(line.since)])),
        listing.cell(("、" if look.lang == "zh" else ", ").join(named), tone="soft"),
        listing.cell("" if line.late is None else look.say("days", n=look.whole(told["late"]))),
        listing.cell(harm.name(look.lang), small=deadline, mark=mark(harm, look.lang, look.theme, word=False),
                     tone="bad" if _ahead(look, line) else "soft") if harm else listing.cell(""),
        listing.cell(owner_name(look, line.owner), small=look.say(f"basis_{line.basis}")),
    ]  # fmt: skip
    return listing.row(cells, href=look.href("ticket", id=line.id), key=line.id)


def _ahead(look: Look, line: TicketLine) -> bool:
    return line.deadline is not None and look.day is not None and line.deadline >= look.day


# conflicts ---------------------------------------------------------------------------------------


def _repeats(look: Look) -> list[Block]:
    n = look.ask("codes.repeats", area=None)[""]
    return [note.line(look.say("repeats", n=look.short(n)))] if n.value else []


def _conflicts(look: Look, told: Given[Conflicts]) -> list[Block]:
    """The matrix of the first three systems (of two: one panel), and who blocks alone; nothing for a single system."""
    systems = list(told.what.systems)[:MATRIX]
    if len(systems) < 2:
        return []
    if told.what.people is None:
        return [note.line(look.say("apart"))]
    key = [look.say("blocked_key")]
    if told.what.unknown:
        key.append(look.say("unknown_key", n=look.short(told["unknown"])))
    title = look.say("conflicts" if len(systems) == MATRIX else "conflicts_two")
    made = _panels(look, systems, told)
    return [matrix.panels(made, title, about=look.say("conflicts_about"), key=key, span=9), _blocked(look, told)]


def _panels(look: Look, systems: Sequence[System], told: Given[Conflicts]) -> list[dict[str, Any]]:
    """With three systems a panel for each colour of the first; rows of the second, columns of the third."""
    most = max((n for digits, n in told.what.shown.items() if len(set(digits)) > 1), default=0)
    fixed = list("123") if len(systems) == MATRIX else [""]
    marks = [glyph(look, colour, word=True) for colour in COLOURS]
    names = [system_name(look, system) for system in systems]
    return [
        matrix.panel(
            look.say("shows", system=names[0]) if first else "", marks, marks,
            [[_square(look, f"{first}{row}{column}", told, most) for column in "123"] for row in "123"],
            rows_name=names[-2], columns_name=names[-1], mark=marks[int(first) - 1] if first else None,
        )
        for first in fixed
    ]  # fmt: skip


def _square(look: Look, digits: str, told: Given[Conflicts], most: int) -> dict[str, Any]:
    one, agree = told[f"shown[{digits}]"], len(set(digits)) == 1
    n = one.value or 0
    weight = 0.0 if agree or not n or not most else 0.15 + 0.85 * math.log1p(n) / math.log1p(most)
    href = "" if agree or not n else tickets_href(look, colours=digits)
    alone = blocking([int(digit) for digit in digits]) is not None and n
    return matrix.square(look.short(one), weight=weight, href=href, quiet=agree, mark="⊣" if alone else "")


def _blocked(look: Look, told: Given[Conflicts]) -> Block:
    columns = [listing.column(look.say("blocked_by"), left=True, sort=False),
               listing.column(look.say("people"), bar=True, sort=False)]  # fmt: skip
    rows = [
        listing.row(
            [listing.cell(system_name(look, s), s.name), _number(look, told[f"blocked_by[{s.id}]"])],
            href=tickets_href(look, flag="single_block", blocker=s.id) if told.what.blocked_by[s.id] else "",
        )
        for s in told.what.systems
    ]
    return listing.table(columns, rows, look.say("blocked"), sort=(1, True), span=3)


# grounds -----------------------------------------------------------------------------------------


def _grounds(look: Look) -> list[Block]:
    told = look.ask("codes.provenance")
    if told.what is None:
        return []
    bursts = [_burst(look, one) for one in told.each("bursts", "id")]
    shared = [listing.column(look.say("group"), left=True), listing.column(look.say("n"), bar=True),
              listing.column(look.say("without"))]  # fmt: skip
    return [
        _doubts(look, told),
        listing.table(shared, bursts, look.say("bursts"), about=look.say("bursts_about"), sort=(1, True), first=7,
                      none=look.say("no_bursts"), span=7),
    ]  # fmt: skip


def _doubts(look: Look, told: Given[Provenance]) -> Block:
    rows = [_doubt(look, EXCEPTIONS[flag], told[f"flags[{flag}]"]) for flag in ORIGINS]
    columns = [listing.column(look.say("doubt"), left=True), listing.column(look.say("n"), bar=True)]
    return listing.table(columns, rows, look.say("origin"), about=look.say("origin_about"), sort=(1, True), span=5)


def _burst(look: Look, told: Given[Burst]) -> dict[str, Any]:
    one = told.what
    name = listing.cell(one.group, one.group, small=join(" · ", [one.authority, look.day_text(one.day)]))
    href = tickets_href(look, flag="burst", group=one.group, since=one.day)
    return listing.row([name, _number(look, told["n"]), _number(look, told["without"])], href=href)


def _doubt(look: Look, term: Term, n: Cited) -> dict[str, Any]:
    name = listing.cell(term.name(look.lang), term.id, mark=mark(term, look.lang, look.theme, word=False))
    return listing.row([name, _number(look, n)], href=tickets_href(look, flag=term.id) if n.value else "")


# rates -------------------------------------------------------------------------------------------


def _rates(look: Look) -> list[Block]:
    told = look.ask("codes.rates")
    if told.what is None or not told.what.authorities:
        return []
    columns = [
        listing.column(look.say("authority"), left=True),
        listing.column(look.say("open")),
        listing.column(look.say("late"), least=True),
        listing.column(look.say("assigned"), bar=True),
        listing.column(look.say("cleared"), bar=True),
        listing.column(look.say("ratio")),
    ]
    rows = [_rate(look, one) for one in told.each("authorities", "name")]
    about = look.say("rates_about", n=look.whole(told["days"]))
    table = listing.table(columns, rows, look.say("rates"), about=about, sort=(1, True), first=8, span=7)
    return [table, _rates_chart(look, told)]


def _rate(look: Look, told: Given[Rate]) -> dict[str, Any]:
    name, ratio = told.what.name, told["ratio"]
    share = look.number(ratio, lambda value: f"{100 * value:.0f}%") if ratio.value is not None else "–"
    cells = [
        listing.cell(name or look.say("not_stated"), name, tone="" if name else "soft"),
        *(_number(look, told[way]) for way in ("open", "late", "given", "lifted")),
        listing.cell(share, ratio.value),
    ]
    return listing.row(cells, href=tickets_href(look, authority=name) if name else "")


def _rates_chart(look: Look, told: Given[Rates]) -> Block:
    days = told.what.days
    given, lifted = ([told[f"{name}[{day}]"] for day in days] for name in ("assigned", "cleared"))
    words = [look.day_text(day) for day in days]
    texts = [
        join(" ", [look.say("assigned"), look.short(a), "·", look.say("cleared"), look.short(b)])
        for a, b in zip(given, lifted, strict=True)
    ]
    ticks = [(n, words[n]) for n in range(0, len(words), max(1, math.ceil(len(words) / 4)))]
    made = [lines.line(look.say("assigned"), [n.value for n in given], tone="mark"),
            lines.line(look.say("cleared"), [n.value for n in lifted])]  # fmt: skip
    top = look.short(told["most"]) if told.what.most else ""
    return lines.chart(made, words, look.say("curve"), ticks=ticks, top=top, texts=texts, index=len(words) - 1, span=5)


# areas below -------------------------------------------------------------------------------------


def _below(look: Look) -> list[Block]:
    told = look.ask("codes.below")
    if not told.what:
        return []
    columns = [
        listing.column(look.say("name"), left=True),
        listing.column(look.say("late"), bar=True),
        listing.column(look.say("ages"), left=True, sort=False, least=True),
        listing.column(look.say("stuck")),
        listing.column(look.say("waiting"), least=True),
        listing.column(look.say("conflict")),
        listing.column(look.say("open")),
    ]
    rows = [_below_row(look, one) for one in told.each("", "code")]
    title = look.say("below", level=TIERS[told.what[0].level].name(look.lang))
    count = look.rank(sum(1 for one in told.what if one.code))
    return [listing.table(columns, rows, title, sort=(1, True), count=count)]


def _below_row(look: Look, told: Given[CodesBelow]) -> dict[str, Any]:
    one, ages = told.what, told.at("ages")
    name = listing.cell(one.name, one.name) if one.code else listing.cell(look.say("no_finer"), None, tone="soft")
    parts = [stack.part(p["name"], p["value"], p["text"], shade=p["shade"]) for p in aged(look, ages, LATE)]
    cells = [
        name,
        _number(look, told["ages.late"]),
        listing.cell("", parts=parts if one.ages.late else None),
        *(_number(look, told[way]) for way in ("ages.counts[stuck]", "ages.counts[waiting]", "conflicts", "ages.open")),
    ]
    return listing.row(cells, href=look.href(area=one.code) if one.code else "", key=one.code)


PAGE = Page(
    "codes",
    ("健康码", "Codes"),
    describe,
    about=(
        "谁的码该转没转、谁能改；几个码系统在谁身上不一致；哪些码来路存疑。",
        "Whose code is overdue and who can mend it; where systems disagree; which codes have doubtful grounds.",
    ),
    days=days,
    words=WORDS,
)
