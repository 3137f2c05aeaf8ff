"""A province in a real browser: clicks lead from the province to a cell and back, and every level shows its sum."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.app import create_app
from dashboard.queries import Desk
from grid.cube import Cube
from tests.browser.test_page import Shown
from tests.provinces import DISTRICTS, PROVINCE, STREETS, Home, code_of, prefix_of, write_province
from tests.serving import serving

CITY = code_of(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The province's files."""
    made = tmp_path_factory.mktemp("province")
    write_province(made)
    return made


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """The app on loopback."""
    home = Home(folder / "province.toml", folder / "x.db")
    with serving(create_app(Desk(Cube(home.store, home.city))).server) as address:
        yield f"{address}/"
    home.store.close()


def findings(folder: Path, day: str, area: str) -> int:
    """How many the files name on a day in an area: read once more, as text."""
    total = 0
    for number in range(2):
        for on, code in rows(folder, number):
            within = area in (PROVINCE, code_of(number)) or code.startswith(area)
            total += within and on == day
    return total


def rows(folder: Path, number: int) -> list[tuple[str, str]]:
    """(day, code of the street) of every finding of a city."""
    with (folder / f"city{number}/in/cases.csv").open(encoding="utf-8") as file:
        return [
            (row["日期"], prefix_of(number) + end)
            for row in csv.DictReader(file)
            for end, name in STREETS.items()
            if name == row["街道"] and DISTRICTS[end[:2]] == row["区"]
        ]


def first_finding(folder: Path) -> tuple[str, str]:
    """Day and street of the second city's first finding."""
    return rows(folder, 1)[0]


def test_clicks_lead_from_the_province_to_a_cell_and_back(page: Page, site: str, folder: Path) -> None:
    day, street = first_finding(folder)
    district = street[:6]
    page.set_default_timeout(20_000)
    page.set_viewport_size({"width": 1366, "height": 768})
    shown = Shown(page, site)
    shown.open(f"?layer=positives&day={day}")
    for area, level, steps in (
        (PROVINCE, "全省", ["安省"]),
        (CITY, "全市", ["安省", "第1市"]),
        (district, "区县", ["安省", "第1市", DISTRICTS[district[4:]]]),
        (street, "街道/乡镇", ["安省", "第1市", DISTRICTS[district[4:]], STREETS[street[4:]]]),
    ):
        if area != PROVINCE:
            shown.click(area)
        panel = page.locator("#panel")
        expect(panel.locator("header")).to_contain_text(level)
        expect(panel.locator(".figures .hero b").first).to_have_text(str(findings(folder, day, area)))
        assert page.locator(".path li").all_inner_texts() == steps
    expect(page.locator(".legend")).to_contain_text("单元网格")
    for area in (district, CITY, PROVINCE):
        page.locator("#map").focus()
        page.keyboard.press("Escape")
        shown.arrives(area)
    assert shown.errors == []
