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

out = Console(width=None if sys.stdout.isatty() else 160, highlight=False)


def command(
    home: Annotated[Path, typer.Option("--home", help="数据目录 / the home folder")] = Path("onescreen-home"),
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
) -> None:
    """核对赋码台账的哈希链 / Test the chain of assignments: names the first altered row; exit code 1 if one is."""
    settings = read_home(home)
    store = Store.open(settings.database)
    proof = verify(store, delivered(store, read_city(settings.city)), settings.secret)
    store.close()
    for line in _lines(proof, "en" if lang == "en" else "zh"):
        out.print(line, markup=False, soft_wrap=True)
    if proof.breaks:
        raise typer.Exit(1)


def _lines(proof: Proof, lang: Lang) -> list[str]:
    zh = lang == "zh"
    gone = [f"… {_gone(load, file, zh)}" for load, file in proof.gone]
    broken = [f"✗ {found.say(lang)}" for found in proof.breaks]
    stood = (
        f"{proof.rows:,} 行、{proof.heads:,} 个链头核对无误"
        if zh
        else f"{proof.rows:,} rows and {proof.heads:,} heads stood the test"
    )
    head = f"最新链头 {proof.head}" if zh else f"newest head {proof.head}"
    return [*gone, *broken, f"{'✗' if broken else '✓'} {stood}", f"  {head}"]


def _gone(load: int, file: str, zh: bool) -> str:
    if zh:
        return f"第 {load} 批 {file}：原文件已不在，行无从复核，链头仍在"
    return f"load {load}, {file}: the file is there no more; its rows cannot be read again, its head stands"
