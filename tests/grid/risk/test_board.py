"""Boards over a store: what they are made of, that they know nothing of later days, and what was known then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from data.store import Store
from grid.arrays import Floats
from grid.cube import View
from grid.rates import Part
from grid.risk.board import CARD_DAYS, RiskBoard, RiskBook
from grid.risk.forecast import AHEAD, Forecaster
from grid.risk.report_card import SHARES
from tests.outbreak import DAYS, LAST, town


@dataclass
class Made:
    """The store with both versions."""

    store: Store
    view: View
    early: int


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    built = town(tmp_path_factory.mktemp("outbreak"))
    view = built.view()
    early = next(load.id for load in built.store.loads() if load.source == "cases")
    yield Made(built.store, view, early)
    built.store.close()


def board(made: Made, level: str = "cell", day: dt.date = LAST, noon: int = 0) -> RiskBoard:
    found = RiskBook(made.view, lambda _: noon).board(level, day)
    assert found is not None
    return found


def test_every_level_has_its_board(made: Made) -> None:
    book = RiskBook(made.view, lambda _: 0)
    assert book.levels == ("city", "district", "street", "community", "cell")
    assert book.span == (DAYS[6], LAST)
    for level in ("city", "district", "street", "cell"):
        assert board(made, level).basis == "positives"


def test_scores_add_up_at_every_level(made: Made) -> None:
    for level in ("city", "district", "street", "cell"):
        scored = board(made, level).scored
        assert scored is not None
        assert np.array_equal(np.round(scored.points.sum(axis=0), 6), np.round(scored.least, 6))
        assert scored.full.sum() == 1000


def test_the_undrawn_and_uncounted_are_not_low(made: Made) -> None:
    """Nobody counted the people of any cell: no cell has a grade, though most had no finding."""
    scored = board(made, "cell").scored
    assert scored is not None
    lived = board(made, "cell").people.known
    assert (scored.grade[~lived] == -1).all()


def test_a_board_does_not_know_later_days(made: Made) -> None:
    day = DAYS[25]
    then, cut = board(made, day=day), board(made, day=LAST)
    assert np.array_equal(then.cases.value, cut.cases.value[: len(then.days)])
    lonely = Forecaster(Part(cut.cases.value[:26], cut.cases.known[:26]), DAYS[0], cut.here.near)
    assert then.forecast is not None
    assert np.array_equal(then.forecast.mean, lonely.forecast(day + dt.timedelta(days=1)).mean)


def hit_rate(score: Floats, found: Floats, share: float) -> float:
    """By hand: the best units one by one, equals as one block of which a part is taken."""
    room, hit = share * len(score), 0.0
    for value in sorted(set(score.tolist()), reverse=True):
        inside = score == value
        part = min(1.0, room / inside.sum())
        hit += part * found[inside].sum()
        room -= inside.sum()
        if room <= 0:
            break
    return float(hit / found.sum())


def test_the_card_is_what_anybody_would_work_out(made: Made) -> None:
    """Every forecast made anew from the days before it alone; hits counted by hand."""
    here = board(made)
    assert here.card is not None
    card, counts = here.card, here.cases
    assert len(card.days) == CARD_DAYS - 5  # from the eleventh day on
    assert card.known == 0
    assert card.days[-1] + dt.timedelta(days=AHEAD - 1) == LAST
    for n, day in list(enumerate(card.days))[::6]:
        row = (day - DAYS[0]).days
        alone = Forecaster(Part(counts.value[:row], counts.known[:row]), DAYS[0], here.here.near)
        found = counts.value[row : row + AHEAD].sum(axis=0)
        shown = card.marks.forecast.hits["units"][n]
        assert shown.tolist() == pytest.approx([hit_rate(alone.outlook(row).mean, found, s) for s in SHARES], abs=1e-9)
        last_week = counts.value[max(0, row - AHEAD) : row].sum(axis=0)
        plain = card.marks.baselines["persistence"].hits["units"][n]
        assert plain.tolist() == pytest.approx([hit_rate(last_week, found, s) for s in SHARES], abs=1e-9)


def test_what_was_known_then_is_what_the_forecast_saw(made: Made) -> None:
    """A noon at the first delivery: the day that was corrected later is seen as it was told first."""
    now, then = board(made), board(made, noon=made.early)
    assert now.card is not None
    assert then.card is not None
    assert then.card.known == len(then.card.days)
    before = made.view.before(made.early)
    row = (DAYS[27] - DAYS[0]).days
    n = then.card.days.index(DAYS[27])
    counts = then._known_then(row, made.early)
    assert counts is not None
    assert counts.value[24].sum() < now.cases.value[24].sum()
    found = now.cases.value[row : row + AHEAD].sum(axis=0)
    mean = Forecaster(counts, DAYS[0], then.here.near).outlook(row).mean
    assert then.card.marks.forecast.hits["units"][n].tolist() == pytest.approx(
        [hit_rate(mean, found, s) for s in SHARES], abs=1e-9
    )
    # the days before the corrected one are as they were
    assert now.card.marks.forecast.hits["units"][0].tolist() == then.card.marks.forecast.hits["units"][0].tolist()
    assert before.version == made.early


def test_a_store_without_findings_knew_nothing(made: Made) -> None:
    """The inhabitants were there before the first findings: forecasts of then are cut by day, and not made of nothing."""
    loads = made.view.store.loads()
    first = min(load.id for load in loads if load.source == "cases")
    assert {load.source for load in loads if load.id < first} == {"geography", "population"}
    cut, then = board(made), board(made, noon=first - 1)
    assert cut.card is not None
    assert then.card is not None
    assert then.card.known == 0
    assert then.card.marks.forecast.hits["units"].tolist() == cut.card.marks.forecast.hits["units"].tolist()


def test_a_forecaster_revised_is_a_forecaster_made_anew(made: Made) -> None:
    here = board(made)
    old = Forecaster(here.cases, DAYS[0], here.here.near)
    old.outlook(35)
    value, known = here.cases.value.copy(), here.cases.known.copy()
    value[24, :3] += 2
    known[30, 5] = False
    revised, fresh = old.revised(Part(value, known)), Forecaster(Part(value, known), DAYS[0], here.here.near)
    for row in (20, 24, 25, 32, 38):
        assert np.array_equal(revised.outlook(row).mean, fresh.outlook(row).mean)
        assert revised.outlook(row).spread == fresh.outlook(row).spread


def test_a_later_version_is_grown_from_the_earlier_one(made: Made) -> None:
    early = RiskBook(made.view.before(made.early), lambda _: 0)
    first = early.board("cell", LAST)
    assert first is not None
    assert first.forecast is not None
    grown, alone = (RiskBook(made.view, lambda _: 0, before).board("cell", LAST) for before in (early, None))
    assert grown is not None
    assert alone is not None
    assert grown.forecast is not None
    assert alone.forecast is not None
    assert np.array_equal(grown.forecast.mean, alone.forecast.mean)
    assert grown.here is first.here


def test_the_outbreak_is_found(made: Made) -> None:
    here = board(made, day=DAYS[30])
    assert here.hot[1].any()
    assert here.clusters == ()  # nobody counted the people of the cells: nothing can be expected of them
    streets = board(made, "street", DAYS[30])
    assert any(one.believed for one in streets.clusters)
    assert all(one.cluster.cases > one.cluster.expected for one in streets.clusters)
    city = board(made, "city", DAYS[30])
    assert city.rt.known[-1, 0]
    assert not here.rt.known[-1].all()
    assert set(here.alarms.on) == {"C1", "C2", "C3", "CUSUM"}
    assert 0 < here.alarms.by_chance("C2") < len(here.here)


def test_a_new_history_begins_in_steps(made: Made) -> None:
    book = RiskBook(made.view, lambda _: 0)
    first = DAYS[0]
    starts = [book.start(first + dt.timedelta(days=n)) for n in range(200)]
    assert starts[:120] == [first] * 120
    assert all(90 <= n - (start - first).days < 120 for n, start in list(enumerate(starts))[90:])
