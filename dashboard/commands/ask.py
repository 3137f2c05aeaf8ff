"""``onescreen ask``: numbers, from the questions that the pages ask."""

from __future__ import annotations

import datetime as dt
import sys
from enum import StrEnum
from typing import Annotated

import typer

from dashboard import tables
from dashboard.commands.noting import machine, opened_log
from dashboard.commands.terminal import HOME, Home, LangWord, day_of, lang_of, moment_of, open_home
from dashboard.queries import Desk, day_range
from data.errors import BadQuestion
from data.words import Both
from grid.cube import Cube


class Format(StrEnum):
    """How answers are written."""

    table = "table"
    csv = "csv"
    json = "json"


def command(
    name: Annotated[str, typer.Argument(metavar="MEASURE", help="指标 / measure, for instance positives")],
    home: Home = HOME,
    area: Annotated[str, typer.Option(help="代码、名称或 city / code, name or city")] = "city",
    day: Annotated[str | None, typer.Option(help="某日 / one day, YYYY-MM-DD")] = None,
    first: Annotated[str | None, typer.Option("--from", help="起日 / first day")] = None,
    last: Annotated[str | None, typer.Option("--to", help="止日 / last day")] = None,
    level: Annotated[str | None, typer.Option(help="列出该层级的下级 / list the areas of this level")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="当时所知 / as known at, YYYY-MM-DD[THH:MM]")] = None,
    total: Annotated[bool, typer.Option("--sum", help="把各日相加 / add the days up")] = False,
    source: Annotated[str | None, typer.Option(help="只听某一来源 / as one source alone tells it")] = None,
    form: Annotated[Format, typer.Option("--format", help="输出格式 / output")] = Format.table,
    lang: LangWord = "zh",
) -> None:
    """问一个数，与页面同源 / Ask for numbers: the same ones that the page shows."""
    settings, city, store = open_home(home)
    with opened_log(home, settings) as log:
        desk, viewer = Desk(Cube(store, city), log), machine(lang_of(lang))
        answers = desk.ask(
            viewer,
            name,
            area=area,
            days=_days(day, first, last),
            level=level,
            as_of=moment_of(as_of, city.timezone),
            total=total,
            source=source,
        )
        desk.noted(viewer, "ask", desk.place(viewer, area).code, None, measure=name, level=level, answers=len(answers))
    tables.answers(sys.stdout, answers, form.value, name, lang_of(lang))
    store.close()


def _days(day: str | None, first: str | None, last: str | None) -> list[dt.date] | None:
    if day is not None:
        if first or last:
            raise BadQuestion(detail=Both("--day 与 --from/--to 二选一", "either --day or --from and --to"))
        return [day_of(day)]
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise BadQuestion(detail="--from 与 --to 要同时给出 / --from needs --to")
    return day_range(day_of(first), day_of(last))
