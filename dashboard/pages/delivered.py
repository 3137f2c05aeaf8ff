"""What was delivered, on the page of sources: files that wait for a decision, and the loads of one source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from dashboard.pages.page import Look
from dashboard.parts import listing, note
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Given
from dashboard.queries.deliveries import names_of, title_of
from dashboard.queries.freshness import local
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.said import Said, join, quoted, words
from data.held import Held
from data.store import Load
from data.terms import FEEDS, Term

#: Loads that are listed, and how many of them come first; the others fold away.
_LOADS, _FIRST = 60, 12


def held(look: Look) -> Iterator[Block]:
    """The files that wait for a decision, and the way to where it is made."""
    if not look.desk.sees_deliveries(look.viewer):
        return
    decides = look.viewer.may("decide") and look.desk.log is not None  # without sign-in nobody decides on a page
    waiting = [one for one in look.desk.beside(FreshnessDesk).held(look.viewer) if one.waits]
    if waiting:
        columns = [
            listing.column(look.say(key), left=True, sort=False, least=key == "since")
            for key in ("file", "evidence", "since")
        ]
        rows = [_waiting(look, one) for one in waiting]
        about = look.say("held_page_about" if decides else "held_list_about")
        yield listing.table(columns, rows, look.say("held_title"), about=about, id="held")
    if decides:
        yield note.line(look.say("see_held"), href=look.href("held", source=None), word=look.say("to_held"))


def _waiting(look: Look, one: Held) -> dict[str, Any]:
    title = title_of(look.desk.city, one.source, look.lang)
    areas = look.desk.cube.at().areas
    between = "；" if look.lang == "zh" else "; "
    lines = [fault.line(look.lang, names_of(areas, fault.units, look.lang)) for fault in one.faults]
    advice = [fault.advice(look.lang) for fault in one.faults[:1]]
    term: Term = FEEDS["held"]
    return listing.row(
        [
            listing.cell(
                quoted(title), title, small=quoted(one.name), mark=mark(term, look.lang, look.theme, word=False)
            ),
            listing.cell(join(between, map(quoted, lines)), small=join(" ", map(quoted, advice))),
            listing.cell(moment(look, one.at), one.at.isoformat()),
        ],
        key=one.key,
    )


def loads(look: Look, source: str) -> Iterator[Block]:
    """The last deliveries of a source, with what of each was sent back."""
    if not look.desk.sees_deliveries(look.viewer):
        return
    found = [one for one in look.ask("loads", area=None, day=None).each("", "id") if one.what.source == source]
    columns = [
        listing.column(look.say("load"), left=True),
        listing.column(look.say("received_at"), left=True, least=True),
        *(listing.column(look.say(key)) for key in ("rows", "taken", "rejected")),
    ]
    rows = [_load(look, one) for one in found[: -_LOADS - 1 : -1]]
    yield listing.table(columns, rows, look.say("last_loads"), about=look.say("last_loads_about"), first=_FIRST)


def _load(look: Look, one: Given[Load]) -> dict[str, Any]:
    load = one.what
    numbers = (listing.number(look.whole(one[key])) for key in ("rows", "taken"))
    back = listing.number(look.whole(one["rejected"]), tone="bad" if load.rejected else "")
    name = listing.cell(look.say("load_n", n=words(str(load.id))), load.id, small=quoted(load.file))
    came = listing.cell(moment(look, load.known), load.known.isoformat(), small=quoted(load.sender))
    return listing.row([name, came, *numbers, back], key=str(load.id))


def moment(look: Look, at: dt.datetime | None) -> Said:
    """A moment of the store on the city's clocks; "" for None."""
    if at is None:
        return words("")
    here = local(at, look.desk.city)
    return join(" ", [look.day_text(here.date()), words(f"{here:%H:%M}")])
