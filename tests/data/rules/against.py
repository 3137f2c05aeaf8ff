"""Engine against oracle: where they differ, one line each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from data.rules import Rulebook
from data.rules.clock import History, colour_on
from data.rules.zone_clock import zone_in
from tests.data.rules import oracle
from tests.data.rules.histories import CodeHistory, ZoneHistory

#: Days without a new infection that each clause of a zone pack asks for.
ASKED = {"plan-9/high": 7, "plan-9/eased": 3, "plan-9/middle": 7, "measures-20/high": 5}


def code_differences(histories: Iterable[CodeHistory], rules: Rulebook) -> Iterator[str]:
    """What differs in colour, end, clause or first day."""
    for one in histories:
        for day in one.days:
            known = History(one.identities, one.tests, one.contacts)
            found = colour_on(known, rules, day, one.area)
            stated = {(at, identity) for at, identity, _ in one.identities}
            tests = {test for test in one.tests if test[0] <= day}
            contacts = {at for at in one.contacts if at <= day}
            shown = oracle.colours(stated, tests, contacts, day, one.area)
            colour, ends, by = oracle.strictest(shown)
            same = found.colour == colour and (colour == "green" or found.ends == ends)
            if same and by:
                same = found.clause is not None and (found.clause.word, found.since) in by
            if not same:
                yield f"{day} {one}: {found.colour} {found.ends} {found.clause and found.clause.word}, not {colour} {ends} {by}"


def zone_differences(histories: Iterable[ZoneHistory], rules: Rulebook) -> Iterator[str]:
    """What differs in risk or in the end of the clock."""
    for one in histories:
        for day in one.days:
            found = zone_in(one.start, one.kind, one.cases, rules, day)
            risk, quiet = oracle.zone(one.kind, one.start, {at for at in one.cases if at <= day}, day)
            ends = None
            if found.clause is not None:
                ends = day + dt.timedelta(ASKED[found.clause.word] - quiet)
            if (found.state, found.ends) != (risk, ends) or (risk == "low") != (found.clause is None):
                yield f"{day} {one}: {found.state} {found.ends}, not {risk} {ends}"
