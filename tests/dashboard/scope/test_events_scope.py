"""Events at each of their entry points: who may not know of one is answered as if there were none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from data.access.roles import MAY
from tests.dashboard.scope.site import Site
from tests.dashboard.scope.test_scope import ASKED, ask, ask_outside
from tests.dashboard.scope.test_twins import the_same
from tests.dashboard.scope.town import Changed

EVENTS = [id for id in ASKED if "EventDesk" in id or "/api/v1/events" in id]


@pytest.mark.parametrize("id", EVENTS)
def test_nothing_of_another_street_in_any_answer(site: Site, id: str) -> None:
    for n, (role, street) in enumerate(
        (role, street) for role in ("official", "analyst", "reporter") for street in (0, 77, 214)
    ):
        ask(site, id, role, street, n)
        ask_outside(site, id, role, street, street - 1 if street else 13, n)


@pytest.mark.parametrize("id", EVENTS)
def test_other_streets_do_not_matter(twin: Callable[[Changed], Site], id: str) -> None:
    for street in (4, 90):
        the_same(twin("none"), twin("odd"), id, "official", twin("none").plan.streets[street].code, 0)


def test_the_entry_points_are_there_and_answer(site: Site) -> None:
    assert len(EVENTS) >= 12
    scope = site.plan.streets[40].code
    word = min(site.plan.streets[40].words)
    own = [id for id in EVENTS if word in ASKED[id](site.by("official", scope), scope, 0).texts]
    assert {"query EventDesk.queue", "query EventDesk.event", "http GET /api/v1/events"} <= set(own)
    assert MAY["official"] >= {"events", "act", "sense"}
