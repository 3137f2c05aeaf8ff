"""``onescreen purge``: destroy what must be destroyed, and leave a certificate of it; ``onescreen retain``: what the
settings no longer keep."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.noting import opened_log
from dashboard.commands.terminal import HOME, Home, day_or_none, out
from data.access.audit import Log, operator
from data.access.certificates import certificates, keep_file, unfinished
from data.city import read_city
from data.engine import utcnow
from data.events import Events
from data.locks import only
from data.purge import Wanted, begin, carry_out, holds_nothing, plan, say
from data.settings import Settings, read_home
from data.store import Store
from grid.counts import count_of


def command(
    home: Home = HOME,
    tickets_before: Annotated[
        str | None,
        typer.Option(help="此日之前的逐条赋码记录和个人级原件 / tickets and persons' files of days before, YYYY-MM-DD"),
    ] = None,
    log_before: Annotated[
        str | None, typer.Option(help="此日之前的审计日志，至少留六个月 / lines of the log before, kept six months")
    ] = None,
    events_before: Annotated[
        str | None,
        typer.Option(help="此日之前办结的事件的经过 / histories of events closed before, YYYY-MM-DD"),
    ] = None,
    days_before: Annotated[
        str | None,
        typer.Option(help="此月之前各日的全部数据，日后仍要用的除外 / all of days before this month, YYYY-MM-DD"),
    ] = None,
    revisions_before: Annotated[
        str | None,
        typer.Option(help="此日之前已被更正的数据 / what was replaced before; what was known then is asked no more"),
    ] = None,
    sessions: Annotated[bool, typer.Option("--sessions", help="全部登录会话 / all sessions")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="确认销毁；不写则只列出 / do it; without, it is only listed")
    ] = False,
    finish: Annotated[bool, typer.Option("--finish", help="完成中断的销毁 / end one that was cut short")] = False,
) -> None:
    """依法销毁，留下证书；默认只列出 / Destroy what must be destroyed, leaving a certificate; a dry run without --yes.

    汇总数保留，--days-before 除外。备份、他人手中的副本不在其内 / Sums stay but for --days-before. Backups and copies
    that others hold are not reached.
    """
    days = map(day_or_none, (events_before, days_before, revisions_before))
    _carry(home, Wanted(day_or_none(tickets_before), day_or_none(log_before), sessions, *days), yes, finish)


def retain(
    home: Home = HOME,
    yes: Annotated[
        bool, typer.Option("--yes", help="确认清除；不写则只列出 / do it; without, it is only listed")
    ] = False,
) -> None:
    """按设置 keep_… 清除过期数据，留下证书；可定时运行 / Destroy what the settings no longer keep; for a timer."""
    _carry(home, overdue(read_home(home)), yes)


def overdue(settings: Settings, today: dt.date | None = None) -> Wanted:
    """What the settings no longer keep; of numbers the whole months alone."""
    now = today or utcnow().date()

    def before(days: int) -> dt.date | None:
        return now - dt.timedelta(days=days) if days else None

    return Wanted(
        tickets_before=before(settings.keep_tickets), log_before=before(settings.keep_log),
        events_before=before(settings.keep_events), days_before=before(settings.keep_days),
        revisions_before=before(settings.keep_revisions),
    )  # fmt: skip


def _carry(home: Path, wanted: Wanted, yes: bool, finish: bool = False) -> None:
    settings = read_home(home)
    store, events = Store.open(settings.database), Events.beside(settings.database, home)
    with opened_log(home, settings) as log, only(home / ".purge.lock"):
        _finish(home, settings, store, log, events)
        if not finish or wanted != Wanted():
            _purge(home, settings, store, log, events, wanted, yes)
    events.close()
    store.close()


def _finish(home: Path, settings: Settings, store: Store, log: Log, events: Events) -> None:
    """What an earlier run began is done first: it is beyond asking."""
    begun = unfinished(log)
    if begun is not None:
        out.print(f"… 完成第 {begun.id} 号销毁 / finishing purge {begun.id}")
        out.print(f"✓ {carry_out(home, store, log, begun, settings.secret, events)}")
    for one in certificates(log):  # a restored home has the certificates in its book alone
        keep_file(home, one)


def _purge(home: Path, settings: Settings, store: Store, log: Log, events: Events, wanted: Wanted, yes: bool) -> None:
    made = plan(store, log, home, read_city(settings.city), wanted, events=events, reach=reach)
    for line in say(made):
        out.print(f"− {line.zh}")
        out.print(f"  {line.en}")
    if holds_nothing(made):
        out.print("= 没有可销毁的内容 / there is nothing to destroy")
    elif not yes:
        out.print("! 未销毁。确认无误后加 --yes / nothing was destroyed: add --yes once this is right")
    else:
        begun = begin(log, made, operator())
        out.print(f"✓ {carry_out(home, store, log, begun, settings.secret, events)}")


def reach(count: str) -> int:
    """For how many days after its own a count stands."""
    return count_of(count).carry
