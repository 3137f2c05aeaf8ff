"""What people see of a version, as it goes to them: pages, wall scenes, reports; which of them is a rule.

Areas: the city, each district, and one way down from the largest district to a community. Of the city every layer,
every page in both languages, as known then, on the named days, and behind its links up to :data:`LINKS` of a kind.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboard import links
from dashboard.pages import PAGES, Page
from dashboard.pages.official import Answers
from dashboard.pages.sheets import Sheets
from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.reports import REPORTS
from dashboard.reports.build import build
from dashboard.reports.model import Order, Report
from dashboard.said import quoted
from dashboard.shown import settle, settle_spot
from dashboard.wall.picture import Gallery
from dashboard.wall.playlist import DEFAULT
from data.errors import BadQuestion, OneScreenError
from data.walls import list_walls
from data.words import Lang

Day = dt.date
LANGS: tuple[Lang, ...] = ("zh", "en")

#: Links of one kind (page and names of what is asked) that are followed from a page of the city.
LINKS = 3


@dataclass(frozen=True)
class Screen:
    """What one address shows: ``content`` dictionaries of texts, or a Report; ``broken``: why there is none."""

    name: str
    viewer: Viewer
    as_of: dt.datetime | None
    content: Any
    broken: str = ""
    area: str = ""
    day: Day | None = None


@dataclass
class Crawl:
    """Everything that renders, over one desk; ``days``: named days beside each page's newest."""

    desk: Desk
    days: Sequence[Day] = ()
    pages: Sequence[Page] = PAGES
    painter: Painter = field(init=False)

    def __post_init__(self) -> None:
        self.painter = Painter(self.desk)
        self.answers = Answers(self.desk, self.painter, "zh", self.pages, keep=0)
        self.sheets = Sheets(self.desk, "zh", self.pages, keep=0)

    # areas -----------------------------------------------------------------------------------------

    def areas(self) -> list[str]:
        """The city (""), each district, and a way down from the one with most areas inside."""
        areas = self.desk.cube.at().areas
        districts = areas.children(0).tolist()
        found = ["", *(areas.code[row] for row in districts)]
        row = max(districts, key=lambda row: int(areas.last[row]) - row, default=None)
        while row is not None:
            row = next(iter(areas.children(row).tolist()), None)
            found += [] if row is None else [areas.code[row]]
        return found

    def first_district(self) -> str | None:
        """The first area below the city."""
        return next(iter(self.areas()[1:]), None)

    # pages -----------------------------------------------------------------------------------------

    def maps(self) -> Iterator[Screen]:
        """The first page."""
        status = self.desk.status(Viewer())
        city = [f"?layer={name}" for name in status.days]
        city += ["?lang=en", "?known=then", *(f"?day={day}" for day in self.days)]
        city += [f"?level={level}" for level in (*status.levels[1:], *(("cell",) if status.has_cells else ()))]
        for search in (*city, *(f"?area={area}" if area else "" for area in self.areas())):
            yield self.first_page(search)

    def first_page(self, search: str) -> Screen:
        """One address of the first page."""
        asked, viewer = links.read(search, links.State()), Viewer()
        try:
            told = settle(self.desk, asked, viewer)
            content = self.answers(asked, viewer)
        except OneScreenError as error:
            return Screen(f"/{search}", viewer, None, {}, error.say("en"))
        return Screen(f"/{search}", told.viewer, told.as_of, content, area=told.place.code, day=told.day)

    def further(self) -> Iterator[Screen]:
        """The further pages."""
        for page in self.pages:
            yield from self.one(page)
            yield self.then(page)

    def then(self, page: Page) -> Screen:
        """One further page as known then: another version, with all that is computed of it."""
        return self.sheet(page, "?known=then")

    def one(self, page: Page) -> Iterator[Screen]:
        """One further page as known now."""
        seen: dict[tuple[str, ...], int] = defaultdict(int)
        searches = ["", "?lang=en", *(f"?day={day}" for day in self.days)]
        searches += [f"?area={area}" for area in self.areas() if area] if not page.under else []
        for search in searches:
            screen = self.sheet(page, search)
            yield screen
            if search in ("", "?lang=en"):
                yield from self._behind(screen, seen)

    def sheet(self, page: Page, search: str) -> Screen:
        """One address of a further page."""
        asked = self.sheets.asked(page, search)
        try:
            days = page.days(self.desk, Viewer()) if page.days else ()
            last = page.latest(self.desk, Viewer()) if page.latest else None
            spot = settle_spot(self.desk, asked, Viewer(), days, last)
            content = self.sheets(page, search, Viewer())
            while _worked_on(content):
                content = self.sheets(page, search, Viewer())
        except OneScreenError as error:
            return Screen(f"/{page.id}{search}", Viewer(), None, {}, error.say("en"))
        return Screen(f"/{page.id}{search}", spot.viewer, spot.as_of, content, area=spot.place.code, day=spot.day)

    def _behind(self, screen: Screen, seen: dict[tuple[str, ...], int]) -> Iterator[Screen]:
        """The pages that its links of each kind lead to, in the same area."""
        for href in dict.fromkeys(_hrefs(screen.content.get("sheet", {}).get("blocks", []))):
            path, _, search = href.partition("?")
            page, asked = self.sheets.page_at(path), dict(parse_qsl(search))
            kind = (path, asked.get("lang", ""), *sorted(asked.keys() - {"area", "day", "lang"}))
            if page is None or "area" in asked or seen[kind] >= LINKS:
                continue
            seen[kind] += 1
            yield self.sheet(page, f"?{urlencode(asked)}" if asked else "")

    # wall and reports ------------------------------------------------------------------------------

    def walls(self) -> Iterator[Screen]:
        """Every scene of the walls in use, and of one of the city and of a district, in both languages."""
        store, now = self.desk.cube.store, None
        scopes = {None, self.first_district(), *(link.area for link in list_walls(store) if not link.revoked)}
        for scope in sorted(scopes, key=str):
            for lang in LANGS:
                gallery = Gallery(self.desk, self.painter, None)
                viewer = Viewer(lang, scope)
                made = gallery.content(viewer, DEFAULT)
                for id, scene in made["scenes"].items():
                    yield Screen(f"wall {id} {scope or 'city'} {lang}", viewer, now, scene)

    def reports(self) -> Iterator[Screen]:
        """Every kind of report of the city and of a district, in both languages, of the newest and the named days."""
        for kind in REPORTS:
            for area in dict.fromkeys(("city", self.first_district() or "city")):
                for lang in LANGS:
                    for day in (None, *self.days):
                        yield self.report(Order(kind, area, day, None, lang))

    def report(self, order: Order) -> Screen:
        """One report."""
        name = f"report {order.kind} {order.area} {order.day or ''} {order.lang}"
        viewer = Viewer(order.lang)
        try:
            made: Report = build(self.desk, viewer, order)
        except BadQuestion as error:  # a city without any day of data has no reports, and says so
            return Screen(name, viewer, order.as_of, {"said": quoted(error.say("en"))})
        except OneScreenError as error:
            return Screen(name, viewer, order.as_of, {}, error.say("en"))
        return Screen(name, viewer, made.as_of or made.known, made, area=made.area, day=made.day)

    def all(self) -> Iterator[Screen]:
        """Everything."""
        yield from self.maps()
        yield from self.further()
        yield from self.walls()
        yield from self.reports()


def _then(crawl: Crawl, page: Page) -> Iterator[Screen]:
    yield crawl.then(page)


#: The parts of a crawl, each of which can be made with desks of its own.
PARTS: tuple[Callable[[Crawl], Iterator[Screen]], ...] = (
    Crawl.maps,
    *(partial(Crawl.one, page=page) for page in PAGES),
    *(partial(_then, page=page) for page in PAGES),
    Crawl.walls,
    Crawl.reports,
)


def screens(desk: Desk, days: Sequence[Day] = ()) -> Iterator[Screen]:
    """What people see of the newest version, rendered as it goes."""
    return Crawl(desk, days).all()


def _worked_on(content: Any) -> bool:
    """Whether a block of a page is still being worked out; one that is only live is there."""
    return any(block.get("again") is True for block in content["sheet"]["blocks"])


def _hrefs(content: Any) -> Iterator[str]:
    """Every address inside some blocks."""
    if isinstance(content, dict):
        if content.get("href"):
            yield content["href"]
        for value in content.values():
            yield from _hrefs(value)
    elif isinstance(content, list):
        for value in content:
            yield from _hrefs(value)
