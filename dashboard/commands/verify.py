"""``onescreen verify``: hold the delivered ledgers of assignments and what is stored of them against the chain."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from data.chain import Proof, verify
from data.chain_rows import delivered
from data.city import read_city
from data.errors import Lang
from data.settings import read_home
from data.store import Store

#: Exit code where nothing is broken, but not all could be tested.
UNREAD = 3

out = Console(width=None if sys.stdout.isatty() else 160, highlight=False)


def command(
    home: Annotated[Path, typer.Option("--home", help="数据目录 / the home folder")] = Path("onescreen-home"),
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
) -> None:
    """核对赋码台账的哈希链 / Test the chain of assignments: names the first altered row.

    退出码 1：有改动；3：无改动，但有行未能重读 / Exit code 1 if one is; 3 if none is, but rows could not be read again.
    """
    settings = read_home(home)
    store = Store.open(settings.database)
    proof = verify(store, delivered(store, read_city(settings.city)), settings.secret)
    store.close()
    for line in _lines(proof, "en" if lang == "en" else "zh"):
        out.print(line, markup=False, soft_wrap=True)
    if proof.breaks or proof.gone:
        raise typer.Exit(1 if proof.breaks else UNREAD)


def _lines(proof: Proof, lang: Lang) -> list[str]:
    gone = [f"… {one.say(lang)}" for one in proof.gone]
    broken = [f"✗ {found.say(lang)}" for found in proof.breaks]
    head = f"最新链头 {proof.head}" if lang == "zh" else f"newest head {proof.head}"
    return [*gone, *broken, *_sums(proof, lang), f"  {head}"]


def _sums(proof: Proof, lang: Lang) -> list[str]:
    """What was tested, and what could not be."""
    read, unread = proof.heads - len(proof.gone), len(proof.gone)
    sign = "✗" if proof.breaks else "✓"
    zh = lang == "zh"
    stood = (
        f"{proof.rows:,} 行、{read:,} 个链头核对无误"
        if zh
        else f"{proof.rows:,} rows and {read:,} heads stood the test"
    )
    rest = f"{proof.unread:,} 行未能重读，仅头部核对" if zh else f"{proof.unread:,} rows not re-read, heads hold"
    return [*([f"{sign} {stood}"] if read or not unread else []), *([f"… {rest}"] if unread else [])]
