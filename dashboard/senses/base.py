"""What a sense is, and the round that asks them all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from dashboard.queries.desk import Day, Desk
from dashboard.queries.freshness import local
from data.errors import OneScreenError
from data.events.report import Report
from data.words import Lang

log = structlog.get_logger()

#: Days after which what the numbers say is history, and nobody is sent anywhere for it: the slowest feeds of a city are
#: two days behind, and one more is a weekend's.
NEWS = 3


@dataclass(frozen=True)
class Sense:
    """One sense. ``says``: what it has to report of a city at a moment (UTC), whoever may see it; ``stamp``: what that
    depends on, soon told."""

    id: str
    says: Callable[[Desk, dt.datetime], Iterable[Report]]
    stamp: Callable[[Desk, dt.datetime], Hashable]


def of_version(desk: Desk, now: dt.datetime) -> Hashable:
    """The stamp of what only changes with a load, or with the city's day."""
    return desk.cube.at().version, local(now, desk.city).date()


def is_news(desk: Desk, now: dt.datetime, day: Day | None) -> bool:
    """Whether what was so on a day still bears on the city's today: an archive is looked at, not acted on."""
    return day is not None and (local(now, desk.city).date() - day).days <= NEWS


def noted(lang: Lang, zh: str, en: str) -> dict[str, Any]:
    """The note of a report, kept in the city's own language and beside it in both."""
    return {"note": zh if lang == "zh" else en, "more": {"zh": zh, "en": en}}


@dataclass
class Senses:
    """The round over ``senses``: each is asked where its stamp has changed since it last answered."""

    senses: Sequence[Sense]
    _stamps: dict[str, Hashable] = field(default_factory=dict)

    def reports(self, desk: Desk, now: dt.datetime) -> Iterator[tuple[Sense, list[Report]]]:
        """What there is to report, sense by sense. A sense that fails is named in the log; the others go on, and it is
        asked again in the next round, as is one whose reports were not taken (:meth:`taken`)."""
        for sense in self.senses:
            try:
                stamp = sense.stamp(desk, now)
                if self._stamps.get(sense.id) == stamp:
                    continue
                found = list(sense.says(desk, now))
            except OneScreenError as error:
                log.warning("sense", sense=sense.id, error=error.say("en"))
                continue
            yield sense, found
            self._stamps[sense.id] = stamp
