"""``onescreen rules``: rule packs and rules of travel, what each says, and where those in force contradict."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dashboard.commands import travel
from dashboard.commands.terminal import LangWord, day_of, lang_of
from data.city import City, read_city
from data.errors import BadQuestion
from data.rules import Clause, Pack, Rulebook, city_rulebook, rulebook
from data.rules.contradictions import contradictions
from data.settings import read_home
from data.terms import CODES, CONFINED, IDENTITIES, RISKS, UNITS, ZONES
from data.words import Both, Lang

app = typer.Typer(no_args_is_help=True, help="规则包 / rule packs")
out = Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False, emoji=False)

Home = Annotated[Path | None, typer.Option("--home", help="数据目录，连同本市规则 / a home: its city's packs too")]

ABOUT = {"codes": ("赋码", "codes"), "zones": ("划区", "zones"), "orders": ("通告赋码", "an order")}
_NAMES = {**IDENTITIES, **ZONES, **RISKS}


@app.command("list")
def list_packs(home: Home = None, lang: LangWord = "zh") -> None:
    """列出规则包 / List the rule packs."""
    said = lang_of(lang)
    heads = ("规则", "名称", "文号", "内容", "起", "止", "辖区") if said == "zh" else (
        "pack", "name", "notice", "about", "from", "until", "area")  # fmt: skip
    table = _table(*heads)
    book = _book(home)
    for pack in book.packs:
        about = ABOUT[pack.about][said == "en"]
        stop = book.stop(pack)
        cells = (
            pack.id,
            pack.name(said),
            pack.number(said),
            about,
            str(pack.start),
            str(stop or "-"),
            pack.area or "-",
        )
        table.add_row(*cells)
    for travelling in travel.packs_of(_city(home)):
        table.add_row(*travel.line(travelling, said))
    out.print(table)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="PACK", help="规则包或文号 / id, name or number of the notice")],
    home: Home = None,
    lang: LangWord = "zh",
) -> None:
    """一个规则包的出处与条款 / Where a pack comes from, and its clauses."""
    said, book = lang_of(lang), _book(home)
    pack, journeys = book.find(name), {pack.id: pack for pack in travel.packs_of(_city(home))}
    if pack is not None:
        _print(_tell(pack, book, said))
    elif name in journeys:
        _print(travel.tell(journeys[name], said))
    else:
        known = ", ".join([*(pack.id for pack in book.packs), *journeys])
        raise BadQuestion(detail=Both(f"没有规则包 {name}；有：{known}", f"no rule pack {name}; there are {known}"))


@app.command()
def conflicts(
    day: Annotated[str, typer.Option(help="某日 / a day, YYYY-MM-DD")],
    area: Annotated[str, typer.Option(help="区划代码；不写则不限 / area code; any without")] = "",
    home: Home = None,
    lang: LangWord = "zh",
) -> None:
    """同时在用、彼此矛盾的条款和两地出行规定 / Clauses in force together, and rules of two cities, that contradict;
    exit code 1 if there are any."""
    said = lang_of(lang)
    on = day_of(day)
    found = [one.say(said) for one in contradictions(_book(home), on, area)]
    found += [] if area else travel.conflicts(_city(home), on, said)
    _print(found)
    words = ("矛盾 {} 处", "{} contradictions")[said == "en"]
    out.print(words.format(len(found)))
    if found:
        raise typer.Exit(1)


def _tell(pack: Pack, book: Rulebook, lang: Lang) -> Iterator[str]:
    """A pack in full."""
    yield f"{pack.id}  {pack.name(lang)}"
    yield from (f"  {term}  {value}" for term, value in _facts(pack, book, lang) if value)
    for clause in pack.clauses:
        yield f"\n{clause.word}  {_gist(clause, lang)}"
        yield f"  {clause.text(lang)}"
        whom = [_NAMES[one].name(lang) for one, id in pack.identities.items() if id == clause.id]
        if whom:
            yield ("  适用：" if lang == "zh" else "  for: ") + ("、" if lang == "zh" else ", ").join(whom)


def _facts(pack: Pack, book: Rulebook, lang: Lang) -> list[tuple[str, object]]:
    zh = lang == "zh"
    stop = book.stop(pack)
    return [
        ("文号" if zh else "notice", pack.number(lang)),
        ("发布" if zh else "by", pack.by(lang)),
        ("出处" if zh else "source", " ".join(filter(None, (pack.source, pack.url)))),
        ("在用" if zh else "in force", f"{pack.start} – {stop or ''}"),
        ("辖区" if zh else "area", pack.area),
        ("划定单位" if zh else "unit", UNITS[pack.unit].name(lang) if pack.unit else ""),
        ("取代" if zh else "replaces", ", ".join(pack.replaces)),
    ]


def _gist(clause: Clause, lang: Lang) -> str:
    """What a clause comes to, in a line."""
    zh = lang == "zh"
    state = {**CODES, **RISKS}[clause.colour or clause.risk].name(lang)
    parts = [state, CONFINED[clause.confined].name(lang) if clause.confined else ""]
    parts.append(("不限期" if zh else "no term") if clause.open else f"{clause.days} {'天' if zh else 'days'}")
    parts.append(f"→ {clause.next}" if clause.next else "")
    return "  ".join(part for part in parts if part)


def _city(home: Path | None) -> City | None:
    return None if home is None else read_city(read_home(home).city)


def _book(home: Path | None) -> Rulebook:
    city = _city(home)
    return rulebook() if city is None else city_rulebook(city)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        out.print(line, soft_wrap=True)


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head)
    return table
