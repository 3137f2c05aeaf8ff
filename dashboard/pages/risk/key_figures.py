"""The figures of an area's risk: score, alarming units, signals, clusters, Rt, the next seven days."""

from __future__ import annotations

from typing import Any

from dashboard.pages.page import Look
from dashboard.pages.risk.scores import upto
from dashboard.pages.risk.written import fixed, short
from dashboard.parts import figures
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Given
from dashboard.queries.risk import RiskAnswer
from dashboard.queries.risk import UnitLine as Unit
from dashboard.said import join, quoted
from data.terms import GRADES, TIERS
from grid.risk.grades import meaning


def strip(look: Look, found: Given[RiskAnswer]) -> Block:
    """The strip."""
    level = TIERS[found.what.level].name(look.lang)
    units = look.say("of_units", n=short(look, found["counted"]), level=level)
    alarming, own = found["alarming"], found.at("own")
    made = [
        _score(look, own),
        figures.figure(
            look.say("alarming"), short(look, alarming), small=units, tone="bad" if alarming.value else ""
        ),
        figures.figure(
            look.say("unknown"), short(look, found["grades[unknown]"]), about=look.say("unknown_about"),
            href=look.href(grade="unknown"),
        ),
        _signalled(look, found),
        _clustered(look, found),
        _rt(look, own),
        _ahead(look, found),
    ]  # fmt: skip
    return figures.strip(made)


def _score(look: Look, told: Given[Any]) -> dict[str, Any]:
    about = look.say("score_about")
    own: Unit | None = told.what
    if own is None or not any(part.number is not None for part in own.parts):
        return figures.figure(look.say("score"), look.say("missing"), state="missing", about=about)
    grade = GRADES[own.grade]
    small = join(" · ", [text for text in (grade.name(look.lang), upto(look, told)) if text])
    return figures.figure(
        look.say("score"), fixed(look, told["least"], 1), small=small,
        about=join(" ", [about, quoted(meaning(own.grade, look.lang))]),
        mark=mark(grade, look.lang, look.theme, word=False),
    )  # fmt: skip


def _signalled(look: Look, found: Given[RiskAnswer]) -> dict[str, Any]:
    return figures.figure(
        look.say("signals"), short(look, found["signalled"]), about=look.say("signals_about"),
        small=look.say("by_chance", n=fixed(look, found["by_chance"], 1)), href=look.href() + "#signals",
    )  # fmt: skip


def _clustered(look: Look, found: Given[RiskAnswer]) -> dict[str, Any]:
    small = look.say("clusters_small", n=short(look, found["doubted"])) if found.what.doubted else ""
    return figures.figure(
        look.say("clusters"), short(look, found["believed"]), small=small, about=look.say("clusters_about"),
        href=look.href() + "#clusters",
    )  # fmt: skip


def _rt(look: Look, own: Given[Unit | None]) -> dict[str, Any]:
    about = look.say("rt_about")
    rt = own.what.rt if own.what else None
    if rt is None:
        return figures.figure(look.say("rt"), look.say("rt_none"), state="missing", about=about)
    mean, low, high = (fixed(look, own[f"rt.{name}"], 2) for name in ("mean", "low", "high"))
    small = look.say("interval_95", low=low, high=high)
    return figures.figure(look.say("rt"), mean, small=small, about=about, tone="bad" if rt.low > 1 else "")


def _ahead(look: Look, found: Given[RiskAnswer]) -> dict[str, Any]:
    told = found.what
    if told.own is None or told.own.ahead is None:
        return figures.figure(look.say("ahead"), look.say("missing"), state="missing")
    mean, low, high = (found[f"own.ahead.{name}"] for name in ("mean", "low", "high"))
    small = look.say("interval", low=short(look, low), high=short(look, high))
    small = look.say("unproven") if told.card is None or told.card.grey else small
    digits = 0 if told.own.ahead.mean >= 100 else 1
    return figures.figure(look.say("ahead"), short(look, mean, digits), small=small, href=look.href(show="ahead"))
