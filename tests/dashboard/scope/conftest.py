"""The twins, built once a test process, and the sites over them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.dashboard.scope.site import Site
from tests.dashboard.scope.town import Changed, Twin

Of = Callable[[Changed], Site]


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Of:
    """The site over the twin that differs so; each is built when it is first asked for."""
    made: dict[Changed, Site] = {}

    def of(changed: Changed) -> Site:
        if changed not in made:
            made[changed] = Site(Twin(tmp_path_factory.mktemp(changed), changed))
        return made[changed]

    return of


@pytest.fixture(scope="session")
def site(twin: Of) -> Site:
    """The city as it is."""
    return twin("none")
