"""``onescreen verify``: hold the delivered ledgers of assignments and what is stored of them against the chain, and the
log against its own."""

from __future__ import annotations

import typer

from dashboard.commands.noting import opened_log
from dashboard.commands.terminal import HOME, Home, LangWord, lang_of, out
from data.access.audit import Log
from data.access.certificates import certificates, genuine
from data.access.proof import LogProof, verify_log
from data.chain import Proof, verify
from data.chain.rows import delivered
from data.city import read_city
from data.settings import read_home
from data.store import Store
from data.words import Lang

#: Exit code where nothing is broken, but not all could be tested.
UNREAD = 3


def command(
    home: Home = HOME,
    lang: LangWord = "zh",
) -> None:
    """核对赋码台账和审计日志的哈希链 / Test the chains of assignments and of the log: names the first altered row.

    退出码 1：有改动；3：无改动，但有行未能重读 / Exit code 1 if one is; 3 if none is, but rows could not be read again.
    """
    settings = read_home(home)
    store = Store.open(settings.database)
    proof = verify(store, delivered(store, read_city(settings.city)), settings.secret)
    store.close()
    said = lang_of(lang)
    with opened_log(home, settings) as log:
        logged, begun, forged = verify_log(log), *_purges(log, settings.secret)
    for line in [*_lines(proof, said), *_log_lines(logged, said), *_purge_lines(begun, forged, said)]:
        out.print(line)
    if proof.breaks or logged.breaks or forged:
        raise typer.Exit(1)
    if proof.gone or begun or logged.unwitnessed:
        raise typer.Exit(UNREAD)


def _purges(log: Log, secret: str) -> tuple[list[int], list[int]]:
    """(numbers of the certificates that were begun and not closed, of those that are not as they were written)."""
    every = certificates(log)
    forged = [one.id for one in every if one.said is not None and not genuine(one.said, secret)]
    return [one.id for one in every if one.done is None], forged


def _log_lines(proof: LogProof, lang: Lang) -> list[str]:
    broken = [f"✗ {one.say(lang)}" for one in proof.breaks]
    sign = "✗" if broken else "✓"
    if lang == "zh":
        since = f"（自第 {proof.first} 条起）" if proof.first > 1 else ""
        held = f"{sign} 审计日志 {proof.lines:,} 条核对无误{since}，其中 {proof.witnessed:,} 条另有见证"
        return [*broken, held, *_alone(proof, lang), f"  日志链头 {proof.head}"]
    since = f" (from line {proof.first} on)" if proof.first > 1 else ""
    held = f"{sign} {proof.lines:,} lines of the log stood the test{since}, {proof.witnessed:,} of them witnessed"
    return [*broken, held, *_alone(proof, lang), f"  head of the log {proof.head}"]


def _alone(proof: LogProof, lang: Lang) -> list[str]:
    zh = "… 见证 log.heads 不见了或不是从头记起：末尾是否被截去，只能与另存的链头对照"
    en = "… the witness log.heads is gone, or was made anew: only a head kept elsewhere tells whether the end was cut"
    return [zh if lang == "zh" else en] if proof.unwitnessed else []


def _purge_lines(begun: list[int], forged: list[int], lang: Lang) -> list[str]:
    zh = lang == "zh"
    waiting = (
        "purge {} is not at its end: onescreen purge --finish",
        "第 {} 号销毁尚未完成：onescreen purge --finish",
    )[zh]
    altered = "第 {} 号销毁证书被改动，或密钥不同" if zh else "certificate {} was altered, or the secret is another one"
    return [*(f"… {waiting.format(one)}" for one in begun), *(f"✗ {altered.format(one)}" for one in forged)]


def _lines(proof: Proof, lang: Lang) -> list[str]:
    gone = [f"… {one.say(lang)}" for one in proof.gone]
    gone += [f"− {one.say(lang)}" for one in proof.purged]
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
