"""Plain pages: HTML from the server, in the look of the screen, that need no script."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import flask
from jinja2 import Environment, PackageLoader, StrictUndefined

from dashboard import texts
from dashboard.access.texts import TEXTS
from dashboard.colours import THEMES
from dashboard.queries import Desk, Viewer
from dashboard.shown import to_local
from data.errors import OneScreenError
from data.terms import RIGHTS, ROLES
from data.words import Lang

STYLES, SCRIPTS = ("page/page.css", "access/access.css"), ("page/leaving.js",)


#: Where nobody is led back to: there one would sign in or out again.
_NOWHERE = ("/sign-in", "/signed-out", "/sign-out", "/password")

#: Longest address that is led back to.
LONGEST = 2000


def local(address: str | None, otherwise: str = "/") -> str:
    """An address on this server, or ``otherwise``: whoever signs in is led nowhere else.

    To a browser ``//host`` and ``/\\host`` are other servers, and it overlooks control characters.
    """
    if not address or len(address) > LONGEST or not address.startswith("/") or address[1:2] in ("/", "\\"):
        return otherwise
    if "\\" in address or any(ord(letter) <= 32 or ord(letter) == 127 for letter in address):
        return otherwise
    return otherwise if address.startswith(_NOWHERE) else address


class Plain:
    """Writes plain pages. ``lang``: the language of an address that names none."""

    def __init__(self, desk: Desk, assets: Path, lang: Lang) -> None:
        self.desk, self.lang = desk, lang
        self._styles, self._scripts = (
            [f"/assets/{name}?m={int((assets / name).stat().st_mtime)}" for name in names]
            for names in (STYLES, SCRIPTS)
        )
        self._templates = templates = Environment(
            loader=PackageLoader("dashboard.access"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        templates.filters["local"] = lambda at: to_local(at, desk.city.timezone)

    def manner(self) -> tuple[Lang, str]:
        """(language, theme) of the address, or of the one that it leads back to."""
        own = flask.request.args
        inner = parse_qs(own.get("next", "").partition("?")[2])

        def named(key: str, known: Sequence[str], otherwise: str) -> str:
            said = own.get(key) or inner.get(key, [""])[0]
            return said if said in known else otherwise

        lang: Lang = "en" if named("lang", ("zh", "en"), self.lang) == "en" else "zh"
        return lang, named("theme", THEMES, "dark")

    def say(self, key: str, /, **fields: object) -> str:
        """A word in the reader's language."""
        both = TEXTS.get(key) or texts.TEXTS[key]
        return both[0 if self.manner()[0] == "zh" else 1].format(**fields)

    def link(self, path: str, **parameters: object) -> str:
        """An address in the same language and theme."""
        lang, theme = self.manner()
        kept = {"lang": lang if lang != self.lang else None, "theme": theme if theme != "dark" else None}
        pairs = {name: value for name, value in (kept | parameters).items() if value not in (None, "")}
        return path + (f"?{urlencode(pairs)}" if pairs else "")

    def switch(self, **changes: str) -> str:
        """This address in another language or theme."""
        args = {**flask.request.args.to_dict(), **changes}
        return f"{flask.request.path}?{urlencode(args)}"

    def page(self, template: str, status: int = 200, **values: Any) -> flask.Response:
        """A page; never kept by anybody."""
        lang, theme = self.manner()
        common = {
            "lang": lang, "theme": theme, "say": self.say, "link": self.link, "switch": self.switch,
            "styles": self._styles, "scripts": self._scripts,
            "city_name": self._city(lang), "simulated": self.desk.city.simulated,
            "roles": ROLES, "rights": RIGHTS, "who": None, "csrf": "", "word": self.word,
            "both": lambda pair: pair[0 if lang == "zh" else 1], "wait": 0,
        }  # fmt: skip
        text = self._templates.get_template(template).render(common | values)
        answer = flask.Response(text, status, mimetype="text/html")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _city(self, lang: Lang) -> str:
        """The name of the reader's own city; of the whole to who sees all of it, or is not signed in."""
        who = flask.g.get("visitor")
        viewer = Viewer(lang=lang, scope=who.user.scope if who else None)
        try:
            return self.desk.place(viewer, "city").path[0][1]
        except OneScreenError:  # nothing is loaded yet, or the store is away: one may sign in all the same
            return self.desk.city.name

    def word(self, term: Any) -> str:
        """A term's name in the reader's language."""
        return str(term.zh if self.manner()[0] == "zh" else term.en)

    def told(self, status: int, said: tuple[str, str], again: str = "", wait: int = 0) -> flask.Response:
        """A page that says one thing; ``again``: where to try it anew; ``wait``: seconds until it does so itself."""
        return self.page("told.html", status, said=said, again=again or "/", wait=wait)

    def error(self, error: OneScreenError) -> str:
        """An error in the reader's language."""
        return error.say(self.manner()[0])
