"""``/pulse``: the newest version's number, for pages that are open and look for news all the time.

Answered from memory, before everything else: nobody is asked who they are, no turn is waited for and nothing is
counted. A version's number says nothing of anybody, and ``/readyz`` tells it to whoever asks as well. What a page does
about news it asks as always, signed in.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from data.errors import OneScreenError
from data.store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/pulse"

#: Seconds for which the number is good where nobody hears of versions (SQLite): asked of the file once for all pages.
FRESH = 0.5


class Pulse:
    """The application with the pulse before it."""

    def __init__(self, app: WSGIApplication, store: Store) -> None:
        self.app, self.store = app, store
        self._lock = threading.Lock()
        self._asked, self._version = 0.0, -1

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """The number, or what the application says."""
        if environ["PATH_INFO"] != PATH:
            return self.app(environ, start)
        body = b"%d" % self.version()
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start("200 OK", [*headers, ("X-Content-Type-Options", "nosniff")])
        return [body]

    def version(self) -> int:
        """The newest version; -1 while the database does not answer."""
        store = self.store
        if store.news is not None and store.news.version is not None:
            return -1 if store.lost else store.news.version
        with self._lock:
            if time.monotonic() - self._asked > FRESH:
                try:
                    self._version = store.version()
                except OneScreenError:
                    self._version = -1
                self._asked = time.monotonic()
            return self._version
