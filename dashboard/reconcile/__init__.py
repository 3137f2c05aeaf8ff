"""One number, one source: every number of every page, wall scene and report of a version is asked again.

``screens`` renders what people see and gives it as it goes to them; ``texts`` finds the numbers in it and what they
cite, and says of every other digit why it is no number; ``check`` asks each again on a desk of its own (its own
store, cube and caches) and holds the two against each other; ``feet`` adds up: children and what has no finer place
make their parent, parts their whole, shares the ratio of their two sides. What is found is a :class:`Finding`.

What is no number, with its reason, stands in :mod:`dashboard.reconcile.texts`; a page that shows a digit which is
neither cited nor among these is found.
"""

from __future__ import annotations

from dashboard.reconcile.check import Checker
from dashboard.reconcile.findings import Finding, Tally
from dashboard.reconcile.run import reconcile
from dashboard.reconcile.screens import Screen, screens

__all__ = ["Checker", "Finding", "Screen", "Tally", "reconcile", "screens"]
