"""``onescreen export``: layers as files, the same that the page's menu gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dashboard.commands.noting import machine, opened_log
from dashboard.queries import Desk
from data.city import City, read_city
from data.errors import BadQuestion, Both
from data.settings import read_home
from data.store import Store
from grid.cube import Cube

out = Console(highlight=False, soft_wrap=True)


def command(
    layer: Annotated[str, typer.Argument(help="图层：指标、zones、flows、score / a measure, zones, flows or score")],
    home: Annotated[Path, typer.Option("--home", help="数据目录 / the home folder")] = Path("onescreen-home"),
    area: Annotated[str, typer.Option(help="代码、名称或 city / code, name or city")] = "city",
    level: Annotated[str | None, typer.Option(help="层级；默认下一级 / level; one step below without")] = None,
    day: Annotated[str | None, typer.Option(help="某日 / one day, YYYY-MM-DD")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="当时所知 / as known at, YYYY-MM-DD[THH:MM]")] = None,
    form: Annotated[
        str, typer.Option("--format", help="格式，逗号分隔 / formats: geojson,parquet,fgb,shp,csv,xlsx")
    ] = "geojson",
    folder: Annotated[Path, typer.Option("--out", help="输出文件夹 / the folder to write to")] = Path(),
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
) -> None:
    """导出图层为文件 / Write a layer to files."""
    from dashboard.exports import Wish, file_name, format_of, layer_of, written

    formats = [format_of(name.strip()) for name in form.split(",") if name.strip()]
    settings = read_home(home)
    city, store = read_city(settings.city), Store.open(settings.database)
    wish = Wish(layer, area, level, _read(day, dt.date.fromisoformat), _moment(as_of, city))
    with opened_log(home, settings) as log:
        desk, viewer = Desk(Cube(store, city), log), machine("en" if lang == "en" else "zh")
        found = layer_of(desk, viewer, wish)
        _make(folder)
        for one in formats:
            path = folder / file_name(found, one)
            path.write_bytes(written(desk, viewer, found, one))
            out.print(f"✓ {path}  {len(found):,}", markup=False)
    store.close()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadQuestion(detail=Both(f"写不了文件夹 {folder}", f"cannot write to the folder {folder}")) from error


def _read(text: str | None, parse: Callable[[str], dt.date]) -> dt.date | None:
    try:
        return None if text is None else parse(text)
    except ValueError as error:
        raise BadQuestion(detail=f"{text}: YYYY-MM-DD[THH:MM]") from error


def _moment(text: str | None, city: City) -> dt.datetime | None:
    from dashboard.api.asking import moment
    from dashboard.api.records import read_moment

    known = _read(text, read_moment)
    return moment(known, city.timezone)
