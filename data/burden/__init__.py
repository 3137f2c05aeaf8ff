"""What forms ask of the people who fill them in: what is asked twice, by whom, how long it takes, what is on paper.

An inventory (source kind ``forms``) has one row a field of a form. :mod:`data.burden.names` brings a field's name to
what it asks for, :mod:`data.burden.alike` finds the fields that ask for the same, :mod:`data.burden.ledger` counts
what that costs.
"""

from __future__ import annotations

from data.burden.alike import Group, groups
from data.burden.form import Item, items_of
from data.burden.ledger import FormLine, Ledger, digest, ledger

__all__ = ["FormLine", "Group", "Item", "Ledger", "digest", "groups", "items_of", "ledger"]
