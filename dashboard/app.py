"""The Dash app: page, addresses, compression, caching. Whoever serves it is :mod:`dashboard.serve`'s business."""

from __future__ import annotations

import datetime as dt
import gc
import html
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dash
import flask
import structlog
from dash._utils import to_json
from flask_compress import Compress

from dashboard import access as entrance
from dashboard import api, bodies, links, queue, routes, wall
from dashboard.access import bar, headers
from dashboard.exports import routes as exports
from dashboard.pages import PAGES, Page, official, sheets
from dashboard.pages.sheets import Sheets
from dashboard.paint import Painter
from dashboard.pulse import Pulse
from dashboard.queries import KEY_FIGURES, MAX_DAYS, CodeDesk, Desk, Viewer
from dashboard.queries.events import EventDesk
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.routes import ViewerOf
from dashboard.shown import Shown, settle
from dashboard.texts import say
from dashboard.turns import TURNS, in_turn
from data.access import Access
from data.errors import OneScreenError, StoreError
from data.events import Events
from data.words import Lang

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

#: Seconds that warming leaves to readers between two areas.
PAUSE = 0.02

#: Versioned static files never change under their address.
STATIC = "public, max-age=31536000, immutable"

#: Bytes that any question may bring along; a callback of ours has some hundred. What takes files sets its own.
MOST_BODY = 1 << 20

#: What is worth compressing.
COMPRESSED = [
    "text/html",
    "text/css",
    "text/plain",
    "text/csv",
    "text/javascript",
    "application/javascript",
    "application/json",
    "application/geo+json",
    "application/problem+json",
    "application/manifest+json",
    "image/svg+xml",
]

_INDEX = """<!doctype html>
<html lang="{lang}" data-theme="{theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="referrer" content="same-origin">
<title>{title}</title>
<link rel="icon" href="{icon}" type="image/svg+xml">
{preload}
{css}
</head>
<body>
{account}
{app_entry}
<noscript>{noscript}</noscript>
<footer>{config}{scripts}{more}{renderer}</footer>
</body>
</html>"""


class Screen(dash.Dash):
    """Dash with our own first page: language, theme and the map's addresses are known before any script runs.

    The further pages have a layout and a callback of their own, which the browser finds under ``sheets.PREFIX``, and
    scripts of their own, with which the first page is not burdened.
    """

    first_page: Any = None
    sheets: Sheets
    sheet_tags: tuple[str, str] = ("", "")
    access: Access | None = None

    def forget(self) -> None:
        """Nothing is shown any more of what was read of codes before: see :mod:`data.purge`."""
        self.sheets.desk.beside(CodeDesk).forget()
        self.sheets.desk.beside(EventDesk).forget()
        self.sheets.forget()

    def part(self) -> None:
        """Before the process becomes several: no connection to a database may be in two of them."""
        self.sheets.desk.cube.store.close()
        for book in (self.access, self.sheets.desk.events):
            if book is not None:
                book.close()

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        """The page as first sent."""
        flask.g.dash = True  # its content policy, see dashboard.access.headers
        search = flask.request.query_string.decode("utf-8", "replace")
        page = self.sheets.page_at(flask.request.path)
        more = ""
        if page is None:
            state, preload = self.first_page(search)
        else:
            state, preload = self.sheets.asked(page, search).state, ()
            parts["css"] += self.sheet_tags[0]
            more = self.sheet_tags[1]
        return _INDEX.format(
            more=more,
            account=bar.tag(self.sheets.desk, entrance.visitor()),
            lang="zh-CN" if state.lang == "zh" else "en",
            theme=state.theme,
            title=html.escape(say("product_full", state.lang)),
            icon=self.get_asset_url("icon.svg"),
            preload="\n".join(
                f'<link rel="preload" as="fetch" crossorigin="anonymous" href="{html.escape(url)}">' for url in preload
            ),
            noscript=say("noscript", state.lang),
            **{name: parts[name] for name in ("css", "app_entry", "config", "scripts", "renderer")},
        )

    def _config(self) -> dict[str, Any]:
        """What the browser is told of the server: further pages ask for their layout elsewhere."""
        config: dict[str, Any] = super()._config()  # type: ignore[no-untyped-call]
        if self.sheets.page_at(flask.request.path):
            config["requests_pathname_prefix"] = sheets.PREFIX
        return config

    def serve_layout(self) -> Any:
        """The layout of the page that asks."""
        if not flask.request.path.startswith(sheets.PREFIX):
            return super().serve_layout()  # type: ignore[no-untyped-call]
        return flask.Response(to_json(sheets.layout()), mimetype="application/json")

    def dependencies(self) -> Any:
        """The callbacks of the page that asks."""
        further = flask.request.path.startswith(sheets.PREFIX)
        own = [one for one in self._callback_list if ("where.data" in one["output"]) == further]
        return flask.Response(to_json(own), mimetype="application/json")


def create_app(
    desk: Desk,
    *,
    lang: Lang | None = None,
    viewer_of: ViewerOf = Viewer,
    home: Path | None = None,
    pages: Sequence[Page] = PAGES,
    access: Access | None = None,
    rules: entrance.Rules | None = None,
    events: Events | None = None,
) -> Screen:
    """The app over one desk. ``lang``: the language of an address that names none (the city's own);
    ``home``: the folder with ``wall.toml``; ``pages``: the further pages; ``access``: the book of who may look, by
    ``rules``. Without it everybody may, as ``viewer_of`` has them, which is asked once a request; ``events``: the book
    of events."""
    default, rules = lang or desk.city.lang, rules or entrance.Rules()
    viewer_of = viewer_of if access is None else entrance.viewer_of
    desk.home, desk.events = desk.home or home, desk.events or events
    painter = Painter(desk)
    app = Screen(
        __name__, server=api.server(__name__),  # type: ignore[arg-type]  # dash's annotation says bool
        assets_folder=str(assets_folder()), title=say("product_full", default), update_title="", serve_locally=True,
        show_undo_redo=False, assets_path_ignore=["^(wall|sheet|export|access|docs|queue)$"],
    )  # fmt: skip
    app.layout, app.access = official.layout(), access
    app.sheets = Sheets(desk, default, pages)
    sheets.register(app, app.sheets, viewer_of)
    _further_pages(app)
    answers = official.Answers(desk, painter, default, pages)
    official.register(app, answers, viewer_of)
    routes.register(app.server, desk, painter, viewer_of)
    wall.register(app.server, desk, painter, home, assets_folder())
    api.register(app.server, desk, viewer_of, lambda: answers.warm, home)
    exports.register(app.server, desk, viewer_of, default)
    queue.register(app.server, desk, viewer_of, assets_folder(), default)
    app.first_page = lambda search: _first_page(desk, search, viewer_of(), default)
    _compress(app.server)
    if access is not None:
        entrance.register(app.server, desk, access, rules, assets_folder(), default)
    bodies.guard(app, app.server)
    headers.register(app.server, app.csp_hashes(), rules, api.DOCS)
    app.server.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    app.server.extensions["onescreen"] = answers
    app.server.wsgi_app = Pulse(in_turn(_of_one_version(app.server.wsgi_app, desk), TURNS), desk.cube.store)
    return app


def _of_one_version(app: WSGIApplication, desk: Desk) -> WSGIApplication:
    """The application, in which whatever only looks is answered from one version of the store."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" and not environ["PATH_INFO"].endswith(bodies.CALLBACKS):
            return app(environ, start)
        with desk.cube.still():
            return app(environ, start)

    return answer


def _further_pages(app: Screen) -> None:
    """Puts the layout and callback of the further pages where their browser half looks, and notes their files."""
    for name, method in (("_dash-layout", "GET"), ("_dash-dependencies", "GET"), ("_dash-update-component", "POST")):
        view = app.server.view_functions[f"/{name}"]
        app.server.add_url_rule(sheets.PREFIX + name, endpoint=sheets.PREFIX + name, view_func=view, methods=[method])
    files = sorted((assets_folder() / "sheet").iterdir())
    urls = {file: f"{app.get_asset_url(f'sheet/{file.name}')}?m={int(file.stat().st_mtime)}" for file in files}
    app.sheet_tags = (
        "".join(f'<link rel="stylesheet" href="{url}">' for file, url in urls.items() if file.suffix == ".css"),
        "".join(f'<script src="{url}"></script>' for file, url in urls.items() if file.suffix == ".js"),
    )


def assets_folder() -> Path:
    """Beside the code in the wheel, at the top in a checkout."""
    here = Path(__file__).resolve().parent
    return next(folder for folder in (here / "assets", here.parent / "assets") if folder.is_dir())


def _first_page(desk: Desk, search: str, viewer: Viewer, lang: Lang) -> tuple[links.State, list[str]]:
    """The asked state, and the addresses of the first picture, so that its bytes travel beside the scripts."""
    asked = links.read(search, links.State(lang=lang))
    try:
        shown = settle(desk, asked, viewer)
    except OneScreenError as error:
        log.warning("first page", error=error.say("en"))
        return asked.state, []
    urls = (official.outlines_url(shown), official.shapes_url(shown), official.values_url(desk, shown))
    return asked.state, [url for url in urls if url]


def _compress(server: flask.Flask) -> None:
    """gzip for every reader (browsers offer brotli only on secure or local addresses), long-lived statics."""
    server.config.setdefault("COMPRESS_ALGORITHM", ["br", "gzip"])
    server.config.setdefault("COMPRESS_STREAMS", False)
    server.config.setdefault("COMPRESS_MIMETYPES", COMPRESSED)
    Compress(server)

    def settle_headers(answer: flask.Response) -> flask.Response:
        path = flask.request.path
        if path.startswith("/assets/") and answer.status_code == 200:
            answer.direct_passthrough = False
            answer.set_data(answer.get_data())  # a stream would go uncompressed to readers who only take gzip
            answer.headers["Cache-Control"] = STATIC if flask.request.args.get("m") else "public, max-age=3600"
        elif not path.startswith(("/geo/", "/paint/", "/_dash-component-suites/", "/alive", "/assets/")):
            answer.headers.setdefault("Cache-Control", "private, no-cache")
        return answer

    server.after_request(settle_headers)


def warm(app: Screen) -> threading.Thread:
    """Makes, beside the serving, what the first reader will ask for: the city, and a way down every district."""
    answers: official.Answers = app.server.extensions["onescreen"]

    def work() -> None:
        try:
            ways = list(_ways_down(answers.desk))
            _look(answers, ways[0])
            for look in (_borders, _look):  # borders take longest and are wanted by every reader
                for search in ways:
                    look(answers, search)
                    time.sleep(PAUSE)
            _curves(answers.desk)
            _parts(answers.desk)
            app.server.extensions["onescreen_wall"].warm()
        except OneScreenError as error:
            log.warning("warm", error=error.say("en"))
        _pages(app)
        gc.collect()
        gc.freeze()  # what is there now stays: looking through it for what nobody holds takes a third of a second
        answers.warm.set()

    thread = threading.Thread(target=work, name="onescreen-warm", daemon=True)
    thread.start()
    return thread


def _pages(app: Screen) -> None:
    """The further pages as they are opened, of the city and of one area of each level: what is found out of a level is
    kept for all its areas. Not those behind them, which few ask for."""
    way = list(_ways_down(app.sheets.desk))
    for page in (one for one in app.sheets.listed if not one.under and one.kept):
        for search in way[: len(app.sheets.desk.cube.at().areas.levels)]:
            try:
                app.sheets(page, search, Viewer())
            except StoreError as error:
                log.warning("warm", error=error.say("en"))
            time.sleep(PAUSE)


def _curves(desk: Desk) -> None:
    """The key figures on all days: the desk keeps what a curve needs, and reads single days off it."""
    for name, (first, last) in desk.status(Viewer()).days.items():
        if name in KEY_FIGURES:
            desk.series(Viewer(), name, "city", first, min(last, first + dt.timedelta(days=MAX_DAYS - 1)))
            time.sleep(PAUSE)


def _parts(desk: Desk) -> None:
    """What is asked for whoever sees a part of the city: how far its data goes, and how its sources stand."""
    areas = desk.cube.at().areas
    for row in areas.children(0).tolist()[:1]:
        viewer = Viewer(scope=areas.code[row])
        desk.status(viewer)
        desk.beside(FreshnessDesk).feeds(viewer)


def _ways_down(desk: Desk) -> Iterator[str]:
    """The addresses of the city, of each district, and of one area after the other below it."""
    yield ""
    areas = desk.cube.at().areas
    for district in areas.children(0).tolist():
        row: int | None = district
        while row is not None:
            yield f"?area={areas.code[row]}"
            row = next(iter(areas.children(row).tolist()), None)


def _borders(answers: official.Answers, search: str) -> Shown:
    """The borders that a reader at this address asks the server for."""
    asked, painter = links.read(search, links.State(lang=answers.lang)), answers.painter
    shown = settle(answers.desk, asked, Viewer())
    units = shown.units
    painter.outlines(shown.viewer, units.geography, units.level, units.around)
    painter.shapes(shown.viewer, units.geography, units.level, units.within)
    return shown


def _look(answers: official.Answers, search: str) -> None:
    """Everything that a reader at this address asks the server for."""
    answers(links.read(search, links.State(lang=answers.lang)), Viewer())
    shown, painter = _borders(answers, search), answers.painter
    units = shown.units
    if shown.day is not None:
        painter.day(shown.viewer, shown.measure, units.level, units.within, shown.day, shown.as_of)
