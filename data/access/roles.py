"""What each role may do: the one table. Everybody sees the numbers of their area that are not small."""

from __future__ import annotations

from collections.abc import Mapping

from data.terms import RIGHTS, ROLES

EVERY_RIGHT = frozenset(RIGHTS)

#: Role -> rights. Whoever keeps the users sees no single person's record, and whoever reads the log keeps no users:
#: nobody can both look somebody up and hide that they did.
MAY: Mapping[str, frozenset[str]] = {
    "wall": frozenset(),
    "official": frozenset({"tickets", "small_numbers", "export", "report", "sense", "events", "act"}),
    "reporter": frozenset({"export", "report", "sense"}),
    "analyst": frozenset({"small_numbers", "export", "report", "deliveries", "events"}),
    "administrator": frozenset({"small_numbers", "export", "report", "deliveries", "decide", "users", "sense"}),
    "auditor": frozenset({"deliveries", "audit"}),
}

assert MAY.keys() == ROLES.keys(), "every role has its line"
assert all(rights <= EVERY_RIGHT for rights in MAY.values()), "every right is a word of RIGHTS"
