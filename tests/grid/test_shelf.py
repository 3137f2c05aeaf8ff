"""What a version finds ready is what it would make itself: a city whose files come in over weeks, asked at every version
by a cube that remembers and by a view that knows nothing; and what was found in zones, told twice."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.rules import Rulebook
from data.store import Store, sqlite_url
from grid.cube import Cube, View
from grid.findings import Findings
from grid.shelf import Shelf
from grid.zones import inhabitants
from grid.zones.clocks import ClockBook
from grid.zones.ground import Stretch, inside, stretches
from tests.asof import DAYS, Story, differences, loaded, story
from tests.grid.test_zone_clocks import pack
from tests.grid.told import CELLS, Told, day, geography, said


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return story(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store.create(sqlite_url(tmp_path / "store.db"))
    yield found
    found.close()


RULES = Rulebook((pack("short", 3), pack("long", 9, area="990102", unit="street")))


def clocks(view: View) -> list[tuple[object, ...]]:
    """All that clocks of a view say on some days."""
    book = ClockBook(view, RULES)
    return [(at, *said(clock)) for at in DAYS[::6] for clock in book.on(at)]


def test_every_version_is_as_if_no_other_had_been_asked(store: Store, made: Story) -> None:
    cube, chance = Cube(store, made.city), random.Random(3)
    seen, told = set[str](), 0
    for version in loaded(store, made):
        earlier = [chance.randint(1, version)]
        for asked in (version, *earlier):
            kept, fresh = cube.at(store.load(asked).known), View(store, asked, made.city)
            if kept.version != asked:
                continue  # one that came later is stamped before it
            assert differences(fresh, kept, DAYS[::2]) == []
            assert inhabitants(kept, DAYS[5]).tolist() == inhabitants(fresh, DAYS[5]).tolist()
            found = clocks(kept)
            assert found == clocks(fresh)
            told += len(found)
            seen |= {str(one[9]) for one in found}
            before = chance.randint(1, asked)
            assert differences(fresh.before(before), kept.before(before), DAYS[1::2]) == []
    assert told > 100
    assert len(seen) > 1


def test_days_that_know_the_same_share_one_vector(store: Store, made: Story) -> None:
    *_, last = loaded(store, made)
    cube = Cube(store, made.city)
    now = cube.at()
    census = max(day for day, _ in now.stated_days["population"])
    first, second = now.vectors("population", [census, DAYS[-1]])
    assert first is second
    load = next(one for one in reversed(store.loads()) if one.source == "zones")
    then = now.before(load.id - 1)
    assert then.version < last
    assert then.key("addresses", DAYS[2]) == now.key("addresses", DAYS[2])
    assert then.vectors("addresses", [DAYS[2]])[0] is now.vectors("addresses", [DAYS[2]])[0]
    assert then.zones is not now.zones


# what was found inside --------------------------------------------------------------------------------

#: What is known of each cell on each of three days: something was found, nothing was, or nobody said.
WORDS = st.lists(
    st.fixed_dictionaries({cell: st.sampled_from([0, 1, 2, None]) for cell in (*CELLS, "11", "111")}),
    min_size=3, max_size=3,
)  # fmt: skip
DAYS_TOLD = [day(n) for n in range(3)]


def _told(known: Sequence[dict[str, int | None]]) -> Told:
    made = Told(geography())
    for n, places in enumerate(known):
        made.tell("cases", day(n), places, other=None)
    made.zone("one", {"a": 100, "b": 30}, 0)
    made.zone("two", {"c": 100, "d": 100}, 1, area="111")
    made.zone("three", {"e": 80}, 0, area="112")
    return made


def _word(findings: Findings, one: Stretch) -> list[list[int]]:
    """The words of a stretch's own leaves, day by day: what its clock may be read from."""
    return [found.word[one.leaf].tolist() for found in findings.on(DAYS_TOLD)]


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_what_another_version_knows_is_read_where_it_differs(then: Any, now: Any) -> None:
    before, after = Findings(_told(then).view), Findings(_told(now).view)
    asked = stretches(before.view)
    known, other = inside(before, asked, DAYS_TOLD).known_now(after)
    fresh = inside(after, asked, DAYS_TOLD)
    assert np.array_equal(known.word, fresh.word)
    assert np.array_equal(known.loose, fresh.loose)
    loose = (inside(before, asked, DAYS_TOLD).loose != fresh.loose).any(axis=1)
    assert other.tolist() == [
        _word(before, one) != _word(after, one) or bool(loose[at]) for at, one in enumerate(asked)
    ]
    again, none = known.known_now(after)
    assert np.array_equal(again.word, fresh.word)
    assert not none.any()


# the shelf itself -------------------------------------------------------------------------------------


def test_what_is_larger_than_the_shelf_is_given_all_the_same() -> None:
    shelf = Shelf(100, len)
    assert shelf.made("a", lambda: "x" * 500) == "x" * 500
    assert "a" not in shelf
    assert shelf.made("b", lambda: "x" * 60) == "x" * 60
    assert shelf.made("c", lambda: "x" * 60) == "x" * 60
    assert ("b" in shelf, "c" in shelf) == (False, True)  # what was asked for last stays


def test_nothing_that_was_made_is_made_again_and_none_is_something() -> None:
    shelf, made = Shelf(10), list[int]()
    for _ in range(3):
        assert shelf.made("none", lambda: made.append(1)) is None
    assert made == [1]


def test_threads_share_a_shelf() -> None:
    shelf, wrong = Shelf(50, lambda _: 1), list[tuple[int, int]]()

    def work(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(3_000):
            key = chance.randint(0, 120)
            found = shelf.made(key, lambda key=key: key * 7)  # type: ignore[misc]
            if found != key * 7:
                wrong.append((key, found))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
