"""``onescreen held``: deliveries that were held back because they are odd; let them pass, or return them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dashboard.commands.inbox import Opened, say
from dashboard.commands.noting import follow, note
from data import held
from data.access.audit import operator
from data.held import Held
from data.inbox import Settled

app = typer.Typer(no_args_is_help=True, help="扣留待定的文件 / Deliveries that are held back.")

out = Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False, soft_wrap=True)

Home = Annotated[Path, typer.Option("--home", help="数据目录 / the home folder")]
Name = Annotated[str, typer.Argument(help="文件名 / the file's name")]
Why = Annotated[str, typer.Option("--why", prompt="理由 / reason", help="理由，记入日志 / the reason, kept in the log")]
HOME = Path("onescreen-home")


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
    note(home, "held_accepted", source=one.source, file=one.name, why=why)
    with Opened(home) as opened:
        settled = opened.inbox.accept(one, operator(), why)
        follow(home, opened.store)
    _done(settled)


@app.command()
def refuse(name: Name, why: Why, home: Home = HOME) -> None:
    """退回 / Return it: it moves to rejected/ with a sheet for the sender."""
    one = held.find(home, name)
    note(home, "held_refused", source=one.source, file=one.name, why=why)
    with Opened(home) as opened:
        settled = opened.inbox.refuse(one, operator(), why)
    say(settled)


def _passed(one: Held) -> str:
    return f"  已放行 / let pass: {one.accepted['why']}" if one.accepted else ""


def _done(settled: Settled) -> None:
    if say(settled) not in ("loaded", "again"):
        raise typer.Exit(1)
