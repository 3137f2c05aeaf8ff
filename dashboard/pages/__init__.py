"""The official's pages: the first, with its map (:mod:`dashboard.pages.official`), and the further ones, :data:`PAGES`.

A further page is one file here with one ``PAGE``, plus its name in :data:`PAGES`::

    from dashboard.pages.page import Look, Page
    from dashboard.parts import figures, listing, note
    from dashboard.parts.sheet import Block

    WORDS = {"open": ("有效", "Open"), ...}                  # its own texts, key -> (zh, en)

    def describe(look: Look) -> list[Block]:
        desk = look.desk.beside(ZoneDesk)                    # made once a desk; asks with the viewer's scope
        found = desk.zones(look.viewer, look.area, look.day, look.as_of)
        if not found:
            return [note.line(look.say("none"), tone="large")]
        return [
            figures.strip([figures.figure(look.say("open"), look.short(len(found)), href=look.href(kind="open"))]),
            listing.table([listing.column(look.say("name"), left=True), listing.column(look.say("days"), bar=True)],
                          [listing.row([listing.cell(z.name, z.name), listing.number("3", 3)],
                                       href=look.href("zone", id=z.id)) for z in found],
                          look.say("open"), sort=(1, True)),
        ]

    PAGE = Page("zones", ("分区", "Zones"), describe, days=lambda desk, viewer: ..., wishes=("kind",), words=WORDS)

What it may compose: :mod:`dashboard.parts.sheet`. The kit brings the header with the navigation, the breadcrumb, the
day with its arrows, "as known then", language and theme; the address holds area, day, known, lang, theme and the
page's ``wishes``. ``look.href(...)`` makes every address (in-page filters, other pages, ``look.href("map")``).
What is missing is a cell or figure with ``state="missing"``, never a nought. Errors that ``describe`` raises are said
in place of the blocks; when the store is gone the last picture stays under a notice.
"""

from __future__ import annotations

from dashboard.pages import (
    arrivals,
    audit,
    burden,
    codes,
    community,
    event,
    events,
    freshness,
    loop,
    nets,
    notices,
    orders,
    outflow,
    risk,
    sandbox,
    supplies,
    workload,
    zones,
)
from dashboard.pages.codes import ticket, tickets
from dashboard.pages.page import Page
from dashboard.pages.risk import granularity

#: The further pages, in the order of the navigation; a page with ``under`` is not in it.
PAGES: tuple[Page, ...] = (
    codes.PAGE,
    tickets.PAGE,
    ticket.PAGE,
    events.PAGE,
    event.PAGE,
    loop.PAGE,
    arrivals.PAGE,
    zones.PAGE,
    notices.PAGE,
    orders.PAGE,
    risk.PAGE,
    granularity.PAGE,
    outflow.PAGE,
    sandbox.PAGE,
    supplies.PAGE,
    workload.PAGE,
    nets.PAGE,
    freshness.PAGE,
    burden.PAGE,
    community.PAGE,
    audit.PAGE,
)

__all__ = ["PAGES", "Page"]
