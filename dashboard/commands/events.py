"""``onescreen events``: the book of events at the command line, and the clock where nothing is served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.noting import machine
from dashboard.commands.terminal import HOME, Home, LangWord, lang_of, open_home, out
from dashboard.queries import Desk
from dashboard.queries.event_clock import last_change
from dashboard.queries.event_lines import EventFull, EventLine
from dashboard.queries.events import OPEN, EventDesk
from dashboard.queries.freshness import local
from dashboard.ticking import Round
from data.access import Access
from data.access.audit import Log
from data.events import Events
from data.terms import CHANGES_OF_EVENTS, STATES_OF_EVENTS
from data.words import Lang
from grid.cube import Cube

app = typer.Typer(no_args_is_help=True, help="事件 / Events that somebody must act on.")


#: Places of the demo city where events happen: a community or two of each street.
DEMO_PLACES = 60


@contextmanager
def opened(home: Path) -> Iterator[Desk]:
    """The desk of a home with its book of events and its log, closed at the end."""
    settings, city, store = open_home(home)
    access = Access.beside(settings.database, home, settings.limits)
    desk = Desk(Cube(store, city), Log(access))
    desk.home, desk.events = home, Events.beside(settings.database, home, city)
    try:
        yield desk
    finally:
        for book in (desk.events, access, store):
            book.close()


@app.command()
def tick(home: Home = HOME) -> None:
    """感知、催办、通知各一遍；onescreen serve 每半分钟自动做 / Senses, deadlines and messages, once; for cron.

    有消息送不出时退出码为 1 / Exit code 1 where a message could not be sent.
    """
    with opened(home) as desk:
        done = Round(desk)()
    out.print(f"新增事件 {done['new']}，升级 {done['escalated']}，已送 {done['sent']}，未送出 {done['failed']}")
    out.print(f"new {done['new']}, escalated {done['escalated']}, sent {done['sent']}, not sent {done['failed']}")
    if done["failed"]:
        raise typer.Exit(1)


@app.command("list")
def list_events(
    home: Home = HOME,
    area: Annotated[str, typer.Option(help="代码、名称或 city / code, name or city")] = "city",
    closed: Annotated[bool, typer.Option("--closed", help="连同已办结的 / closed ones too")] = False,
    lang: LangWord = "zh",
) -> None:
    """列出事件，先到期的在前 / List events, what is due first first."""
    with opened(home) as desk:
        states = (*OPEN, "closed") if closed else OPEN
        for line in desk.beside(EventDesk).queue(machine(lang_of(lang)), area, states):
            out.print(_said(desk, line, lang_of(lang)))


@app.command()
def show(event: Annotated[int, typer.Argument(help="编号 / number")], home: Home = HOME, lang: LangWord = "zh") -> None:
    """一个事件的来龙去脉 / One event with its history."""
    with opened(home) as desk:
        full = desk.beside(EventDesk).event(machine(lang_of(lang)), event)
        for text in _told(desk, full, lang_of(lang)):
            out.print(text)


def _said(desk: Desk, line: EventLine, lang: Lang) -> str:
    state = STATES_OF_EVENTS[line.state]
    due = f"{local(line.due, desk.city):%m-%d %H:%M}" if line.due else "-"
    late = " !" if line.late else ""
    parts = (f"{line.id:6}", f"{state.glyph} {state.name(lang)}", line.name, f"{due}{late}", line.owner.name)
    return "  ".join((*parts, " ".join(filter(None, (line.where, line.area.name, line.place))), line.note))


def _told(desk: Desk, full: EventFull, lang: Lang) -> Iterator[str]:
    yield _said(desk, full.line, lang)
    for report in full.reports:
        yield f"  · {local(report.received, desk.city):%m-%d %H:%M}  {report.source}  {report.place}  {report.note}"
    for step in full.history:
        what = CHANGES_OF_EVENTS[step.what]
        moment = f"{local(step.at, desk.city):%m-%d %H:%M}"
        yield f"  {what.glyph} {moment}  {what.name(lang)}  {step.by}  → {step.owner.name}  {step.note}"


def begin_demo(home: Path, seed: int) -> int:
    """Fills the simulated city's book of events, where it is empty yet; how many were reported."""
    from data.demo.events import play

    with opened(home) as desk:
        assert desk.events is not None
        if last_change(desk.events) is not None:
            return 0
        found = desk.beside(EventDesk)
        made = play(desk.events, found.tree(), list(_places(desk)), found.now(), seed)
        Round(desk)()
        return made


def _places(desk: Desk) -> Iterator[tuple[str, str]]:
    """(code, cell) of some of the finest areas, evenly spread over the city."""
    view = desk.cube.at()
    rows = view.areas.of_level(view.areas.levels[-1]).tolist()
    for row in rows[:: max(1, len(rows) // DEMO_PLACES)]:
        cells = view.cells_of(row)
        yield view.areas.code[row], view.leaves.cells.id[cells[len(cells) // 2]] if len(cells) else ""
