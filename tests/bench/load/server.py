"""``python -m tests.bench.load.server HOME BOOK PORT``: the server as ``onescreen serve`` runs it, with a book of users
of its own, so that the home is left as it is."""

from __future__ import annotations

import sys
from pathlib import Path

from dashboard.app import create_app
from dashboard.queries import Desk
from dashboard.serve import serve
from dashboard.ticking import ticker
from data.access import Access
from data.access.audit import Log
from data.city import read_city
from data.events import Events
from data.settings import read_home
from data.store import Store
from grid.cube import Cube


def main(home: Path, book: Path, port: int) -> None:
    """Serves until it is ended."""
    settings = read_home(home)
    access = Access.beside(f"sqlite:///{book / 'store.db'}", book)
    city = read_city(settings.city)
    desk = Desk(Cube(Store.open(settings.database), city), Log(access))
    app = create_app(desk, home=home, access=access, events=Events.beside(f"sqlite:///{book / 'store.db'}", book, city))
    serve(app, port=port, threads=settings.threads, workers=settings.workers, ready=ticker(desk))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
