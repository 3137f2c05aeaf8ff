"""The questions about the log: who did what, about which area and how many people, and whether the log still holds.

Whoever answers for a part of the city reads of that part and of the users who see no more than it.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from cachetools import TTLCache

from dashboard.queries.desk import Day, Desk, Viewer
from data.access.audit import Line, Log, Looked, Sought, Tally
from data.access.certificates import Certificate, certificates
from data.access.proof import LogProof, verify_log
from data.access.users import list_users
from data.engine import utcnow
from data.errors import StoreError
from data.words import Both

#: Days that are counted one by one.
TALLY_DAYS = 14

#: How long a test of the chain is told again, and of how many lines a page waits for one: a second.
PROOF_SECONDS = 600
PROOF_LINES = 20_000


@dataclass(frozen=True)
class LogWanted:
    """Which lines: "" and None leave open. ``area``: a code or name; ``first``, ``last``: days of the city."""

    who: str = ""
    action: str = ""
    area: str = "city"
    first: Day | None = None
    last: Day | None = None
    word: str = ""


@dataclass(frozen=True)
class LogPage:
    """A page of lines, newest first, of ``total``; ``people``: whose records all of these are about; ``tallies``: of
    the last days among them; ``lookers``: who did most; ``proof``: of the newest PROOF_LINES, and
    ``purges``: for who answers for the whole city."""

    lines: Sequence[Line]
    total: int
    people: int
    tallies: Sequence[Tally]
    lookers: Sequence[Looked]
    proof: LogProof | None
    purges: Sequence[Certificate]


class AuditDesk:
    """The questions, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._proofs: TTLCache[str, LogProof] = TTLCache(1, PROOF_SECONDS)
        self._lock = threading.Lock()

    def page(self, viewer: Viewer, wanted: LogWanted, offset: int = 0, limit: int = 50) -> LogPage:
        """A page of the log. Forbidden, AreaNotFound, StoreError; that it was read is noted."""
        viewer.need("audit")
        log, sought = self._log(), self._sought(viewer, wanted)
        self._note(viewer, wanted, offset)
        lines, total = log.search(sought, offset, limit)
        last = self._day(lines[0].at) if lines and not offset else wanted.last or self._day(utcnow())
        tallies = log.tallies(self._sought(viewer, _within(wanted, last)), self._minutes())
        lookers = log.lookers(sought)
        whole = viewer.scope is None  # how long the log is, and what was destroyed, is the city's to know
        proof, purges = (self._proof(log), certificates(log)) if whole else (None, [])
        return LogPage(lines, total, log.people(sought), tallies, lookers, proof, purges)

    def people_of(self, viewer: Viewer) -> list[str]:
        """Everybody whom a line may name, and who may be asked for."""
        viewer.need("audit")
        if viewer.scope is not None:
            return sorted(self._users(viewer))
        return sorted({one.who for one in self._log().lookers(Sought(), most=200)})

    def local(self, moment: dt.datetime) -> dt.datetime:
        """A moment of the log on the city's clocks."""
        return moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(self.desk.city.timezone))

    # helpers ---------------------------------------------------------------------------------------

    def _log(self) -> Log:
        if self.desk.log is None:
            raise StoreError(detail=Both("没有启用审计日志（未开登录）", "no log is kept (there is no sign-in)"))
        return self.desk.log

    def _note(self, viewer: Viewer, wanted: LogWanted, offset: int) -> None:
        """What is looked for in the log is no secret, but for words that somebody types."""
        asked = {"whose": wanted.who, "did": wanted.action, "first": wanted.first, "last": wanted.last,
                 "word": bool(wanted.word), "listed_from": offset + 1}  # fmt: skip
        view = self.desk.cube.at()
        area = view.areas.code[self.desk.row(view, viewer, wanted.area)]
        self.desk.noted(viewer, "log_read", area, None, **{name: value for name, value in asked.items() if value})

    def _sought(self, viewer: Viewer, wanted: LogWanted) -> Sought:
        view = self.desk.cube.at()
        row = self.desk.row(view, viewer, wanted.area)
        whole = row == 0
        areas = None if whole else frozenset(view.areas.code[row : int(view.areas.last[row])])
        users = None if areas is None else frozenset(
            user.login for user in list_users(self._log().access) if user.scope in areas)  # fmt: skip
        first = None if wanted.first is None else self._begin(wanted.first)
        stop = None if wanted.last is None else self._begin(wanted.last + dt.timedelta(days=1))
        return Sought(wanted.who, wanted.action, areas, users, first, stop, wanted.word)

    def _users(self, viewer: Viewer) -> set[str]:
        if viewer.scope is None:
            return set()
        found = self._sought(viewer, LogWanted()).users
        return set(found or ())

    def _begin(self, day: Day) -> dt.datetime:
        midnight = dt.datetime.combine(day, dt.time(), ZoneInfo(self.desk.city.timezone))
        return midnight.astimezone(dt.UTC).replace(tzinfo=None)

    def _day(self, moment: dt.datetime) -> Day:
        return self.local(moment).date()

    def _minutes(self) -> int:
        """By how much the city's clocks are ahead of UTC now."""
        ahead = self.local(utcnow()).utcoffset() or dt.timedelta()
        return int(ahead.total_seconds()) // 60

    def _proof(self, log: Log) -> LogProof:
        """The test of the chain, anew where the last one is some minutes old."""
        with self._lock:
            if "log" not in self._proofs:
                self._proofs["log"] = verify_log(log, PROOF_LINES)
            return self._proofs["log"]


def _within(wanted: LogWanted, last: Day) -> LogWanted:
    """The last days of what is wanted."""
    first = last - dt.timedelta(days=TALLY_DAYS - 1)
    return replace(wanted, first=max(first, wanted.first or first), last=last)


__all__ = ["TALLY_DAYS", "AuditDesk", "LogPage", "LogWanted"]
