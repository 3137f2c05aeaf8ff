"""``onescreen held``: deliveries that were held back because they are odd; let them pass, or return them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.inbox import Opened, say
from dashboard.commands.noting import follow, note
from dashboard.commands.terminal import HOME, Home, out
from data import held
from data.access.audit import operator
from data.city import read_city
from data.city.province import owner_code
from data.held import Held
from data.inbox import Settled
from data.settings import read_home

app = typer.Typer(no_args_is_help=True, help="扣留待定的文件 / Deliveries that are held back.")


Name = Annotated[str, typer.Argument(help="文件名 / the file's name")]
Why = Annotated[str, typer.Option("--why", prompt="理由 / reason", help="理由，记入日志 / the reason, kept in the log")]


@app.command("list")
def list_held(home: Home = HOME) -> None:
    """列出扣留的文件 / List what is held back; exit code 1 if there is any."""
    found = held.held(home)
    for one in found:
        out.print(f"◧ {one.name}  {one.source}  {one.at:%Y-%m-%d %H:%M} UTC{_passed(one)}")
        for fault in one.faults:
            out.print(f"    {fault.line('zh')}\n    {fault.line('en')}")
    if not found:
        out.print("没有扣留的文件 / nothing is held back")
    if found:
        raise typer.Exit(1)


@app.command()
def show(name: Name, home: Home = HOME) -> None:
    """一份扣留文件的疑点和办法 / What is odd about one of them, and what to do."""
    one = held.find(home, name)
    out.print(f"{one.path}\n{one.source}  {one.at:%Y-%m-%d %H:%M} UTC{_passed(one)}")
    for fault in one.faults:
        out.print(f"· {fault.line('zh')}\n  → {fault.advice('zh')}\n  {fault.line('en')}\n  → {fault.advice('en')}")


@app.command()
def accept(name: Name, why: Why, home: Home = HOME) -> None:
    """放行：装入 / Let it pass: it is loaded."""
    one = held.find(home, name)
    _note(home, "held_accepted", one, why)
    with Opened(home) as opened:
        settled = opened.inbox.accept(one, operator(), why)
        follow(home, opened.store)
    _done(settled)


@app.command()
def refuse(name: Name, why: Why, home: Home = HOME) -> None:
    """退回 / Return it: it moves to rejected/ with a sheet for the sender."""
    one = held.find(home, name)
    _note(home, "held_refused", one, why)
    with Opened(home) as opened:
        settled = opened.inbox.refuse(one, operator(), why)
    say(settled)


@app.command()
def undo(name: Name, home: Home = HOME) -> None:
    """收回：页面上所作而未执行的决定，或已退回的文件 / Take back what was decided on a page, or a returned file."""
    waiting = [one for one in held.held(home) if one.decided and name in (one.name, str(one.path))]
    one = waiting[0] if waiting else held.find_refused(home, name)
    _note(home, "held_undone", one)
    if waiting:
        held.withdraw(one)
        out.print(f"◧ {one.name}  待定 / waits for a decision")
        return
    with Opened(home) as opened:
        say(opened.inbox.undo(one))


def _note(home: Path, action: str, one: Held, why: str = "") -> None:
    """For the log, under the city whose source it is."""
    settings = read_home(home)
    area, more = owner_code(read_city(settings.city), one.source), {"why": why} if why else {}
    note(home, action, area, settings, source=one.source, file=one.name, **more)


def _passed(one: Held) -> str:
    if one.decided:
        return f"  待执行 / to be done: {one.decided.what}, {one.decided.who}: {one.decided.why}"
    return f"  已放行 / let pass: {one.accepted['why']}" if one.accepted else ""


def _done(settled: Settled) -> None:
    if say(settled) not in ("loaded", "again"):
        raise typer.Exit(1)
