"""Which days were ever stated, from the store itself."""

from __future__ import annotations

import datetime as dt

from data.store import Store


def days(store: Store, version: int) -> dict[str, list[tuple[dt.date, str]]]:
    """count -> the (day, source) pairs that have a slab as of a version, in order of day."""
    found: dict[str, set[tuple[dt.date, str]]] = {}
    for count, day, source, _ in store.tellings(None, version):
        found.setdefault(count, set()).add((day, source))
    return {count: sorted(pairs) for count, pairs in found.items()}
