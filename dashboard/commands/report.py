"""``onescreen report``: one report into files. ``onescreen reports``: those of the home's schedule."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dashboard.commands.noting import machine
from dashboard.commands.terminal import HOME, Home, LangWord, day_or_none, err, lang_of, moment_of, out
from dashboard.queries import Desk
from data.access import Access
from data.access.audit import Log
from data.city import read_city
from data.errors import OneScreenError
from data.settings import read_home
from data.store import Store, utcnow
from grid.cube import Cube

if TYPE_CHECKING:
    from dashboard.reports.build import Head, Step


#: Seconds between two looks at the schedule.
WATCH_SECONDS = 30


schedules = typer.Typer(no_args_is_help=True, help="定时报告 / reports on a schedule")


def command(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="daily | special | notice | brief | review")],
    home: Home = HOME,
    area: Annotated[str, typer.Option(help="代码、名称或 city / code, name or city")] = "city",
    day: Annotated[str | None, typer.Option(help="某日；默认最近一日 / a day; the last one without")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="当时所知 / as known at, YYYY-MM-DD[THH:MM]")] = None,
    lang: LangWord = "zh",
    formats: Annotated[str, typer.Option("--format", help="docx,pdf,xlsx,pptx")] = "docx,pdf,xlsx,pptx",
    folder: Annotated[Path, typer.Option("--out", help="写到此文件夹 / folder to write to")] = Path(),
    layer: Annotated[str | None, typer.Option(help="图层（指标） / what its map shows, a measure")] = None,
    subject: Annotated[str | None, typer.Option(help="专报指标或通告文号 / measure or notice that it is about")] = None,
    first: Annotated[str | None, typer.Option("--from", help="复盘起日 / first day of a review")] = None,
) -> None:
    """生成疫情报告 / Write a situation report, with a manifest of all that it was made of."""
    from dashboard.reports import REPORTS, schedule
    from dashboard.reports.build import build, refuse_unknown, write
    from dashboard.reports.drawing import Pictures
    from dashboard.reports.model import Order
    from dashboard.reports.writers import templates

    desk, head = _open(home)
    said = lang_of(lang)
    order = Order(
        kind, area, day_or_none(day), moment_of(as_of, desk.city.timezone), said, layer, subject, day_or_none(first)
    )
    wanted = list(dict.fromkeys(one.strip() for one in formats.split(",") if one.strip()))
    refuse_unknown(wanted)
    with _progress(len(wanted) + len(REPORTS[kind].sections if kind in REPORTS else ())) as step:
        report = build(desk, machine(said), order, head, step, wanted)
        files = write(report, Pictures(desk, report, home / templates.FOLDER), wanted, step)
    for path in schedule.keep(files, folder):
        out.print(f"✓ {path}  {path.stat().st_size:,}")
    _close(desk)


@schedules.command("run")
def run(
    home: Home = HOME,
    watch: Annotated[bool, typer.Option("--watch", help="一直看着，到点就写 / stay, and write when due")] = False,
) -> None:
    """写出已到点而未写的报告 / Write what reports.toml says is due and is not there yet; for cron or a timer.

    有写不出的，其余照写，退出码 1 / What cannot be written is told, the others are written; exit code 1.
    """
    from dashboard.reports import schedule

    desk, head = _open(home)
    failures: list[OneScreenError] = []

    def failed(plan: schedule.Planned, error: OneScreenError) -> None:
        failures.append(error)
        err.print(f"✗ {plan.kind} {plan.area}: {error.say('zh')}\n  {error.say('en')}")

    while True:
        for path in schedule.run(desk, home, head, utcnow(), lambda one: err.print(f"… {one.name}"), failed):
            out.print(f"✓ {path}")
        if not watch:
            break
        time.sleep(WATCH_SECONDS)
    _close(desk)
    if failures:
        raise typer.Exit(1)


@schedules.command("list")
def list_due(home: Home = HOME) -> None:
    """列出计划与最近一份 / List the schedule, and whether the last report of each is there."""
    from dashboard.reports import schedule

    desk, _ = _open(home)
    for one in schedule.due(desk, home, schedule.read(home), utcnow()):
        out.print(f"{'✓' if one.done else '…'} {one.folder / one.name}  {' '.join(one.formats)}")
    _close(desk)


@schedules.command("template")
def template(
    folder: Annotated[Path, typer.Option("--out", help="写到此文件夹 / folder to write to")] = HOME / "templates",
) -> None:
    """导出 Word 和 PowerPoint 模板 / Write out the templates of Word and PowerPoint.

    改好后放在数据目录的 templates 中，即以其为准；已有的不覆盖 / Those in the home's templates win; none is replaced.
    """
    from dashboard.reports.writers import templates

    for path in templates.save(folder):
        out.print(f"✓ {path}  {path.stat().st_size:,}")


def _open(home: Path) -> tuple[Desk, Head]:
    from dashboard.reports.build import Head

    settings = read_home(home)
    log = Log(Access.beside(settings.database, home, settings.limits))
    desk = Desk(Cube(Store.open(settings.database), read_city(settings.city)), log)
    return desk, Head(settings.report_organ, settings.report_number)


def _close(desk: Desk) -> None:
    desk.cube.store.close()
    if desk.log is not None:
        desk.log.access.close()


@contextmanager
def _progress(total: int) -> Iterator[Step]:
    """A bar where somebody looks on; silence in a pipe or a log."""
    columns = TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda name: bar.update(task, description=name[:24], advance=1)
