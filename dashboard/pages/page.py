"""What a further page is, and what it is told when it is asked for.

A page is one file with one ``PAGE``; it is a function from a :class:`Look` to blocks (``dashboard/parts``). It never
touches Dash: the same layout, callback and scripts serve all of them (:mod:`dashboard.pages.sheets`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dashboard import links, numbers, texts
from dashboard.colours import Theme
from dashboard.parts.note import line
from dashboard.parts.sheet import Block
from dashboard.queries import Desk, Place, Viewer
from dashboard.queries.cite import Cited, Given
from dashboard.queries.questions import given
from dashboard.said import Said, fill, number, quoted, words
from dashboard.shown import Spot
from data.errors import Withheld
from data.words import Lang

Day = dt.date
Words = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """One page at ``/id``.

    ``title`` and ``about`` (a line under the title) are (zh, en). ``describe`` makes its blocks; it may raise any
    OneScreenError, which is said in place of the blocks (StoreError: the old picture stays). ``days``: the days that
    have data, ascending, for the day's arrows; a page without days has none. ``latest``: the one that is shown where
    none is asked for (None: the last; those after it are planned). ``wishes``: names of its own
    parameters in the address. ``words``: its own texts, key -> (zh, en). ``under``: the page in whose place of the
    navigation it stands (a detail page is not in the navigation itself). ``named``: a title that depends on what is
    shown. ``right``: of data.terms.RIGHTS that it is for (where no log is kept there is no page of the log).
    ``kept``: whether its answer holds as long as the version does.
    """

    id: str
    title: tuple[str, str]
    describe: Callable[[Look], Sequence[Block]]
    about: tuple[str, str] = ("", "")
    days: Callable[[Desk, Viewer], Sequence[Day]] | None = None
    latest: Callable[[Desk, Viewer], Day | None] | None = None
    wishes: tuple[str, ...] = ()
    words: Words = field(default_factory=dict)
    under: str = ""
    named: Callable[[Look], str] | None = None
    right: str = ""
    kept: bool = True

    def name(self, lang: Lang) -> str:
        """The title in the reader's language."""
        return self.title[0 if lang == "zh" else 1]


def as_far_as_shown(look: Look, *parts: Callable[[], Sequence[Block]]) -> list[Block]:
    """The blocks of some parts, and last, of those that the viewer may not see, what they are and why."""
    found: list[Block] = []
    names = list[str]()
    for part in parts:
        try:
            found += part()
        except Withheld as error:
            names.append(error.what.zh if look.lang == "zh" else error.what.en)
    between = "、" if look.lang == "zh" else ", "
    return [*found, line(look.say("withheld", names=between.join(dict.fromkeys(names))))] if names else found


def allowed(pages: Sequence[Page], desk: Desk, viewer: Viewer) -> list[Page]:
    """The pages that somebody may open. What they may see on them is for the questions to say."""
    return [page for page in pages if not page.right or (viewer.may(page.right) and _there(page, desk))]


def _there(page: Page, desk: Desk) -> bool:
    return page.right != "audit" or desk.log is not None


def navigation(state: links.State, plain: links.State, here: str, pages: Sequence[Page]) -> list[dict[str, Any]]:
    """The pages, the map first, with the address of each in the same area and day."""
    lang = state.lang
    listed = [("map", texts.say("page_map", lang)), *((page.id, page.name(lang)) for page in pages if not page.under)]
    search = links.write(replace(state, layer=None, level=None, view=None, more=()), plain)
    return [
        {"id": id, "name": name, "href": ("/" if id == "map" else f"/{id}") + search, "here": id == here}
        for id, name in listed
    ]


@dataclass(frozen=True)
class Look:
    """Somebody looks at a page: who, where, on which day, as known when, with which wishes."""

    page: Page
    desk: Desk
    spot: Spot
    plain: links.State

    # what is asked ---------------------------------------------------------------------------------

    @property
    def viewer(self) -> Viewer:
        """Who asks, with the address's language."""
        return self.spot.viewer

    @property
    def lang(self) -> Lang:
        """The reader's language."""
        return self.spot.viewer.lang

    @property
    def theme(self) -> Theme:
        """Dark or light."""
        return self.spot.state.theme

    @property
    def place(self) -> Place:
        """The area with its name, level and path."""
        return self.spot.place

    @property
    def area(self) -> str:
        """Its code, to ask desks with."""
        return self.spot.place.code

    @property
    def day(self) -> Day | None:
        """The day, see :class:`dashboard.shown.Spot`."""
        return self.spot.day

    @property
    def as_of(self) -> dt.datetime | None:
        """The moment whose knowledge is asked for; None for now."""
        return self.spot.as_of

    def wish(self, name: str) -> str | None:
        """One of the page's own parameters, None where the address has none."""
        return dict(self.spot.state.more).get(name)

    def number_wish(self, name: str) -> int:
        """The same as a whole number from 0 on; 0 where it is none."""
        text = self.wish(name) or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def ask(self, question: str, /, **asked: object) -> Given[Any]:
        """The answer to one of QUESTIONS in the page's area, on its day, as known at its moment, with its citation."""
        asked = {"area": self.area, "day": self.day, **asked}
        return given(self.desk, self.viewer, self.as_of, question, **asked)

    # words -----------------------------------------------------------------------------------------

    def say(self, key: str, /, **fields: object) -> Said:
        """A word of the page, else of the product; KeyError if neither has it. Fields keep their citations."""
        at = 0 if self.lang == "zh" else 1
        own = self.page.words.get(key)
        return fill(own[at], **fields) if own else texts.say(key, self.lang, **fields)

    def number(self, one: Cited, write: Callable[[float], str]) -> Said:
        """A number with its citation, as ``write`` writes its value; the state's word where it has none."""
        return number(one, write, lambda state: texts.say(state, self.lang))

    def short(self, one: Cited | float, digits: int = 0) -> str:
        """A number, short: 1.23万 or 12.3k; with its citation wherever it is shown."""
        if not isinstance(one, Cited):
            return numbers.short(one, self.lang, digits)
        return self.number(one, lambda value: numbers.short(value, self.lang, digits))

    def whole(self, one: Cited, digits: int = 0) -> Said:
        """A number with every digit: 12,345."""
        return self.number(one, lambda value: numbers.plain(value, digits))

    def rank(self, n: int) -> Said:
        """A place in a list that is paged, which is no number of the city."""
        return words(numbers.short(n, self.lang))

    def above(self, code: str) -> Said:
        """The names of the areas around another one: of one name there are many in a province."""
        path = self.desk.place(self.viewer, code, self.as_of).path
        return quoted(" ".join(name for _, name in path[1:-1]))

    def day_text(self, day: Day | None, *, year: bool = False) -> str:
        """A day in words; "" for None."""
        return "" if day is None else numbers.day_text(day, self.lang, year=year)

    # addresses -------------------------------------------------------------------------------------

    def href(self, page: str | None = None, **changes: Any) -> str:
        """The address of a page (None: this one) in the same area, day, language and theme, but for ``changes``.

        ``area``, ``day``, ``known``, ``per``; every other name is a wish of that page (None takes it out). This page's
        own wishes stay when the address is of this page. ``href("map")`` is the first page.
        """
        state, known = self.spot.state, {"area", "day", "known", "layer", "level", "per"}
        kept = dict(state.more) if page in (None, self.page.id) else {}
        kept |= {name: str(value) for name, value in changes.items() if name not in known and value is not None}
        more = tuple((k, v) for k, v in kept.items() if k not in changes or changes[k] is not None)
        state = replace(state, more=more, **{name: value for name, value in changes.items() if name in known})
        path = "/" if page == "map" else f"/{page or self.page.id}"
        return path + links.write(state, self.plain)
