"""The page on sizing: its table is what comes of its unit costs, and these are what the product and README say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.settings import Settings
from tests.sizing import PAGE, PLACES, Place, row, units

README = Path(__file__).parents[1] / "README.md"


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_the_table_is_what_comes_of_the_unit_costs(place: Place) -> None:
    assert row(place, units()) in PAGE.read_text("utf-8").splitlines()


def test_a_web_process_has_as_many_connections_as_the_settings_let_it() -> None:
    fields = Settings.model_fields
    of_a_book = fields["pool_size"].default + fields["pool_overflow"].default
    assert units()["linked"] == 3 * of_a_book + 1


@pytest.mark.parametrize(
    ("unit", "bench", "pattern", "each"),
    [
        ("reader", "load", r"([0-9,]+) answers", 1 / 600 / 2),
        ("asks", "load", r"([0-9,]+) answers", 1 / 600 / 300),
        ("code", "codes", r"([0-9.]+) s, 1", 2 / 25),
        ("point", "count", r"([0-9.]+) s, 347 MB", 2 / 25),
    ],
)
def test_unit_costs_are_those_of_the_benches(unit: str, bench: str, pattern: str, each: float) -> None:
    line = next(line for line in README.read_text("utf-8").splitlines() if line.startswith(f"| `{bench}`: "))
    found = re.search(pattern, line.split("|")[2])
    assert found is not None, line
    assert units()[unit] == pytest.approx(float(found[1].replace(",", "")) * each, rel=0.25)
