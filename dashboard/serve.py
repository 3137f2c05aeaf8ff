"""Serves the app: gunicorn's threads on Linux and macOS, waitress on Windows; never Dash's own server."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dashboard.app import Screen, warm

if TYPE_CHECKING:
    from collections.abc import Callable

#: glibc's mallopt: which setting, and how many heaps its threads share. By default it is eight heaps a core, and each
#: keeps what its threads let go of: the city of 25 million took 5.8 GB under 300 readers, with two heaps 3.7 GB.
_M_ARENA_MAX, HEAPS = -8, 2

#: Seconds after which a thread that computes lets another go on. Each of an answer's hundred array operations gives the
#: interpreter away and has to wait for it: with the usual 5 ms that is half a second beside one thread that computes.
SWITCH = 0.0005

#: Seconds that a connection is kept open for the next question: a page asks in bursts.
KEEP_ALIVE = 30


def serve(
    app: Screen,
    host: str = "127.0.0.1",
    port: int = 8050,
    threads: int = 8,
    ready: Callable[[], None] | None = None,
    workers: int = 1,
) -> None:
    """Serves until it is told to stop; ``ready`` is called in each process once the address answers.

    Other machines reach it only if ``host`` says so. With several ``workers`` as many processes answer: what the first
    readers ask for is made before they part, so that they share it, and the address answers only then.
    """
    _share_heaps()
    sys.setswitchinterval(SWITCH)
    if sys.platform == "win32":
        _waitress(app, host, port, threads, ready)
    else:
        if workers > 1:
            warm(app).join()
            app.part()
        _gunicorn(app, host, port, threads, ready, workers)


def _share_heaps() -> None:
    """Before any thread asks for memory; where the C library is another one, nothing happens."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, HEAPS)


def _waitress(app: Screen, host: str, port: int, threads: int, ready: Callable[[], None] | None) -> None:
    import waitress

    server = waitress.create_server(app.server, host=host, port=port, threads=threads, ident="onescreen")
    warm(app)
    if ready:
        ready()
    server.run()


def _gunicorn(app: Screen, host: str, port: int, threads: int, ready: Callable[[], None] | None, workers: int) -> None:
    from gunicorn.app.base import BaseApplication

    def begin(_worker: object) -> None:
        if workers == 1:
            warm(app)
        if ready:
            ready()

    settings = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": threads,
        "keepalive": KEEP_ALIVE,
        "loglevel": "warning",
        "control_socket_disable": True,
        "forwarder_headers": "",  # no header of whoever asks moves the address that is asked
        "post_worker_init": begin,
    }

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed
        """Gunicorn without a configuration file of its own."""

        def load_config(self) -> None:
            """Processes with threads, whose caches all its readers share."""
            for key, value in settings.items():
                if key in self.cfg.settings:
                    self.cfg.set(key, value)

        def load(self) -> Any:
            """The WSGI application."""
            return app.server

    Server().run()
