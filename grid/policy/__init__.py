"""What an order costs and what it covers: whom it takes in, in what proportion, and whether a finer one would do.

``orders``: whom a notice takes in; ``proportionality``: people hit, exposed, missed, outside, added; ``board`` and
``sandbox``: the same day's information from the whole city down to single cells.
"""

from __future__ import annotations

from grid.policy.orders import Strata, leaves_of, strata, takes
from grid.policy.proportionality import Proportion, Weighed, weigh

__all__ = ["Proportion", "Strata", "Weighed", "leaves_of", "strata", "takes", "weigh"]
