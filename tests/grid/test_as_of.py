"""A thousand questions about the past are answered as dictionaries over the files known then answer them, and as a
store that has been told no more than was known then."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import Store, sqlite_url
from grid.cube import Cube
from tests import asof
from tests.asof import DAYS, Day, Story, Told, differences, loaded, questions, story

QUESTIONS = 1_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return story(tmp_path_factory.mktemp("asof"))


@pytest.fixture
def store(database_url: str, made: Story) -> Iterator[Store]:
    found = Store.create(database_url)
    assert list(loaded(found, made)) == list(range(1, len(made.steps) + 1))
    yield found
    found.close()


def test_the_story_is_one_worth_asking_about(made: Story) -> None:
    known = made.known()
    assert known != [step.told for step in made.steps]  # some come stamped before what is known already
    every = Told(made.steps)
    assert every.merged
    for count in (
        "cases",
        "risk_high",
        "code_green",
        "addresses",
        "zone_lockdown_n",
    ):  # what is known of the past changes
        told = [Told(made.steps[:n]) for n in range(1, len(made.steps))]
        assert len({tuple(one.ask(count, day, "990101") for day in DAYS) for one in told}) > 3


def test_a_thousand_questions_are_answered_as_the_files_known_then_answer_them(store: Store, made: Story) -> None:
    cube, wrong = Cube(store, made.city), []
    told = [Told(made.steps[:version]) for version in range(len(made.steps) + 1)]
    for asked in questions(made, QUESTIONS, seed=7):
        view = cube.at(asked.as_of)
        sums = view.sums(asked.count, [asked.day])
        row = view.row(asked.area)
        answer = int(sums.total[0, row]) if sums.known[0, row] else None
        expected = told[made.version(asked.as_of)].ask(asked.count, asked.day, asked.area)
        wrong += [(asked, answer, expected)] if answer != expected else []
    assert wrong == []


def test_a_moment_means_the_version_that_the_store_says(database_url: str, made: Story) -> None:
    store = Store.create(database_url)
    cube, chance = Cube(store, made.city), random.Random(11)
    moments = [step.told + dt.timedelta(seconds=after) for step in made.steps for after in (-1, 0, 1)]
    for newest in loaded(store, made):
        assert cube.version() == newest
        for moment in [*chance.sample(moments, 5), min(moments), max(moments)]:
            assert cube.version(moment) == store.version(moment)
    store.close()


def test_a_store_that_was_told_no_more_answers_the_same(store: Store, made: Story, tmp_path: Path) -> None:
    known, city = made.known(), made.city
    then, days = Cube(store, city), [*DAYS, *(Day(2022, 6, n) for n in range(1, 6))]
    part = Store.create(sqlite_url(tmp_path / "part.db"))
    for version in loaded(part, made):
        if version == len(known) or known[version] > known[version - 1]:  # else the next came in the same moment
            assert differences(then.at(known[version - 1]), Cube(part, city).at(), days) == []
    part.close()


def test_a_difference_is_found(made: Story, tmp_path: Path) -> None:
    store = Store.create(sqlite_url(tmp_path / "x.db"))
    versions = list(loaded(store, made))
    cube = Cube(store, made.city)
    now, before = cube.at(), cube.at(made.known()[-6])
    assert before.version < versions[-1]
    assert differences(before, now, DAYS)
    assert asof.read("table", next(step.path for step in made.steps if step.source == "table"))
    store.close()
