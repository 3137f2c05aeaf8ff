"""The server of the tests itself."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

from tests.serving import serving


class Body:
    """Ends when the browser is gone; knows whether it was closed."""

    def __init__(self) -> None:
        self.gone, self.closed = threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        yield b"x"
        self.gone.wait()

    def close(self) -> None:
        self.closed.set()


def test_an_answer_is_closed_where_the_browser_went_away() -> None:
    body = Body()

    def app(_: Any, start: Callable[..., Any]) -> Body:
        start("200 OK", [("Content-Length", "1")])
        return body

    with serving(app) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as browser:
            browser.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"\r\n\r\nx"):
                answer += browser.recv(1_000)
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # gone at once, no goodbye
        body.gone.set()
        assert body.closed.wait(120)
