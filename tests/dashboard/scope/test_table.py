"""No entry point without its line in the table, and none in the table that there is no more."""

from __future__ import annotations

from pathlib import Path

from dashboard.app import create_app
from data.access import Access
from data.terms import RIGHTS
from tests.dashboard.scope import entries
from tests.dashboard.scope.site import Site
from tests.dashboard.scope.table import ENTRIES
from tests.dashboard.scope.town import STREETS


def test_every_entry_point_has_its_line(site: Site, tmp_path: Path) -> None:
    access = Access.beside(f"sqlite:///{tmp_path / 'x.db'}", tmp_path)
    every = set(entries.every(create_app(site.desk, access=access)))
    access.close()
    assert sorted(every - ENTRIES.keys()) == [], "say in tests/dashboard/scope/table.py how these are asked"
    assert sorted(ENTRIES.keys() - every) == [], "these are no more"


def test_every_line_is_asked_or_is_out_of_reach() -> None:
    asked = [id for id, entry in ENTRIES.items() if entry.ask is None]
    assert {id.split()[0] for id in asked} == {"command", "http", "callback"}
    assert all(entry.right in ("", *RIGHTS) for entry in ENTRIES.values())


def test_the_city_is_as_large_as_it_says(site: Site) -> None:
    view = site.desk.cube.at()
    assert len(view.areas.of_level("district")) == 16
    assert len(view.areas.of_level("street")) == STREETS == len(site.plan.streets)
