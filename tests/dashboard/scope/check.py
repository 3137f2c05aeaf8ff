"""What an answer may not hold: names, codes and numbers of areas outside; and what two twins must say alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from tests.dashboard.scope.site import Said, Site
from tests.dashboard.scope.town import CITY, CODES, NAMES, NUMBERS, Plan, Street

#: What an answer about a scope may hold besides: the way down to it, which every page shows above its title.
ANCESTORS = "the names and codes of the district that the scope lies in"


def allowed(plan: Plan, scope: str) -> frozenset[str]:
    """Words and codes that a viewer of a scope may read: those of the areas in it, and of the way down to it."""
    own = plan.inside(scope)
    above = [area for code, area in plan.codes.items() if scope.startswith(code)]
    return frozenset({CITY, *(word for area in (*own, *above) for word in (*area.words, area.code))})


def told(plan: Plan, scope: str) -> frozenset[int]:
    """Numbers that only areas outside have: theirs, their districts' and the city's sums."""
    own = {area.people for area in plan.inside(scope) if isinstance(area, Street)}
    by: dict[str, int] = {}
    for street in plan.streets:
        for code in (street.code, street.district.code, CITY):
            by[code] = by.get(code, 0) + street.people
    inside = {by[area.code] for area in plan.inside(scope)}
    return frozenset(by.values()) - own - inside


def leaks(said: Said, plan: Plan, scope: str, asked: Iterable[str] = ()) -> list[str]:
    """The words, codes and numbers of areas outside that an answer holds; words that were ``asked`` may come back."""
    text = said.texts
    for word in asked:
        text = text.replace(word, "")
    fine, outside = allowed(plan, scope), told(plan, scope)
    found = {word for pattern in (NAMES, CODES) for word in pattern.findall(text) if word not in fine}
    found |= {number for number in NUMBERS.findall(text) if int(number.replace(",", "")) in outside}
    return sorted(found)


def refused(said: Said, asked: Iterable[str]) -> bytes:
    """An answer without the words that were asked, to be held against that to words of nothing."""
    plain = said.plain
    for word in sorted(asked, key=len, reverse=True):
        for written in {word, quote(word), quote(word, safe=""), json.dumps(word)[1:-1]}:
            plain = plain.replace(written.encode(), b"*")
    return plain


def scopes(site: Site) -> Iterator[str]:
    """The code of every street."""
    return (street.code for street in site.plan.streets)
