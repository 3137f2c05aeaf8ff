"""``onescreen serve``: the pages, to whoever signs in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands import start
from dashboard.commands.terminal import HOME, Home, open_home, out
from dashboard.queries import Desk
from data.access import Access
from data.access.audit import Log
from data.events import Events
from data.files import clear
from data.pool import keep_to
from data.settings import read_home
from grid.cube import Cube


def command(
    home: Home = HOME,
    host: Annotated[str | None, typer.Option(help="监听地址 / address")] = None,
    port: Annotated[int | None, typer.Option(help="端口 / port")] = None,
    is_open: Annotated[
        bool, typer.Option("--open", help="不登录，仅限本机 / without sign-in, for this machine alone")
    ] = False,
) -> None:
    """打开页面，须登录；首次打印管理员的一次性密码 / Serve the pages to whoever signs in."""
    serve(home, host, port, is_open)


def serve(home: Path, host: str | None, port: int | None, is_open: bool = False, demo: bool = False) -> None:
    """Serves a home until it is told to stop; ``demo``: the simulated city, which one person looks at."""
    from dashboard.access import Rules, only_here
    from dashboard.app import create_app
    from dashboard.following import follower, listener
    from dashboard.serve import serve as run
    from dashboard.ticking import ticker, together

    keep_to(read_home(home).bounds)
    settings, city, store = open_home(home)
    clear(home)
    address = host or settings.host, port or settings.port
    if is_open:
        start.check_open(address[0])
    access = None if is_open else Access.beside(settings.database, home, settings.limits)
    desk = Desk(Cube(store, city), None if access is None else Log(access))
    book = Events.beside(settings.database, home, city)
    dash_app = create_app(desk, home=home, access=access, rules=Rules.of(settings), events=book)
    if is_open:
        only_here(dash_app.server, address[0])
    out.print(f"✓ {city.name}  http://{_authority(*address)}/")
    if access is not None:
        start.let_in(access, settings, address[0], city.lang, demo)
    dash_app.part()  # whoever serves opens connections of its own
    beside = [listener(dash_app, settings.replica), ticker(desk)]
    beside += [] if access is None else [follower(home, dash_app.forget)]
    workers = 1 if demo else settings.workers  # several would have to be made ready before the first picture
    run(dash_app, *address, threads=settings.threads, ready=together(beside), workers=workers)


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
