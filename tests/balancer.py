"""One address before several web processes: each question goes to the next of them that takes it.

As a proxy before a real installation does: in turn, whoever cannot be reached is passed over, what may be asked twice is
asked of the next one where an answer breaks off.
"""

from __future__ import annotations

import http.client
import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Of one connection alone: not passed on.
HOPS = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-connection"}
SAFE = ("GET", "HEAD", "OPTIONS")


class Balancer:
    """Where it is, and of which process each answer was (``asked``: (port, method, path))."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports, self.asked = tuple(ports), list[tuple[int, str, str]]()
        self._next = itertools.count()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True

    @property
    def address(self) -> str:
        """Without a slash at its end."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, list[Any], bytes] | None:
        """The answer of the next process that gives one."""
        turn = next(self._next)
        for at in range(len(self.ports)):
            port = self.ports[(turn + at) % len(self.ports)]
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            try:
                line.connect()
            except OSError:
                continue
            try:
                line.request(method, path, body, headers)
                answer = line.getresponse()
                found = answer.status, answer.getheaders(), answer.read()
            except (OSError, http.client.HTTPException):
                if method in SAFE:
                    continue
                return None
            finally:
                line.close()
            self.asked.append((port, method, path))
            return found
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        balancer = self

        class Handler(BaseHTTPRequestHandler):
            """One question passed on."""

            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOPS}
                found = balancer.ask(self.command, self.path, headers, body)
                status, told, answer = found or (502, [], b"")
                self.send_response_only(status)
                for name, value in told:
                    if name.lower() not in (*HOPS, "content-length"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer)

            do_GET = do_POST = do_DELETE = do_HEAD = _pass

            def log_message(self, *_: object) -> None:
                """Nothing."""

        return Handler


@contextmanager
def balancing(ports: Sequence[int]) -> Iterator[Balancer]:
    """A balancer, for as long as a test needs it."""
    made = Balancer(ports)
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        thread.join()
        made.server.server_close()
