"""When a code that stands in a ledger was to be turned: one row, of which only the last days are known.

:func:`due_of` is the one definition; kernels over arrays are tested against it. All days are whole numbers since
1970-01-01, NO_DAY where there is none.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from data.code_days import NO_DAY
from data.days import day_number
from data.rules.book import Rulebook
from data.rules.pack import OPEN, Clause
from data.rules.verdict import Step, Verdict
from data.terms import OVERDUE

NONE = int(NO_DAY)
BUCKETS = tuple(OVERDUE)

#: Overdue ages: a bucket of terms.OVERDUE begins at each, from the third ("due") on.
AGES = (0, 1, 8, 21)


class Terms(NamedTuple):
    """What a clause asks: fields of :data:`data.rules.book.TABLE` of the same names."""

    days: int
    tests: bool
    fresh: int
    no_contact: bool
    stop: int


class Known(NamedTuple):
    """What is known of one row: when it was assigned, and the person's last days.

    ``negative``: of several negative tests the one that :func:`telling` names; ``positive``, ``contact``: the last.
    ``tests``: whether anything is known about tests in this source at all.
    """

    since: int
    negative: int = NONE
    positive: int = NONE
    contact: int = NONE
    tests: bool = True


class Due(NamedTuple):
    """``ends``: the first day after the clock; ``due``: the first day on which all was met, NO_DAY if it is not yet;
    ``bucket``: index into terms.OVERDUE."""

    ends: int
    due: int
    bucket: int


def due_of(terms: Terms, known: Known, day: int) -> Due:
    """Whether a row may be turned by ``day``, and since when.

    The clock ends ``days`` after ``since``; without days, with the notice. A positive test since then makes a case,
    whose clock no day ends. Once the clock has ended, these must hold too: no contact after ``since``
    (``no_contact``); a negative test since then (``tests`` or ``fresh``), no older than ``fresh`` days at the change.
    Where nothing is known about tests, the clock alone decides about them. Days after ``day`` are not known yet.
    """
    ends = _ends(terms, known, day)
    if ends == NONE or day < ends:
        return Due(ends, NONE, BUCKETS.index("running"))
    due = _met(terms, known, ends, day)
    return Due(ends, due, BUCKETS.index("waiting") if due == NONE else _bucket(day - due))


def _ends(terms: Terms, known: Known, day: int) -> int:
    if known.since <= known.positive <= day:
        return NONE
    if terms.days == OPEN:
        return NONE if terms.stop == NONE else max(terms.stop, known.since)
    return known.since + terms.days


def _met(terms: Terms, known: Known, ends: int, day: int) -> int:
    """First day from ``ends`` on on which the conditions held; NO_DAY if none did."""
    if terms.no_contact and known.since < known.contact <= day:
        return NONE
    if terms.days == OPEN or not known.tests or not (terms.tests or terms.fresh):
        return ends
    if not oldest_proof(terms, known.since) <= known.negative <= day:
        return NONE
    return max(ends, known.negative)


def oldest_proof(terms: Terms, since: int) -> int:
    """The earliest day of a negative test that turns the code: in the stage, and fresh enough at its end."""
    return max(since, since + terms.days - terms.fresh) if terms.fresh else since


def telling(negatives: list[int], terms: Terms, since: int) -> int:
    """Of somebody's negative tests the one that tells when a row was due: the first that turns the code, or else the
    last; NO_DAY without any. (The last alone would move the due day with every new test.)"""
    proofs = [at for at in negatives if at >= oldest_proof(terms, since)]
    return min(proofs) if proofs else max(negatives, default=NONE)


def _bucket(age: int) -> int:
    return BUCKETS.index("due") + sum(age >= least for least in AGES[1:])


def terms_of(clause: Clause | None, stop: dt.date | None = None) -> Terms:
    """What a clause asks, as numbers; ``stop``: first day without its notice. None asks nothing and never ends."""
    if clause is None:
        return Terms(OPEN, False, 0, False, NONE)
    end = NONE if clause.outlives else day_number(stop)
    return Terms(clause.days, clause.tests, clause.fresh, clause.no_contact, end)


def trace(
    colour: str,
    since: dt.date,
    clause: str,
    negative: dt.date | None,
    positive: dt.date | None,
    contact: dt.date | None,
    day: dt.date,
    rules: Rulebook,
    *,
    identity: str = "",
    evidence: str = "",
    area: str = "",
    tests: bool = True,
) -> Verdict:
    """Why a row of a ledger stands and when it was to be turned, as sentences; the figures are those of due_of.

    ``clause``: "pack/clause", or "" if no rule gives the colour; ``tests``: whether anything is known about tests.
    """
    by = rules.clause(clause)
    pack = rules.find(by.pack) if by else None
    terms = terms_of(by, rules.held_until(by, area) if by else None)
    known = Known(day_number(since), day_number(negative), day_number(positive), day_number(contact), tests)
    found = due_of(terms, known, day_number(day))
    ends, due = _date(found.ends), _date(found.due)
    over = pack.over(by, due or ends) if pack and by else None
    verdict = Verdict(colour, by, since, ends, due, over, BUCKETS[found.bucket])
    what = "unruled" if by is None else "identity" if identity else "assigned"
    first = Step(since, what, by=by, who=identity, state=colour, evidence=evidence)
    last = {"negative": negative, "positive": positive, "contact": contact}
    return verdict.with_steps(first, *_told(verdict, terms, known, last, day, rules))


def _told(
    verdict: Verdict, terms: Terms, known: Known, last: dict[str, dt.date | None], day: dt.date, rules: Rulebook
) -> list[Step]:
    """The steps after the first."""
    by = verdict.clause
    if by is None:
        return []
    steps = [Step(verdict.since or day, "says", by=by), _clock_step(verdict, by, day)]
    now = day_number(day)
    if last["negative"] and known.negative <= now:
        steps.append(Step(last["negative"], "negative", by=by))
    if last["positive"] and known.since <= known.positive <= now:
        return [*steps[:1], Step(last["positive"], "positive", by=by)]
    if last["contact"] and terms.no_contact and known.since < known.contact <= now:
        steps.append(Step(last["contact"], "blocked", by=by))
    elif verdict.bucket == "waiting":
        steps.append(Step(day, "stale" if terms.fresh else "missing", by=by))
    if verdict.due:
        steps.append(Step(verdict.due, "due", by=by, state=_next_colour(by, rules)))
        over = (day - verdict.due).days
        steps += [Step(day, "over", by=by, n=over)] if over else []
    return steps


def _clock_step(verdict: Verdict, by: Clause, day: dt.date) -> Step:
    if not by.open:
        return Step(verdict.ends or day, "clock", by=by, start=verdict.since)
    return Step(verdict.ends, "stop", by=by) if verdict.ends else Step(day, "open", by=by)


def _next_colour(by: Clause, rules: Rulebook) -> str:
    following = rules.clause(f"{by.pack}/{by.next}")
    return following.colour if following else "green"


def _date(number: int) -> dt.date | None:
    return None if number == NONE else dt.date(1970, 1, 1) + dt.timedelta(number)
