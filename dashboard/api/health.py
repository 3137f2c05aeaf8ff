"""Health for whoever runs the server: /healthz, the process answers; /readyz, it can serve readers."""

from __future__ import annotations

import threading
from collections.abc import Callable

import flask

from dashboard.queries import Desk
from data.errors import StoreError


def register(server: flask.Flask, desk: Desk, warm: Callable[[], threading.Event]) -> None:
    """Puts both addresses on the server."""

    def healthz() -> flask.Response:
        return _told({"alive": True}, True)

    def readyz() -> flask.Response:
        try:
            version = desk.cube.store.version()
        except StoreError:
            version = -1
        checks = {"store": version >= 0, "loaded": version > 0, "warm": warm().is_set()}
        return _told(
            {"ready": all(checks.values()), "version": max(version, 0), "checks": checks}, all(checks.values())
        )

    server.add_url_rule("/healthz", view_func=healthz)
    server.add_url_rule("/readyz", view_func=readyz)


def _told(body: dict[str, object], well: bool) -> flask.Response:
    answer = flask.jsonify(body)
    answer.status_code = 200 if well else 503
    answer.cache_control.no_store = True
    return answer
