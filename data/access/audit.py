"""The log: who did what, about which area and how many people. Each line is chained onto the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from data.access.book import Access
from data.access.tables import entry
from data.engine import utcnow

#: What the first line is chained onto.
ORIGIN = "0" * 64


class Log:
    """The log of one installation."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def add(self, who: str, role: str, action: str, area: str = "", people: int | None = None, **more: object) -> int:
        """Writes a line, and gives its number. StoreError where it cannot be written."""
        with self.access.writing() as connection:
            last = connection.execute(select(entry.c.id, entry.c.head).order_by(entry.c.id.desc()).limit(1)).first()
            values: dict[str, Any] = {
                "id": last.id + 1 if last else 1, "at": utcnow(), "who": who, "role": role, "action": action,
                "area": area, "people": people, "more": more, "before": last.head if last else ORIGIN,
            }  # fmt: skip
            connection.execute(insert(entry).values(**values, head=head_of(values)))
        return int(values["id"])


def head_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of a line's own words and of the head before it."""
    words = [str(values[name]) for name in ("before", "id", "at", "who", "role", "action", "area", "people")]
    said = json.dumps([*words, values["more"]], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()
