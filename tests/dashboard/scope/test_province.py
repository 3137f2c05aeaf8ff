"""Whoever sees one city of a province is answered with nothing of another, nor of the province, whatever they ask.

Asking for a city elsewhere is answered as asking for one that there is not. Each entry point is asked by one role
here, and by every role in the bench ``scope``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.access.roles import MAY
from tests.dashboard.scope.asks import asked_words
from tests.dashboard.scope.check import refused
from tests.dashboard.scope.province import (
    ELSEWHERE,
    FIRST,
    ITS,
    NOWHERE,
    OURS,
    PROVINCE,
    PROVINCE_NAME,
    SECOND,
    ProvinceSite,
    asked_of_its_days,
)
from tests.dashboard.scope.test_scope import ASKED, QUICK
from tests.provinces import Home, prefix_of

ROLES = sorted(MAY)
#: Areas elsewhere: the other city, a district and a street of it, the province.
OUTSIDE = (SECOND, f"{prefix_of(1)}01", f"{prefix_of(1)}02001", PROVINCE)
#: Where the province itself is named: an event may be handed to whoever stands above its owner.
UPWARD = ("query EventDesk.units", "http GET /queue/events/<int:id>", "http POST /queue/act")


@pytest.fixture(scope="module")
def site(province: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvinceSite]:
    made = ProvinceSite(province, tmp_path_factory.mktemp("site"))
    with asked_of_its_days(made.of):
        yield made
    made.close()


def ask(site: ProvinceSite, id: str, role: str, n: int) -> list[str]:
    """What leaks where an entry point is asked by somebody of the first city, about it and about elsewhere."""
    by, fine = (role, FIRST), {PROVINCE_NAME} if id in UPWARD else set()
    said = ASKED[id](site.by(*by), FIRST, n)
    found = [f"{id} {role} {n}: {word}" for word in {*ELSEWHERE.findall(said.texts)} - fine]
    nothing = refused(ASKED[id](site.by(*by), NOWHERE, n), asked_words(site, NOWHERE, n))
    area = OUTSIDE[n % len(OUTSIDE)]
    outside = ASKED[id](site.by(*by), area, n)
    words = asked_words(site, area, n)
    texts = outside.texts
    for word in sorted(words, key=len, reverse=True):
        texts = texts.replace(word, "")
    found += [f"{id} {role} {n} {area}: {word}" for word in {*ELSEWHERE.findall(texts)} - fine]
    if refused(outside, words) != nothing:
        found.append(f"{id} {role} {n} {area}: told apart from nothing")
    return found


@pytest.mark.parametrize("id", QUICK)
def test_a_city_s_people_are_told_nothing_of_another(site: ProvinceSite, id: str) -> None:
    n = len(id) * 7
    assert ask(site, id, ROLES[n % len(ROLES)], n % 12) == []


def test_the_search_finds_what_it_looks_for(site: ProvinceSite) -> None:
    """Who sees the province is told of the second city, in answers of every kind."""
    for id in (
        "http GET /api/v1/areas/tree",
        "http GET /api/v1/loads",
        "query FreshnessDesk.held",
        "query EventDesk.queue",
        "page freshness",
        "page zones",
        "scene cities",
    ):
        said = ASKED[id](site.by("administrator" if "queue" not in id else "official", None), "city", 0)
        assert ELSEWHERE.search(said.texts), id


def test_a_city_s_people_are_told_of_their_own(site: ProvinceSite, tmp_path: Path) -> None:
    for id, role in (
        ("http GET /api/v1/loads", "administrator"),
        ("query FreshnessDesk.held", "administrator"),
        ("query EventDesk.queue", "official"),
        ("query AuditDesk.page", "auditor"),
    ):
        texts = ASKED[id](site.by(role, FIRST), FIRST, 0).texts
        assert (OURS in texts or f"{FIRST}-cases" in texts, ITS in texts) == (True, False), id
