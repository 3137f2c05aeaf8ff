"""``onescreen init``, ``build``, ``load``, ``rejects``: a home, what is loaded into it, and what was not taken."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from xlsxwriter.exceptions import XlsxWriterException

from dashboard import tables
from dashboard.commands.noting import follow
from dashboard.commands.terminal import HOME, WIDTH, Home, LangWord, bar, lang_of, open_home
from data.access.audit import operator
from data.city import City, read_city
from data.deliveries import delivery
from data.errors import BadQuestion, NothingLoaded
from data.reject_sheet import reject_sheet
from data.rejects import Reject
from data.settings import Settings, make_home, read_home
from data.store import Store
from data.words import Both, Lang
from grid.build import Built, Loader
from grid.build import build as build_all
from grid.cluster import COUNTING, counting_on
from grid.cube import Cube
from grid.geography import open_geography

#: Tables with their colours.
out = Console(width=WIDTH)


def init(
    city: Annotated[
        Path | None, typer.Argument(help="城市文件，升级时可不写 / the city file, not needed for an upgrade")
    ] = None,
    home: Home = HOME,
    database: Annotated[
        str | None, typer.Option(help="PostgreSQL 地址；默认 SQLite / PostgreSQL URL; SQLite without")
    ] = None,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="升级数据库 / bring the database up to this release")
    ] = False,
) -> None:
    """建立数据目录 / Make a home: settings, database, inbox."""
    if city is None and not upgrade:
        raise typer.BadParameter("城市文件 / the city file", param_hint="CITY")
    city = city or read_home(home).city
    read_city(city)
    settings = make_home(home, city, database)
    Store.create(settings.database).close()
    out.print(f"✓ {home}  {'已升级 / upgraded' if upgrade else '已建立 / ready'}")


def build(
    city: Annotated[Path, typer.Argument(help="城市文件 / the city file")],
    home: Home = HOME,
    database: Annotated[str | None, typer.Option(help="PostgreSQL 地址 / PostgreSQL URL")] = None,
    lang: LangWord = "zh",
) -> None:
    """装入城市文件所列的一切 / Load everything the city file names; a second run loads only what is new."""
    described = read_city(city)
    settings = make_home(home, city, database)
    store = Store.create(settings.database)
    with counting_on(settings.scheduler, home / COUNTING):
        built = _build(store, described, settings, home)
    follow(home, store)
    tables.built(out, built, described, lang_of(lang))
    tables.conservation(out, Cube(store, described).at(), lang_of(lang))
    store.close()
    if any(outcome.error for outcome in built.outcomes):
        raise typer.Exit(1)


def _build(store: Store, city: City, settings: Settings, home: Path) -> Built:
    with bar() as shown:
        task = shown.add_task("", total=None)

        def step(name: str, done: int, total: int) -> None:
            shown.update(task, description=name[:40], completed=done, total=total)

        return build_all(store, city, settings.secret, step, home)


def load(
    source: Annotated[str, typer.Argument(help="城市文件中的来源名 / a source of the city file")],
    files: Annotated[list[Path], typer.Argument(help="文件 / files")],
    home: Home = HOME,
    accept: Annotated[
        str | None,
        typer.Option(metavar="WHY", help="即使可疑也装入，并记下理由 / load it though it is odd, for this reason"),
    ] = None,
    lang: LangWord = "zh",
) -> None:
    """装入一个来源的文件 / Load files of one source."""
    settings, city, store = open_home(home)
    geography = open_geography(store)
    if geography is None:
        raise NothingLoaded
    names = [known.name for known in city.sources]
    if source not in names:
        raise BadQuestion(
            detail=Both(f"没有来源 {source}；有：{', '.join(names)}", f"no source {source}; {', '.join(names)}")
        )
    loader = Loader(store, city, geography, settings.secret, home=home)
    failed = False
    for file in files:
        if not file.is_file():
            raise BadQuestion(detail=Both(f"文件不存在: {file}", f"no such file: {file}"))
        accepted = None if accept is None else {"who": operator(), "why": accept}
        with counting_on(settings.scheduler, home / COUNTING):
            outcome = loader.attempt(delivery(city.source(source), file), holds=True, accepted=accepted)
        tables.outcome(out, outcome, lang_of(lang))
        failed |= outcome.error is not None
    follow(home, store)
    store.close()
    if failed:
        raise typer.Exit(1)


def rejects(
    number: Annotated[int | None, typer.Argument(metavar="LOAD", help="批次号 / number of the load")] = None,
    home: Home = HOME,
    sheet: Annotated[
        Path | None, typer.Option(help="写成表格发回 / write the sheet for the sender (.xlsx, .csv)")
    ] = None,
    lang: LangWord = "zh",
) -> None:
    """列出退回的行 / List rows that were not taken; without a number, the loads that have any."""
    _, _, store = open_home(home)
    if number is None:
        tables.loads(out, [made for made in store.loads() if made.rejected], lang_of(lang))
    else:
        made = store.load(number)
        found = store.rejects(number)
        if sheet is not None:
            _write_sheet(found, sheet, lang_of(lang))
            out.print(f"✓ {sheet}  {len(found)}")
        else:
            tables.rejects(out, made, found, lang_of(lang))
    store.close()


def _write_sheet(found: list[Reject], sheet: Path, lang: Lang) -> None:
    if not sheet.parent.is_dir():
        raise BadQuestion(detail=Both(f"没有文件夹 {sheet.parent}", f"no such folder: {sheet.parent}"))
    try:
        reject_sheet(found, sheet, lang)
    except (ValueError, OSError, XlsxWriterException) as error:
        detail = Both(f"写不了 {sheet}，请用可写文件夹中的 .xlsx 或 .csv", f"{sheet}: {error}")
        raise BadQuestion(detail=detail) from error
