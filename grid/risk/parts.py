"""What a risk score is made of: one number a unit for each part, from the last two weeks, with what is not known.

``incidence``    findings of the last 7 days per 100,000, drawn to the neighbourhood's mean where few people live
                 (:func:`grid.risk.shrink.shrink_locally`, Marshall 1991);
``neighbours``   the same of the rings around, the unit itself left out;
``growth``       findings of this week over those of the week before, the unit with its rings, one added to both;
``contacts``     close and secondary contacts of 7 days per 100,000;
``importation``  infected people expected to come from elsewhere within 7 days, per 100,000 inhabitants
                 (:mod:`grid.risk.importation`);
``exposed``      inhabitants per square kilometre times the incidence of the unit with its rings: findings per square
                 kilometre, as if all lived alike; the same incidence reaches more people where they live closely.

Each is a :class:`grid.rates.Part` of one row. Parts do not know each other; :mod:`grid.risk.score` adds their points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grid.arrays import Bools, Floats
from grid.rates import REPORTED_SHARE, Part, window
from grid.risk.neighbours import Neighbours, smooth
from grid.risk.shrink import shrink_locally

WEEK = 7
PER = 100_000
#: A part counts for a city once this share of its units stated it on some day of the last four weeks: below, it is
#: a feed that was not set up for such units, and every one of them would be without a grade.
IN_USE = 0.5


@dataclass(frozen=True)
class Facts:
    """What the parts are made of, the last row is the day: ``cases`` and ``contacts`` (at least 14 days x units),
    ``people`` (units), ``m2`` (units, nought: not drawn), ``imported`` (units) infections expected to come in within a
    week; ``rings`` of the neighbourhood."""

    cases: Part
    people: Part
    m2: Floats
    neighbours: Neighbours
    rings: int = 1
    contacts: Part | None = None
    imported: Part | None = None


def parts(facts: Facts) -> dict[str, Part]:
    """Every part that is in use, by id of terms.RISK_PARTS: also one that nobody reports today."""
    week = window(facts.cases, WEEK)
    now = Part(week.value[-1:], week.known[-1:])
    found = {
        "incidence": _incidence(facts, now),
        "neighbours": _around(facts, now),
        "growth": _growth(facts, now),
        "contacts": _contacts(facts),
        "importation": _imported(facts),
        "exposed": _exposed(facts, now),
    }
    return {name: part for name, part in found.items() if part is not None}


def in_use(part: Part) -> bool:
    """Whether units of this kind state a count at all (days x units)."""
    return bool(len(part.known) and part.known.size and part.known.mean(axis=1).max() >= IN_USE)


def _lived(facts: Facts) -> Part:
    """Inhabitants, at least one: where nobody lives the neighbourhood's mean stands."""
    return Part(np.maximum(facts.people.value, 1.0).reshape(1, -1), facts.people.known.reshape(1, -1))


def _incidence(facts: Facts, week: Part) -> Part:
    near = facts.neighbours.weights((1.0,) * (facts.rings + 1))
    rate = shrink_locally(week, _lived(facts), near)
    return Part(PER * rate.value, rate.known)


def _around(facts: Facts, week: Part) -> Part | None:
    """Incidence of the rings; not known where less than REPORTED_SHARE of them reported; None if nobody has any."""
    if facts.neighbours.size < 2:
        return None
    people = _lived(facts)
    known = week.known & people.known
    cases, lived = (_rings(facts, np.where(known, part.value, 0.0)) for part in (week, people))
    told = _told(facts, known)
    return Part(PER * cases / np.maximum(lived, 1.0), told)


def _rings(facts: Facts, value: Floats) -> Floats:
    return smooth(value, facts.neighbours, (0.0, *(1.0 for _ in range(facts.rings))))


def _told(facts: Facts, known: Bools) -> Bools:
    there, all_ = _rings(facts, known.astype(np.float64)), _rings(facts, np.ones(known.shape))
    return np.asarray((all_ > 0) & (there >= REPORTED_SHARE * all_))


def _growth(facts: Facts, week: Part) -> Part | None:
    """Known where the unit's own week is, and REPORTED_SHARE of the week before."""
    if len(facts.cases.value) < 2 * WEEK:
        return None
    before = _total(Part(facts.cases.value[-2 * WEEK : -WEEK], facts.cases.known[-2 * WEEK : -WEEK]))
    both = np.vstack([np.where(part.known, part.value, 0.0) for part in (before, week)])
    sums = smooth(both, facts.neighbours, (1.0,) * (facts.rings + 1))
    return Part((sums[1:] + 1) / (sums[:1] + 1), before.known & week.known)


def _total(days: Part) -> Part:
    """The sum of some days, one row, scaled for those not reported as :func:`grid.rates.window` does."""
    size, reported = len(days.value), days.known.sum(axis=0, keepdims=True)
    total = np.where(days.known, days.value, 0.0).sum(axis=0, keepdims=True)
    scaled = np.where(reported == size, total, total * size / np.maximum(reported, 1))
    return Part(scaled, reported >= REPORTED_SHARE * size)


def _contacts(facts: Facts) -> Part | None:
    if facts.contacts is None or not in_use(facts.contacts):
        return None
    week, people = window(facts.contacts, WEEK), _lived(facts)
    known = week.known[-1:] & people.known
    return Part(PER * week.value[-1:] / np.where(people.known, people.value, 1.0), known)


def _imported(facts: Facts) -> Part | None:
    if facts.imported is None:
        return None
    people = _lived(facts)
    known = facts.imported.known.reshape(1, -1) & people.known
    return Part(PER * facts.imported.value.reshape(1, -1) / np.where(people.known, people.value, 1.0), known)


def _exposed(facts: Facts, week: Part) -> Part | None:
    if not (facts.m2 > 0).any():
        return None
    people = _lived(facts)
    known = week.known & people.known
    by_ring = (1.0,) * (facts.rings + 1)
    cases, lived = (smooth(np.where(known, part.value, 0.0), facts.neighbours, by_ring) for part in (week, people))
    density = facts.people.value / np.maximum(facts.m2 / 1e6, 1e-9)
    lonely = _rings(facts, np.ones(known.shape)) == 0
    told = known & (lonely | _told(facts, known)) & (facts.m2 > 0)
    return Part(np.where(told, density * cases / np.maximum(lived, 1.0), 0.0), told)
