"""The gate: who asks is found out before anything answers, and whoever may not ask is told what to do.

A browser is known by the cookie of its session, a program under :data:`PROGRAMS` by ``Authorization: Bearer``. Pages
lead to sign-in and back; what scripts and programs ask is answered with 401 and a problem (RFC 9457).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import flask

from dashboard.access import csrf
from dashboard.access.known import Known
from dashboard.access.limits import Limits, network_of
from dashboard.access.plain import Plain, local
from dashboard.access.rules import Rules
from dashboard.access.texts import TEXTS
from dashboard.api.door import DOCS
from dashboard.api.problems import OURS, problem
from dashboard.queries import Viewer
from data.access import Access
from data.access.tokens import token_user
from data.access.users import User
from data.errors import Forbidden, NotFound, OneScreenError, SignInError, StoreBusy, StoreError, StoreLost
from data.words import Both

#: Where nobody needs to be signed in: what signs in, scripts and styles, health, and walls, which have their own link.
#: What ends in a slash stands for all below it, here and further down.
SIGN_IN = ("/sign-in", "/signed-out")
PROVIDER = ("/sign-in/provider", "/sign-in/back")
OPEN = (*SIGN_IN, "/assets/", "/_dash-component-suites/", "/_favicon.ico", "/healthz", "/readyz", "/wall/")
#: Where a program may come with its token.
PROGRAMS = ("/api/", "/export/", "/metrics")
#: Answers to scripts: bytes, callbacks, signs of life.
SCRIPTS = ("/_dash", "/_reload", "/sheet/", "/geo/", "/paint/", "/flows/", "/risk/", "/queue/", "/alive")
#: Never counted: a page has dozens of them, and they cost nothing.
UNCOUNTED = ("/assets/", "/_dash-component-suites/", "/healthz", "/readyz")
#: Where somebody who must choose another password may go.
PASSWORD = ("/password", "/sign-out")

#: How a page that could not be shown is answered, 422 otherwise.
_REFUSED = ((Forbidden, 403), (NotFound, 404), (StoreError, 503))

#: Seconds after which a page that could not be answered asks again by itself.
RETRY = 3


@dataclass(frozen=True)
class Visitor:
    """Who asks: a user by a session's ``token``, or by a program (``token`` is empty)."""

    user: User
    token: str = ""


def lies_in(path: str, places: Sequence[str]) -> bool:
    """Whether a path is one of the places, or below one that ends in a slash."""
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)


def visitor() -> Visitor | None:
    """Who asks, None where nobody is signed in."""
    found: Visitor | None = flask.g.get("visitor")
    return found


def viewer_of() -> Viewer:
    """Who asks as the questions know them. SignInError, were somebody to get past the gate without being anybody."""
    who = visitor()
    if who is None:
        raise SignInError(detail=Both(*TEXTS["signed_out"]))
    user = who.user
    return Viewer(scope=user.scope, rights=user.rights, user=user.login, role=user.role)


def wants_page() -> bool:
    """Whether a person's browser asks for a page, which is answered with a page whatever happens."""
    path = flask.request.path
    docs = path.startswith(DOCS) and not path.endswith(".json")
    return docs or not path.startswith((*OURS, *SCRIPTS))


def guarded(plain: Plain, right: str, back: str, view: Callable[..., flask.Response]) -> Callable[..., flask.Response]:
    """``view`` for whoever holds a right alone; errors are said as pages, which lead to ``back``."""

    def answer(**given: str) -> flask.Response:
        try:
            viewer_of().need(right)
            return view(**given)
        except OneScreenError as error:
            status = next((status for kind, status in _REFUSED if isinstance(error, kind)), 422)
            again = "" if isinstance(error, Forbidden) else plain.link(back)
            return plain.told(status, (error.say("zh"), error.say("en")), again)

    return answer


class Gate:
    """Stands before every address; see :meth:`ask`."""

    def __init__(self, access: Access, rules: Rules, limits: Limits, plain: Plain) -> None:
        self.access, self.rules, self.limits, self.plain = access, rules, limits, plain
        self.known = Known(access)
        self.open = (*OPEN, *PROVIDER) if rules.provider else OPEN
        self.cookie = "__Host-onescreen" if rules.https else "onescreen"

    def ask(self) -> flask.typing.ResponseReturnValue | None:
        """None where the request may go on, else what it is answered with."""
        path = flask.request.path
        if lies_in(path, UNCOUNTED) and not csrf.is_unsafe():
            return None
        try:
            flask.g.visitor = self._program() if self._is_program() else self._browser()
        except StoreError as error:
            return self.away(error)
        return self._too_often() or self._forged() or self._unknown()

    def refused(
        self, status: int, kind: str, said: tuple[str, str] | None = None, wait: int = 0
    ) -> flask.typing.ResponseReturnValue:
        """An error as whoever asks can read it: a page, or a problem. ``wait``: seconds until it makes sense again."""
        told = said or TEXTS[kind]
        page = wants_page() and self.plain.told(status, told, wait=0 if status == 429 or csrf.is_unsafe() else wait)
        answer = page or problem(status, kind, told)
        if wait:
            answer.headers["Retry-After"] = str(wait)
        if status == 401:
            answer.headers["WWW-Authenticate"] = 'Bearer realm="OneScreen"'
        return answer

    def away(self, error: StoreError) -> flask.typing.ResponseReturnValue:
        """The database does not answer: a page that is asked for comes by itself once it does."""
        if isinstance(error, (StoreLost, StoreBusy)):
            return self.refused(503, "away", wait=RETRY)
        return self.refused(503, type(error).__name__, (error.say("zh"), error.say("en")))

    # who --------------------------------------------------------------------------------------------

    def _is_program(self) -> bool:
        request = flask.request
        return lies_in(request.path, PROGRAMS) and request.headers.get("Authorization", "").startswith("Bearer ")

    def _program(self) -> Visitor | None:
        user = token_user(self.access, flask.request.headers["Authorization"].removeprefix("Bearer ").strip())
        return None if user is None else Visitor(user)

    def _browser(self) -> Visitor | None:
        token = flask.request.cookies.get(self.cookie, "")
        user = self.known.user(token) if token else None
        return None if user is None else Visitor(user, token)

    # what keeps them out ----------------------------------------------------------------------------

    def _too_often(self) -> flask.typing.ResponseReturnValue | None:
        who, path, network = visitor(), flask.request.path, network_of(flask.request.remote_addr)
        key = f"user {who.user.id}" if who else network
        wait = self.limits.hit("wall", network) if path.startswith("/wall/") else self.limits.hit("ask", key)
        if not wait and is_heavy():
            wait = self.limits.hit("heavy", key)
        return self.refused(429, "too_often", wait=wait) if wait else None

    def _forged(self) -> flask.typing.ResponseReturnValue | None:
        who = visitor()
        if not csrf.is_unsafe() or self._is_program():
            return None
        if not csrf.from_here() or (who and flask.request.path not in SIGN_IN and not csrf.knows_word(who.token)):
            return self.refused(403, "forged")
        return None

    def _unknown(self) -> flask.typing.ResponseReturnValue | None:
        who, path = visitor(), flask.request.path
        if lies_in(path, self.open):
            return None
        if who is None:
            return self._to("/sign-in") if wants_page() else self.refused(401, "signed_out")
        if who.user.once and who.token and path not in PASSWORD:
            return self._to("/password") if wants_page() else self.refused(401, "password_first")
        return None

    def _to(self, path: str) -> flask.typing.ResponseReturnValue:
        """There, and back to where one wanted to go."""
        back = here()  # brings its own language and theme along
        return flask.redirect(f"{path}?{urlencode({'next': back})}" if back else path, 303)

    def marked(self, answer: flask.Response) -> flask.Response:
        """Answers are their reader's alone: another who signs in in the same browser is asked for them anew."""
        who, path = visitor(), flask.request.path
        if lies_in(path, OPEN):
            return answer
        answer.vary.add("Cookie")
        if wants_page():
            answer.headers["Cache-Control"] = "no-store"  # also not for going back after signing out
        if who and who.token and flask.request.cookies.get(csrf.COOKIE) != csrf.word_of(who.token):
            self.give_word(answer, who.token)
        return answer

    # cookies ----------------------------------------------------------------------------------------

    def let_in(self, answer: flask.Response, token: str) -> None:
        """Gives a browser its session."""
        answer.set_cookie(self.cookie, token, httponly=True, samesite="Lax", secure=self.rules.https)
        self.give_word(answer, token)
        flask.g.visitor = None  # the cookies of who was here before are not to be set again

    def let_out(self, answer: flask.Response) -> None:
        """Takes its session from a browser, and all that pages keep there for their reader."""
        answer.headers["Clear-Site-Data"] = '"storage"'
        for name in (self.cookie, csrf.COOKIE):
            answer.delete_cookie(name, samesite="Lax", secure=self.rules.https)
        flask.g.visitor = None

    def give_word(self, answer: flask.Response, token: str) -> None:
        """The word that a page's requests carry; scripts of ours read it."""
        answer.set_cookie(csrf.COOKIE, csrf.word_of(token), samesite="Lax", secure=self.rules.https)


def is_heavy() -> bool:
    """Whether an answer takes seconds rather than milliseconds: files and reports."""
    request = flask.request
    file = request.path.startswith("/export/") and not request.path.startswith("/export/menu/")
    return file or (request.method == "POST" and request.path.startswith("/api/v1/reports"))


def here() -> str:
    """The address that is asked, to come back to; "" for the first page as it is, and where nothing can be read."""
    request = flask.request
    query = request.query_string.decode("utf-8", "replace")
    return "" if csrf.is_unsafe() else local(request.path + (f"?{query}" if query else "")).removesuffix("/")
