"""Concealed answers of a real store: what is shown is true, and nothing else of people is."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from dashboard.queries import Desk, Viewer
from grid.cube import Cube, Units
from grid.hiding import THRESHOLD, Hiding
from grid.hiding.bases import POSITIVES, bases
from grid.measures import MEASURES, ask, measure
from grid.rates import MISSING, SUPPRESSED, VALUE, ZERO
from tests.tiny import DAYS

PUBLIC = Viewer(rights=frozenset())


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_what_is_shown_is_true_and_no_small_number_of_people_is(tiny_cube: Cube, name: str) -> None:
    view, made, hiding = tiny_cube.at(), MEASURES[name], Hiding()
    for units in (Units("areas"), Units("cells", 0)):
        true = ask(view, made, DAYS, units)
        found = hiding.conceal(view, made, DAYS, true, units)
        shown = (found.state == VALUE) | (found.state == ZERO)
        assert (found.value[shown] == true.value[shown]).all()
        assert (found.state[shown] == true.state[shown]).all()
        assert np.isnan(found.value[~shown]).all()
        if hiding.public(made, view):
            assert (found.state == true.state).all()
        elif made.form == "count" and len(made.counts) == 1:
            assert not ((found.value > 0) & (found.value < THRESHOLD)).any()


def test_a_window_is_shown_only_where_all_its_days_are(tiny_cube: Cube) -> None:
    view, hiding = tiny_cube.at(), Hiding()
    daily, weekly = (
        hiding.conceal(view, measure(name), DAYS, ask(view, measure(name), DAYS)).state
        for name in ("positives", "incidence_7d")
    )
    for at in range(6, len(DAYS)):
        assert not ((weekly[at] < SUPPRESSED) & (daily[at - 6 : at + 1] == SUPPRESSED).any(axis=0)).any()


def test_of_a_sum_and_its_parts_only_the_sum_is_a_base() -> None:
    told = {"cases", "asymptomatic", "reclassified", "population"}
    assert bases(MEASURES["cases"], told) is None
    assert bases(MEASURES["asymptomatic"], told) is None
    assert bases(MEASURES["cases"], {"cases"}) == (POSITIVES,)
    assert bases(MEASURES["incidence_7d"], told) == bases(MEASURES["positives"], told) == (POSITIVES,)
    assert bases(MEASURES["population"], told) == ()
    assert bases(MEASURES["positive_rate"], told) == ((("tests_taken", 1),), (("tests_positive", 1),))


def test_one_source_alone_is_withheld(tiny_cube: Cube) -> None:
    view = tiny_cube.at(source="cases")
    values = ask(view, measure("positives"), DAYS)
    assert set(np.unique(Hiding().conceal(view, measure("positives"), DAYS, values).state)) <= {SUPPRESSED, MISSING}


def test_every_question_of_the_desk_conceals_alike(tiny_cube: Cube) -> None:
    desk = Desk(tiny_cube)
    first, last = DAYS[0], DAYS[-1]
    for place in desk.ask(PUBLIC, "positives", level="street", days=[last]):
        series = desk.series(PUBLIC, "positives", place.area, first, last)
        asked = desk.ask(PUBLIC, "positives", area=place.area, days=DAYS)
        assert [(a.value, a.state) for a in series] == [(a.value, a.state) for a in asked]
        total = desk.ask(PUBLIC, "positives", area=place.area, days=DAYS, total=True)[0]
        assert total.state == "suppressed" or all(a.state != "suppressed" for a in asked)
        assert not [one for one in desk.unlocated(PUBLIC, place.area, last) if not one.measure.id.startswith("risk_")]
    assert desk.notes(PUBLIC, "city") == []
    assert desk.coarse(PUBLIC, "positives", "street", "city", last).whole == 0
    figures = {figure.measure.id: figure for figure in desk.figures(PUBLIC, "city", last)}
    assert figures["population"].answer.state == "value"
    assert figures["positives"].answer == desk.ask(PUBLIC, "positives", days=[last])[0]


def test_who_has_the_right_sees_the_numbers(tiny_cube: Cube) -> None:
    desk = Desk(tiny_cube)
    assert all(one.state != "suppressed" for one in desk.ask(Viewer(), "positives", level="street", days=DAYS))
    assert any(one.state == "suppressed" for one in desk.ask(PUBLIC, "positives", level="street", days=DAYS))


def test_an_earlier_version_is_concealed_as_it_was(tiny_cube: Cube) -> None:
    """Asked in any order, a version's answer is the same."""
    hiding, again = Hiding(), Hiding()
    moments = [load.known for load in tiny_cube.store.loads()][-4:]
    made = measure("positives")

    def asked(hid: Hiding, moment: dt.datetime) -> object:
        view = tiny_cube.at().before(tiny_cube.store.version(moment))
        return hid.conceal(view, made, DAYS, ask(view, made, DAYS)).state.tolist()

    forward = [asked(hiding, moment) for moment in moments]
    assert forward[::-1] == [asked(again, moment) for moment in moments[::-1]]
