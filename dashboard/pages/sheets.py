"""The further pages: one layout, one callback and one set of scripts for all of :data:`dashboard.pages.PAGES`.

The browser sends the path and query of the address, the answer is the data of four parts. Between two of these pages
only data changes, nothing is loaded anew; the first page, with its map, is loaded as a page of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import dash
import structlog
from cachetools import LRUCache
from dash import Input, Output, html

from dashboard import links, numbers
from dashboard.pages.page import Look, Page, navigation
from dashboard.parts import header, notice
from dashboard.parts.address import Address
from dashboard.parts.header import Header
from dashboard.parts.note import line
from dashboard.parts.sheet import Block, Sheet
from dashboard.queries import Desk, Viewer
from dashboard.said import quoted
from dashboard.shown import settle_spot, to_local
from dashboard.texts import say, words
from data.errors import Lang, NothingLoaded, OneScreenError, StoreError

log = structlog.get_logger()

#: The part of the address under which the browser finds the layout and callback of these pages.
PREFIX = "/sheet/"
PARTS = ("where", "header", "sheet", "notice")

#: Answers kept, 5 to 200 kB each.
KEPT = 200
#: Seconds after which the browser asks again for a page of which a block is still being worked out (``again``).
AGAIN = 2

Answer = dict[str, Any]
Key = tuple[int, str, links.Asked, Viewer]


def layout() -> html.Div:
    """The static tree of every further page."""
    return html.Div(
        [
            Address(id="where"),
            Header(id="header"),
            html.Main([Sheet(id="sheet"), notice.Notice(id="notice")], className="sheet-main"),
        ],
        className="screen",
    )


class Sheets:
    """Answers to addresses of the pages, kept while the version lasts."""

    def __init__(self, desk: Desk, lang: Lang, pages: Sequence[Page]) -> None:
        self.desk, self.lang, self.listed = desk, lang, tuple(pages)
        self.pages = {f"/{page.id}": page for page in pages}
        self._kept: LRUCache[Key, Answer] = LRUCache(KEPT)
        self._lock = threading.Lock()

    def page_at(self, path: str) -> Page | None:
        """The page at a path, if it is one of these."""
        return self.pages.get(path.rstrip("/"))

    def root(self, page: Page) -> Page:
        """The page in whose place of the navigation a page stands."""
        above = self.pages.get(f"/{page.under}") if page.under else None
        return self.root(above) if above else page

    def asked(self, page: Page, search: str) -> links.Asked:
        """The state of an address of a page."""
        return links.read(search, links.State(lang=self.lang), page.wishes)

    def __call__(self, page: Page, search: str, viewer: Viewer) -> Answer:
        """The data of every part. Raises StoreError."""
        asked = self.asked(page, search)
        key = self.desk.cube.at().version, page.id, asked, viewer
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        answer = self._answer(page, asked, viewer)
        if not answer["where"]["again"]:
            with self._lock:
                self._kept[key] = answer
        return answer

    def _answer(self, page: Page, asked: links.Asked, viewer: Viewer) -> Answer:
        days = page.days(self.desk, viewer) if page.days else ()
        last = page.latest(self.desk, viewer) if page.latest else None
        look = Look(page, self.desk, settle_spot(self.desk, asked, viewer, days, last), links.State(lang=self.lang))
        title = page.named(look) if page.named else page.name(look.lang)
        sheet = _sheet(look, title, self.pages)
        again = AGAIN if any(block.get("again") for block in sheet["blocks"]) else 0
        return {
            "where": {**_where(look, title), "again": again},
            "header": header.describe(
                self.desk, look.spot, navigation(look.spot.state, look.plain, self.root(page).id, self.listed)
            ),
            "sheet": sheet,
            "notice": {"lasting": "", "passing": list(look.spot.messages), "close": say("close", look.lang)},
        }


def register(app: dash.Dash, sheets: Sheets, viewer_of: Callable[[], Viewer]) -> None:
    """The one callback."""

    def show(path: str | None, search: str | None, _pulse: object) -> list[Any]:
        page = sheets.page_at(path or "")
        if page is None:
            return [dash.no_update] * len(PARTS)
        try:
            answer = sheets(page, search or "", viewer_of())
        except StoreError as error:
            log.warning("store", error=error.say("en"))
            lang = sheets.asked(page, search or "").state.lang
            return _only_notice(error.say(lang) if isinstance(error, NothingLoaded) else say("store_gone", lang), lang)
        return [answer[part] for part in PARTS]

    app.callback(
        [Output(part, "data") for part in PARTS],
        Input("where", "path"),
        Input("where", "search"),
        Input("where", "pulse"),
        prevent_initial_call=True,
        on_error=lambda error: _failed(error, sheets.lang),
    )(show)


def _where(look: Look, title: str) -> Answer:
    state, spot = look.spot.state, look.spot
    return {
        "search": links.write(state, look.plain),
        "state": {
            "area": state.area,
            "parent": spot.place.path[-2][0] if len(spot.place.path) > 2 else "city",
            "lang": state.lang,
            "theme": state.theme,
            "version": spot.status.version,
            "day": str(spot.day) if spot.day else None,
            "last": str(spot.last) if spot.last else None,
        },
        "top": len(spot.place.path) == 1,
        "plain": {"lang": look.plain.lang, "theme": look.plain.theme, "known": "now", "area": "city"},
        "title": f"{title} · {spot.place.name} · {say('product_full', state.lang)}",
        "words": words(("offline", "late"), state.lang),
    }


def _sheet(look: Look, title: str, pages: dict[str, Page]) -> Answer:
    above = pages.get(f"/{look.page.under}") if look.page.under else None
    return {
        "page": look.page.id,
        "key": f"{look.page.id} {look.area}",
        "head": {
            "path": [
                {"name": name, "href": look.href(above.id if above else None, area=code if n else "city")}
                for n, (code, name) in enumerate(look.place.path)
            ],
            "above": {"name": above.name(look.lang), "href": look.href(above.id)} if above else None,
            "title": title,
            "about": quoted(look.page.about[0 if look.lang == "zh" else 1]),
            "day": _day(look),
            "known": _known(look),
        },
        "blocks": _blocks(look),
        "words": words(("path", "sort", "rows_more", "missing", "page_before", "page_after", "skip"), look.lang),
    }


def _blocks(look: Look) -> list[Block]:
    """What the page shows; what went wrong is said in its place."""
    try:
        return list(look.page.describe(look))
    except StoreError:
        raise
    except OneScreenError as error:
        return [line(error.say(look.lang), tone="large")]


def _day(look: Look) -> dict[str, Any] | None:
    """The shown day and the addresses of the days with data before and after it."""
    days, day = look.spot.days, look.day
    if day is None or look.page.days is None:
        return None
    before = max((one for one in days if one < day), default=None)
    after = min((one for one in days if one > day), default=None)
    last = look.spot.last

    def href(to: Any) -> str:
        return "" if to is None else look.href(day=None if to == last else to)

    return {
        "text": numbers.day_text(day, look.lang),
        "weekday": numbers.weekday(day, look.lang),
        "missing": "" if day in set(days) else say("missing", look.lang),
        "before": href(before),
        "after": href(after),
        "latest": href(last) if last is not None and day != last else "",
        "words": words(("day_before", "day_after", "latest"), look.lang),
    }


def _known(look: Look) -> dict[str, Any] | None:
    if look.page.days is None:
        return None
    known = look.spot.state.known
    moment = "" if isinstance(known, str) else f"{to_local(known, look.desk.city.timezone):%Y-%m-%d %H:%M}"
    return {
        "now": look.href(known="now"),
        "then": look.href(known="then"),
        "chosen": known if isinstance(known, str) else "at",
        "at": say("known_at", look.lang, moment=moment) if moment else "",
        "words": words(("known", "known_now", "known_then", "known_now_about", "known_then_about"), look.lang),
    }


def _only_notice(text: str, lang: Lang) -> list[Any]:
    told = {"lasting": text, "passing": [], "close": say("close", lang)}
    return [told if part == "notice" else dash.no_update for part in PARTS]


def _failed(error: Exception, lang: Lang) -> list[Any]:
    log.error("page", error=type(error).__name__, exc_info=error)
    return _only_notice(say("failed", lang), lang)
