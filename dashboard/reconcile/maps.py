"""The numbers of maps: what the server sends for a map's address, held against what a fresh desk's server sends."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import flask
import numpy as np
from numpy.typing import NDArray

from dashboard import routes
from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer

#: Addresses of numbers: values of units (paint, risk) and of arcs (flows). A wall's are relative to its own.
_NUMBERS = re.compile(r"^/?((?:paint|risk)/.*/\d{4}-\d\d-\d\d\.bin|flows/.*\.bin)(?:\?fresh=\w+)?$")

#: Findings told of one map; the rest is only said to be there.
MOST = 20

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """The numbers of a map: (n,) values and what else was sent of each, and the bytes before and after them."""

    values: Floats
    states: NDArray[np.uint8]
    rest: bytes

    @property
    def size(self) -> int:
        """How many."""
        return len(self.values)


class Maps:
    """The servers of two desks side by side, for one viewer."""

    def __init__(self, shown: Painter, fresh: Desk, viewer: Viewer) -> None:
        self.sides = [_client(shown.desk, shown, viewer), _client(fresh, Painter(fresh), viewer)]

    def numbers(self, url: str) -> tuple[Drawn, Drawn]:
        """What is shown under an address, and what the fresh desk would show."""
        one, other = (decode(side.get(url).data) for side in self.sides)
        return one, other


def _client(desk: Desk, painter: Painter, viewer: Viewer) -> Any:
    server = flask.Flask(__name__)
    routes.register(server, desk, painter, lambda: viewer)
    return server.test_client()


def decode(body: bytes) -> Drawn:
    """The numbers in bytes of :mod:`dashboard.wire`; none in others, which are held against each other whole."""
    if body[:4] == b"OSV1":
        n = struct.unpack_from("<I", body, 4)[0]
        states = np.frombuffer(body, np.uint8, n, 8 + 4 * n)
        return Drawn(np.frombuffer(body, "<f4", n, 8).astype(np.float64), states, b"")
    if body[:4] == b"OSF1":
        flows, days, _ = struct.unpack_from("<III", body, 4)
        n = flows * days
        rest = 16 + 8 * n
        return Drawn(np.frombuffer(body, "<f8", n, 16), np.frombuffer(body, np.uint8, n, len(body) - n), body[rest:])
    return Drawn(np.zeros(0), np.zeros(0, np.uint8), body)


def differences(one: Drawn, other: Drawn) -> Iterator[tuple[str, str, str]]:
    """(which, what is shown, what it is) of the first numbers that differ."""
    if one.size != other.size:
        yield "", str(one.size), str(other.size)
        return
    wrong = np.flatnonzero((one.values != other.values) | (one.states != other.states))
    for at in wrong[:MOST].tolist():
        yield str(at), f"{one.values[at]:g}", f"{other.values[at]:g}"
    if not len(wrong) and one.rest != other.rest:
        yield "", "", "other bytes"


def urls(content: Any) -> Iterator[str]:
    """The addresses of numbers in a screen, from the server's root."""
    if isinstance(content, Mapping):
        for key, one in content.items():
            found = _NUMBERS.match(one) if key in ("values_url", "flows_url") and isinstance(one, str) else None
            if found:
                yield f"/{found[1]}"
            else:
                yield from urls(one)
    elif isinstance(content, (list, tuple)):
        for one in content:
            yield from urls(one)
