"""Whose data is late, incomplete or odd: sources x areas, the faults with their numbers, what is held back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dashboard.pages.delivered import held, loads, moment
from dashboard.pages.page import Look, Page
from dashboard.parts import feeds, figures, listing, note, record
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Given
from dashboard.queries.deliveries import names_of, part_of
from dashboard.queries.feed_lines import WORST, Board, FeedCell, FeedLine, FeedPart
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.said import Said, join, quoted, words
from data.terms import FAULTS, FEEDS
from grid.freshness.ledger import Found

WORDS = {
    "sources": ("来源", "Sources"),
    "fresh": ("正常", "On time"),
    "late": ("迟到或中断", "Late or stopped"),
    "doubtful": ("有疑点", "Doubtful"),
    "held": ("扣留待定", "Held back"),
    "fresh_about": ("按时送达且没有疑点的来源", "Sources that came when they should, with nothing odd about them"),
    "late_about": ("已过该来源通常的送达间隔", "More time has passed than such a source takes"),
    "doubtful_about": (
        "数据已到或已扣留，有需要核实之处；所据的数在地图上以斜线标出",
        "It is here or held back, and something must be verified; what rests on it is hatched on the map",
    ),
    "held_about": (
        "可疑到先不装入的文件，等人决定",
        "Files so odd that nothing of them is loaded until somebody decides",
    ),
    "of": ("共 {n} 个来源", "of {n} sources"),
    "counted": ("截至 {moment}", "as of {moment}"),
    "wall": ("各来源 × 各区域", "Sources by area"),
    "wall_about": (
        "点区域看下一级，点来源看明细。格子填充的高度是完整度：最近一日报数的街镇占平常的比例。",
        (
            "Choose an area to go down, a source to see it in full. A cell is filled as far as it is complete: "
            "streets named on the last day against the usual."
        ),
    ),
    "by_city": ("各市", "Cities"),
    "by_city_about": (
        "各市自己的来源，以最差的为准，最差的在前。点一市看它的每个来源。",
        "Each city's own sources: it stands as its worst, and the worst city first. Choose one to see its sources.",
    ),
    "city": ("市", "City"),
    "part_late": ("迟到或中断", "Late"),
    "part_doubtful": ("有疑点", "Doubtful"),
    "part_held": ("扣留待定", "Held"),
    "part_fresh": ("正常", "On time"),
    "stopped_n": ("其中中断 {n}", "{n} stopped"),
    "source": ("来源", "Source"),
    "strip": ("近 30 日", "Last 30 days"),
    "newest": ("至 {day}", "to {day}"),
    "after": ("{day} 之后", "after {day}"),
    "never": ("尚未送达", "never came"),
    "received": ("{moment} 送达", "received {moment}"),
    "complete": ("完整度 {n}", "{n} complete"),
    "day_told": ("有数据", "told"),
    "day_fault": ("有疑点", "something is odd"),
    "day_missing": ("缺", "missing"),
    "day_planned": ("未到期", "not due yet"),
    "day_before": ("此前未开始", "before it began"),
    "faults": ("疑点", "What is odd"),
    "faults_about": (
        "每条都附依据。已放行或已被后来的送达更正的不再影响地图；较早的仅作记录。",
        "Each with the numbers that say so. What was let pass or mended bears on nothing; older ones are a record.",
    ),
    "faults_open_about": (
        "影响当前的疑点，每条都附依据；已放行、已更正和较早的见各市。",
        "Those that bear on today, each with the numbers that say so. Older and mended ones are told by each city.",
    ),
    "fault": ("疑点", "Fault"),
    "when": ("日期", "Days"),
    "where": ("区域", "Where"),
    "evidence": ("依据", "Evidence"),
    "todo": ("怎么办", "What to do"),
    "everywhere": ("整个来源", "the whole source"),
    "open": ("影响当前", "bears on today"),
    "past": ("记录", "a record"),
    "accepted": ("已放行：{why}", "let pass: {why}"),
    "no_faults": ("没有发现疑点。", "Nothing odd was found."),
    "held_title": ("扣留待定的文件", "Deliveries that are held back"),
    "held_list_about": (
        "核实后由管理员放行或退回：onescreen held accept 文件名 --why 理由；onescreen held refuse 文件名 --why 理由。",
        (
            "Once it is verified, an administrator lets it pass or returns it: onescreen held accept NAME --why REASON "
            "or onescreen held refuse NAME --why REASON."
        ),
    ),
    "held_page_about": (
        "核实后放行或退回：先看依据，再定。",
        "Let it pass once it is verified, or return it.",
    ),
    "see_held": ("放行、退回和收回，见", "Let pass, return and take back:"),
    "to_held": ("扣留的文件", "Held deliveries"),
    "file": ("文件", "File"),
    "since": ("扣留时间", "Held since"),
    "cadence": ("送达间隔", "Comes every"),
    "cadence_city": ("城市文件写明", "as the city file says"),
    "cadence_learned": ("从历次送达学得", "learned from its deliveries"),
    "cadence_default": ("默认", "by default"),
    "hours": ("{n} 小时", "{n} hours"),
    "limits": ("迟到、中断的界限", "Called late, stopped after"),
    "lag": ("通常在数据日结束后", "Usually comes after its day by"),
    "last_good": ("最近数据日", "Newest day"),
    "last_came": ("最近送达", "Last delivery"),
    "loads": ("批次", "Loads"),
    "rejected": ("退回的行", "Rows returned"),
    "last_loads": ("最近批次", "Last deliveries"),
    "last_loads_about": (
        "退回的行已逐行列在给报送单位的退回表中；在服务器上用 onescreen rejects 批次号 查看。",
        "Each row that went back is in the sheet for its sender; on the server, onescreen rejects NUMBER lists them.",
    ),
    "load": ("批次", "Load"),
    "load_n": ("第 {n} 批", "Load {n}"),
    "received_at": ("送达", "Received"),
    "rows": ("行数", "Rows"),
    "taken": ("装入", "Taken"),
    "state": ("状态", "State"),
    "kind": ("类型", "Kind"),
    "scoped": (
        "您看到的是向 {area} 报数的来源；全部区域的批次和数字需要查看全部来源的权限。",
        "You see the sources that speak of {area}; numbers of all areas take the right to see every source.",
    ),
    "see_nets": ("按七张网看：哪张已接通，哪张靠文件，哪张没有来。", "By net: which come, and how."),
    "see_burden": ("按表单看：哪些数重复采集，花多少工时。", "By form: what is asked twice, and the hours it takes."),
    "nets": ("七张网", "Seven nets"),
    "burden": ("填报负担", "Burden"),
    "nothing": ("城市文件中没有来源。", "The city file names no source."),
}  # fmt: skip

#: Rows of a list that come first; the others fold away.
_FIRST = 12


def describe(look: Look) -> list[Block]:
    """Figures, the wall of sources, the asked source in full, what is held, what is odd."""
    now = look.desk.beside(FreshnessDesk).now(look.as_of).replace(microsecond=0)
    board = look.ask("sources.board", day=None, now=now)
    if not board.what.lines:
        return [note.line(look.say("nothing"), tone="large")]
    blocks = [_strip(look, board)]
    if part_of(look.desk.city, look.viewer.scope) is None:
        blocks.append(note.line(look.say("scoped", area=look.desk.place(look.viewer, "city").name)))
    blocks += [*_parts(look, board), *held(look), *_wall(look, board)]
    chosen = next((line for line in board.each("lines", "feed.source.name")
                   if line.what.feed.source.name == look.wish("source")), None)  # fmt: skip
    if chosen is not None:
        blocks += [_record(look, chosen), *loads(look, chosen.what.feed.source.name)]
    lines = [chosen.what] if chosen is not None else board.what.lines
    older = chosen is not None or not board.what.parts
    return [*blocks, _faults(look, lines, older), *_beside(look)]


def _beside(look: Look) -> list[Block]:
    """The pages that stand behind this one."""
    return [note.line(look.say(f"see_{id}"), href=look.href(id, source=None), word=look.say(id), span=6)
            for id in ("nets", "burden")]  # fmt: skip


def _strip(look: Look, board: Given[Board]) -> Block:
    now = moment(look, board.what.now)
    total = look.say("of", n=look.whole(board["lines"]))
    keys = (("fresh", "good"), ("late", "bad"), ("doubtful", "bad"), ("held", "bad"))
    made = [
        figures.figure(
            look.say(key), look.whole(board[key]), about=look.say(f"{key}_about"),
            small=join(" · ", [total, look.say("counted", moment=now)]) if key == "fresh" else "",
            tone=tone if board[key].value else "",
        )
        for key, tone in keys
    ]  # fmt: skip
    return figures.strip(made)


# --- the cities -------------------------------------------------------------------------------------


def _parts(look: Look, board: Given[Board]) -> Iterator[Block]:
    """Of an area that holds cities, each of these as its worst source, the worst first: a way down to its sources."""
    if not board.what.parts:
        return
    keys = ("late", "doubtful", "held", "fresh")
    columns = [
        listing.column(look.say("city"), left=True),
        *(listing.column(look.say(f"part_{key}"), about=look.say(f"{key}_about"), least=key == "held") for key in keys),
        listing.column(look.say("sources"), least=True),
    ]
    rows = [_part(look, one, keys) for one in board.each("parts", "code")]
    yield listing.table(columns, rows, look.say("by_city"), about=look.say("by_city_about"), id="cities")


def _part(look: Look, told: Given[FeedPart], keys: Sequence[str]) -> dict[str, Any]:
    part, term = told.what, FEEDS[told.what.state]
    stopped = look.say("stopped_n", n=look.whole(told["stopped"])) if part.stopped else ""
    cells = [
        listing.number(look.whole(told[key]), small=stopped if key == "late" else "",
                       tone="bad" if key != "fresh" and told[key].value else "")
        for key in keys
    ]  # fmt: skip
    name = listing.cell(quoted(part.name), WORST.index(part.state), small=term.name(look.lang),
                        mark=mark(term, look.lang, look.theme, word=False))  # fmt: skip
    return listing.row([name, *cells, listing.number(look.whole(told["lines"]))],
                       href=look.href(area=part.code, source=None), key=part.code)  # fmt: skip


# --- the wall -----------------------------------------------------------------------------------------


def _wall(look: Look, board: Given[Board]) -> Iterator[Block]:
    """Sources by area; where cities have their own, those alone that are of none of them."""
    own = {line.feed.source.name for line in board.what.own}
    if not own:
        return
    columns = [
        {"name": name, "href": look.href(area=code) if code != look.area else ""} for code, name in board.what.areas
    ]
    found = board.each("lines", "feed.source.name")
    rows = [_row(look, line.what, board.what) for line in found if line.what.feed.source.name in own]
    key = [{"state": term.id, "glyph": term.glyph if term.id != "fresh" else "", "word": term.name(look.lang)}
           for term in FEEDS.values()]  # fmt: skip
    yield feeds.wall(rows, columns, key, look.say("wall"), about=look.say("wall_about"), source=look.say("source"),
                     strip=look.say("strip"))  # fmt: skip


def _row(look: Look, line: FeedLine, board: Board) -> dict[str, Any]:
    feed, asked = line.feed, line.feed.source.name == look.wish("source")
    newest = look.say("newest", day=look.day_text(feed.newest)) if feed.newest else ""
    came = look.say("received", moment=moment(look, feed.received)) if feed.received else look.say("never")
    names = dict(board.areas)
    return feeds.row(
        quoted(feed.name(look.lang)), newest or came, mark(FEEDS[line.state], look.lang, look.theme, word=False),
        [feeds.day(one.state, join(" ", [look.day_text(one.day), look.say(f"day_{one.state}")])) for one in line.days],
        [_cell(look, feed.name(look.lang), names[cell.area], cell) for cell in line.cells],
        href=look.href(source=None if asked else feed.source.name), here=asked,
    )  # fmt: skip


def _cell(look: Look, source: str, area: str, cell: FeedCell) -> dict[str, Any]:
    term = FEEDS[cell.state]
    told = [term.name(look.lang), *(FAULTS[id_].name(look.lang) for id_ in cell.faults)]
    if cell.complete is not None:
        told.append(look.say("complete", n=words(f"{cell.complete:.0%}")))
    said = join(" · ", [quoted(source), quoted(area), *told])
    glyph = "" if cell.state == "fresh" else term.glyph
    return feeds.cell(cell.state, said, glyph=glyph, word=term.name(look.lang),
                      part=1.0 if cell.complete is None else cell.complete)  # fmt: skip


# --- what is odd ----------------------------------------------------------------------------------------


def _faults(look: Look, lines: Sequence[FeedLine], older: bool) -> Block:
    """What is odd about some sources; ``older``: also what bears on nothing any more."""
    columns = [
        listing.column(look.say("fault"), left=True),
        listing.column(look.say("when"), left=True, least=True),
        listing.column(look.say("evidence"), left=True, sort=False),
        listing.column(look.say("todo"), left=True, least=True, sort=False),
    ]
    order = list(FAULTS)
    found = [(line, each) for line in lines for each in line.feed.found if older or each.open]
    found.sort(key=lambda pair: (not pair[1].open, order.index(pair[1].fault.id), -_ordinal(pair[1])))
    rows = [_fault(look, line, each) for line, each in found]
    about = look.say("faults_about" if older else "faults_open_about")
    return listing.table(columns, rows, look.say("faults"), about=about, none=look.say("no_faults"), first=_FIRST)


def _ordinal(each: Found) -> int:
    return each.fault.last.toordinal() if each.fault.last else 0


def _fault(look: Look, line: FeedLine, each: Found) -> dict[str, Any]:
    fault, term = each.fault, FAULTS[each.fault.id]
    standing = look.say("accepted", why=quoted(each.accepted)) if each.accepted else look.say(
        "open" if each.open else "past")  # fmt: skip
    # what a load's notes say of it was said when it came, with the digits of then
    said = quoted(fault.say(look.lang, names_of(look.desk.cube.at().areas, fault.units, look.lang)))
    return listing.row(
        [
            listing.cell(term.name(look.lang), list(FAULTS).index(term.id), small=quoted(line.feed.name(look.lang)),
                         mark=mark(term, look.lang, look.theme, word=False), tone="" if each.open else "soft"),
            listing.cell(_days(look, line, each), _ordinal(each), small=standing),
            listing.cell(said, small="" if each.fault.units else look.say("everywhere")),
            listing.cell(fault.advice(look.lang), tone="soft"),
        ],
        key=f"{line.feed.source.name} {each.load} {fault.id} {fault.first}",
    )  # fmt: skip


def _days(look: Look, line: FeedLine, each: Found) -> str:
    """The days that it is about; what the clock tells is about those since the newest."""
    first, last = each.fault.first, each.fault.last
    days = [look.day_text(day, year=True) for day in dict.fromkeys((first, last)) if day is not None]
    newest = line.feed.newest
    if not days and newest is not None and each.load == 0:
        return look.say("after", day=look.day_text(newest, year=True))
    return join(" – ", days) if days else words("—")


# --- one source -------------------------------------------------------------------------------------------


def _record(look: Look, line: Given[FeedLine]) -> Block:
    feed, told = line.what.feed, line.at("feed")
    cadence = feed.rhythm.cadence
    origin = "city" if "cadence" in feed.source.model_fields_set else "learned" if feed.rhythm.learned else "default"
    term = FEEDS[line.what.state]
    entries = [
        record.entry(look.say("state"), term.name(look.lang), mark=mark(term, look.lang, look.theme, word=False)),
        record.entry(look.say("cadence"), _hours(look, cadence.every), small=look.say(f"cadence_{origin}")),
        record.entry(look.say("limits"), join(" · ", [_hours(look, cadence.warn), _hours(look, cadence.error)])),
        record.entry(look.say("last_good"), look.day_text(feed.newest, year=True) or "—"),
        record.entry(look.say("last_came"), moment(look, feed.received) if feed.received else look.say("never")),
    ]
    if feed.rhythm.lag is not None:
        entries.append(record.entry(look.say("lag"), _hours(look, round(feed.rhythm.lag, 1))))
    if feed.loads is not None:
        entries += [record.entry(look.say(key), look.whole(told[key])) for key in ("loads", "rejected")]
    return record.record(entries, quoted(feed.name(look.lang)), id="source")


def _hours(look: Look, hours: float) -> Said:
    return look.say("hours", n=words(f"{hours:g}"))


PAGE = Page(
    "freshness",
    ("数据时效", "Freshness"),
    describe,
    about=(
        "每个来源应多久送一次、最近到哪一天、哪些区域缺报、哪里可疑，以及先扣下等人核实的文件。",
        "How often each source should come, how far it is, which areas are silent, what is odd, what is held back.",
    ),
    wishes=("source",),
    words=WORDS,
    kept=False,
)
