"""The addresses beside the page itself: the map's bytes, and a sign of life.

Addresses name what they are about by version, so their answers never change and browsers keep them::

    /geo/<geography>/<level>/<within>/shapes.bin | outlines.bin
    /paint/<version>/<known>/<measure>/<level>/<within>/<day>.bin | all.bin
    /flows/<version>/<known>/<within>/<day>.bin
    /risk/<version>/<known>/<layer>/<level>/<within>/<day>.bin
    /alive    {version, warm, lost}: ``lost`` are seconds since the database last answered, 0 while it does

``known`` is ``now``, ``then`` (all.bin only: each day as known at its end) or a moment in UTC.
"""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable

import flask
import numpy as np

from dashboard.links import YEARS
from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.queries.flows import FlowDesk
from dashboard.queries.risk.map import RiskMap
from dashboard.wire import DOUBTFUL, encode_flows, encode_values, gzipped
from data.errors import (
    BadQuestion,
    EventStateError,
    Forbidden,
    InputError,
    NotFound,
    OneScreenError,
    SignInError,
    StoreError,
)
from data.terms import LEVELS
from grid.measures import measure

#: Error class -> HTTP status; the first that fits.
STATUS: tuple[tuple[type[OneScreenError], int], ...] = (
    (SignInError, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (EventStateError, 409),
    (InputError, 400),
    (StoreError, 503),
    (OneScreenError, 500),
)

#: A versioned address is kept by the browser for a year, and by nobody between.
FOREVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"

MOMENT = "%Y%m%dT%H%M%S"

ViewerOf = Callable[[], Viewer]


def moment_text(known: dt.datetime | None) -> str:
    """A moment as it stands in an address: ``now`` for None."""
    return "now" if known is None else known.strftime(MOMENT)


def register(server: flask.Flask | flask.Blueprint, desk: Desk, painter: Painter, viewer_of: ViewerOf) -> None:
    """Puts the addresses on the server."""

    def shapes(geography: int, level: str, within: str) -> flask.Response:
        return _bytes(painter.shapes(viewer_of(), geography, _level(level), within), FOREVER)

    def outlines(geography: int, level: str, within: str) -> flask.Response:
        return _bytes(painter.outlines(viewer_of(), geography, _level(level), within), FOREVER)

    def paint(version: int, known: str, name: str, level: str, within: str, day: str) -> flask.Response:
        viewer = viewer_of()
        body, made = _paint(desk, painter, viewer, known, (name, _level(level), within, day))
        desk.looked(viewer, within, "map")
        return _bytes(body, FOREVER if made == version else ASK_AGAIN)

    def flows(version: int, known: str, within: str, day: str) -> flask.Response:
        as_of, viewer = _moment(known), viewer_of()
        arcs = desk.beside(FlowDesk).arcs(viewer, within, _day(day), as_of)
        desk.looked(viewer, within, "outflow")
        body = encode_flows(arcs.codes, arcs.parents, arcs.origin, arcs.destination, arcs.people)
        return _bytes(gzipped(body), FOREVER if desk.cube.at(as_of).version == version else ASK_AGAIN)

    def risk(version: int, known: str, layer: str, level: str, within: str, day: str) -> flask.Response:
        as_of, viewer = _moment(known), viewer_of()
        painted = desk.beside(RiskMap).paint(viewer, layer, _level(level), within, _day(day), as_of)
        desk.looked(viewer, within, "risk")
        body = encode_values(painted.value, painted.state | np.where(painted.least, DOUBTFUL, 0).astype(np.uint8))
        return _bytes(gzipped(body), FOREVER if desk.cube.at(as_of).version == version else ASK_AGAIN)

    def alive() -> flask.Response:
        store, warm = desk.cube.store, flask.current_app.extensions["onescreen"].warm.is_set()
        answer = flask.jsonify(version=store.version(), warm=warm, lost=round(store.lost, 1))
        answer.cache_control.no_store = True
        return answer

    server.add_url_rule("/geo/<int:geography>/<level>/<within>/shapes.bin", view_func=shapes)
    server.add_url_rule("/geo/<int:geography>/<level>/<within>/outlines.bin", view_func=outlines)
    server.add_url_rule("/paint/<int:version>/<known>/<name>/<level>/<within>/<day>.bin", view_func=paint)
    server.add_url_rule("/flows/<int:version>/<known>/<within>/<day>.bin", view_func=flows)
    server.add_url_rule("/risk/<int:version>/<known>/<layer>/<level>/<within>/<day>.bin", view_func=risk)
    server.add_url_rule("/alive", view_func=alive)
    server.register_error_handler(OneScreenError, failed)


def failed(error: OneScreenError) -> tuple[flask.Response, int]:
    """An error as scripts are told it."""
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    return flask.jsonify(error=type(error).__name__, zh=error.say("zh"), en=error.say("en")), status


def _paint(
    desk: Desk, painter: Painter, viewer: Viewer, known: str, what: tuple[str, str, str, str]
) -> tuple[bytes, int]:
    """(body, the version it is of)."""
    name, level, within, day = what
    made = measure(name)
    if known == "then" and day == "all":
        return painter.days_as_known(viewer, made, level, within), desk.cube.at().version
    as_of = _moment(known)
    if day == "all":  # the classes' bounds and the days are those of the newest version
        return painter.days(viewer, made, level, within, as_of), desk.cube.at().version
    return painter.day(viewer, made, level, within, _day(day), as_of), desk.cube.at(as_of).version


def _level(text: str) -> str:
    if text not in LEVELS:
        raise BadQuestion(detail=f"level {text}")
    return text


def _day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadQuestion(detail=f"day {text}") from error
    if day.year not in YEARS:  # beyond it no measure could look back, or ahead
        raise BadQuestion(detail=f"day {text}")
    return day


def _moment(text: str) -> dt.datetime | None:
    if text == "now":
        return None
    try:
        return dt.datetime.strptime(text, MOMENT)  # noqa: DTZ007  (UTC without zone, as the store keeps it)
    except ValueError as error:
        raise BadQuestion(detail=f"known {text}") from error


def _bytes(gzipped: bytes, cache: str) -> flask.Response:
    """A body that is kept gzipped, with an ETag; unzipped for the rare client that cannot."""
    request = flask.request
    accepts = bool(request.accept_encodings.quality("gzip"))
    answer = flask.Response(gzipped if accepts else gzip.decompress(gzipped), mimetype="application/octet-stream")
    if accepts:
        answer.content_encoding = "gzip"
    answer.headers["Cache-Control"] = cache
    answer.vary.add("Accept-Encoding")
    answer.add_etag()
    answer.make_conditional(request)
    return answer
