"""Real cities, built from the public data that lies beside the checkout."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

#: Where the real data lies: no part of the repository, see README.md.
DATA = Path(__file__).parents[3] / "shared" / "data"


def needed(*names: str) -> None:
    """Skips the tests of a city whose files are not there."""
    absent = [name for name in names if not (DATA / name).exists()]
    if absent:
        pytest.skip(f"no real data at {DATA}: {', '.join(absent)}")


def rows(name: str) -> list[dict[str, str]]:
    """A CSV of the real data, line by line."""
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
