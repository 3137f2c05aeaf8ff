"""Each entry point with a right is Forbidden to the roles that lack it, and to no other: the table against MAY."""

from __future__ import annotations

import pytest

from data.access.roles import MAY
from data.terms import RIGHTS
from tests.dashboard.scope.site import Said, Site
from tests.dashboard.scope.table import ENTRIES
from tests.dashboard.scope.test_scope import ASKED

RIGHTED = [id for id, entry in ENTRIES.items() if entry.ask and entry.right and not id.startswith(("export", "report"))]
#: One layer in each format and one report stand for all: they are written by the same function.
WRITTEN = [
    "export population.csv",
    "export zones.geojson",
    "export score.xlsx",
    "report brief.docx",
    "report daily.xlsx",
]


def forbidden(said: Said) -> bool:
    """Whether an answer says that the role lacks a right; that numbers are withheld from it is something else."""
    words = [word for term in RIGHTS.values() for word in (f"您的角色不能{term.zh}", f"your role may not {term.en}")]
    return said.status == "Forbidden" or any(word in said.texts for word in words)


@pytest.mark.parametrize("id", [*RIGHTED, *WRITTEN])
@pytest.mark.parametrize("role", sorted(MAY))
def test_forbidden_exactly_where_the_table_says(site: Site, id: str, role: str) -> None:
    said = ASKED[id](site.by(role, None), site.plan.streets[8].code, 0)
    assert forbidden(said) == (ENTRIES[id].right not in MAY[role]), (said.status, said.body[:200])


@pytest.mark.parametrize("id", [id for id, entry in ENTRIES.items() if entry.ask and not entry.right])
def test_what_needs_no_right_is_forbidden_to_nobody(site: Site, id: str) -> None:
    for role in ("wall", "auditor"):
        said = ASKED[id](site.by(role, None), site.plan.streets[8].code, 0)
        assert not forbidden(said), (role, said.body[:200])


@pytest.mark.parametrize("id", [id for id in RIGHTED if ENTRIES[id].right == "deliveries"])
def test_deliveries_are_for_who_sees_the_whole_city(site: Site, id: str) -> None:
    assert forbidden(ASKED[id](site.by("analyst", site.plan.streets[8].code), "city", 0))
