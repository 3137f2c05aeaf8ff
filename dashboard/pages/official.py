"""The one screen: map, figures, days. Its layout never changes; the address decides what it shows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import dash
import structlog
from dash import ClientsideFunction, Input, Output, html

from dashboard import colours, links, numbers
from dashboard.kept import Kept
from dashboard.links import Asked
from dashboard.pages.page import Page, allowed, navigation
from dashboard.paint import Painter
from dashboard.parts import grid_map, header, heading, legend, notice, panel, timeline
from dashboard.parts.address import Address
from dashboard.queries import Desk, Viewer
from dashboard.queries.answers import Coarse
from dashboard.queries.cite import Given
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.queries.questions import given
from dashboard.routes import moment_text
from dashboard.shown import Shown, settle
from dashboard.texts import say, words
from data.errors import NothingLoaded, StoreError
from data.words import Lang

log = structlog.get_logger()

#: What the answer to an address sets: leaf properties only, see :mod:`dashboard.parts.base`.
MAP = (
    "shapes_url", "outlines_url", "values_url", "values_day", "day_index", "ramp", "breaks", "class_labels",
    "value_format", "words", "lang", "theme", "selected", "show_values", "label_levels", "aria_label",
)  # fmt: skip
PARTS = ("address", "header", "heading", "legend", "notice", "panel", "timeline")

#: Seconds after which the browser asks again where the database did not answer.
AGAIN = 3

#: Bytes of answers kept, 3 to 10 kB each.
KEPT_BYTES = 64_000_000

Answer = dict[str, Any]


def layout() -> html.Div:
    """The static tree of the page, in the order in which it is read and reached by keyboard."""
    return html.Div(
        [
            Address(id="address"),
            header.Header(id="header"),
            html.Main(
                [
                    html.Section(
                        [
                            heading.Heading(id="heading"),
                            grid_map.GridMap(id="map", className="screen-map"),
                            legend.Legend(id="legend"),
                            notice.Notice(id="notice"),
                        ],
                        className="screen-stage",
                    ),
                    timeline.Timeline(id="timeline"),
                    panel.Panel(id="panel"),
                ],
                className="screen-main",
            ),
        ],
        className="screen",
    )


class Answers:
    """Answers to addresses, kept while the version lasts: a thousand officials look at a few dozen places.

    ``warm`` is set once what most of them ask for first is there; ``keep``: bytes of answers.
    """

    def __init__(
        self, desk: Desk, painter: Painter, lang: Lang, pages: Sequence[Page] = (), keep: int = KEPT_BYTES
    ) -> None:
        self.desk, self.painter, self.lang, self.pages = desk, painter, lang, pages
        self.warm = threading.Event()
        self._kept: Kept[None] = Kept(keep)

    def __call__(self, asked: Asked, viewer: Viewer) -> Answer:
        """What the page shows for an address. Raises StoreError."""
        with self.desk.cube.still():
            return self._answer(asked, viewer)

    def _answer(self, asked: Asked, viewer: Viewer) -> Answer:
        try:
            answer = self._kept_or_new(asked, viewer)
        except StoreError:
            last = self._kept.last((asked, viewer)) if self.desk.cube.store.lost else None
            if last is None:
                raise
            answer = last[0]  # of the version before: the database went before anybody asked for this one
        self.desk.looked(viewer, answer["address"]["state"]["area"], "map")
        return answer

    def _kept_or_new(self, asked: Asked, viewer: Viewer) -> Answer:
        key = self.desk.cube.at().version, self.desk.beside(FreshnessDesk).stamp(viewer), asked, viewer
        kept = self._kept.get(key)
        if kept is not None:
            return dict(kept[0])
        answer = answer_of(self.desk, self.painter, settle(self.desk, asked, viewer), self.lang, self.pages)
        self._kept.put(key, answer, None, (asked, viewer))
        return answer


def register(app: dash.Dash, answers: Answers, viewer_of: Callable[[], Viewer]) -> None:
    """The page's callbacks: one question to the server per address, the rest stays in the browser."""
    lang = answers.lang

    def show(search: object, _pulse: object) -> list[Any]:
        asked = links.read(search if isinstance(search, str) else "", links.State(lang=lang))
        try:
            answer = answers(asked, viewer_of())
        except StoreError as error:
            log.warning("store", error=error.say("en"))
            said = asked.state.lang
            text = error.say(said) if isinstance(error, NothingLoaded) else say("store_gone", said)
            return _only_notice(text, said, AGAIN)
        return [answer["map"][name] for name in MAP] + [answer[part] for part in PARTS]

    app.callback(
        [Output("map", name) for name in MAP] + [Output(part, "data") for part in PARTS],
        Input("address", "search"),
        Input("address", "pulse"),
        prevent_initial_call=True,
        on_error=lambda error: _failed(error, lang),
    )(show)
    app.clientside_callback(
        ClientsideFunction("onescreen_page", "follow"),
        Output("map", "className"),
        Input("map", "clicked"),
        Input("map", "escaped"),
        Input("map", "status"),
        prevent_initial_call=True,
    )


def answer_of(desk: Desk, painter: Painter, shown: Shown, lang: Lang, pages: Sequence[Page] = ()) -> Answer:
    """What the page shows for a settled state: the map's properties and each part's data; ``pages`` are the others."""
    breaks = painter.breaks(shown.viewer, shown.measure, shown.level)
    numbers_, listed = panel.describe(desk, shown), allowed(pages, desk, shown.viewer)
    return {
        "map": _map(desk, shown, breaks),
        "address": _address(shown, lang),
        "header": header.describe(desk, shown, navigation(shown.state, links.State(lang=lang), "map", listed)),
        "heading": heading.describe(shown),
        "legend": legend.describe(shown, breaks),
        "notice": notice.describe(shown, painter.painted(shown), _coarse(desk, shown)),
        "panel": numbers_,
        "timeline": timeline.describe(desk, shown, classes_url(desk, shown), numbers_["curve"]),
    }


def _coarse(desk: Desk, shown: Shown) -> Given[Coarse] | None:
    """What stands on none of the map's units."""
    if shown.day is None:
        return None
    asked = {"name": shown.measure.id, "level": shown.level, "area": shown.place.code, "day": shown.day}
    return given(desk, shown.viewer, shown.as_of, "coarse", **asked)


def _map(desk: Desk, shown: Shown, breaks: Sequence[float]) -> Answer:
    theme = shown.state.theme
    at = None if shown.day is None or shown.first is None else (shown.day - shown.first).days
    lang, made = shown.viewer.lang, shown.measure
    return {
        "shapes_url": shapes_url(shown),
        "outlines_url": outlines_url(shown),
        "values_url": values_url(desk, shown),
        "values_day": at,
        "day_index": at,
        "ramp": colours.ramp(made, len(breaks) + 1, theme),
        "breaks": list(breaks),
        "class_labels": legend.class_labels(shown, breaks),
        "value_format": numbers.painter_format(made),
        "words": {
            "zero": say("zero_growth" if made.form == "growth" else "zero", lang),
            "doubtful": say("source_doubtful", lang),
        },
        "lang": lang,
        "theme": dict(grid_map.DARK if theme == "dark" else grid_map.LIGHT),
        "selected": None if len(shown.place.path) == 1 else shown.place.code,
        "show_values": shown.level != "cell",
        "label_levels": list(shown.units.labels),
        "aria_label": say("map", lang, area=shown.place.name, measure=made.name(lang)),
    }


def shapes_url(shown: Shown) -> str:
    """Where the borders of the shown units are."""
    units = shown.units
    return f"/geo/{units.geography}/{units.level}/{units.within}/shapes.bin"


def outlines_url(shown: Shown) -> str:
    """Where the borders and names over them are."""
    units = shown.units
    return f"/geo/{units.geography}/{units.level}/{units.around}/outlines.bin"


def values_url(desk: Desk, shown: Shown) -> str | None:
    """Where the shown day's values are."""
    if shown.day is None:
        return None
    units = shown.units
    known, fresh = moment_text(shown.as_of), desk.beside(FreshnessDesk).query(shown.viewer, shown.as_of)
    return f"/paint/{shown.version}/{known}/{shown.measure.id}/{units.level}/{units.within}/{shown.day}.bin{fresh}"


def classes_url(desk: Desk, shown: Shown) -> str | None:
    """Where the classes of all days are, as known now, at the chosen moment, or each as known at its end."""
    if shown.day is None:
        return None
    units = shown.units
    known = "then" if shown.state.known == "then" else moment_text(shown.as_of)
    version, fresh = shown.status.version, desk.beside(FreshnessDesk).query(shown.viewer, shown.as_of)
    return f"/paint/{version}/{known}/{shown.measure.id}/{units.level}/{units.within}/all.bin{fresh}"


def _address(shown: Shown, lang: Lang) -> Answer:
    plain = links.State(lang=lang)
    state = shown.state
    return {
        "search": links.write(state, plain),
        "state": {
            "area": state.area,
            "parent": shown.place.path[-2][0] if len(shown.place.path) > 2 else "city",
            "lang": state.lang,
            "theme": state.theme,
            "version": shown.status.version,
            "day": str(shown.day) if shown.day else None,
            "last": str(shown.last) if shown.last else None,
        },
        "top": len(shown.place.path) == 1,
        "plain": {"lang": lang, "theme": plain.theme, "known": "now", "area": "city"},
        "title": f"{shown.place.name} · {say('product_full', state.lang)}",
        "words": words(("offline", "late"), state.lang),
    }


def _only_notice(text: str, lang: Lang, again: int = 0) -> list[Any]:
    told = notice.alone(text, lang, again)
    return [dash.no_update] * len(MAP) + [told if part == "notice" else dash.no_update for part in PARTS]


def _failed(error: Exception, lang: Lang) -> list[Any]:
    log.error("page", error=type(error).__name__, exc_info=error)
    return _only_notice(say("failed", lang), lang)
