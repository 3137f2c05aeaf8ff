"""Signing in and out with a password of one's own, and choosing another."""

from __future__ import annotations

import math
import secrets
from typing import TYPE_CHECKING

import flask

from dashboard.access import csrf
from dashboard.access.gate import Gate, visitor
from dashboard.access.limits import network_of
from dashboard.access.plain import local
from data.access.rows import plain_login
from data.access.sessions import end_session, open_session
from data.access.signing import set_password, sign_in
from data.access.users import User
from data.errors import OneScreenError, SignInError, SignInRefused, StoreError

if TYPE_CHECKING:
    from dashboard.access.oidc import Provider

#: Holds a word for forms of somebody who is not signed in yet.
SEED = "onescreen-form"
#: Longest password and login that are looked at: argon2 reads every letter.
LONGEST = 1000


class SignIn:
    """The addresses ``/sign-in``, ``/sign-out``, ``/signed-out`` and ``/password``."""

    def __init__(self, gate: Gate, provider: Provider | None) -> None:
        self.gate, self.plain, self.access = gate, gate.plain, gate.access
        self.provider = provider

    def register(self, server: flask.Flask) -> None:
        """Puts the addresses on the server."""
        server.add_url_rule("/sign-in", "sign_in", self.show, methods=["GET"])
        server.add_url_rule("/sign-in", "sign_in_try", self.submit, methods=["POST"])
        server.add_url_rule("/sign-out", "sign_out", self.leave, methods=["POST"])
        server.add_url_rule("/signed-out", "signed_out", self.left, methods=["GET"])
        server.add_url_rule("/password", "password", self.show_password, methods=["GET"])
        server.add_url_rule("/password", "password_try", self.submit_password, methods=["POST"])

    # in ---------------------------------------------------------------------------------------------

    def show(self, status: int = 200, error: str = "", login: str = "", wait: int = 0) -> flask.Response:
        """The form; who is signed in already may sign in as somebody else."""
        seed = flask.request.cookies.get(SEED) or secrets.token_urlsafe(24)
        answer = self.plain.page(
            "sign_in.html", status, csrf=csrf.word_of(seed), error=error, login=login, next=wanted(),
            passwords=self.gate.rules.passwords, provider=self.provider is not None,
            ended="ended" in flask.request.args,
        )  # fmt: skip
        answer.set_cookie(SEED, seed, httponly=True, samesite="Lax", secure=self.gate.rules.https, max_age=86400)
        if wait:
            answer.headers["Retry-After"] = str(wait)
        return answer

    def submit(self) -> flask.typing.ResponseReturnValue:
        """Lets them in, or says why not."""
        form = flask.request.form
        login, password = form.get("login", "")[:LONGEST], form.get("password", "")[:LONGEST]
        if not self.gate.rules.passwords:
            return self.show(403, self.plain.error(SignInRefused()))
        seed = flask.request.cookies.get(SEED, "")
        if not seed or not csrf.knows_word(seed):
            return self.show(403, self.plain.say("form_old"), login)
        wait = self._wait(login)
        if wait:
            return self.show(429, self.plain.say("many_sign_ins", minutes=math.ceil(wait / 60)), login, wait)
        try:
            user = sign_in(self.access, login, password, flask.request.remote_addr or "")
        except SignInError as error:
            self.gate.limits.hit("failed", network_of(flask.request.remote_addr))
            return self.show(401, self.plain.error(error), login)
        except StoreError as error:
            return self.show(503, self.plain.error(error), login)
        return self.admit(user, wanted())

    def _wait(self, login: str) -> int:
        limits, network = self.gate.limits, network_of(flask.request.remote_addr)
        wait = limits.hit("sign_in", network) or limits.hit("login", plain_login(login) or "")
        return wait or limits.test("failed", network) or limits.hit("passwords", "")

    def admit(self, user: User, address: str) -> flask.typing.ResponseReturnValue:
        """A session of its own for each signing-in: one that somebody else planted in the browser ends."""
        before = flask.request.cookies.get(self.gate.cookie)
        if before:
            end_session(self.access, before)
        token = open_session(self.access, user, flask.request.remote_addr or "")
        to = self.plain.link("/password", next=address.removesuffix("/")) if user.once else address
        answer = flask.make_response(flask.redirect(to, 303))
        self.gate.let_in(answer, token)
        return answer

    # out --------------------------------------------------------------------------------------------

    def leave(self) -> flask.typing.ResponseReturnValue:
        """Ends the session here, and at the provider if it vouched for them and knows how."""
        who = visitor()
        assert who is not None, "the gate"
        end_session(self.access, who.token)
        to = self.plain.link("/signed-out")
        if self.provider and who.user.issuer:
            to = self.provider.way_out(flask.request.host_url.rstrip("/") + to) or to
        answer = flask.make_response(flask.redirect(to, 303))
        self.gate.let_out(answer)
        return answer

    def left(self) -> flask.Response:
        """Says so."""
        return self.plain.page("signed_out.html")

    # another password -------------------------------------------------------------------------------

    def show_password(self, status: int = 200, error: str = "") -> flask.Response:
        """The form."""
        who = visitor()
        assert who is not None, "the gate"
        return self.plain.page(
            "password.html", status, who=who.user, csrf=csrf.word_of(who.token), error=error, next=wanted()
        )

    def submit_password(self) -> flask.typing.ResponseReturnValue:
        """Takes the new one; every other device is signed out."""
        who, form = visitor(), flask.request.form
        assert who is not None, "the gate"
        old, new, twice = (form.get(name, "")[:LONGEST] for name in ("old", "new", "twice"))
        if new != twice:
            return self.show_password(422, self.plain.say("password_differ"))
        wait = self.gate.limits.hit("login", who.user.login)
        if wait:
            return self.show_password(429, self.plain.say("many_sign_ins", minutes=math.ceil(wait / 60)))
        try:
            user = set_password(self.access, who.user.login, old, new)
        except OneScreenError as error:
            return self.show_password(503 if isinstance(error, StoreError) else 422, self.plain.error(error))
        return self.admit(user, wanted())


def wanted() -> str:
    """Where they wanted to go, which is always on this server."""
    return local(flask.request.values.get("next"))
