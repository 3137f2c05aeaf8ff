"""One's own account: who one is here, signed-in devices, tokens of programs."""

from __future__ import annotations

import flask
from werkzeug.datastructures import MultiDict

from dashboard.access import csrf
from dashboard.access.gate import Gate, Visitor, visitor
from dashboard.access.sign_in import SignIn
from dashboard.queries import Viewer
from data.access.sessions import end_sessions, list_sessions
from data.access.tokens import list_tokens, new_token, revoke_token
from data.errors import OneScreenError, StoreError, UserNotFound

Form = MultiDict[str, str]


class Account:
    """The address ``/account``: GET shows it, POST does what its buttons say."""

    def __init__(self, gate: Gate, sign_in: SignIn) -> None:
        self.gate, self.plain, self.access, self.sign_in = gate, gate.plain, gate.access, sign_in

    def register(self, server: flask.Flask) -> None:
        """Puts the address on the server."""
        server.add_url_rule("/account", "account", self.show, methods=["GET"])
        server.add_url_rule("/account", "account_do", self.submit, methods=["POST"])

    def show(self, status: int = 200, error: str = "", done: str = "", secret: str = "") -> flask.Response:
        """The page; ``secret``: a token that was just made."""
        who = _somebody()
        user = who.user
        return self.plain.page(
            "account.html", status, who=user, csrf=csrf.word_of(who.token), error=error, done=done, secret=secret,
            area=area_name(self.gate, user.scope), sessions=list_sessions(self.access, user.login, who.token),
            tokens=list_tokens(self.access, user.login)[::-1],
        )  # fmt: skip

    def submit(self) -> flask.typing.ResponseReturnValue:
        """Does it, and shows what is so now."""
        try:
            return self._do(flask.request.form)
        except OneScreenError as error:
            return self.show(503 if isinstance(error, StoreError) else 422, self.plain.error(error))

    def _do(self, form: Form) -> flask.typing.ResponseReturnValue:
        user = _somebody().user
        match form.get("do"):
            case "end_others":
                end_sessions(self.access, user, by=user.login)
                return self.sign_in.admit(user, self.plain.link("/account"))
            case "token":
                _, secret = new_token(self.access, user.login, form.get("name", ""), days_of(form), by=user.login)
                return self.show(secret=secret)
            case "revoke":
                number = form.get("token", type=int)
                if number not in {one.id for one in list_tokens(self.access, user.login)}:
                    raise UserNotFound(user=number)
                revoke_token(self.access, number, by=user.login)
                return self.show(done=self.plain.say("done"))
            case _:
                return self.show()


def days_of(form: Form) -> int:
    """The days of a form, 0 where they are no number."""
    text = form.get("days", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def area_name(gate: Gate, scope: str | None) -> str:
    """An area's name as a person reads it; its code where the city no longer has it."""
    if scope is None:
        return gate.plain.say(f"whole_{gate.plain.desk.city.level}")
    try:
        return gate.plain.desk.place(Viewer(lang=gate.plain.manner()[0]), scope).name
    except OneScreenError:
        return scope


def _somebody() -> Visitor:
    who = visitor()
    assert who is not None, "the gate"
    return who
