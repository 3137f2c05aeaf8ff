"""A day that a source filled with zeros is not reported, unless the same file confirms the zero."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from data.city import Source
from data.doubt import doubted_days

DAYS = pd.to_datetime(["2022-07-01", "2022-07-01", "2022-07-02", "2022-07-02", "2022-07-03", "2022-07-03"])
GOOD = pd.DataFrame({"day": DAYS.astype("M8[s]"), "count": [0, 0, 0, 3, 0, 0]})


def source(**more: object) -> Source:
    return Source.model_validate({"name": "a", "kind": "cases", "path": "a.json", "doubt_zero_days": True} | more)


def doubted(source: Source, path: Path, good: pd.DataFrame = GOOD) -> list[str]:
    return sorted(f"{day:%m-%d}" for day in doubted_days(good, source, path))


def test_only_days_that_are_zero_everywhere_are_doubted(tmp_path: Path) -> None:
    assert doubted(source(), tmp_path / "a.csv") == ["07-01", "07-03"]
    assert doubted(source(doubt_zero_days=False), tmp_path / "a.csv") == []
    assert doubted(source(), tmp_path / "a.csv", GOOD.head(0)) == []


@pytest.mark.parametrize(
    ("daily", "left"),
    [
        ({"2022-07-01": {"total": 0}, "2022-07-03": {"total": 15}}, ["07-03"]),
        ({"2022-07-01": {"total": 0}}, ["07-03"]),
        ({"2022-07-01": {"total": None}, "2022-07-03": 0}, ["07-01", "07-03"]),
        ({}, ["07-01", "07-03"]),
    ],
)
def test_the_citys_own_zero_confirms_the_day(tmp_path: Path, daily: dict[str, object], left: list[str]) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"daily": daily}), "utf-8-sig")
    assert doubted(source(doubt_unless="daily.{day}.total"), path) == left
