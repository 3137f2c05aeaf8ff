"""One POST to a receiver that nobody here answers for: it may be slow, drip bytes, send elsewhere, or hang up.

Only the first line of its answer counts. Nothing that it names is followed, nothing of it is kept, and none of it, how
long it may go on, holds up whoever waits behind.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, quote, urlsplit

#: A receiver has so many seconds for each turn of the talk, and for the whole of it: of one that sends a byte now and
#: then every turn is in time.
SECONDS, MOST_SECONDS = 5, 10

#: Bytes of an answer that are read, so that its connection serves the next message; a longer one is cut off.
MOST_ANSWER = 4096

#: What a call may fail with: no way there, no HTTP, or an address that is none.
FAILURES = (OSError, HTTPException, ValueError)

#: What stands in the address of a channel as it is; all else is written in percent.
_PLAIN = "/%:@!$&'()*+,;=~?-._"


class Webhooks:
    """The connections of one pass, one a server, open from one message to the next."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], HTTPConnection] = {}

    def close(self) -> None:
        """The pass is over."""
        for line in self._open.values():
            line.close()

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer; raises one of FAILURES. By a connection that was open before it may come twice."""
        parts = urlsplit(address)
        line = self._open.pop((parts.scheme, parts.netloc), None)
        if line is not None:
            with suppress(ConnectionError):  # it was closed while nobody spoke
                return self._say(line, parts, body, headers)
        return self._say(self._line(parts), parts, body, headers)

    def _line(self, parts: SplitResult) -> HTTPConnection:
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            return HTTPSConnection(host, port or 443, timeout=SECONDS, context=self._trust)
        return HTTPConnection(host, port or 80, timeout=SECONDS)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def _say(self, line: HTTPConnection, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> int:
        kept = False
        try:
            if line.sock is None:
                line.connect()
            with _cut_off(line.sock):
                line.request("POST", _target(parts), body, dict(headers))
                answer = line.getresponse()
                with closing(answer), suppress(OSError, HTTPException):  # its status has been told
                    kept = not answer.will_close and _ended(answer)
        finally:
            if not kept:
                line.close()
        if kept:
            self._open[(parts.scheme, parts.netloc)] = line
        return answer.status


def _ended(answer: HTTPResponse) -> bool:
    """Reads an answer; whether that was all of it."""
    answer.read(MOST_ANSWER)
    return answer.isclosed()


def _target(parts: SplitResult) -> str:
    """The path of an address and what it asks, as HTTP writes them."""
    asked = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + asked, safe=_PLAIN)


@contextmanager
def _cut_off(held: socket.socket) -> Iterator[None]:
    """Ends the talk after MOST_SECONDS: whoever reads then finds its end."""
    timer = threading.Timer(MOST_SECONDS, _hang_up, [held])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(held: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(held, socket.SHUT_RDWR)  # of TLS too only the line: the reader holds the rest


__all__ = ["FAILURES", "MOST_SECONDS", "Webhooks"]
