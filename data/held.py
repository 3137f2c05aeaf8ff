"""Deliveries that are held back: what lies in ``inbox/held/``, what is odd about each, and what was decided.

Beside a held file lies ``NAME.held.json``: its source, moment and faults, and once somebody decided who did and why.
The same lies beside a file that was refused, so that it can be taken back, and beside one that was returned because its
columns had changed, for the ledger to name it.

Whoever decides on a page writes ``NAME.decided.json`` beside it; the next pass of the inbox carries that out. Until
then it can be withdrawn: the file that says so is there or gone, whoever looks.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, Literal, get_args

from data.engine import utcnow
from data.errors import HeldDecided, HeldNotFound
from data.faults import Fault, fault_of
from data.files import write_text

Day = dt.date
#: What may be decided: of a held delivery to let it pass or to return it; of a returned one to hold it again.
What = Literal["accept", "refuse", "undo"]
WHATS: tuple[What, ...] = get_args(What)

FOLDER, HELD, REJECTED = "inbox", "held", "rejected"
SUFFIX, MARK = ".held.json", ".decided.json"


@dataclass(frozen=True)
class Decision:
    """What was decided, by whom and why, ``at`` ISO text in UTC; the inbox has not carried it out yet."""

    what: What
    who: str
    why: str
    at: str


@dataclass(frozen=True)
class Held:
    """One held (or refused, or for its columns returned) delivery. ``accepted``, ``refused``: {"who", "why", "at"},
    empty unless the inbox went about it; ``decided``: what it will go about."""

    path: Path
    source: str
    at: dt.datetime
    faults: tuple[Fault, ...]
    accepted: Mapping[str, str]
    refused: Mapping[str, str] = field(default_factory=dict)
    decided: Decision | None = None

    @property
    def name(self) -> str:
        """What it is called: the file's name."""
        return self.path.name

    @property
    def key(self) -> str:
        """What tells it from others of its name: folder, day, source and name."""
        return PurePath(*self.path.parts[-4:]).as_posix()

    @property
    def waits(self) -> bool:
        """Whether nobody has decided yet."""
        return not (self.accepted or self.refused or self.decided)


def keep(
    path: Path,
    source: str,
    faults: Sequence[Fault],
    accepted: Mapping[str, str] | None = None,
    refused: Mapping[str, str] | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Writes what is known beside the file that lies, or will lie, at ``path``; ``at``: since when, now without."""
    told: dict[str, Any] = {"source": source, "at": (at or utcnow()).isoformat(), "accepted": dict(accepted or {})}
    told |= {"refused": dict(refused or {}), "faults": [fault.kept() for fault in faults]}
    write_text(_beside(path), json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def forget(path: Path) -> None:
    """Takes away what lies beside a file that is gone from here."""
    for suffix in (SUFFIX, MARK):
        _beside(path, suffix).unlink(missing_ok=True)


def held(home: Path) -> list[Held]:
    """The held deliveries of a home, oldest first."""
    return sorted(_listed(home, HELD), key=lambda one: (one.at, one.name))


def returned(home: Path) -> list[Held]:
    """Deliveries that were returned for a fault that has a name, oldest first."""
    return [one for one in _back(home) if not one.refused]


def refused(home: Path) -> list[Held]:
    """Deliveries that somebody returned, and that can be taken back, oldest first."""
    return [one for one in _back(home) if one.refused]


def find(home: Path, name: str) -> Held:
    """The held delivery of this name; HeldNotFound."""
    return _named(held(home), name)


def find_refused(home: Path, name: str) -> Held:
    """The refused delivery of this name; HeldNotFound."""
    return _named(refused(home), name)


# deciding ------------------------------------------------------------------------------------------


def decide(one: Held, what: What, who: str, why: str) -> None:
    """Writes down what the inbox shall do; HeldDecided where somebody was quicker, HeldNotFound where it is gone."""
    if not one.path.exists():
        raise HeldNotFound(what=one.name, name=one.name)
    mark, at = _beside(one.path, MARK), utcnow().replace(microsecond=0).isoformat()
    if mark.exists() and _decided(one.path, one.at.isoformat()) is None:
        mark.unlink(missing_ok=True)  # it was about another file that lay here before
    told = {"held": one.at.isoformat(), "what": what, "who": who, "why": why, "at": at}
    try:
        if one.accepted:
            raise FileExistsError
        write_text(mark, json.dumps(told, ensure_ascii=False, indent=1) + "\n", new=True)
    except FileExistsError:
        raise HeldDecided(name=one.name) from None


def withdraw(one: Held) -> None:
    """Takes back what was decided and is not carried out; HeldDecided where the inbox went about it meanwhile."""
    try:
        _beside(one.path, MARK).unlink()
    except FileNotFoundError:
        raise HeldDecided(name=one.name) from None


def taken(one: Held) -> bool:
    """For the inbox: takes the decision up, which nobody can withdraw from then on; False where somebody just did."""
    try:
        withdraw(one)
    except HeldDecided:
        return False
    return True


# reading -------------------------------------------------------------------------------------------


def _back(home: Path) -> list[Held]:
    return sorted(_listed(home, REJECTED), key=lambda one: (one.at, one.name))


def _named(found: Sequence[Held], name: str) -> Held:
    for one in found:
        if name in (one.name, str(one.path)):
            return one
    raise HeldNotFound(what=name, name=name)


def _listed(home: Path, folder: str) -> Iterator[Held]:
    for beside in (home.resolve() / FOLDER / folder).rglob(f"*{SUFFIX}"):
        path = beside.with_name(beside.name.removesuffix(SUFFIX))
        told = _read(beside, {"source", "at", "faults", "accepted"}) if path.exists() else None
        if told is not None:
            faults = tuple(fault_of(each) for each in told["faults"])
            at, back = dt.datetime.fromisoformat(told["at"]), told.get("refused", {})
            yield Held(path, told["source"], at, faults, told["accepted"], back, _decided(path, told["at"]))


def _decided(path: Path, at: str) -> Decision | None:
    """What was decided of the file that is held here since ``at``."""
    told = _read(_beside(path, MARK), {"held", "what", "who", "why", "at"})
    if told is None or told["held"] != at or told["what"] not in WHATS:
        return None
    return Decision(told["what"], told["who"], told["why"], told["at"])


def _read(path: Path, keys: set[str]) -> dict[str, Any] | None:
    try:
        told: Any = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):  # taken away meanwhile, or somebody's own file of that name
        return None
    return told if isinstance(told, dict) and keys <= told.keys() else None


def _beside(path: Path, suffix: str = SUFFIX) -> Path:
    return path.with_name(path.name + suffix)
