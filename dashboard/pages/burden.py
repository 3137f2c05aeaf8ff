"""What forms cost those who fill them in: what is asked twice, by whom, hours, paper; how files keep to format."""

from __future__ import annotations

from typing import Any

from dashboard.pages.page import Look, Page
from dashboard.parts import figures, listing, matrix, note
from dashboard.parts.sheet import Block
from dashboard.queries.burden import BurdenAnswer, Conformance, FieldLine
from dashboard.queries.cite import Cited, Given
from dashboard.queries.deliveries import part_of
from dashboard.queries.freshness import local
from dashboard.said import Said, join, quoted, words
from data.burden import FormLine, Item
from data.terms import FREQUENCIES, LEVELS, SUBJECTS

WORDS = {
    "none": (
        "这里没有表单清单。把各部门要求填报的表单按“表单清单”来源送来，就能看到哪些在重复采集。",
        (
            "There is no inventory of forms here. Deliver the forms that departments hand out as a source of the kind "
            "“inventory of forms” to see what is asked twice."
        ),
    ),
    "forms": ("表单", "Forms"),
    "forms_about": ("本区域填报的表单", "Forms that are filled in here"),
    "forms_small": ("{a_day} 张每日填 · {n} 个部门", "{a_day} of every day · {n} departments"),
    "once": ("一数一源得分", "Once-only score"),
    "once_about": (
        "不同字段数 ÷ 采集次数；100% 即每个数只采一次",
        "Different fields ÷ askings; 100% where nothing is asked twice",
    ),
    "once_small": ("{askings} 次采集中 {repeats} 次重复", "{repeats} of {askings} askings are repeats"),
    "hours": ("填报工时/日", "Person-hours a day"),
    "hours_about": ("每日次数 × 填报份数 × 每份分钟 ÷ 60", "Times a day × how many fill it in × minutes ÷ 60"),
    "unknown": ("另有 {n} 张无法计时", "{n} more cannot be told"),
    "all_known": ("全部表单都已计时", "of every form"),
    "saved": ("可省工时/日", "Could be saved a day"),
    "saved_about": (
        "每个重复字段只留采集最勤、其中最费时的一次，其余工时即可省；是下限",
        "Of each repeated field the most frequent, then costliest asking stays; the hours of the others. A lower bound",
    ),
    "of_hours": ("占全部工时 {n}", "{n} of all hours"),
    "paper": ("纸质表单", "Still on paper"),
    "paper_small": ("{n} 张", "{n} forms"),
    "fields": ("重复采集的字段", "Fields that are asked for more than once"),
    "fields_about": (
        "名称去掉单位和套话、统一说法后相同，或只差一两个无关的字。联系人的姓名与本人的姓名、入境与离境不算同一字段。点一行看各表怎么问。",
        (
            "Names that mean the same once units and wording are taken off, or nearly agree. The name of a contact and "
            "one's own, entry and departure are different fields. Choose one to see who asks for it and how."
        ),
    ),
    "field": ("字段", "Field"),
    "also": ("也写作 {names}", "also {names}"),
    "asked": ("采集次数", "Asked"),
    "departments": ("部门", "Departments"),
    "match": ("判定", "Found by"),
    "exact": ("同义", "same meaning"),
    "near": ("近似", "near wording"),
    "no_fields": ("没有发现重复采集。", "Nothing is asked for twice."),
    "pairs": ("部门之间", "Between departments"),
    "pairs_about": (
        "两个部门都在采集的字段数；对角线是本部门内重复。",
        "Fields that both departments ask for; on the diagonal those that one asks for more than once.",
    ),
    "pair": ("{one} 与 {other} 都在采集 {n} 个字段", "{one} and {other} both ask for {n} fields"),
    "own": ("{one} 内部重复 {n} 个字段", "{one} asks for {n} fields more than once"),
    "who": ("谁在问“{name}”", "Who asks for “{name}”"),
    "worded": ("表上的写法", "As worded"),
    "form": ("表单", "Form"),
    "every": ("频次", "How often"),
    "level": ("填报层级", "Filled in by"),
    "size": ("字段数", "Fields"),
    "repeated": ("重复字段", "Repeated"),
    "spent": ("工时/日", "Hours a day"),
    "spare": ("可省/日", "Saved a day"),
    "on_paper": ("载体", "Carrier"),
    "yes": ("纸质", "paper"),
    "no": ("电子", "electronic"),
    "unstated": ("未注明", "not stated"),
    "sheets": ("全部表单", "All forms"),
    "sheets_about": (
        "按每日工时排列；小字为与之重合最多的表单。",
        "By hours a day; below each the form that shares most with it.",
    ),
    "overlap": ("与“{form}”同 {n} 项", "{n} in common with “{form}”"),
    "alone": ("无重合", "nothing in common with another"),
    "format": ("格式合规", "Conformance of deliveries"),
    "format_about": (
        "各来源历次送达中，无须退回也无须补救（只能落到上级区域）的行所占比例。",
        "Of the rows that each source delivered, those that neither went back nor had to be placed by a coarser area.",
    ),
    "source": ("来源", "Source"),
    "conforming": ("合规率", "Conforming"),
    "rows": ("行数", "Rows"),
    "rejected": ("退回", "Sent back"),
    "repaired": ("补救", "Repaired"),
    "files": ("{n} 次送达", "{n} deliveries"),
    "inventory": (
        "清单 {day} 收到；本页不含任何填报内容。",
        "The inventory came on {day}; nothing that was filled in is here.",
    ),
    "scoped": (
        "各来源的格式合规率是全部区域的数，需要查看全部来源的权限。",
        "How sources keep to their format is of all areas, and takes the right to see every source.",
    ),
}  # fmt: skip

#: Rows before "more", and of the sources, most of which are as they should be.
_FIRST, _FEW = 12, 6
#: Departments beside each other: as many as a phone has room for in a legible size.
_DEPARTMENTS = 10


def describe(look: Look) -> list[Block]:
    """Figures, what is asked twice, who asks for one field, departments, forms, and how files keep to their format."""
    found: Given[BurdenAnswer] = look.ask("burden", day=None)
    if not found.what.forms:
        return [note.line(look.say("none"), tone="large"), *_format(look)]
    chosen = next((one for one in found.each("fields", "key") if one.what.key == look.wish("field")), None)
    wide = 7 if found.what.pairs else 12
    blocks = [_strip(look, found), _fields(look, found, wide)]
    blocks += [_pairs(look, found, 12 - wide)] if found.what.pairs else []
    blocks += [_asked(look, chosen.what)] if chosen is not None else []
    return [*blocks, _sheets(look, found), *_format(look), *_remark(look, found.what)]


def _strip(look: Look, found: Given[BurdenAnswer]) -> Block:
    told = found.at("ledger")
    made: list[dict[str, Any]] = [
        figures.figure(
            look.say("forms"), look.whole(found["forms"]), about=look.say("forms_about"),
            small=look.say("forms_small", a_day=look.whole(found["a_day"]), n=look.whole(told["departments"])),
        ),
        figures.figure(
            look.say("once"), _share(look, told["once_only"]), about=look.say("once_about"),
            small=look.say("once_small", askings=look.whole(told["askings"]), repeats=look.whole(told["repeats"])),
            tone="bad" if told["repeats"].value else "good",
        ),
        figures.figure(
            look.say("hours"), _hours(look, told["hours"]), about=look.say("hours_about"),
            small=look.say("unknown" if told["unknown"].value else "all_known", n=look.whole(told["unknown"])),
        ),
        figures.figure(
            look.say("saved"), _hours(look, told["saved"]), about=look.say("saved_about"),
            small=look.say("of_hours", n=_share(look, told["saved_share"])) if told["saved_share"].value else "",
        ),
        figures.figure(
            look.say("paper"), _share(look, told["paper_share"]),
            small=look.say("paper_small", n=look.whole(told["paper"])), tone="bad" if told["paper"].value else "",
        ),
    ]  # fmt: skip
    return figures.strip(made)


def _share(look: Look, one: Cited) -> Said:
    return look.number(one, lambda value: f"{value:.0%}")


def _hours(look: Look, one: Cited) -> Said:
    """Hours: below ten with one digit after the point."""
    return look.whole(one, 1 if one.value is not None and 0 < one.value < 9.95 else 0)


# --- what is asked twice ------------------------------------------------------------------------------------


def _fields(look: Look, found: Given[BurdenAnswer], span: int) -> Block:
    columns = [
        listing.column(look.say("field"), left=True, sort=False),
        listing.column(look.say("asked"), bar=True),
        listing.column(look.say("departments")),
        listing.column(look.say("match"), left=True, least=True),
    ]
    rows = [_field(look, one) for one in found.each("fields", "key")]
    return listing.table(columns, rows, look.say("fields"), about=look.say("fields_about"), none=look.say("no_fields"),
                         first=_FIRST, span=span)  # fmt: skip


def _field(look: Look, told: Given[FieldLine]) -> dict[str, Any]:
    line = told.what
    others = [name for name in line.group.names if name != line.group.name]
    small = look.say("also", names=quoted(_between(look).join(others))) if others else ""
    about = SUBJECTS[line.group.items[0].subject]
    whose = [] if about.id == "person" else [about.name(look.lang)]
    name = join(" · ", [quoted(line.group.name), *whose])
    asked = line.key == look.wish("field")
    return listing.row(
        [
            listing.cell(name, line.group.name, small=small),
            listing.number(look.whole(told["group.items"])),
            listing.number(look.whole(told["departments"])),
            listing.cell(look.say("exact" if line.group.exact else "near"), tone="soft"),
        ],
        href=look.href(field=None if asked else line.key),
        key=line.key,
    )


def _between(look: Look) -> str:
    return "、" if look.lang == "zh" else ", "


def _asked(look: Look, line: FieldLine) -> Block:
    """Who asks for one field, and how."""
    columns = [listing.column(look.say(key), left=True, least=key == "level")
               for key in ("form", "worded", "every", "level")]  # fmt: skip
    rows = [_asking(look, item) for item in line.group.items]
    return listing.table(columns, rows, look.say("who", name=quoted(line.group.name)), id="field")


def _asking(look: Look, item: Item) -> dict[str, Any]:
    return listing.row(
        [
            listing.cell(quoted(item.form), item.form, small=quoted(item.department)),
            listing.cell(quoted(item.field), item.field),
            listing.cell(FREQUENCIES[item.every].name(look.lang), list(FREQUENCIES).index(item.every)),
            listing.cell(LEVELS[item.level].name(look.lang), list(LEVELS).index(item.level)),
        ]
    )


# --- departments ------------------------------------------------------------------------------------------


def _pairs(look: Look, found: Given[BurdenAnswer], span: int) -> Block:
    pairs = {frozenset((one.what.one, one.what.other)): one for one in found.each("pairs", "key")}
    names = _busiest(found.what)
    most = max(one.what.shared for one in pairs.values())
    squares = [[_square(look, pairs.get(frozenset((one, two))), one == two, most) for two in names] for one in names]
    marks = [{"glyph": words(str(n)), "colour": "", "word": quoted(name)} for n, name in enumerate(names, 1)]
    rows, columns = ([each | {"shown": shown} for each in marks] for shown in ("yes", ""))
    made = matrix.panel("", rows, columns, squares)
    return matrix.panels([made], look.say("pairs"), about=look.say("pairs_about"), span=span)


def _busiest(answer: BurdenAnswer) -> list[str]:
    """The departments that share most with the others, most first."""
    total: dict[str, int] = {}
    for pair in answer.pairs:
        for name in {pair.one, pair.other}:
            total[name] = total.get(name, 0) + pair.shared
    return sorted(total, key=lambda name: (-total[name], name))[:_DEPARTMENTS]


def _square(look: Look, told: Given[Any] | None, own: bool, most: int) -> dict[str, Any]:
    if told is None:
        return matrix.square("", state="value", quiet=True)
    n = look.whole(told["shared"])
    key = "own" if own else "pair"
    about = look.say(key, one=quoted(told.what.one), other=quoted(told.what.other), n=n)
    return matrix.square(n, weight=told.what.shared / most, about=about)


# --- forms ----------------------------------------------------------------------------------------------


def _sheets(look: Look, found: Given[BurdenAnswer]) -> Block:
    columns = [
        listing.column(look.say("form"), left=True),
        listing.column(look.say("every"), left=True, least=True),
        listing.column(look.say("level"), left=True, least=True),
        listing.column(look.say("size"), least=True),
        listing.column(look.say("repeated")),
        listing.column(look.say("spent"), bar=True, about=look.say("hours_about")),
        listing.column(look.say("spare"), about=look.say("saved_about")),
        listing.column(look.say("on_paper"), left=True, least=True),
    ]
    rows = [_sheet(look, one) for one in found.each("ledger.lines", "key")]
    return listing.table(columns, rows, look.say("sheets"), about=look.say("sheets_about"),
                         count=look.whole(found["forms"]), first=_FIRST)  # fmt: skip


def _sheet(look: Look, told: Given[FormLine]) -> dict[str, Any]:
    line = told.what
    shared = look.say("overlap" if line.shared else "alone", form=quoted(line.overlap), n=look.whole(told["shared"]))
    paper = {True: "yes", False: "no", None: "unstated"}[line.paper]
    return listing.row(
        [
            listing.cell(quoted(line.form), line.form, small=join(" · ", [quoted(line.department), shared])),
            listing.cell(FREQUENCIES[line.every].name(look.lang), list(FREQUENCIES).index(line.every)),
            listing.cell(LEVELS[line.level].name(look.lang), list(LEVELS).index(line.level)),
            listing.number(look.whole(told["fields"])),
            listing.number(look.whole(told["repeated"])),
            listing.number(_hours(look, told["hours"])),
            listing.number(_hours(look, told["saved"])),
            listing.cell(look.say(paper), paper, tone="bad" if line.paper else "soft"),
        ],
        key=line.key,
    )


# --- how files keep to their format ---------------------------------------------------------------------


def _format(look: Look) -> list[Block]:
    found: Given[list[Conformance]] = look.ask("burden.conformance", day=None, area="city")
    if not found.what:
        return [] if part_of(look.desk.city, look.viewer.scope) else [note.line(look.say("scoped"))]
    columns = [
        listing.column(look.say("source"), left=True),
        listing.column(look.say("conforming")),
        listing.column(look.say("rejected"), bar=True),
        listing.column(look.say("repaired"), bar=True),
        listing.column(look.say("rows"), least=True),
    ]
    rows = [_source(look, one) for one in found.each("", "source")]
    return [listing.table(columns, rows, look.say("format"), about=look.say("format_about"), first=_FEW)]


def _source(look: Look, told: Given[Conformance]) -> dict[str, Any]:
    one = told.what
    name = quoted(one.title_en if look.lang == "en" else one.title)
    # rounded down: 100% is said of a source of which every row conforms, and of no other
    share = look.number(told["conforming"], lambda value: f"{int(value * 1000) / 10:g}%")
    return listing.row(
        [
            listing.cell(name, name, small=look.say("files", n=look.whole(told["files"]))),
            listing.number(share, tone="" if one.conforming == 1 else "bad"),
            *(listing.number(look.whole(told[key])) for key in ("rejected", "repaired", "rows")),
        ],
        href=look.href("freshness", source=one.source),
        key=one.source,
    )


def _remark(look: Look, answer: BurdenAnswer) -> list[Block]:
    if answer.received is None:
        return []
    here = local(answer.received, look.desk.city)
    return [note.line(look.say("inventory", day=words(look.day_text(here.date(), year=True))))]


PAGE = Page(
    "burden",
    ("填报负担", "Burden"),
    describe,
    about=(
        "各部门让基层填哪些表、哪些数采了不止一次、每天花多少工时、能省多少、还有多少在纸上。",
        "Which forms departments hand out, what is asked for twice, the hours it takes, what could be saved, paper.",
    ),
    wishes=("field",),
    words=WORDS,
    under="freshness",
)
