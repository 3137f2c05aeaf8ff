"""``onescreen export``: layers as files, the same that the page's menu gives."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.noting import machine, opened_log
from dashboard.commands.terminal import HOME, Home, LangWord, day_or_none, lang_of, moment_of, open_home, out
from dashboard.queries import Desk
from data.errors import BadQuestion
from data.words import Both
from grid.cube import Cube


def command(
    layer: Annotated[str, typer.Argument(help="图层：指标、zones、flows、score / a measure, zones, flows or score")],
    home: Home = HOME,
    area: Annotated[str, typer.Option(help="代码、名称或 city / code, name or city")] = "city",
    level: Annotated[str | None, typer.Option(help="层级；默认下一级 / level; one step below without")] = None,
    day: Annotated[str | None, typer.Option(help="某日 / one day, YYYY-MM-DD")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="当时所知 / as known at, YYYY-MM-DD[THH:MM]")] = None,
    form: Annotated[
        str, typer.Option("--format", help="格式，逗号分隔 / formats: geojson,parquet,fgb,shp,csv,xlsx")
    ] = "geojson",
    folder: Annotated[Path, typer.Option("--out", help="输出文件夹 / the folder to write to")] = Path(),
    lang: LangWord = "zh",
) -> None:
    """导出图层为文件 / Write a layer to files."""
    from dashboard.exports import Wish, file_name, format_of, layer_of, written

    formats = [format_of(name.strip()) for name in form.split(",") if name.strip()]
    settings, city, store = open_home(home)
    wish = Wish(layer, area, level, day_or_none(day), moment_of(as_of, city.timezone))
    with opened_log(home, settings) as log:
        desk, viewer = Desk(Cube(store, city), log), machine(lang_of(lang))
        found = layer_of(desk, viewer, wish)
        _make(folder)
        for one in formats:
            path = folder / file_name(found, one)
            path.write_bytes(written(desk, viewer, found, one))
            out.print(f"✓ {path}  {len(found):,}")
    store.close()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadQuestion(detail=Both(f"写不了文件夹 {folder}", f"cannot write to the folder {folder}")) from error
