"""Some hundred hostile inputs at every door, the same ones each time; fifty thousand are the bench's."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.hostile import INPUTS, doors, outside, standing
from tests.hostile import files
from tests.hostile.doors import Door, Inbox, push
from tests.hostile.texts import CANARY, traces

#: Inputs of a door; the dear ones take fewer.
NUMBER = {"loads": 80, "inbox": 8, "callback": 60, "page": 80, "gate": 60}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Door]]]:
    folder = tmp_path_factory.mktemp("hostile")
    logging.disable(logging.CRITICAL)
    with standing(folder) as (about, sites):
        yield folder, doors(folder, about, sites)
    logging.disable(logging.NOTSET)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("door", INPUTS)
def test_no_input_ends_in_an_error_a_trace_or_a_file_outside(ground: tuple[Path, dict[str, Door]], door: str) -> None:
    folder, every = ground
    before = outside(folder)
    assert push(every[door], NUMBER.get(door, 120), seed=1).faults == []
    assert traces(folder) == []
    assert outside(folder) == before


def test_what_is_wrong_at_a_door_is_found(tmp_path: Path) -> None:
    def fails(chance: random.Random) -> None:
        (tmp_path / CANARY).touch()
        raise ValueError("x") if chance.random() < 0.5 else KeyError

    assert len(push(fails, 3, seed=1).faults) == 3
    assert traces(tmp_path)


def test_every_maker_makes_its_file() -> None:
    for make in files.MAKERS:
        suffix, body = make(random.Random(1))
        assert len(suffix) < 12
        assert len(body) < 12_000_000
    assert Inbox.AT_ONCE > 1
