"""What a report or a change makes of an event's row: pure, so that the row can be made anew from all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from data.events.classes import EventClass

#: A row of the table ``event``, or one of ``change`` or ``report``, as a mapping.
Row = Mapping[str, Any]

#: State -> deadlines that it still has to keep.
AHEAD: Mapping[str, tuple[str, ...]] = {
    "open": ("accept", "act", "close"),
    "accepted": ("act", "close"),
    "acting": ("close",),
    "fed_back": ("close",),
    "closed": (),
}

#: What -> states in which it may happen. An event that was fed back and does not pass its check is reopened too.
FROM: Mapping[str, tuple[str, ...]] = {
    "accepted": ("open",),
    "acting": ("accepted",),
    "fed_back": ("acting", "fed_back"),
    "closed": ("fed_back",),
    "reopened": ("fed_back", "closed"),
    "handed_over": ("open", "accepted", "acting"),
    "commented": ("open", "accepted", "acting", "fed_back", "closed"),
}

#: What -> the state that follows; other changes leave it.
TO: Mapping[str, str] = {
    "opened": "open", "accepted": "accepted", "acting": "acting", "fed_back": "fed_back", "closed": "closed",
    "reopened": "open", "handed_over": "open",
}  # fmt: skip

#: What -> the moment that is kept of its first time.
_FIRST: Mapping[str, str] = {"accepted": "accepted", "acting": "acted", "fed_back": "fed_back"}

#: What -> the count that it raises.
_COUNTS: Mapping[str, str] = {"escalated": "escalations", "reopened": "reopened", "handed_over": "handed_over"}


def moment(at: dt.datetime, more: Mapping[str, Any]) -> dt.datetime:
    """When what a change tells of was done, which came ``at``."""
    return dt.datetime.fromisoformat(more["done"]) if "done" in more else at


def until(klass: EventClass, now: dt.datetime) -> dict[str, str]:
    """Deadlines of a round that begins ``now``, as a change keeps them."""
    minutes = {"accept": klass.accept, "act": klass.act, "close": klass.close}
    return {step: (now + dt.timedelta(minutes=each)).isoformat() for step, each in minutes.items()}


def deadlines(row: Row) -> dict[str, str]:
    """Those of an event's row, as a change keeps them."""
    return {step: row[f"{step}_by"].isoformat() for step in AHEAD["open"]}


def begun(report: Row, change: Row) -> dict[str, Any]:
    """The row of an event that ``change`` opens for its first report."""
    row: dict[str, Any] = {name: report[name] for name in ("klass", "area", "cell", "subject", "place", "same")}
    row |= {"id": change["event"], "reports": 1, "latest": report["happened"], "happened": report["happened"]}
    row |= dict.fromkeys(("accepted", "acted", "fed_back", "closed", "satisfied"))
    row |= dict.fromkeys(("escalations", "reopened", "handed_over"), 0)
    return after({**row, "sensed": change["at"], "missed": "", "actor": ""}, change)


def joined(row: Row, report: Row) -> dict[str, Any]:
    """The row with one report more."""
    latest, happened = max(row["latest"], report["happened"]), min(row["happened"], report["happened"])
    return {**row, "reports": row["reports"] + 1, "latest": latest, "happened": happened}


def after(row: Row, change: Row) -> dict[str, Any]:
    """The row when ``change`` has happened."""
    what, at = change["what"], moment(change["at"], change["more"])
    made = {**row, "missed": _missed(row, change), "changes": change["number"]}
    made |= {name: change[name] for name in ("state", "owner", "level")}
    made |= {f"{step}_by": dt.datetime.fromisoformat(by) for step, by in change["until"].items()}
    if what in _FIRST:
        made[_FIRST[what]] = row[_FIRST[what]] or at
    if what in _COUNTS:
        made[_COUNTS[what]] = row[_COUNTS[what]] + 1
    if what in ("closed", "reopened"):
        made["closed"] = at if what == "closed" else None
    if what == "acting":
        made["actor"] = change["by"]
    if change["more"].get("satisfied") is not None:
        made["satisfied"] = change["more"]["satisfied"]
    return _timed(made)


def _missed(row: Row, change: Row) -> str:
    """Deadlines of the round that were escalated. Who is new to an event has another time to accept it."""
    words = set(row["missed"].split())
    if change["what"] == "reopened":
        words.clear()
    if change["what"] == "escalated":
        words.add(change["more"]["missed"])
    if change["what"] == "handed_over" or change["owner"] != row.get("owner"):
        words.discard("accept")
    return " ".join(step for step in AHEAD["open"] if step in words)


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    ahead, missed = AHEAD[row["state"]], row["missed"].split()
    row["deadline"] = min((row[f"{step}_by"] for step in ahead), default=None)
    row["due"] = min((row[f"{step}_by"] for step in ahead if step not in missed), default=None)
    return row
