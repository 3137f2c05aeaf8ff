"""The open door: ``/api/v1`` with OpenAPI 3.1 and its own documentation page, metrics and health.

Everything is asked of the same :mod:`dashboard.queries` as the screen, for the same viewer. One subject is one file
with one ``register``, and its name in :data:`SUBJECTS`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from dashboard.api import (
    areas,
    arrivals,
    codes,
    collections,
    events,
    facts,
    flows,
    loads,
    numbers,
    reports,
    risk,
    zones,
)
from dashboard.api.asking import Door, Life
from dashboard.api.door import DOCS, PREFIX, blueprint, server
from dashboard.api.health import register as register_health
from dashboard.api.metrics import register as register_metrics
from dashboard.api.problems import register as register_problems

if TYPE_CHECKING:
    from pathlib import Path

    from flask_openapi3.openapi import OpenAPI

    from dashboard.queries import Desk
    from dashboard.routes import ViewerOf

SUBJECTS = (areas, numbers, facts, zones, codes, flows, risk, loads, events, arrivals, reports, collections)


def register(
    made: OpenAPI, desk: Desk, viewer_of: ViewerOf, warm: Callable[[], threading.Event], home: Path | None = None
) -> None:
    """Puts the API, its errors, metrics and health on a server made by :func:`server`; ``warm``: set once the first
    readers' answers are there; ``home``: the folder whose settings and templates reports are written with."""
    desk.beside(Life)  # before there are several processes: they share it
    _register_subjects(made, Door(desk, viewer_of, home))
    register_problems(made)
    register_metrics(made, desk, viewer_of)
    register_health(made, desk, warm)


def description() -> dict[str, Any]:
    """The API's description, OpenAPI 3.1: it is the same whatever the city, and asks nothing of any."""
    made = server(__name__)
    _register_subjects(made, Door(cast("Desk", None), cast("ViewerOf", None)))
    return dict(made.api_doc)


def _register_subjects(made: OpenAPI, door: Door) -> None:
    api = blueprint()
    for subject in SUBJECTS:
        subject.register(api, door)
    made.register_api(api)


__all__ = ["DOCS", "PREFIX", "SUBJECTS", "Door", "description", "register", "server"]
