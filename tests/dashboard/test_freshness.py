"""Late or not, archive or not: by hand-made loads."""

from __future__ import annotations

import datetime as dt

from dashboard.queries.freshness import data_moment, freshness, is_archive
from data.city import Cadence, City, Source
from data.store import Load

DAY = dt.date(2026, 4, 29)
END = dt.datetime(2026, 4, 29, 16)  # midnight in Shanghai, UTC


def city(**source: object) -> City:
    given = {
        "name": "cases",
        "kind": "cases",
        "path": "x.csv",
        "cadence": Cadence(every=24, warn=36, error=72),
        **source,
    }
    return City(code="990100", name="甲", levels=[], sources=[Source.model_validate(given)])


def load(known: dt.datetime, last: dt.date | None = DAY, loaded: dt.datetime | None = None, rejected: int = 0) -> Load:
    return Load(1, known, loaded or known, "cases", "cases", "f", "", "", 9, 9, rejected, 0, last, last, {})


def state(made: City, hours: float, *loads: Load) -> str:
    return freshness(made, loads, END + dt.timedelta(hours=hours))[0].state


def test_age_is_counted_from_the_end_of_the_newest_day() -> None:
    one = load(END + dt.timedelta(hours=2), rejected=3)
    assert [state(city(), hours, one) for hours in (3, 36, 36.1, 72, 72.1)] == [
        "fresh",
        "fresh",
        "warn",
        "warn",
        "error",
    ]
    found = freshness(city(), [one], END + dt.timedelta(hours=50))[0]
    assert (found.over, found.rejected, found.newest) == (26, 3, DAY)


def test_zones_are_judged_by_their_delivery() -> None:
    zones = city(kind="zones")
    one = load(END - dt.timedelta(hours=10), dt.date(2026, 5, 30))
    assert [state(zones, hours, one) for hours in (25, 27)] == ["fresh", "warn"]


def test_what_never_came_or_is_complete_is_not_late() -> None:
    assert state(city(), 1000) == "none"
    assert state(city(days_to=DAY), 1000, load(END)) == "none"


def test_an_archive_stands_at_its_data_and_a_silent_city_does_not() -> None:
    later = END + dt.timedelta(days=900)
    archived, silent = [load(later, loaded=later)], [load(END + dt.timedelta(hours=1))]
    assert is_archive(city(), archived)
    assert not is_archive(city(), silent)
    assert data_moment(city(), archived) == END
    assert data_moment(city(), silent) == END + dt.timedelta(hours=1)
    assert data_moment(city(), []) is None
