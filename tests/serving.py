"""A WSGI app on a free loopback port, for as long as a test, a bench or a picture needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

#: Where a request's answer stands until it is closed.
ANSWER = "onescreen.tests.answer"


class Answer:
    """What an app answers with; closed once."""

    def __init__(self, body: Iterable[bytes]) -> None:
        self.body = body
        self.end: Callable[[], None] | None = getattr(body, "close", None)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.body)

    def close(self) -> None:
        end, self.end = self.end, None
        if end is not None:
            end()


class Handler(WSGIRequestHandler):
    """Closes an answer whose browser has gone away too: before it would, werkzeug reads what the browser still sends,
    which fails then, and the open file warns of itself in whichever test is running."""

    answer: Answer | None = None

    def run_wsgi(self) -> None:
        try:
            super().run_wsgi()
        finally:
            if self.answer is not None:
                self.answer.close()

    def make_environ(self) -> Any:
        self.answer = None
        return super().make_environ() | {ANSWER: self}


def server_of(app: Any, port: int = 0) -> BaseWSGIServer:
    """A server of threads that is not started; ``port`` 0: any free one."""

    def answered(environ: Any, start: Any) -> Answer:
        environ[ANSWER].answer = answer = Answer(app(environ, start))
        return answer

    return make_server("127.0.0.1", port, answered, threaded=True, request_handler=Handler)


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address (without a slash at its end) of ``app``, a Flask server or any other WSGI app."""
    server = server_of(app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
