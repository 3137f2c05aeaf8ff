"""Deliveries -> loads: read, check, place, count, store; one file, one transaction, one version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from data.city import City
from data.deliveries import Delivery, deliveries
from data.errors import AlreadyLoaded, CRSError, FileChanged, FileError, InputError
from data.faults import Fault
from data.flows import LAYOUTS
from data.retention import kept_from
from data.rules import city_rulebook
from data.sources import kind, verify
from data.stock import STOCK
from data.store import Load, Store, Writer
from grid import (
    code_rows,
    count_rows,
    crs,
    event_rows,
    flow_rows,
    form_rows,
    ledgers,
    notice_rows,
    presence_rows,
    stock_rows,
    zone_rows,
)
from grid.engine import settled, telling
from grid.freshness.guard import Guard, hold
from grid.geography import Geography, load_geography
from grid.ground import Figures, Ground, Taker

#: What takes the deliveries of a kind; the rows of every other kind are counted.
TAKERS: Mapping[str, Taker] = {
    "zones": zone_rows.take,
    "notices": notice_rows.take,
    "presence": presence_rows.take,
    "assignments": code_rows.take,
    **dict.fromkeys(ledgers.LEDGERS, ledgers.take),
    **dict.fromkeys(LAYOUTS, flow_rows.take),
    **dict.fromkeys(STOCK, stock_rows.take),
    "forms": form_rows.take,
    "events": event_rows.take,
}


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery: its load, or the error that returned it whole."""

    delivery: Delivery
    load: int | None
    rows: int = 0
    taken: int = 0
    rejected: int = 0
    aside: int = 0
    error: InputError | None = None
    faults: Sequence[Fault] = ()


@dataclass
class Built:
    """What one run of :func:`build` did."""

    geography: Geography
    report: Mapping[str, Any]
    new_geography: bool
    outcomes: list[Outcome] = field(default_factory=list)
    skipped: int = 0


Progress = Callable[[str, int, int], None]


def build(
    store: Store, city: City, secret: str, progress: Progress = lambda *_: None, home: Path | None = None
) -> Built:
    """Load everything the city file names that was not loaded before.

    A file that cannot be taken at all leaves no trace in the store and stands in ``outcomes`` with its
    error; the others go on. A source that was built before has a history: what is odd against it is held back (see
    :mod:`grid.freshness.guard`), the first build of an archive holds nothing.

    Raises CityFileError, CRSError and RuleFileError before anything is written.
    """
    city_rulebook(city)
    for source in city.sources:
        verify(source)
        if source.crs is not None:
            crs.crs(source.crs)
    waiting = deliveries(city)
    loads = store.loads()
    history = History(loads, waiting)
    progress("geography", 0, len(waiting))
    geography, report, new = load_geography(store, city, history.began)
    built = Built(geography, report, new)
    known = {load.source for load in loads}
    loader = Loader(store, city, geography, secret, after=loads[-1].id if loads else 0, home=home)
    for number, delivery in enumerate(waiting):
        progress(delivery.path.name, number, len(waiting))
        if history.stands(delivery):
            built.skipped += 1
            continue
        holds = delivery.source.name in known
        with telling(_rows(progress, delivery.path.name, number, len(waiting))):
            outcome = loader.attempt(delivery, delivery.known or history.began, holds=holds)
        if isinstance(outcome.error, AlreadyLoaded):
            built.skipped += 1
            continue
        built.outcomes.append(outcome)
        history.note(outcome)
    progress("", len(waiting), len(waiting))
    return built


def _rows(progress: Progress, name: str, number: int, total: int) -> Callable[[int], None]:
    """Tells the rows of a large file as they are counted."""
    return lambda rows: progress(f"{rows:,} · {name}", number, total)


class History:
    """What was taken before, against what lies there now.

    ``began``: the moment of an archive's first delivery, until one of them was taken: what describes the
    city was known by then. Afterwards whatever bears no moment of its own is known only now.
    """

    def __init__(self, loads: Iterable[Load], waiting: Sequence[Delivery]) -> None:
        self._waiting = {(d.source.name, d.sha256) for d in waiting}
        self._taken: dict[str, dict[str, str]] = {}
        for load in loads:
            self._enter(load.source, load.sha256, load.notes.get("path", ""))
        moments = [delivery.known for delivery in waiting if delivery.known is not None]
        begun = any(d.known is not None and self.stands(d) for d in waiting)
        self.began = None if begun else min(moments, default=None)

    def _enter(self, source: str, sha256: str, path: str) -> None:
        taken = self._taken.setdefault(source, {})
        taken.pop(sha256, None)
        taken[sha256] = path

    def stands(self, delivery: Delivery) -> bool:
        """Whether this very file was taken, and none since that stood in its place and is gone: a file put
        right again after a wrong one is a new delivery."""
        source, taken = delivery.source.name, self._taken.get(delivery.source.name, {})
        if delivery.sha256 not in taken:
            return False
        later = list(taken)[list(taken).index(delivery.sha256) + 1 :]
        return not any(taken[s] == delivery.home and (source, s) not in self._waiting for s in later)

    def note(self, outcome: Outcome) -> None:
        """Remember a delivery of this run, so that its double is not taken again."""
        if outcome.error is None:
            delivery = outcome.delivery
            self._enter(delivery.source.name, delivery.sha256, delivery.home)


class Loader:
    """Takes deliveries of one city into its store.

    ``after``: the version on which they were chosen; one that another loader has taken since is refused. ``home``: the
    folder beside which the book of events lies.
    """

    def __init__(
        self, store: Store, city: City, geography: Geography, secret: str, *, after: int | None = None,
        home: Path | None = None,
    ) -> None:  # fmt: skip
        self.ground = Ground(store, city, geography, secret, home)
        self.after = after
        self._own: set[int] = set()
        self._guards: dict[str, Guard] = {}

    def guard(self, ground: Ground) -> Guard:
        """What weighs each delivery of a city."""
        if ground.city.code not in self._guards:
            self._guards[ground.city.code] = Guard(ground)
        return self._guards[ground.city.code]

    @cached_property
    def _first_day(self) -> dt.date | None:
        return kept_from(self.ground.store)

    def _of_kept_days(self, delivery: Delivery) -> Delivery:
        """The delivery without rows of days that are no longer kept, where rows replace rows: with what they correct
        gone, they would pass for the whole day. A census of long ago still holds."""
        source, first = delivery.source, self._first_day
        if first is None or (source.replaces or kind(source.kind).replaces) != "row" or source.kind == "population":
            return delivery
        since = max(first, source.days_from or first)
        return replace(delivery, source=source.model_copy(update={"days_from": since}))

    def attempt(
        self,
        delivery: Delivery,
        known: dt.datetime | None = None,
        *,
        holds: bool = False,
        accepted: Mapping[str, str] | None = None,
    ) -> Outcome:
        """``take``, with a FileError or CRSError as an outcome instead of an exception."""
        try:
            return self.take(delivery, known, holds=holds, accepted=accepted)
        except (FileError, CRSError) as error:
            return Outcome(delivery, None, error=error)

    def take(
        self,
        delivery: Delivery,
        known: dt.datetime | None = None,
        *,
        holds: bool = False,
        accepted: Mapping[str, str] | None = None,
    ) -> Outcome:
        """One delivery as one load; raises FileError or StoreError, then the store is as before.

        ``holds``: HeldBack where it is odd beyond reason; else its faults are noted. ``accepted``: who let it pass
        all the same, and why: then it is not held, and they are noted.
        """
        delivery = self._of_kept_days(delivery)
        made, ground = kind(delivery.source.kind).id, self.ground.of(delivery.source.name)
        loading = self.ground.store.loading(
            source=delivery.source.name,
            kind=made,
            file=delivery.path.name,
            sha256=delivery.sha256,
            known=known,
            after=self.after,
            own=self._own,
            seat=ground.seat,
        )
        with settled(), loading as load:
            figures = TAKERS.get(made, count_rows.take)(ground, load, delivery)
            faults, about = self.guard(ground).weigh(load, delivery, figures)
            if holds and accepted is None:
                hold(delivery, faults)
            if delivery.changed:
                raise FileChanged(file=delivery.path.name)
            about |= {"faults": [fault.kept() for fault in faults]} if faults else {}
            about |= {"accepted": dict(accepted)} if accepted is not None else {}
            _close(load, figures, delivery, about)
        self._own.add(load.number)
        return Outcome(
            delivery, load.number, figures.rows, figures.taken, figures.rejected, figures.aside, faults=faults
        )


def _close(load: Writer, figures: Figures, delivery: Delivery, about: Mapping[str, Any]) -> None:
    named = ("rows", "taken", "rejected", "aside", "first_day", "last_day")
    notes = {"path": delivery.home, **figures.notes, **about}
    load.close(**{name: getattr(figures, name) for name in named}, notes=notes)
