"""``onescreen reconcile``: asks every number of every page, wall scene and report again, and adds up what must."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from data.city import read_city
from data.errors import BadQuestion, Both, Lang
from data.settings import read_home

if TYPE_CHECKING:
    from dashboard.reconcile import Tally

#: Findings printed; the rest is only counted.
SHOWN = 200

out = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
err = Console(stderr=True, highlight=False)


def command(
    home: Annotated[Path, typer.Option("--home", help="数据目录 / the home folder")] = Path("onescreen-home"),
    day: Annotated[list[str] | None, typer.Option(help="另查这些日子 / these days too, YYYY-MM-DD")] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
) -> None:
    """逐页、逐屏、逐份报告把每个数重新问一遍 / Ask every number of every page, wall scene and report again.

    退出码 1：有不符、没有出处或加不起来的数 / Exit code 1 if any differs, cites nothing or does not add up.
    """
    from dashboard.reconcile import reconcile

    settings = read_home(home)
    tally = reconcile(settings.database, read_city(settings.city), [_day(one) for one in day or ()], _progress())
    for line in lines(tally, "en" if lang == "en" else "zh"):
        out.print(line, markup=False, soft_wrap=True)
    if tally.findings:
        raise typer.Exit(1)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadQuestion(detail=Both(f"“{text}”不是日期", f"{text} is no day")) from None


def _progress() -> Callable[[int, str], None] | None:
    """Where it is, on a terminal."""
    if not err.is_terminal:
        return None
    return lambda n, name: err.print(f"{n} {name}"[: err.width - 1].ljust(err.width - 1), end="\r", markup=False)


def lines(tally: Tally, lang: Lang) -> list[str]:
    """What was found, worst first, then the sums."""
    shown = [f"✗ {finding.say(lang)}" for finding in tally.findings[:SHOWN]]
    if len(tally.findings) > SHOWN:
        rest = len(tally.findings) - SHOWN
        shown.append(f"… 另有 {rest:,} 处" if lang == "zh" else f"… {rest:,} more")
    differ, untraced = len(tally.wrong("differs", "sum", "broken")), len(tally.wrong("untraced"))
    sign = "✗" if tally.findings else "✓"
    if lang == "zh":
        found = f"{sign} {tally.screens:,} 个画面，{tally.numbers:,} 个数：{tally.share:.2%} 有出处，{differ:,} 处不符"
        return [*shown, f"{found}，{untraced:,} 处没有出处；{tally.sums:,} 个合计，{tally.questions:,} 个问题"]
    told = f"{tally.share:.2%} traced, {differ:,} disagree"
    found = f"{sign} {tally.screens:,} screens, {tally.numbers:,} numbers: {told}"
    return [*shown, f"{found}, {untraced:,} cite nothing; {tally.sums:,} sums, {tally.questions:,} questions"]
