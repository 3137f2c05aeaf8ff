"""Deliveries that are held back: what lies in ``inbox/held/``, what is odd about each, and what was decided.

Beside a held file lies ``NAME.held.json``: its source, moment and faults, and once somebody let it pass who did and
why. The same lies beside a file that was returned because its columns had changed, for the ledger to name it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.engine import utcnow
from data.errors import HeldNotFound
from data.faults import Fault, fault_of
from data.files import write_text

Day = dt.date

FOLDER, HELD, REJECTED = "inbox", "held", "rejected"
SUFFIX = ".held.json"


@dataclass(frozen=True)
class Held:
    """One held (or, for its columns, returned) delivery; ``accepted``: {"who", "why", "at"}, empty while it waits."""

    path: Path
    source: str
    at: dt.datetime
    faults: tuple[Fault, ...]
    accepted: Mapping[str, str]

    @property
    def name(self) -> str:
        """What it is called: the file's name."""
        return self.path.name


def keep(path: Path, source: str, faults: Sequence[Fault], accepted: Mapping[str, str] | None = None) -> None:
    """Writes what is known beside the file that lies, or will lie, at ``path``."""
    told: dict[str, Any] = {"source": source, "at": utcnow().isoformat(), "accepted": dict(accepted or {})}
    told["faults"] = [fault.kept() for fault in faults]
    write_text(_beside(path), json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def forget(path: Path) -> None:
    """Takes away what lies beside a file that is gone from here."""
    _beside(path).unlink(missing_ok=True)


def held(home: Path) -> list[Held]:
    """The held deliveries of a home, oldest first."""
    return sorted(_listed(home, HELD), key=lambda one: (one.at, one.name))


def returned(home: Path) -> list[Held]:
    """Deliveries that were returned for a fault that has a name, oldest first."""
    return sorted(_listed(home, REJECTED), key=lambda one: (one.at, one.name))


def find(home: Path, name: str) -> Held:
    """The held delivery of this name; HeldNotFound."""
    for one in held(home):
        if name in (one.name, str(one.path)):
            return one
    raise HeldNotFound(what=name, name=name)


def _listed(home: Path, folder: str) -> Iterator[Held]:
    for beside in (home.resolve() / FOLDER / folder).rglob(f"*{SUFFIX}"):
        path = beside.with_name(beside.name.removesuffix(SUFFIX))
        told = _read(beside) if path.exists() else None
        if told is not None:
            faults = tuple(fault_of(each) for each in told["faults"])
            yield Held(path, told["source"], dt.datetime.fromisoformat(told["at"]), faults, told["accepted"])


def _read(beside: Path) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads(beside.read_text("utf-8"))
    except (OSError, ValueError):  # taken away meanwhile, or somebody's own file of that name
        return None
    return told if {"source", "at", "faults", "accepted"} <= told.keys() else None


def _beside(path: Path) -> Path:
    return path.with_name(path.name + SUFFIX)
