"""Rows of reports -> the book of events: each number of a source once, whichever file it stands in.

The book is another database than the store, and is written first: a run that ends between the two leaves a file that is
taken again, whose reports the book has already.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from data.deliveries import Delivery
from data.engine import utcnow
from data.errors import FileError, OneScreenError
from data.events.intake import take as take_reports
from data.events.report import Report
from data.rejects import Reject
from data.store import Writer
from data.words import Both
from grid import rows
from grid.chains import Chains
from grid.ground import Figures, Ground
from grid.rows import Kept, Told


def take(ground: Ground, load: Writer, delivery: Delivery) -> Figures:
    """Read a delivery, and put what it reports into the book."""
    return rows.take(ground, load, delivery, keep)


def keep(ground: Ground, load: Writer, told: Told) -> Kept:
    """Report the rows of a checked frame; what the book refuses is a reject."""
    if told.good.empty:
        return Kept(None)
    if ground.events is None:
        zh, en = "事件上报须装入数据目录，这里没有", "reports of events are loaded into a home, and there is none here"
        raise FileError(file=told.source.name, detail=Both(zh, en))
    reports = list(_reports(ground, told))
    moments = [report.happened for report in reports if report.happened is not None]
    top = ground.whole or ground  # who is above a city is asked of the province, too
    taken = take_reports(
        ground.events, reports, Chains(top.geography, top.city), _now(ground, moments), told.source.name
    )
    rejects = [_reject(told, at, one.error) for at, one in enumerate(taken) if one.error is not None]
    days = [moment.replace(tzinfo=dt.UTC).astimezone(_zone(ground)).date() for moment in moments]
    return Kept((min(days), max(days)) if days else None, rejects)


def _reports(ground: Ground, told: Told) -> Iterator[Report]:
    top = (ground.whole or ground).geography
    leaves, areas = top.leaves, top.areas
    for row, leaf in zip(told.good.to_dict("records"), (told.leaf + ground.seat.leaf).tolist(), strict=True):
        cell = int(leaves.cell[leaf])
        yield Report(
            told.source.name, row["key"], row["class"], areas.code[leaves.area[leaf]],
            cell=leaves.cells.id[cell] if cell >= 0 else "", subject=_word(row, "person"), place=_word(row, "place"),
            note=_word(row, "note"), happened=_moment(ground, row.get("happened")),
        )  # fmt: skip


def _word(row: dict[Any, Any], name: str) -> str:
    found = row.get(name)
    return found if isinstance(found, str) else ""


def _moment(ground: Ground, told: object) -> dt.datetime | None:
    if not isinstance(told, str):
        return None
    return dt.datetime.fromisoformat(told).replace(tzinfo=_zone(ground)).astimezone(dt.UTC).replace(tzinfo=None)


def _zone(ground: Ground) -> ZoneInfo:
    return ZoneInfo(ground.city.timezone)


def _now(ground: Ground, moments: Sequence[dt.datetime]) -> dt.datetime:
    """A simulated city's clock is not ours: there a report comes when the last of its file happened."""
    return max(moments, default=utcnow()) if ground.city.simulated else utcnow()


def _reject(told: Told, at: int, error: OneScreenError) -> Reject:
    row = told.good.iloc[at]
    return Reject(int(row["row"]), "", str(row["key"]), "refused", {"detail": f"{error.say('zh')} / {error.say('en')}"})
