"""The clock: deadlines that passed become changes, each once, whoever ticks and however often.

Nobody accepted it: the unit above owns it from then on, with the class's time to accept it anew; at the city it stays.
Nobody acted, or it was not closed: the owner stays, one matter has one, and the unit above is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from data.events import tables
from data.events.book import Events
from data.events.owner import Tree, superior
from data.events.rows import Change
from data.events.state import AHEAD, Row, after, deadlines, until
from data.events.work import Said, Step, change_row, write

#: Events in one transaction: whoever reports or acts meanwhile waits for as long.
BATCH = 200


def tick(events: Events, tree: Tree, now: dt.datetime) -> list[Change]:
    """Escalates what passed its deadlines by ``now``, oldest first; the changes. A second tick at the same moment finds
    nothing, and one that was killed is finished by the next."""
    made: list[Change] = []
    while events._all(_due(now).limit(1)):
        with events.writing() as connection:
            rows = [dict(row._mapping) for row in connection.execute(_due(now))]
            made += write(connection, [step for row in rows for step in _escalate(events, row, tree, now)])
    return made


def _due(now: dt.datetime) -> Select[Any]:
    table = tables.event
    return select(table).where(table.c.due <= now).order_by(table.c.due, table.c.id).limit(BATCH)


def _escalate(events: Events, row: dict[str, Any], tree: Tree, now: dt.datetime) -> Iterator[Step]:
    """Every deadline of one event that has passed."""
    while row["due"] is not None and row["due"] <= now:
        change, tell = _change(events, row, tree, now)
        row = after(row, change)
        yield Step(row, change, tell)


def _change(events: Events, row: Row, tree: Tree, now: dt.datetime) -> tuple[dict[str, Any], list[str]]:
    """(the change that says that the first deadline has passed, who beside the owner is told)."""
    missed = next(step for step in AHEAD[row["state"]] if row[f"{step}_by"] == row["due"] and step not in row["missed"])
    owner = row["level"], row["owner"]
    above = superior(tree, owner)
    due = deadlines(row)
    if missed == "accept" and above != owner:
        due["accept"] = until(events.classes[row["klass"]], now)["accept"]
        owner = above
    said = Said("", "machine", "", now, more={"missed": missed})
    return change_row(row, "escalated", said, owner, due), [row["owner"], above[1]]
