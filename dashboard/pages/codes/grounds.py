"""On what grounds codes were assigned: what is doubtful, and batches by an attribute that is no matter of health."""

from __future__ import annotations

from typing import Any

from dashboard.pages.codes.written import number, tickets_href
from dashboard.pages.page import Look
from dashboard.parts import listing
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Cited, Given
from dashboard.queries.codes import Burst, Provenance
from dashboard.said import join
from data.terms import EXCEPTIONS, Term

#: Doubts about the origin of a code; the other flags have blocks of their own.
ORIGINS = ("no_evidence", "stale_evidence", "rule_not_in_force", "no_right", "never_exposed", "burst")


def blocks(look: Look) -> list[Block]:
    """What is doubtful, beside the batches; nothing where no ticket tells of it any more."""
    told = look.ask("codes.provenance")
    if told.what is None:
        return []
    bursts = [_burst(look, one) for one in told.each("bursts", "id")]
    shared = [listing.column(look.say("group"), left=True), listing.column(look.say("n"), bar=True),
              listing.column(look.say("without"))]  # fmt: skip
    return [
        doubts(look, told),
        listing.table(shared, bursts, look.say("bursts"), about=look.say("bursts_about"), sort=(1, True), first=7,
                      none=look.say("no_bursts"), span=7),
    ]  # fmt: skip


def doubts(look: Look, told: Given[Provenance]) -> Block:
    """How many of each doubt."""
    rows = [_doubt(look, EXCEPTIONS[flag], told[f"flags[{flag}]"]) for flag in ORIGINS]
    columns = [listing.column(look.say("doubt"), left=True), listing.column(look.say("n"), bar=True)]
    return listing.table(columns, rows, look.say("origin"), about=look.say("origin_about"), sort=(1, True), span=5)


def _burst(look: Look, told: Given[Burst]) -> dict[str, Any]:
    one = told.what
    name = listing.cell(one.group, one.group, small=join(" · ", [one.authority, look.day_text(one.day)]))
    href = tickets_href(look, flag="burst", group=one.group, since=one.day)
    return listing.row([name, number(look, told["n"]), number(look, told["without"])], href=href)


def _doubt(look: Look, term: Term, n: Cited) -> dict[str, Any]:
    name = listing.cell(term.name(look.lang), term.id, mark=mark(term, look.lang, look.theme, word=False))
    return listing.row([name, number(look, n)], href=tickets_href(look, flag=term.id) if n.value else "")
