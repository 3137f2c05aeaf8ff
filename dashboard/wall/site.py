"""The wall's addresses. All of them start with its token and answer only for the area that the token is bound to::

/wall/<token>                 the page: plain HTML, no Dash
/wall/<token>/picture         everything it shows (JSON), for ?w=, ?h= CSS pixels and ?r= device pixels each
/wall/<token>/beat            {stamp, now, night, build, lost}: a sign of life, asked every second and answered from
                              memory; ``lost``: seconds since the database last answered, 0 while it does
/wall/<token>/geo/..., paint/...   the map's bytes, as in :mod:`dashboard.routes`
"""

from __future__ import annotations

import hashlib
import html
import time
from collections.abc import Mapping
from pathlib import Path

import flask

from dashboard import routes
from dashboard.paint import Painter
from dashboard.queries import Desk
from dashboard.wall import playlist
from dashboard.wall.door import Door
from dashboard.wall.picture import Gallery, viewer_of
from dashboard.wall.texts import TEXTS, say
from data.errors import BadQuestion, OneScreenError, StoreError, WallNotFound
from data.store import utcnow
from data.words import Lang

#: The map without its Dash component, then the wall's own.
SCRIPTS = ("painter/*.js", "wall/*.js")
STYLES = ("painter/*.css", "wall/*.css")
LEFT_OUT = ("component.js",)
#: Sides of a browser window, CSS pixels.
SMALLEST, LARGEST = 320, 32768

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{title}</title>
{head}
</head>
<body><main id="wall" data-base="{base}" data-build="{build}" data-away="{away}"></main>
<noscript>{noscript}</noscript></body>
</html>"""

_GONE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">{again}
<title>OneScreen</title><meta name="referrer" content="no-referrer">
<link rel="stylesheet" href="/assets/wall/gone/gone.css"></head>
<body><p>{zh}<br>{en}</p></body></html>"""


#: A page that cannot be shown yet asks again after so many seconds.
_AGAIN = '<meta http-equiv="refresh" content="3">'


def _named(desk: Desk, lang: Lang) -> str:
    """The name of what the asked wall is about; the city's as long as nothing is loaded, or the store is away."""
    try:
        return desk.place(viewer_of(flask.g.wall, lang), "city").name
    except OneScreenError:
        return desk.city.name


def register(server: flask.Flask, desk: Desk, painter: Painter, home: Path | None, assets: Path) -> Gallery:
    """Puts the wall on the server; ``home`` is where ``wall.toml`` lies, ``assets`` where the scripts are."""
    gallery = Gallery(desk, painter, None if home is None else home / playlist.FILE)
    pages = flask.Blueprint("wall", __name__, url_prefix="/wall/<token>")
    page, build = _page(assets)
    door = Door(desk.cube.store)

    @pages.url_value_preprocessor
    def take(_endpoint: str | None, values: dict[str, str] | None) -> None:
        """Every address is asked for with a token; the rest of the address is passed on."""
        flask.g.token = (values or {}).pop("token", "")

    @pages.before_request
    def admit() -> None:
        """Only now: what counts requests, and refuses too many, comes first."""
        flask.g.wall = door.admit(flask.g.token, flask.request.remote_addr)

    def show() -> str:
        lang = gallery.settings(flask.g.wall.name).lang or desk.city.lang
        title = html.escape((say("simulated", lang) + " · " if desk.city.simulated else "") + _named(desk, lang))
        return page.format(
            lang="zh-CN" if lang == "zh" else "en", title=title, base=html.escape(f"/wall/{flask.g.token}"),
            build=build, noscript=say("noscript", lang), away=html.escape(" / ".join(TEXTS["away"])),
        )  # fmt: skip

    def picture() -> flask.Response:
        width, height, ratio = _side("w"), _side("h"), flask.request.args.get("r", 1.0, float)
        settings = gallery.settings(flask.g.wall.name)
        wall = settings.wall(width, height, min(max(ratio, 0.5), 4.0))
        return _fresh(flask.jsonify({**gallery.picture(flask.g.wall, wall), "build": build}))

    def beat() -> flask.Response:
        settings = gallery.settings(flask.g.wall.name)
        night = playlist.is_night(settings, utcnow(), desk.city.timezone)
        lost = round(gallery.lost, 1)
        stamp, soon = gallery.stamp(settings), round(gallery.soon, 2)
        return _fresh(flask.jsonify(stamp=stamp, now=time.time(), night=night, build=build, lost=lost, soon=soon))

    pages.add_url_rule("", view_func=show)
    pages.add_url_rule("/picture", view_func=picture)
    pages.add_url_rule("/beat", view_func=beat)
    routes.register(pages, desk, painter, lambda: viewer_of(flask.g.wall))
    pages.register_error_handler(WallNotFound, _gone)
    pages.register_error_handler(StoreError, _away)
    server.register_blueprint(pages)
    server.extensions["onescreen_wall"] = gallery
    return gallery


def _gone(error: WallNotFound) -> tuple[flask.Response, int]:
    """410: the page tells its viewers calmly, and goes on asking in case the link comes back."""
    zh, en = TEXTS["revoked"]
    if flask.request.endpoint == "wall.show":
        return flask.Response(_GONE.format(zh=zh, en=en, again=""), mimetype="text/html"), 410
    return flask.jsonify(error=type(error).__name__, zh=zh, en=en), 410


def _away(error: StoreError) -> flask.typing.ResponseReturnValue:
    """503: a wall that is switched on now says so calmly and tries again by itself; one that runs keeps its picture."""
    if flask.request.endpoint == "wall.show":
        zh, en = TEXTS["away"]
        page = _GONE.format(zh=zh, en=en, again=_AGAIN)
        return flask.Response(page, mimetype="text/html", headers={"Cache-Control": "no-store"}), 503
    return flask.jsonify(error=type(error).__name__, zh=error.say("zh"), en=error.say("en")), 503


def _side(name: str) -> int:
    side = flask.request.args.get(name, type=int)
    if side is None or not SMALLEST <= side <= LARGEST:
        raise BadQuestion(detail=f"{name}: {SMALLEST} – {LARGEST}")
    return side


def _fresh(answer: flask.Response) -> flask.Response:
    answer.cache_control.no_store = True
    return answer


def _page(assets: Path) -> tuple[str, str]:
    """The page without what changes, and a word that changes with its scripts."""
    scripts, styles = (
        [f for pattern in patterns for f in sorted(assets.glob(pattern)) if f.name not in LEFT_OUT]
        for patterns in (SCRIPTS, STYLES)
    )
    links = [f'<link rel="stylesheet" href="{_address(f, assets)}">' for f in styles]
    links += [f'<script defer src="{_address(f, assets)}"></script>' for f in scripts]
    build = hashlib.sha256(b"".join(f.read_bytes() for f in (*scripts, *styles))).hexdigest()[:12]
    fields: Mapping[str, str] = {name: f"{{{name}}}" for name in ("lang", "title", "base", "build", "noscript", "away")}
    return _PAGE.format(head="\n".join(links), **fields), build


def _address(file: Path, assets: Path) -> str:
    return f"/assets/{file.relative_to(assets).as_posix()}?m={file.stat().st_mtime_ns // 1_000_000_000}"
