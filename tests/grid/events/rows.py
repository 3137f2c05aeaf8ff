"""Events as the tests need them, and how hypothesis makes them: moments in order as far as the state goes, deadlines of
the round that fall anywhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from data.events.classes import BY_ID
from data.events.read import Standing

NOW = dt.datetime(2022, 4, 13, 8)
LEVELS = ("district", "street", "community")
STATES = ("open", "accepted", "acting", "fed_back", "closed")


def at(minutes: float) -> dt.datetime:
    """So many minutes before NOW."""
    return NOW - dt.timedelta(minutes=minutes)


def event(**said: Any) -> Standing:
    """An event of the hotline, sensed 1000 minutes ago (to be taken on within 120), but for what is said."""
    plain: dict[str, Any] = {
        "id": 1, "klass": "hotline", "state": "open", "owner": "310101001", "level": "street", "area": "310101001",
        "cell": "", "subject": "", "place": "", "reports": 1, "latest": at(1000), "happened": at(1000),
        "sensed": at(1000), "accepted": None, "acted": None, "fed_back": None, "closed": None, "accept_by": at(880),
        "act_by": at(700), "close_by": at(600), "missed": "", "due": None, "deadline": None, "actor": "", "changes": 1,
        "escalations": 0, "reopened": 0, "handed_over": 0, "satisfied": None,
    }  # fmt: skip
    return Standing(**(plain | said))


def raised(row: Standing) -> dt.datetime:
    """Until when an event was to be taken on as it was raised."""
    return row.sensed + dt.timedelta(minutes=BY_ID[row.klass].accept)


@st.composite
def events(draw: st.DrawFn) -> Standing:
    """Any event that the book could hold."""
    told = sorted(draw(st.lists(st.integers(0, 20_000), min_size=6, max_size=6)), reverse=True)
    reached = draw(st.integers(0, 4))
    steps = dict(zip(("accepted", "acted", "fed_back", "closed"), map(at, told[2:]), strict=True))
    steps = {name: moment for n, (name, moment) in enumerate(steps.items()) if n < reached}
    reopened = draw(st.integers(0, 2))
    state = STATES[reached]
    if reopened and reached < 4 and draw(st.booleans()):
        state = "open"  # it came back, or was handed on: what was reached once is still told
    due = sorted(draw(st.lists(st.integers(-500, 20_000), min_size=3, max_size=3)), reverse=True)
    until = dict(zip(("accept_by", "act_by", "close_by"), map(at, due), strict=True))
    return event(
        klass=draw(st.sampled_from(sorted(BY_ID))), happened=at(told[0]), sensed=at(told[1]), state=state, **steps,
        **until, level=draw(st.sampled_from(LEVELS)), reopened=reopened,
        satisfied=draw(st.sampled_from([None, True, False])),
    )  # fmt: skip
