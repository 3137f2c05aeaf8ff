"""``onescreen reconcile``: asks every number of every page, wall scene and report again, and adds up what must."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from dashboard.commands.terminal import HOME, Home, LangWord, day_of, lang_of, out
from data.city import read_city
from data.settings import read_home
from data.words import Lang

if TYPE_CHECKING:
    from dashboard.reconcile import Tally

#: Findings printed; the rest is only counted.
SHOWN = 200

err = Console(stderr=True, highlight=False)


def command(
    home: Home = HOME,
    day: Annotated[list[str] | None, typer.Option(help="另查这些日子 / these days too, YYYY-MM-DD")] = None,
    lang: LangWord = "zh",
) -> None:
    """逐页、逐屏、逐份报告把每个数重新问一遍 / Ask every number of every page, wall scene and report again.

    退出码 1：有不符、没有出处或加不起来的数 / Exit code 1 if any differs, cites nothing or does not add up.
    """
    from dashboard.reconcile import reconcile

    settings = read_home(home)
    tally = reconcile(settings.database, read_city(settings.city), [day_of(one) for one in day or ()], _progress())
    for line in lines(tally, lang_of(lang)):
        out.print(line)
    if tally.findings:
        raise typer.Exit(1)


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
