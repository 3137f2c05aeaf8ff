"""What a viewer of one area is answered does not depend on the others: in two cities that are the same inside the scope
and differ outside, every answer is the same, to the byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.access.roles import MAY
from tests.dashboard.scope.check import refused
from tests.dashboard.scope.site import NOBODYS, Site
from tests.dashboard.scope.table import MODELLED
from tests.dashboard.scope.test_scope import ASKED, KINDS, QUICK, SLOW
from tests.dashboard.scope.town import DISTRICTS, STREETS, Changed

Of = Callable[[Changed], Site]
ROLES = st.sampled_from(sorted(MAY))
#: Those from whom no small number is hidden.
SEEING = st.sampled_from(sorted(role for role, rights in MAY.items() if "small_numbers" in rights))
#: Nothing is made smaller: what fails is named whole by its message, and asking again takes long.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
many = settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=PHASES)
few = settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=PHASES)


def modelled(id: str) -> bool:
    """Whether what a model of the whole city says of the area is in an answer."""
    return any(id.startswith(one) for one in MODELLED)


def the_same(one: Site, two: Site, id: str, role: str, scope: str, n: int) -> None:
    """Both say the same."""
    said = [refused(ASKED[id](site.by(role, scope), scope, n), [site.jobs.get(scope, NOBODYS)]) for site in (one, two)]
    assert said[0] == said[1], (id, role, scope, n)


@pytest.mark.parametrize("kind", KINDS)
@many
@given(data=st.data(), role=ROLES, street=st.integers(0, STREETS - 1), n=st.integers(0, 11))
def test_other_streets_do_not_matter(twin: Of, kind: str, data: st.DataObject, role: str, street: int, n: int) -> None:
    id = data.draw(st.sampled_from([id for id in QUICK if id.startswith(kind) and not modelled(id)]))
    scope = twin("none").plan.streets[street].code
    if "small_numbers" in MAY[role]:
        the_same(twin("none"), twin("even" if street % 2 else "odd"), id, role, scope, n)
    elif street % 2 == 0:  # which numbers are hidden depends on those beside them
        the_same(twin("none"), twin("quiet"), id, role, scope, n)


@pytest.mark.parametrize("kind", KINDS)
@many
@given(data=st.data(), role=SEEING, row=st.integers(0, DISTRICTS // 2 - 1), n=st.integers(0, 11))
def test_other_districts_do_not_matter(twin: Of, kind: str, data: st.DataObject, role: str, row: int, n: int) -> None:
    id = data.draw(st.sampled_from([id for id in QUICK if id.startswith(kind) and not modelled(id)]))
    the_same(twin("none"), twin("districts"), id, role, twin("none").plan.districts[2 * row].code, n)


@many
@given(
    id=st.sampled_from([id for id in QUICK if modelled(id)]),
    role=ROLES,
    row=st.integers(0, STREETS // 2 - 1),
    n=st.integers(0, 11),
)
def test_a_model_of_the_city_tells_of_others_by_its_numbers_alone(
    twin: Of, id: str, role: str, row: int, n: int
) -> None:
    the_same(twin("none"), twin("quiet"), id, role, twin("none").plan.streets[2 * row].code, n)


@few
@given(id=st.sampled_from(SLOW), role=ROLES, row=st.integers(0, STREETS // 2 - 1), n=st.integers(0, 11))
def test_files_are_the_same_to_the_byte(twin: Of, id: str, role: str, row: int, n: int) -> None:
    there: Changed = "quiet" if modelled(id) else "odd"
    the_same(twin("none"), twin(there), id, role, twin("none").plan.streets[2 * row].code, n)


def test_the_twins_do_differ(twin: Of) -> None:
    """Who sees the city is told other things by each."""
    for changed in ("odd", "even", "districts", "quiet"):
        answers = [
            ASKED["http GET /api/v1/areas"](twin(one).by("analyst", None), "city", 0).plain for one in ("none", changed)
        ]
        assert answers[0] != answers[1]
