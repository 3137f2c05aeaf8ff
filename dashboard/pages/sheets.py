"""The further pages: one layout, one callback and one set of scripts for all of :data:`dashboard.pages.PAGES`.

The browser sends the path and query of the address, the answer is the data of four parts. Between two of these pages
only data changes, nothing is loaded anew; the first page, with its map, is loaded as a page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import dash
import structlog
from dash import Input, Output, html

from dashboard import links, numbers
from dashboard.kept import Kept
from dashboard.pages.page import Look, Page, allowed, navigation
from dashboard.pages.patience import Patience
from dashboard.parts import header, notice
from dashboard.parts.address import Address
from dashboard.parts.header import Header
from dashboard.parts.note import line
from dashboard.parts.sheet import Block, Sheet
from dashboard.queries import Desk, Viewer
from dashboard.queries.notes import Noted
from dashboard.said import quoted
from dashboard.shown import settle_spot, to_local
from dashboard.texts import say, words
from data.errors import NothingLoaded, OneScreenError, StoreError
from data.words import Lang

log = structlog.get_logger()

#: The part of the address under which the browser finds the layout and callback of these pages.
PREFIX = "/sheet/"
PARTS = ("where", "header", "sheet", "notice")
#: What the browser's half says by itself.
WORDS = ("path", "sort", "rows_more", "missing", "page_before", "page_after", "skip", "room")

#: Bytes of answers kept, 2 to 20 kB each.
KEPT_BYTES = 64_000_000
#: Seconds after which the browser asks again for a page of which a block is still being worked out or tells of now
#: (``again``), or where the database did not answer: a board is to be within 2 s of the book, the way included.
AGAIN = 1.5
#: The same where a page failed.
LATER = 30.0

Answer = dict[str, Any]


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
    """Answers to addresses of the pages, kept while the version lasts, ``keep`` bytes of them."""

    def __init__(self, desk: Desk, lang: Lang, pages: Sequence[Page], keep: int = KEPT_BYTES) -> None:
        self.desk, self.lang, self.listed = desk, lang, tuple(pages)
        self.pages = {f"/{page.id}": page for page in pages}
        self._kept: Kept[list[Noted]] = Kept(keep)

    def forget(self) -> None:
        """Every answer is made anew from here on."""
        self._kept.clear()

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
        """The data of every part; the log is told, of a kept answer as of a new one. Raises StoreError."""
        with self.desk.cube.still():
            return self._kept_or_new(page, self.asked(page, search), viewer)

    def _kept_or_new(self, page: Page, asked: links.Asked, viewer: Viewer) -> Answer:
        kept = None
        try:
            key = self.desk.cube.at().version, page.id, asked, viewer
            kept = self._kept.get(key)
            answer = self._new(key, page, asked, viewer) if kept is None else kept[0]
        except StoreError:
            kept = self._kept.last((page.id, asked, viewer)) if self.desk.cube.store.lost else None
            if kept is None:
                raise
            answer = kept[0]  # of the version before: the database went before anybody asked for this one
        if kept is not None:
            self.desk.noting.again(viewer, kept[1])
        if page.right != "audit":  # whoever reads the log is noted by the question itself
            self.desk.looked(viewer, answer["where"]["state"]["area"], page.id)
        return dict(answer)

    def _new(self, key: tuple[object, ...], page: Page, asked: links.Asked, viewer: Viewer) -> Answer:
        with self.desk.noting.together() as notes:
            answer = self._answer(page, asked, viewer)
        if page.kept and not answer["where"]["again"]:
            self._kept.put(key, answer, notes, (page.id, asked, viewer))
        return answer

    def soon(self, page: Page, search: str, viewer: Viewer) -> Answer:
        """The same page while it is worked on: its head, and that it comes. It asks nothing that may take long."""
        return self._instead(page, search, viewer, "soon", again=True)

    def failed(self, page: Page, search: str, viewer: Viewer) -> Answer:
        """The same page where a fault of ours kept it from being made: its head, and that it did not work; whoever has
        it open keeps what they see, is told so, and asks again a little later."""
        answer = self._instead(page, search, viewer, "failed")
        answer["where"]["again"] = LATER
        answer["notice"]["lasting"] = say("failed", answer["where"]["state"]["lang"])
        return answer

    def _instead(self, page: Page, search: str, viewer: Viewer, word: str, *, again: bool = False) -> Answer:
        """A page of its head and one line."""

        def told(look: Look) -> list[Block]:
            return [line(say(word, look.lang), tone="large", again=again, instead=True)]

        bare = replace(page, describe=told, days=None, latest=None, named=None)
        return self._answer(bare, self.asked(page, search), viewer)

    def _answer(self, page: Page, asked: links.Asked, viewer: Viewer) -> Answer:
        may = not page.right or viewer.may(page.right)
        days = page.days(self.desk, viewer) if page.days and may else ()
        last = page.latest(self.desk, viewer) if page.latest and may else None
        look = Look(page, self.desk, settle_spot(self.desk, asked, viewer, days, last), links.State(lang=self.lang))
        title = page.named(look) if page.named else page.name(look.lang)
        sheet = _sheet(look, title, self.pages, self._room(look))
        again = AGAIN if any(block.get("again") for block in sheet["blocks"]) else 0
        return {
            "where": {**_where(look, title), "again": again},
            "header": header.describe(self.desk, look.spot, self._navigation(look)),
            "sheet": sheet,
            "notice": {"lasting": "", "passing": list(look.spot.messages), "close": say("close", look.lang)},
        }

    def _room(self, look: Look) -> list[dict[str, Any]]:
        """The pages in whose place of the navigation this one stands, itself among them; none where it is alone. Those
        that show one thing are not listed."""
        root, listed = self.root(look.page).id, allowed(self.listed, self.desk, look.viewer)
        found = [page for page in listed if self.root(page).id == root and "id" not in page.wishes]
        if len(found) < 2:
            return []
        here = look.page.id
        return [{"name": page.name(look.lang), "href": look.href(page.id), "here": page.id == here} for page in found]

    def _navigation(self, look: Look) -> list[dict[str, Any]]:
        listed = allowed(self.listed, self.desk, look.viewer)
        return navigation(look.spot.state, look.plain, self.root(look.page).id, listed)


def register(app: dash.Dash, sheets: Sheets, viewer_of: Callable[[], Viewer]) -> None:
    """The one callback."""
    patience: Patience[Answer] = Patience("onescreen-page")

    def show(path: object, search: object, _pulse: object) -> list[Any]:
        page = sheets.page_at(_text(path))
        if page is None:
            return [dash.no_update] * len(PARTS)
        asked, viewer = _text(search), viewer_of()
        try:
            made = patience((page.id, asked, viewer, viewer.user), lambda: sheets(page, asked, viewer))
            answer = sheets.soon(page, asked, viewer) if made is None else made
        except StoreError as error:
            log.warning("store", error=error.say("en"))
            lang = sheets.asked(page, asked).state.lang
            text = error.say(lang) if isinstance(error, NothingLoaded) else say("store_gone", lang)
            return _only_notice(text, lang, AGAIN)
        except Exception:  # in its place and the reader's language, not the fault of the whole page
            log.exception("page", page=page.id)
            answer = sheets.failed(page, asked, viewer)
        return [answer[part] for part in PARTS]

    app.callback(
        [Output(part, "data") for part in PARTS],
        Input("where", "path"),
        Input("where", "search"),
        Input("where", "pulse"),
        prevent_initial_call=True,
        on_error=lambda error: _failed(error, sheets.lang),
    )(show)


def _text(value: object) -> str:
    """A part of the address as the browser sends it; what is no text is an address that says nothing."""
    return value if isinstance(value, str) else ""


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


def _sheet(look: Look, title: str, pages: dict[str, Page], room: list[dict[str, Any]]) -> Answer:
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
            "room": room,
            "title": title,
            "about": quoted(look.page.about[0 if look.lang == "zh" else 1]),
            "day": _day(look),
            "known": _known(look),
        },
        "blocks": _blocks(look),
        "words": words(WORDS, look.lang),
    }


def _blocks(look: Look) -> list[Block]:
    """What the page shows; what went wrong is said in its place."""
    try:
        if look.page.right:
            look.viewer.need(look.page.right)
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


def _only_notice(text: str, lang: Lang, again: float = 0) -> list[Any]:
    told = notice.alone(text, lang, again)
    return [told if part == "notice" else dash.no_update for part in PARTS]


def _failed(error: Exception, lang: Lang) -> list[Any]:
    log.error("page", error=type(error).__name__, exc_info=error)
    return _only_notice(say("failed", lang), lang)
