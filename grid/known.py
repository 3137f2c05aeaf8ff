"""When each load became known, from one version to the next: which version a moment means is answered from memory."""

from __future__ import annotations

import datetime as dt
import threading

import numpy as np
from numpy.typing import NDArray

from data.store import Store


class Known:
    """Remembers the moments of all loads up to the newest version that was asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._upto = 0
        self._loads: NDArray[np.int64] = np.empty(0, np.int64)
        self._moments: NDArray[np.datetime64] = np.empty(0, "datetime64[us]")
        self._lock = threading.Lock()

    def version(self, as_of: dt.datetime, newest: int) -> int:
        """The newest load up to ``newest`` that was known at a moment (UTC); 0 if there is none. StoreError."""
        with self._lock:
            self._reach(newest)
            known = self._loads[(self._loads <= newest) & (self._moments <= np.datetime64(as_of, "us"))]
        return int(known.max(initial=0))

    def _reach(self, newest: int) -> None:
        if newest <= self._upto:
            return
        news = self._store.moments(self._upto, newest)
        self._loads = np.concatenate([self._loads, np.array([load for load, _ in news], np.int64)])
        self._moments = np.concatenate([self._moments, np.array([known for _, known in news], "datetime64[us]")])
        self._upto = newest
