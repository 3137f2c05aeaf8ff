"""The seven nets by which a city learns who came, who is where, who is ill: what is wired, late, or does not come."""

from __future__ import annotations

from typing import Any

from dashboard.pages.page import Look, Page
from dashboard.parts import feeds, figures, listing, note
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Given
from dashboard.queries.feed_lines import FeedCell
from dashboard.queries.freshness import local
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.queries.nets import USUAL, NetLine, NetsAnswer, Volume
from dashboard.said import Said, join, quoted, words
from data.terms import FAULTS, FEEDS, NETS, WAYS
from grid.measures import MEASURES

WORDS = {
    "coming": ("有数据的网", "Nets with data"),
    "coming_about": ("至少有一份送达的网", "Nets of which anything came"),
    "wired": ("已接通", "Wired"),
    "wired_about": ("最近一次由收件箱自动装入，或有程序经接口逐条上报",
                    "The newest delivery came through the inbox, or programs tell one by one"),
    "by_file": ("靠文件", "By file"),
    "by_file_about": ("最近一次由人在本机装入文件", "Somebody loaded the newest file at the machine"),
    "missing": ("没有来", "Not coming"),
    "missing_about": (
        "城市文件中没有来源，或有来源而从未送达",
        "The city file has no source for it, or none that ever came",
    ),
    "late": ("迟到或中断", "Late or stopped"),
    "late_about": ("有来源已过其送达间隔的网", "Nets with a source of which more time has passed than it takes"),
    "of": ("共 {n} 张网", "of {n} nets"),
    "wall": ("各网 × 各区域", "Nets by area"),
    "wall_about": (
        "一行一张网，取其最差的来源；格子填充的高度是完整度。点区域看下一级。",
        "A row a net, as its worst source stands; a cell is filled as far as it is complete. Choose an area.",
    ),
    "net": ("网", "Net"),
    "strip": ("近 30 日", "Last 30 days"),
    "table": ("接入、数量与时效", "How each comes, how much, how fresh"),
    "table_about": (
        "数量是最近一日和近 {n} 日的日均；完整度取各来源中最低的。",
        "Volume: the newest day and the mean of {n} days; completeness: the least of its sources.",
    ),
    "way": ("接入", "How it comes"),
    "volume": ("最近一日", "Newest day"),
    "mean": ("日均", "A day"),
    "state": ("时效", "Freshness"),
    "complete": ("完整度", "Complete"),
    "complete_cell": ("完整度 {n}", "{n} complete"),
    "more": ("{names} 等 {n} 个", "{names} and others, {n} in all"),
    "place": ("这一地的全部要素见", "All elements of this place:"),
    "place_word": ("一地一屏", "One place"),
    "see": ("各来源的明细、疑点与扣留的文件见", "Each source in full, what is odd and what is held back:"),
    "see_word": ("数据时效", "Freshness"),
    "untold": ("无法判断", "cannot be told"),
    "told": ("项指标有数", "measures have numbers"),
    "nothing": ("未报", "nothing came"),
    "newest": ("至 {day}", "to {day}"),
    "day_told": ("有数据", "told"),
    "day_fault": ("有疑点", "something is odd"),
    "day_missing": ("缺", "missing"),
    "day_planned": ("未到期", "not due yet"),
    "day_before": ("此前未开始", "before it began"),
    "counted": ("截至 {moment}", "as of {moment}"),
    "how": (
        "接入一张网：在城市文件中加一个相应种类的来源，把文件放进收件箱中以它命名的文件夹，无须改程序。",
        (
            "To cast a net: add a source of its kind to the city file, and put its files into the folder of that name "
            "in the inbox. No program is changed."
        ),
    ),
}  # fmt: skip

#: Stands where a net has nothing that could be told.
_NONE = "—"
#: Sources of a net that are named in its row.
_NAMED = 2


def describe(look: Look) -> list[Block]:
    """Figures, the nets by area, and each net with its numbers."""
    now = look.desk.beside(FreshnessDesk).now(look.as_of).replace(microsecond=0)
    found: Given[NetsAnswer] = look.ask("nets", day=None, now=now)
    return [_strip(look, found), _wall(look, found), _table(look, found), note.line(look.say("how")),
            note.line(look.say("see"), href=look.href("freshness"), word=look.say("see_word"), span=6),
            note.line(look.say("place"), href=look.href("community"), word=look.say("place_word"), span=6)]  # fmt: skip


def _strip(look: Look, found: Given[NetsAnswer]) -> Block:
    here = local(found.what.now, look.desk.city)
    moment = join(" ", [look.day_text(here.date()), words(f"{here:%H:%M}")])
    small = join(" · ", [look.say("of", n=look.whole(found["lines"])), look.say("counted", moment=moment)])
    tones = {"coming": "", "wired": "good", "by_file": "", "missing": "bad", "late": "bad"}
    return figures.strip([
        figures.figure(look.say(key), look.whole(found[key]), about=look.say(f"{key}_about"),
                       small=small if key == "coming" else "", tone=tone if found[key].value else "")
        for key, tone in tones.items()
    ])  # fmt: skip


# --- by area --------------------------------------------------------------------------------------------


def _wall(look: Look, found: Given[NetsAnswer]) -> Block:
    names = dict(found.what.areas)
    columns = [
        {"name": name, "href": look.href(area=code) if code != look.area else ""} for code, name in names.items()
    ]
    rows = [_row(look, line, names) for line in found.what.lines]
    key = [{"state": term.id, "glyph": term.glyph if term.id != "fresh" else "", "word": term.name(look.lang)}
           for term in FEEDS.values() if term.id != "held"]  # fmt: skip
    return feeds.wall(rows, columns, key, look.say("wall"), about=look.say("wall_about"), source=look.say("net"),
                      strip=look.say("strip"))  # fmt: skip


def _row(look: Look, line: NetLine, names: dict[str, str]) -> dict[str, Any]:
    small = look.say("newest", day=look.day_text(line.newest)) if line.newest else WAYS[line.way].name(look.lang)
    return feeds.row(
        _name(look, line), small, mark(FEEDS[line.state], look.lang, look.theme, word=False),
        [feeds.day(one.state, join(" ", [look.day_text(one.day), look.say(f"day_{one.state}")])) for one in line.days],
        [_cell(look, line, names[cell.area], cell) for cell in line.cells],
        href=_source_href(look, line),
    )  # fmt: skip


def _name(look: Look, line: NetLine) -> str:
    return NETS[line.id].name(look.lang)


def _source_href(look: Look, line: NetLine) -> str:
    """Its worst source in full."""
    worst = next((one for one in line.sources if one.state == line.state), None)
    return look.href("freshness", source=worst.feed.source.name) if worst else ""


def _cell(look: Look, line: NetLine, area: str, cell: FeedCell) -> dict[str, Any]:
    term = FEEDS[cell.state]
    told = [term.name(look.lang), *(FAULTS[id_].name(look.lang) for id_ in cell.faults)]
    if cell.complete is not None:
        told.append(look.say("complete_cell", n=words(f"{cell.complete:.0%}")))
    said = join(" · ", [_name(look, line), quoted(area), *told])
    return feeds.cell(cell.state, said, glyph="" if cell.state == "fresh" else term.glyph, word=term.name(look.lang),
                      part=1.0 if cell.complete is None else cell.complete)  # fmt: skip


# --- each net -------------------------------------------------------------------------------------------


def _table(look: Look, found: Given[NetsAnswer]) -> Block:
    columns = [
        listing.column(look.say("net"), left=True, sort=False),
        listing.column(look.say("way")),
        listing.column(look.say("volume"), sort=False),
        listing.column(look.say("mean"), sort=False, least=True),
        listing.column(look.say("state"), least=True),
        listing.column(look.say("complete"), least=True),
    ]
    rows = [_net(look, one) for one in found.each("lines", "id")]
    about = look.say("table_about", n=words(str(USUAL)))
    return listing.table(columns, rows, look.say("table"), about=about)


def _net(look: Look, told: Given[NetLine]) -> dict[str, Any]:
    line = told.what
    way = WAYS[line.way]
    return listing.row(
        [
            listing.cell(_name(look, line), small=_sources(look, told), mark=_number(line)),
            listing.cell(
                way.name(look.lang), list(WAYS).index(way.id), mark=mark(way, look.lang, look.theme, word=False),
                tone="bad" if way.id in ("none", "silent") else "",
            ),
            _volume(look, told),
            _mean(look, told),
            _state(look, line) if line.sources else listing.cell(_NONE, None, state="missing"),
            _complete(look, told),
        ],
        href=_source_href(look, line),
        key=line.id,
    )  # fmt: skip


def _number(line: NetLine) -> dict[str, str]:
    """Which of the seven it is."""
    return {"glyph": NETS[line.id].glyph, "colour": "", "word": "", "shown": ""}


def _state(look: Look, line: NetLine) -> dict[str, Any]:
    term = FEEDS[line.state]
    small = look.say("newest", day=look.day_text(line.newest)) if line.newest else ""
    return listing.cell(term.name(look.lang), list(FEEDS).index(term.id), small=small,
                        mark=mark(term, look.lang, look.theme, word=False))  # fmt: skip


def _volume(look: Look, told: Given[NetLine]) -> dict[str, Any]:
    """Its first measure's newest number."""
    if told.what.told is not None:
        return listing.number(look.whole(told["told"]), small=look.say("told"))
    volumes = told.each("volumes", "measure")
    if not volumes:
        return listing.cell(look.say("nothing"), None, state="missing")
    first = volumes[0]
    return listing.number(look.short(first["last"]), small=_measured(look, first.what))


def _measured(look: Look, volume: Volume) -> Said:
    return words(MEASURES[volume.measure].name(look.lang))


def _mean(look: Look, told: Given[NetLine]) -> dict[str, Any]:
    """The mean of its first measure; below it the others'."""
    volumes = told.each("volumes", "measure")
    if not volumes:
        return listing.cell(_NONE, None, tone="soft")
    first, *others = volumes
    small = join(" · ", [join(" ", [look.short(one["mean"]), _measured(look, one.what)]) for one in others])
    return listing.number(look.short(first["mean"]), small=small)


def _complete(look: Look, told: Given[NetLine]) -> dict[str, Any]:
    if told.what.complete is None:
        return listing.cell(look.say("untold") if told.what.sources else _NONE, None, tone="soft")
    return listing.number(look.number(told["complete"], lambda value: f"{value:.0%}"),
                          tone="bad" if told.what.complete < 0.95 else "")  # fmt: skip


def _sources(look: Look, told: Given[NetLine]) -> str:
    """The names of its first sources, and how many there are if there are more."""
    names = [quoted(one.feed.name(look.lang)) for one in told.what.sources]
    said = join("、" if look.lang == "zh" else ", ", names[:_NAMED])
    return look.say("more", names=said, n=look.whole(told["sources"])) if len(names) > _NAMED else said


PAGE = Page(
    "nets",
    ("七张网", "Seven nets"),
    describe,
    about=(
        "来市、小区、企业、外呼、发热门诊、摸排、态势：哪张已接通，哪张靠文件，哪张没有来；数量、时效、完整度。",
        "Which of the seven are wired, which come by file, which do not come; how much, how fresh, how complete.",
    ),
    words=WORDS,
    under="freshness",
    kept=False,
)
