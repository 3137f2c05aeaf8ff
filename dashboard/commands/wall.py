"""``onescreen wall``: the links of walls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.noting import opened_log
from dashboard.commands.terminal import HOME, Home, out
from dashboard.queries import Desk, Viewer
from data.access.audit import MACHINE, Log, operator
from data.city import read_city
from data.settings import Settings, read_home
from data.store import Store
from data.walls import WallLink, list_walls, new_wall, revoke_wall
from grid.cube import Cube

app = typer.Typer(no_args_is_help=True, help="大屏链接 / the links of walls")


@app.command("new")
def new(
    name: Annotated[str, typer.Option(help="大屏名称 / what the wall is called")],
    home: Home = HOME,
    area: Annotated[str, typer.Option(help="只看此区域：代码、名称或 city / bound to this area")] = "city",
    address: Annotated[str | None, typer.Option(help="只许此地址或网段使用 / bound to this address or network")] = None,
    small_numbers: Annotated[
        bool,
        typer.Option("--small-numbers", help="显示小数，须有 --address / show small numbers: needs --address"),
    ] = False,
    host: Annotated[str | None, typer.Option(help="链接中的主机 / host to print")] = None,
) -> None:
    """新建大屏链接，只显示这一次；默认隐去小数 / Make a wall's link, shown this once; small numbers are hidden."""
    with _store(home) as (settings, store):
        place = Desk(Cube(store, read_city(settings.city))).place(Viewer(), area)
        scope = None if len(place.path) == 1 else place.code
        with opened_log(home, settings) as log:  # opened first: what cannot be noted is not done
            link, token = new_wall(store, name, scope, address, small_numbers=small_numbers)
            _note(log, "wall_made", link)
    out.print(f"✓ {link.id}  {link.name}  {place.name}  {_shows(link)}")
    out.print(f"http://{host or settings.host}:{settings.port}/wall/{token}")


@app.command("list")
def list_all(home: Home = HOME) -> None:
    """列出大屏链接 / List the links."""
    with _store(home) as (_, store):
        for link in list_walls(store):
            state = "停用 / revoked" if link.revoked else "有效 / in use"
            words = (link.id, link.name, link.area or "city", link.address or "-", f"{link.made:%Y-%m-%d}", state)
            out.print("  ".join(str(word) for word in (*words, _shows(link))))


@app.command("revoke")
def revoke(number: Annotated[int, typer.Argument(metavar="WALL", help="编号 / number")], home: Home = HOME) -> None:
    """停用大屏链接 / Revoke a link; its wall says so within one refresh."""
    with _store(home) as (settings, store), opened_log(home, settings) as log:
        link = revoke_wall(store, number)
        _note(log, "wall_revoked", link)
    out.print(f"✓ {link.id}  {link.name}  停用 / revoked")


@contextmanager
def _store(home: Path) -> Iterator[tuple[Settings, Store]]:
    settings = read_home(home)
    store = Store.open(settings.database)
    try:
        yield settings, store
    finally:
        store.close()


def _note(log: Log, action: str, link: WallLink) -> None:
    more = {"wall": link.id, "name": link.name, "address": link.address, "small_numbers": link.small_numbers}
    log.add(operator(), MACHINE, action, link.area or "", None, **more)


def _shows(link: WallLink) -> str:
    return "显示小数 / shows small numbers" if link.small_numbers else "隐去小数 / small numbers hidden"
