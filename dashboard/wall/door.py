"""Who is let in to a wall: links are remembered, so that a sign of life asks the database nothing."""

from __future__ import annotations

import threading

import structlog
from cachetools import LRUCache

from data.errors import StoreError, WallNotFound
from data.store import Store
from data.walls import WallLink, find_wall

log = structlog.get_logger()

#: Links that are remembered.
MOST = 1000


class Door:
    """Admits by the token of a link. A link is asked for anew once anything was heard of (:mod:`data.news`), and each
    time where nobody listens; while the database is away it is as it last was."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: LRUCache[str, tuple[WallLink, int | None]] = LRUCache(MOST)
        self._lock = threading.Lock()

    def admit(self, token: str, address: str | None) -> WallLink:
        """The link. WallNotFound of one that is none, was revoked, or is bound to another address; StoreError."""
        link = self._link(token)
        if link.revoked is not None:
            raise WallNotFound(wall=link.id)
        if not link.admits(address):
            log.warning("wall asked from elsewhere", wall=link.id)
            raise WallNotFound(wall=link.id)
        return link

    def _link(self, token: str) -> WallLink:
        news = self.store.news
        heard = None if news is None else news.heard  # before asking: what is told meanwhile makes it old
        with self._lock:
            known = self._known.get(token)
        if known is not None and (self.store.lost or (heard is not None and known[1] == heard)):
            return known[0]
        try:
            found = find_wall(self.store, token)
        except StoreError:
            if known is None:
                raise
            return known[0]
        with self._lock:
            self._known[token] = found, heard
        return found
