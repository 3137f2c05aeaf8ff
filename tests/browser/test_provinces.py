"""A province in a real browser: clicks lead from the province to a cell and back, and every level shows its sum."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from dashboard.app import create_app
from dashboard.queries import Desk
from grid.cube import Cube
from tests.browser.test_page import Shown
from tests.provinces import COMMUNITIES, DISTRICTS, PROVINCE, STREETS, Finding, Home, code_of, findings
from tests.serving import serving

CITY = code_of(1)


@pytest.fixture(scope="module")
def site(province: Home) -> Iterator[str]:
    """The app on loopback."""
    with serving(create_app(Desk(Cube(province.store, province.city))).server) as address:
        yield f"{address}/"


@pytest.fixture
def shown(page: Page, site: str) -> Iterator[Shown]:
    """A page of desk size that must not complain."""
    page.set_viewport_size({"width": 1366, "height": 768})
    made = Shown(page, site)
    yield made
    assert made.errors == []


def path_to(one: Finding) -> list[tuple[str, str, str]]:
    """(code, name, level) of every step from the province down to the community of a finding."""
    district, street, community = (one.area[:digits] for digits in (6, 9, 12))
    return [
        (PROVINCE, "安省", "全省"),
        (CITY, "第1市", "全市"),
        (district, DISTRICTS[district[4:]], "区县"),
        (street, STREETS[street[4:]], "街道/乡镇"),
        (community, COMMUNITIES[community[9:]], "居村"),
    ]


def test_clicks_lead_from_the_province_to_a_cell_and_back(shown: Shown, province: Home) -> None:
    found = findings(province.folder)
    one = next(each for each in found if each.within(CITY) and each.cell)
    day = [each for each in found if each.day == one.day]
    steps = path_to(one)
    shown.open(f"?layer=positives&day={one.day}")
    for n, (area, _, level) in enumerate(steps):
        if n:
            shown.click(area)
        panel = shown.page.locator("#panel")
        expect(panel.locator("header")).to_contain_text(level)
        expect(panel.locator(".figures .hero b").first).to_have_text(str(sum(each.within(area) for each in day)))
        assert shown.page.locator(".path li").all_inner_texts() == [name for _, name, _ in steps[: n + 1]]
    expect(shown.page.locator(".legend")).to_contain_text("单元网格")
    told = cells(shown)
    inside = [each for each in day if each.within(one.area)]
    assert told == {cell: sum(each.cell == cell for each in inside) for cell in told}
    assert sum(told.values()) == sum(each.cell != "" for each in inside)
    shown.press(one.cell, one.area)
    expect(shown.page.locator(".onescreen-map-tip-name")).to_have_text(one.cell)
    expect(shown.page.locator(".onescreen-map-tip-value")).to_have_text(str(told[one.cell]))
    assert shown.area == one.area  # below a cell there is nothing
    for area, _, _ in reversed(steps[:-1]):
        shown.page.locator("#map").focus()
        shown.page.keyboard.press("Escape")
        shown.arrives(area)


def cells(shown: Shown) -> dict[str, int]:
    """The table of what lies inside a community: cell -> findings."""
    rows = shown.page.locator("#panel .inside tbody tr")
    told = [(row.locator("code").inner_text(), row.locator("td").first.inner_text()) for row in rows.all()]
    return {cell: int(text) if text.isdigit() else 0 for cell, text in told}
