"""Classes: every one has its word, deadlines that can be kept, and the city's own where it has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.city import read_city
from data.errors import CityFileError
from data.events.classes import BY_ID, CLASSES, EventClass, classes_of
from data.events.owner import Chain, owner_of
from data.terms import EVENTS, LEVELS
from tests.tiny import Knobs, tiny_city

UNITS = [level for level in LEVELS if level != "cell"]


def test_every_word_has_a_class_that_can_be_kept() -> None:
    assert list(BY_ID) == list(EVENTS)
    for one in CLASSES:
        assert 0 < one.accept < one.act < one.close
        assert one.level in UNITS


def test_the_city_says_otherwise(tmp_path: Path) -> None:
    said = '[event.gate_hit]\nlevel = "street"\naccept = 10\nevidence = false\n'
    city = read_city(tiny_city(tmp_path, Knobs(grid="none", sources=()), said))
    classes = classes_of(city)
    hit = classes["gate_hit"]
    assert (hit.level, hit.accept, hit.evidence) == ("street", 10, False)
    assert (hit.act, hit.urgent) == (BY_ID["gate_hit"].act, True)
    assert {name: one for name, one in classes.items() if one != BY_ID[name]} == {"gate_hit": hit}


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("[event.gate_hits]\naccept = 10", "gate_hits"),
        ("[event.gate_hit]\naccept = 0", "accept"),
        ('[event.gate_hit]\nlevel = "cell"', "level"),
    ],
)
def test_what_a_city_may_not_say(tmp_path: Path, said: str, about: str) -> None:
    with pytest.raises(CityFileError, match=about):
        read_city(tiny_city(tmp_path, Knobs(grid="none", sources=()), said))


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """Units of a city that lacks some levels, known down to one of them; the city may have no code of that level."""
    levels = draw(st.lists(st.sampled_from(UNITS), unique=True, min_size=1))
    return tuple((level, f"99{n}") for n, level in enumerate(sorted(levels, key=UNITS.index, reverse=True)))


@given(chain=chains(), klass=st.sampled_from(CLASSES))
def test_there_is_always_an_owner_and_never_a_finer_one_than_asked(chain: Chain, klass: EventClass) -> None:
    level, code = owner_of(klass, chain)
    assert (level, code) in chain
    wanted = UNITS.index(klass.level)
    coarse_enough = [unit for unit in chain if UNITS.index(unit[0]) <= wanted]
    assert (level, code) == (coarse_enough[0] if coarse_enough else chain[-1])
