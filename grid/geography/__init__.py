"""The city file's boundaries, code lists and grid -> the area tree and its leaves.

``stored`` keeps them and makes them anew when one of the ``files`` changed; ``made`` puts them together: areas as they
are ``drawn``, and ``cells``. What was noticed on the way (joins, aliases used, repairs, what has no shape) goes into a
report that is stored beside the geography and printed by ``onescreen build``.
"""

from __future__ import annotations

from grid.geography.base import Geography
from grid.geography.cells import finest_drawn
from grid.geography.files import fingerprint
from grid.geography.made import make_geography
from grid.geography.stored import GEOGRAPHY, load_geography, open_geography, part_of

__all__ = [
    "GEOGRAPHY",
    "Geography",
    "finest_drawn",
    "fingerprint",
    "load_geography",
    "make_geography",
    "open_geography",
    "part_of",
]
