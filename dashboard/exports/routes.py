"""The addresses of exports: a file of what an address shows, and what the page's menu offers.

/export/<layer>/<format>?<the page's own query>     layer ``shown``: the one that the first page shows
/export/menu/<page>?<the page's own query>
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import flask

from dashboard import links
from dashboard.api.asking import ASK_AGAIN, named
from dashboard.api.problems import guard
from dashboard.api.reports import FORMATS as REPORT_FORMATS
from dashboard.exports import FORMATS, Wish, file_name, format_of, layer_of, written
from dashboard.exports.layers import of_measures
from dashboard.parts import panel
from dashboard.queries import Desk, Viewer
from dashboard.reports import REPORTS
from dashboard.reports.kinds.base import Kind
from dashboard.routes import ViewerOf
from dashboard.shown import settle, settle_spot
from dashboard.texts import say, words
from data.words import Lang
from grid.measures import Measure

#: Page -> the layer that it shows. Pages that show none offer reports only.
SHOWN_BY = {"map": "shown", "zones": "zones", "outflow": "flows", "risk": "score", "codes": "code_red"}
WORDS = (
    "export_data", "export_picture", "export_picture_about", "export_link", "export_report", "export_failed",
    "export_cancel", "export_cancelled", "share", "shared",
)  # fmt: skip
REPORT_NAMES = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel", "pptx": "PowerPoint"}


def register(server: flask.Flask, desk: Desk, viewer_of: ViewerOf, lang: Lang) -> None:
    """Puts the addresses on the server; ``lang``: the language of an address that names none."""
    pages = flask.Blueprint("export", __name__, url_prefix="/export")
    guard(pages)

    def export(layer: str, form: str) -> flask.Response:
        made, viewer = format_of(form), viewer_of()
        viewer.need("export")
        viewer, wish, measures = wish_of(desk, viewer, layer, _search(), lang)
        etag = named(desk, desk.cube.at(wish.as_of).version, desk.cube.at().version, viewer, wish, layer, form)
        answer = flask.Response(mimetype=made.mimetype)
        if flask.request.if_none_match.contains_weak(etag) and not flask.request.if_none_match.star_tag:
            answer.status_code = 304
        else:
            found = of_measures(desk, viewer, wish, measures) if measures else layer_of(desk, viewer, wish)
            answer.set_data(written(desk, viewer, found, made))
            answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name(found, made))}"
        answer.set_etag(etag, weak=True)
        answer.headers["Cache-Control"] = ASK_AGAIN
        return answer

    def menu(page: str) -> flask.Response:
        return flask.jsonify(menu_of(desk, viewer_of(), page, _search(), lang))

    pages.add_url_rule("/<layer>/<form>", view_func=export)
    pages.add_url_rule("/menu/<page>", view_func=menu)
    server.register_blueprint(pages)


def _search() -> str:
    return flask.request.query_string.decode("utf-8", "replace")


def wish_of(desk: Desk, viewer: Viewer, layer: str, search: str, lang: Lang) -> tuple[Viewer, Wish, Sequence[Measure]]:
    """Who asks in which language, what the address shows, and by which measures if they are those of the table."""
    asked = links.read(search, links.State(lang=lang))
    viewer = replace(viewer, lang=asked.state.lang)
    if layer in ("shown", "table"):
        shown = settle(desk, asked, viewer)
        level = shown.level if layer == "shown" else None
        wish = Wish(shown.measure.id, shown.place.code, level, shown.day, shown.as_of)
        return viewer, wish, panel.table_columns(shown) if layer == "table" else ()
    spot = settle_spot(desk, asked, viewer, ())
    return viewer, Wish(layer, spot.place.code, None, spot.day, spot.as_of), ()


def menu_of(desk: Desk, viewer: Viewer, page: str, search: str, lang: Lang) -> dict[str, Any]:
    """What can be taken from a page: files of its layer, reports on its area and day, and the words for it."""
    layer = SHOWN_BY.get(page)
    viewer, wish, _ = wish_of(desk, viewer, layer or "zones", search, lang)
    said, at = viewer.lang, 0 if viewer.lang == "zh" else 1
    place = desk.place(viewer, wish.area, wish.as_of)
    query = f"?{search}" if search else ""
    day = wish.day or say("export_latest", said)
    return {
        "about": f"{place.name} · {day}",
        "files": _files(page, said, query) if viewer.may("export") else [],
        "picture": page == "map",
        "reports": [{"id": one.id, "name": (one.zh, one.en)[at]} for one in _kinds(viewer)],
        "formats": [{"id": id, "name": REPORT_NAMES[id]} for id in REPORT_FORMATS],
        "order": {
            "area": place.code, "day": None if wish.day is None else str(wish.day), "lang": said,
            "as_of": None if wish.as_of is None else f"{wish.as_of.isoformat()}+00:00",
            "layer": wish.layer if layer == "shown" else None,
        },
        "words": words(WORDS, said),
    }  # fmt: skip


def _files(page: str, lang: Lang, query: str) -> list[dict[str, str]]:
    layer = SHOWN_BY.get(page)
    if layer is None:
        return []
    files = [{"id": one.id, "name": one.name(lang), "href": f"/export/{layer}/{one.id}{query}"} for one in FORMATS]
    table = {"id": "table", "name": say("export_table", lang), "href": f"/export/table/xlsx{query}"}
    return [*files, table] if page == "map" else files


def _kinds(viewer: Viewer) -> list[Kind]:
    """The reports that a menu offers to somebody."""
    return [one for one in REPORTS.values() if not _of_one(one.id)] if viewer.may("report") else []


def _of_one(kind: str) -> bool:
    """Whether a kind of report is about one thing that a menu does not know: a notice, a zone."""
    return "notice" in kind or "annex" in kind
