"""What commands share: the home that they are about, languages, days and moments as they are typed, how they print."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from data.city import City, read_city
from data.days import end_of
from data.errors import BadQuestion
from data.settings import Settings, read_home
from data.store import Store
from data.words import Both, Lang

Home = Annotated[Path, typer.Option("--home", help="数据目录 / the home folder")]
HOME = Path("onescreen-home")
LangWord = Annotated[str, typer.Option("--lang", help="zh | en")]

#: Tables and lines in a log or a pipe are not cut to the width of a terminal that is not there.
WIDTH = None if sys.stdout.isatty() else 160

#: Lines as they are; and what is not for a file: progress and troubles.
out = Console(width=WIDTH, highlight=False, markup=False, soft_wrap=True)
err = Console(stderr=True)


def open_home(home: Path) -> tuple[Settings, City, Store]:
    """Settings, city and store of a home. StoreError, CityFileError."""
    settings = read_home(home)
    return settings, read_city(settings.city), Store.open(settings.database)


def lang_of(word: str) -> Lang:
    """The language that somebody asks for: Chinese but for ``en``."""
    return "en" if word == "en" else "zh"


def day_of(text: str) -> dt.date:
    """A day as it is typed; BadQuestion."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadQuestion(detail=Both(f"“{text}”不是日期，应为 YYYY-MM-DD", f"{text} is no day; YYYY-MM-DD")) from error


def day_or_none(text: str | None) -> dt.date | None:
    """The same of an option that may be left out."""
    return None if text is None else day_of(text)


def moment_of(text: str | None, zone: str) -> dt.datetime | None:
    """A moment in the city's time, as UTC without zone; a bare day means its end. BadQuestion."""
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        if "T" not in text and " " not in text:
            return end_of(moment.date(), zone) - dt.timedelta(microseconds=1)
        local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(dt.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise BadQuestion(detail=f"{text}: YYYY-MM-DD[THH:MM]") from error


def bar() -> Progress:
    """What is shown of work that takes a while; it goes when the work is done."""
    columns = TextColumn("{task.description:40}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    return Progress(*columns, console=err, transient=True)
