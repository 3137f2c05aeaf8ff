"""The command ``onescreen``: init, load, build, serve, ask, rejects, demo."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from xlsxwriter.exceptions import XlsxWriterException

from dashboard import tables
from dashboard.commands import (
    backup,
    channels,
    events,
    export,
    held,
    inbox,
    playing,
    purge,
    reconcile,
    report,
    rules,
    start,
    user,
    verify,
    wall,
)
from dashboard.commands.noting import follow, machine, opened_log
from dashboard.queries import Desk, day_range
from data.access import Access
from data.access.audit import Log, operator
from data.check import reject_sheet
from data.city import City, read_city
from data.deliveries import delivery
from data.errors import BadQuestion, Both, Lang, NothingLoaded, OneScreenError, Reject
from data.events import Events
from data.files import clear
from data.pool import keep_to
from data.settings import Settings, make_home, read_home
from data.store import Store
from grid.build import Built, Loader, build
from grid.cluster import COUNTING, counting_on
from grid.cube import Cube
from grid.geography import open_geography

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="一屏观全城 / One screen that sees the whole city.",
    pretty_exceptions_show_locals=False,
)  # fmt: skip
#: Tables in a log or a pipe are not cut to the width of a terminal that is not there.
out = Console(width=None if sys.stdout.isatty() else 160)
err = Console(stderr=True)

Home = Annotated[Path, typer.Option("--home", help="数据目录 / the home folder")]
HOME = Path("onescreen-home")


class Scale(StrEnum):
    """Sizes of the demo city."""

    town = "town"
    city = "city"
    megacity = "megacity"
    province = "province"


class Format(StrEnum):
    """How answers are written."""

    table = "table"
    csv = "csv"
    json = "json"


def discreet() -> None:
    """What fails is logged without the values of variables: keys and rows of persons are among them."""
    *before, _ = structlog.get_config()["processors"]
    said = structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, said])


def main() -> None:
    """Run the command; an error of ours is one sentence in both languages and exit code 2."""
    discreet()
    try:
        sys.exit(app(standalone_mode=False))  # the code of a typer.Exit, which is returned then, not raised
    except OneScreenError as error:
        err.print(
            f"[bold]✗[/] {_escape(error.say('zh'))}\n  {_escape(error.say('en'))}", highlight=False, soft_wrap=True
        )
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Exception as error:  # what typer itself says about wrong options; others are shown whole
        if not hasattr(error, "show"):
            raise
        error.show()
        sys.exit(2)


def _escape(text: str) -> str:
    return text.replace("[", r"\[")


@app.command()
def init(
    city: Annotated[
        Path | None, typer.Argument(help="城市文件，升级时可不写 / the city file, not needed for an upgrade")
    ] = None,
    home: Home = HOME,
    database: Annotated[
        str | None, typer.Option(help="PostgreSQL 地址；默认 SQLite / PostgreSQL URL; SQLite without")
    ] = None,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="升级数据库 / bring the database up to this release")
    ] = False,
) -> None:
    """建立数据目录 / Make a home: settings, database, inbox."""
    if city is None and not upgrade:
        raise typer.BadParameter("城市文件 / the city file", param_hint="CITY")
    city = city or read_home(home).city
    read_city(city)
    settings = make_home(home, city, database)
    Store.create(settings.database).close()
    out.print(f"✓ {home}  {'已升级 / upgraded' if upgrade else '已建立 / ready'}")


@app.command("build")
def build_command(
    city: Annotated[Path, typer.Argument(help="城市文件 / the city file")],
    home: Home = HOME,
    database: Annotated[str | None, typer.Option(help="PostgreSQL 地址 / PostgreSQL URL")] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
) -> None:
    """装入城市文件所列的一切 / Load everything the city file names; a second run loads only what is new."""
    described = read_city(city)
    settings = make_home(home, city, database)
    store = Store.create(settings.database)
    with counting_on(settings.scheduler, home / COUNTING):
        built = _build(store, described, settings, home)
    follow(home, store)
    tables.built(out, built, described, _lang(lang))
    tables.conservation(out, Cube(store, described).at(), _lang(lang))
    store.close()
    if any(outcome.error for outcome in built.outcomes):
        raise typer.Exit(1)


def _build(store: Store, city: City, settings: Settings, home: Path) -> Built:
    with _progress() as bar:
        task = bar.add_task("", total=None)

        def step(name: str, done: int, total: int) -> None:
            bar.update(task, description=name[:40], completed=done, total=total)

        return build(store, city, settings.secret, step, home)


def _progress() -> Progress:
    columns = TextColumn("{task.description:40}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    return Progress(*columns, console=err, transient=True)


@app.command()
def load(
    source: Annotated[str, typer.Argument(help="城市文件中的来源名 / a source of the city file")],
    files: Annotated[list[Path], typer.Argument(help="文件 / files")],
    home: Home = HOME,
    accept: Annotated[
        str | None,
        typer.Option(metavar="WHY", help="即使可疑也装入，并记下理由 / load it though it is odd, for this reason"),
    ] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
) -> None:
    """装入一个来源的文件 / Load files of one source."""
    settings, city, store = _open(home)
    geography = open_geography(store)
    if geography is None:
        raise NothingLoaded
    names = [known.name for known in city.sources]
    if source not in names:
        raise BadQuestion(
            detail=Both(f"没有来源 {source}；有：{', '.join(names)}", f"no source {source}; {', '.join(names)}")
        )
    loader = Loader(store, city, geography, settings.secret, home=home)
    failed = False
    for file in files:
        if not file.is_file():
            raise BadQuestion(detail=Both(f"文件不存在: {file}", f"no such file: {file}"))
        accepted = None if accept is None else {"who": operator(), "why": accept}
        with counting_on(settings.scheduler, home / COUNTING):
            outcome = loader.attempt(delivery(city.source(source), file), holds=True, accepted=accepted)
        tables.outcome(out, outcome, _lang(lang))
        failed |= outcome.error is not None
    follow(home, store)
    store.close()
    if failed:
        raise typer.Exit(1)


@app.command()
def ask(
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
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
) -> None:
    """问一个数，与页面同源 / Ask for numbers: the same ones that the page shows."""
    settings, city, store = _open(home)
    with opened_log(home, settings) as log:
        desk, viewer = Desk(Cube(store, city), log), machine(_lang(lang))
        answers = desk.ask(
            viewer,
            name,
            area=area,
            days=_days(day, first, last),
            level=level,
            as_of=_moment(as_of, city),
            total=total,
            source=source,
        )
        desk.noted(viewer, "ask", desk.place(viewer, area).code, None, measure=name, level=level, answers=len(answers))
    tables.answers(sys.stdout, answers, form.value, name, _lang(lang))
    store.close()


@app.command()
def rejects(
    number: Annotated[int | None, typer.Argument(metavar="LOAD", help="批次号 / number of the load")] = None,
    home: Home = HOME,
    sheet: Annotated[
        Path | None, typer.Option(help="写成表格发回 / write the sheet for the sender (.xlsx, .csv)")
    ] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
) -> None:
    """列出退回的行 / List rows that were not taken; without a number, the loads that have any."""
    _, _, store = _open(home)
    if number is None:
        tables.loads(out, [made for made in store.loads() if made.rejected], _lang(lang))
    else:
        made = store.load(number)
        found = store.rejects(number)
        if sheet is not None:
            _write_sheet(found, sheet, _lang(lang))
            out.print(f"✓ {sheet}  {len(found)}")
        else:
            tables.rejects(out, made, found, _lang(lang))
    store.close()


def _write_sheet(found: list[Reject], sheet: Path, lang: Lang) -> None:
    if not sheet.parent.is_dir():
        raise BadQuestion(detail=Both(f"没有文件夹 {sheet.parent}", f"no such folder: {sheet.parent}"))
    try:
        reject_sheet(found, sheet, lang)
    except (ValueError, OSError, XlsxWriterException) as error:
        detail = Both(f"写不了 {sheet}，请用可写文件夹中的 .xlsx 或 .csv", f"{sheet}: {error}")
        raise BadQuestion(detail=detail) from error


@app.command()
def serve(
    home: Home = HOME,
    host: Annotated[str | None, typer.Option(help="监听地址 / address")] = None,
    port: Annotated[int | None, typer.Option(help="端口 / port")] = None,
    is_open: Annotated[
        bool, typer.Option("--open", help="不登录，仅限本机 / without sign-in, for this machine alone")
    ] = False,
) -> None:
    """打开页面，须登录；首次打印管理员的一次性密码 / Serve the pages to whoever signs in."""
    _serve(home, host, port, is_open)


def _serve(home: Path, host: str | None, port: int | None, is_open: bool = False, demo: bool = False) -> None:
    from dashboard.access import Rules, only_here
    from dashboard.app import create_app
    from dashboard.following import follower, listener
    from dashboard.serve import serve as run
    from dashboard.ticking import ticker, together

    keep_to(read_home(home).bounds)
    settings, city, store = _open(home)
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
    out.print(f"✓ {city.name}  http://{_authority(*address)}/", highlight=False)
    if access is not None:
        start.let_in(access, settings, address[0], city.lang, demo)
    dash_app.part()  # whoever serves opens connections of its own
    beside = [listener(dash_app, settings.replica), ticker(desk)]
    beside += [] if access is None else [follower(home, dash_app.forget)]
    workers = 1 if demo else settings.workers  # the demo is looked at by one person, who wants to see it at once
    run(dash_app, *address, threads=settings.threads, ready=together(beside), workers=workers)


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


app.add_typer(wall.app, name="wall")
app.add_typer(rules.app, name="rules")
app.add_typer(user.app, name="user")
app.command("verify")(verify.command)
app.command("purge")(purge.command)
app.command("retain")(purge.retain)
app.command("reconcile")(reconcile.command)
app.command("export")(export.command)
app.command("inbox")(inbox.command)
app.add_typer(held.app, name="held")
app.add_typer(events.app, name="events")
app.add_typer(channels.app, name="channels")
app.command("backup")(backup.backup)
app.command("restore")(backup.restore_command)
app.command("report")(report.command)
app.add_typer(report.schedules, name="reports")


@app.command()
def demo(
    scale: Annotated[Scale, typer.Option(help="town | city | megacity | province")] = Scale.town,
    seed: Annotated[int, typer.Option(help="随机种子 / seed")] = 1,
    home: Annotated[Path | None, typer.Option("--home", help="数据目录 / the home folder")] = None,
    serving: Annotated[bool, typer.Option("--serve", help="随后打开页面 / serve the pages afterwards")] = False,
    host: Annotated[str | None, typer.Option(help="监听地址 / address")] = None,
    port: Annotated[int | None, typer.Option(help="端口 / port")] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
) -> None:
    """模拟城市：生成台账并照常装入 / The simulated city: ledgers are written, then loaded like real ones."""
    home = home or Path(tempfile.gettempdir()) / f"onescreen-demo-{scale.value}-{seed}"
    file = home / "city" / ("province.toml" if scale is Scale.province else "city.toml")
    if not file.exists():
        out.print(f"… 模拟 / simulating {scale.value} (seed {seed})")
        _shown(lambda step: _simulate(scale, seed, file.parent, step))
    out.print("… 装入 / loading")
    build_command(file, home, None, lang)
    events.begin_demo(home, seed)
    playing.play(home, seed)
    out.print(f"→ onescreen wall new --name 大厅 --home {home}", highlight=False, soft_wrap=True)
    out.print("  大屏链接，默认隐去小数 / the link of a wall; small numbers are hidden on it", highlight=False)
    if serving:
        _serve(home, host, port, demo=True)
    else:
        out.print(f"→ onescreen serve --home {home}")


def _simulate(scale: Scale, seed: int, folder: Path, step: Callable[[str, float], None]) -> None:
    from data.demo import simulate
    from data.demo.province import simulate_province

    if scale.value == "province":
        simulate_province(seed, folder, step)
    else:
        simulate(scale.value, seed, folder, step)


def _shown(work: Callable[[Callable[[str, float], None]], Any]) -> None:
    with _progress() as bar:
        task = bar.add_task("", total=100)
        work(lambda name, share: bar.update(task, description=name[:40], completed=round(100 * share)))


def _open(home: Path) -> tuple[Settings, City, Store]:
    settings = read_home(home)
    return settings, read_city(settings.city), Store.open(settings.database)


def _lang(lang: str) -> Lang:
    return "en" if lang == "en" else "zh"


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadQuestion(detail=f"{text}: YYYY-MM-DD") from error


def _days(day: str | None, first: str | None, last: str | None) -> list[dt.date] | None:
    if day is not None:
        if first or last:
            raise BadQuestion(detail=Both("--day 与 --from/--to 二选一", "either --day or --from and --to"))
        return [_day(day)]
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise BadQuestion(detail="--from 与 --to 要同时给出 / --from needs --to")
    return day_range(_day(first), _day(last))


def _moment(text: str | None, city: City) -> dt.datetime | None:
    """A moment in the city's time, as UTC; a bare day means its end."""
    if text is None:
        return None
    from zoneinfo import ZoneInfo

    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadQuestion(detail=f"{text}: YYYY-MM-DD[THH:MM]") from error
    if "T" not in text and " " not in text:
        moment += dt.timedelta(days=1, microseconds=-1)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(city.timezone))
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


if __name__ == "__main__":
    main()
