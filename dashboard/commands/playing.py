"""The simulated city's last days, played into its book of events."""

from __future__ import annotations

from pathlib import Path

from dashboard.commands.terminal import open_home
from data.demo import entries
from data.events import Events
from grid.chains import Chains
from grid.cube import Cube


def play(home: Path, seed: int) -> None:
    """Lets key persons enter, up to the moment of the last load. A book that has entries is left as it is."""
    settings, city, store = open_home(home)
    book = Events.beside(settings.database, home, city)
    try:
        view = Cube(store, city).at()
        areas, told = view.areas, view.stated_days["population"]
        communities = [areas.code[row] for row in areas.of_level(areas.levels[-1], 0)]
        people = int(view.sums("population", [told[-1][0]]).total[0, 0])
        entries.play(book, Chains(view.geography, city), communities, people, store.load(view.version).known, seed)
    finally:
        book.close()
        store.close()
