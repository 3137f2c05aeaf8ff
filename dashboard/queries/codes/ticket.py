"""One assignment in full: its colours in all systems, its rule with the steps up to now, its evidence, its notice."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.queries.codes.lines import TicketFull, TicketLine
from dashboard.queries.codes.look import Look
from dashboard.queries.codes.state import known_colours
from dashboard.queries.codes.tickets import COLOURS, day_of, hexed, term_of, ticket_line
from dashboard.queries.days import Day
from data.code_days import NO_DAY
from data.notices import Notice
from data.rules import Pack, Rulebook
from data.rules.due import trace
from data.rules.verdict import Verdict
from data.terms import IDENTITIES
from data.words import Lang
from grid.areas import Areas
from grid.cube import View


def ticket_full(found: Look, at: int, rules: Rulebook, lang: Lang, top: int) -> TicketFull:
    """The ticket at ``at`` of an area; ``top``: row of the area beyond which the reader sees nothing."""
    view, one, words, line = found.view, found.tickets[at], found.state.words, ticket_line(found, at, lang)
    source, load, geography = found.state.parts[found.origin(at)]
    colours = known_colours(int(one["colours"]), len(found.systems))
    clause = rules.clause(line.clause)
    pack = rules.find(clause.pack) if clause else None
    registered, elsewhere = _registered(view, geography, int(one["registered"]), lang, top)
    return TicketFull(
        line, found.state.day, hexed(one["person"]), term_of(IDENTITIES, one["identity"]),
        words["operator"][one["operator"]], words["evidence"][one["evidence"]], day_of(one["evidence_day"]),
        words["batch"][one["batch"]], words["group"][one["group"]], day_of(one["negative"]),
        day_of(one["positive"]), day_of(one["contact"]), registered, elsewhere,
        [(s, COLOURS[c - 1] if c else None) for s, c in zip(found.systems, colours, strict=True)],
        _verdict(found, at, line, rules), clause, pack, _notices(view, pack, line.since), view.store.load(load),
        int(one["row"]), _changed(view.store.code_notes(found.state.day, source, load), rules),
    )  # fmt: skip


def _verdict(found: Look, at: int, line: TicketLine, rules: Rulebook) -> Verdict:
    """What the rules say of it, step by step, up to the day that is shown."""
    one = found.tickets[at]
    return trace(
        line.colour, line.since or found.state.day, line.clause, day_of(one["negative"]), day_of(one["positive"]),
        day_of(one["contact"]), found.state.day, rules, identity=term_of(IDENTITIES, one["identity"]),
        evidence=found.state.words["evidence"][one["evidence"]],
        area=found.view.areas.code[found.area_of(int(one["leaf"]))],
        tests="waiting" in line.flags or int(one["negative"]) != NO_DAY,
    )  # fmt: skip


def _changed(notes: Mapping[str, object], rules: Rulebook) -> bool:
    """Whether the rulebook differs from the one that a code day was told by, if that is known."""
    return notes.get("rules", rules.digest) != rules.digest


def _registered(view: View, geography: int, row: int, lang: Lang, top: int) -> tuple[str, bool]:
    """(name of the area of registration, whether it lies outside the city)."""
    if row < 0:
        return "", row == -1
    if geography != view.geography.id:
        row = view.row(Areas.from_bytes(view.store.geography_leaves(geography)[0]).code[row])
    return view.areas.label(_told_as(view.areas, row, top), lang), False


def _told_as(areas: Areas, row: int, top: int) -> int:
    """An area as the reader is told of it: itself inside their scope, else what holds both it and the scope."""
    if top <= row < areas.last[top]:
        return row
    return next(step for step in reversed(areas.path(top)) if step <= row < areas.last[step])


def _notices(view: View, pack: Pack | None, since: Day | None) -> list[Notice]:
    """The notices that enacted a rule, in force when it was applied."""
    if pack is None:
        return []
    numbers = (pack.id, pack.notice, pack.zh)
    known = [one for one in view.notices if one.rule == pack.id or one.number in numbers]
    return [one for one in known if since is None or one.holds(since)] or known
