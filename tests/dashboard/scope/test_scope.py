"""Nobody is answered with anything of an area outside their scope, whatever they ask, and whoever they are.

Each area of the city is told by names, codes and numbers that no other has: an answer must hold none of those outside.
Asking for an area outside is answered as asking for one that there is not.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.access.roles import MAY
from tests.dashboard.scope.asks import asked_words
from tests.dashboard.scope.check import leaks, refused
from tests.dashboard.scope.site import Site
from tests.dashboard.scope.table import ENTRIES
from tests.dashboard.scope.town import STREETS

ASKED = {id: entry.ask for id, entry in ENTRIES.items() if entry.ask is not None}
#: Exports of every layer and reports are many and slow: the bench ``scope`` asks all of them.
QUICK = [id for id in ASKED if not id.startswith(("export", "report"))]
SLOW = sorted(ASKED.keys() - set(QUICK))
ROLES = st.sampled_from(sorted(MAY))
PLACES = st.integers(0, STREETS - 1)
KINDS = ("query", "question", "http", "callback", "page", "scene")
#: Nowhere, as a code and as a name.
NOWHERE, NONAME = "990199999", "无此街道"

#: Nothing is made smaller: what fails is named whole by its message, and asking again takes long.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
many = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=PHASES)
few = settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=PHASES)


def ask(site: Site, id: str, role: str, street: int, n: int) -> None:
    """Asks about the viewer's own street, and looks for anything of others."""
    scope = site.plan.streets[street].code
    said = ASKED[id](site.by(role, scope), scope, n)
    assert not said.status.startswith("5") or "readyz" in id, (id, role, scope, n, said.body[:300])
    assert leaks(said, site.plan, scope) == [], (id, role, scope, n)


def ask_outside(site: Site, id: str, role: str, street: int, other: int, n: int) -> None:
    """Asks about a street outside by code and by name: it is as if there were none."""
    there = site.plan.streets[other if other != street else (other + 1) % STREETS]
    scope = site.plan.streets[street].code
    for word, none in ((there.code, NOWHERE), (there.name, NONAME)):
        said = ASKED[id](site.by(role, scope), word, n)
        words = asked_words(site, word, n)
        assert leaks(said, site.plan, scope, words) == [], (id, role, scope, word, n)
        nothing = ASKED[id](site.by(role, scope), none, n)
        assert refused(said, words) == refused(nothing, asked_words(site, none, n)), (id, role, scope, word, n)


@pytest.mark.parametrize("kind", KINDS)
@many
@given(data=st.data(), role=ROLES, street=PLACES, n=st.integers(0, 11))
def test_an_answer_holds_nothing_of_elsewhere(
    site: Site, kind: str, data: st.DataObject, role: str, street: int, n: int
) -> None:
    ask(site, data.draw(st.sampled_from([id for id in QUICK if id.startswith(kind)])), role, street, n)


@pytest.mark.parametrize("kind", KINDS)
@many
@given(data=st.data(), role=ROLES, street=PLACES, other=PLACES, n=st.integers(0, 11))
def test_an_area_elsewhere_is_no_area(
    site: Site, kind: str, data: st.DataObject, role: str, street: int, other: int, n: int
) -> None:
    id = data.draw(st.sampled_from([id for id in QUICK if id.startswith(kind)]))
    ask_outside(site, id, role, street, other, n)


@few
@given(id=st.sampled_from(SLOW), role=ROLES, street=PLACES, n=st.integers(0, 11))
def test_a_file_holds_nothing_of_elsewhere(site: Site, id: str, role: str, street: int, n: int) -> None:
    ask(site, id, role, street, n)


@pytest.mark.parametrize("id", QUICK)
def test_each_entry_point_at_least_once(site: Site, id: str) -> None:
    ask(site, id, "official", len(id) * 7 % STREETS, 0)


def test_the_search_for_leaks_finds_them(site: Site) -> None:
    """Who sees the city is told of it: the same search finds what it is made for, in every kind of answer."""
    scope = site.plan.streets[3].code
    for id in (
        "query Desk.place",
        "http GET /api/v1/areas/tree",
        "page zones",
        "export population.xlsx",
        "report brief.pdf",
    ):
        said = ASKED[id](site.by("administrator", None), "city", 0)
        assert leaks(said, site.plan, scope) or id == "query Desk.place", id


def test_a_viewer_is_told_of_their_own_street(site: Site) -> None:
    """The answers that hold nothing of elsewhere do hold what is here."""
    street = site.plan.streets[40]
    own = (*street.words, street.code, f"{street.people}", f"{street.people:,}")
    told = 0
    for id in ("query Desk.place", "http GET /api/v1/areas", "page zones", "scene overview", "export population.csv"):
        texts = ASKED[id](site.by("analyst", street.code), street.code, 0).texts
        told += any(word in texts for word in own)
    assert told == 5
