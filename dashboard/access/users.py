"""Users and the links of walls, kept by whoever has the right ``users``; of a part of the city, by its administrator
those of that part alone: the others are not there to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import flask

from dashboard.access import csrf
from dashboard.access.account import Form, area_name, days_of
from dashboard.access.gate import Gate, guarded, visitor
from dashboard.access.texts import TEXTS
from dashboard.queries import Viewer
from data.access.audit import Log
from data.access.roles import MAY
from data.access.rows import words
from data.access.sessions import end_sessions, list_sessions
from data.access.tokens import list_tokens, new_token, revoke_token
from data.access.users import (
    User,
    add_user,
    change_user,
    disable_user,
    enable_user,
    find_user,
    list_users,
    reset_password,
    unlock_user,
)
from data.errors import AreaNotFound, Forbidden, OneScreenError, StoreError, UserError, UserNotFound, WallNotFound
from data.walls import WallLink, list_walls, new_wall, revoke_wall
from data.words import Both


class Users:
    """The addresses ``/users`` (everybody, and walls) and ``/users/<login>``."""

    def __init__(self, gate: Gate) -> None:
        self.gate, self.plain, self.access = gate, gate.plain, gate.access

    def register(self, server: flask.Flask) -> None:
        """Puts the addresses on the server."""
        server.add_url_rule("/users", "users", self._guarded(self.show), methods=["GET"])
        server.add_url_rule("/users", "users_do", self._guarded(self.submit), methods=["POST"])
        server.add_url_rule("/users/<login>", "user", self._guarded(self.show_one), methods=["GET"])
        server.add_url_rule("/users/<login>", "user_do", self._guarded(self.submit_one), methods=["POST"])

    def _guarded(self, view: Callable[..., flask.Response]) -> Callable[..., flask.Response]:
        """Only for whoever may keep users."""
        return guarded(self.plain, "users", "/users", view)

    # everybody --------------------------------------------------------------------------------------

    def show(self, status: int = 200, **more: Any) -> flask.Response:
        """Everybody and every wall, with the forms for new ones."""
        users = [user for user in list_users(self.access) if self._keeps(user.scope)]
        walls = [link for link in list_walls(self.plain.desk.cube.store) if self._keeps(link.area)]
        return self._page("users.html", status, users=users, walls=walls[::-1], **({"given": {}} | more))

    def submit(self) -> flask.Response:
        """A new user or wall, or a wall's end."""
        form = flask.request.form
        try:
            return self._new(form)
        except (StoreError, Forbidden):
            raise
        except OneScreenError as error:
            return self.show(422, error=self.plain.error(error), given=form.to_dict())

    def _new(self, form: Form) -> flask.Response:
        by = _me().login
        match form.get("do"):
            case "add":
                scope = self._scope(form)
                user, shown = add_user(
                    self.access, form.get("login", ""), form.get("name", ""), form.get("role", ""), scope, by=by
                )
                return self.show(done=self.plain.say("once_shown", login=user.login), secret=shown)
            case "wall":
                return self._new_wall(form)
            case "revoke_wall":
                link = self._revoked(form.get("wall", 0, int))
                Log(self.access).add(by, _me().role, "wall_revoked", link.area or "", wall=link.id, name=link.name)
                return self.show(done=self.plain.say("done"))
            case _:
                return self.show()

    def _new_wall(self, form: Form) -> flask.Response:
        scope, small = self._scope(form), bool(form.get("small"))
        more: Mapping[str, Any] = {"small_numbers": small}
        name, address = words(form.get("name", "")) or "-", form.get("address", "").strip() or None
        link, token = new_wall(self.plain.desk.cube.store, name, scope, address, **more)
        Log(self.access).add(_me().login, _me().role, "wall_made", scope or "", wall=link.id, name=link.name, **more)
        shown = f"{flask.request.host_url.rstrip('/')}/wall/{token}"
        return self.show(done=self.plain.say("wall_shown"), secret=shown)

    def _revoked(self, number: int) -> WallLink:
        store = self.plain.desk.cube.store
        if not any(link.id == number and self._keeps(link.area) for link in list_walls(store)):
            raise WallNotFound(wall=number)
        return revoke_wall(store, number)

    # one --------------------------------------------------------------------------------------------

    def show_one(self, login: str, status: int = 200, **more: Any) -> flask.Response:
        """One user with everything that can be done to them."""
        user = self._find(login)
        return self._page(
            "user.html", status, user=user, sessions=list_sessions(self.access, user.login),
            tokens=list_tokens(self.access, user.login)[::-1], may_make=_may_make_tokens(user), **more,
        )  # fmt: skip

    def submit_one(self, login: str) -> flask.Response:
        """Does what was asked to them, and shows them."""
        form, user = flask.request.form, self._find(login)
        try:
            return self.show_one(login, **self._do(user, form))
        except (StoreError, Forbidden):
            raise
        except OneScreenError as error:
            return self.show_one(login, 422, error=self.plain.error(error))

    def _do(self, user: User, form: Form) -> Mapping[str, Any]:
        """What the page says afterwards."""
        access, by, login = self.access, _me().login, user.login
        acts: Mapping[str, Callable[[], object]] = {
            "disable": lambda: disable_user(access, login, by=by),
            "enable": lambda: enable_user(access, login, by=by),
            "unlock": lambda: unlock_user(access, login, by=by),
            "end_sessions": lambda: end_sessions(access, user, by=by),
            "revoke": lambda: self._revoke(user, form.get("token", 0, int)),
            "change": lambda: self._change(user, form),
        }
        do = form.get("do", "")
        if login == by and (do == "disable" or (do == "change" and self._changes_place(user, form))):
            raise UserError(login=login, detail=Both(*TEXTS["not_self"]))
        if do == "reset":
            shown = reset_password(access, login, by=by)
            return {"done": self.plain.say("once_shown", login=login), "secret": shown}
        if do == "token":
            if not _may_make_tokens(user):
                raise UserError(login=login, detail=Both(*TEXTS["token_own"]))
            _, secret = new_token(access, login, form.get("name", ""), days_of(form), by=by)
            return {"done": self.plain.say("token_shown"), "secret": secret}
        if do not in acts:
            return {}
        acts[do]()
        return {"done": self.plain.say("done")}

    def _changes_place(self, user: User, form: Form) -> bool:
        """Whether a form would give them another role or area."""
        return (form.get("role"), self._scope(form)) != (user.role, user.scope)

    def _change(self, user: User, form: Form) -> None:
        scope = self._scope(form) or ""
        change_user(self.access, user.login, name=form.get("name"), role=form.get("role"), scope=scope, by=_me().login)

    def _revoke(self, user: User, number: int) -> None:
        if number not in {one.id for one in list_tokens(self.access, user.login)}:
            raise UserNotFound(user=number)
        revoke_token(self.access, number, by=_me().login)

    # in common --------------------------------------------------------------------------------------

    def _find(self, login: str) -> User:
        """The user of a login within the administrator's area; UserNotFound."""
        user = find_user(self.access, login)
        if not self._keeps(user.scope):
            raise UserNotFound(user=login)
        return user

    def _keeps(self, scope: str | None) -> bool:
        """Whether an area (None: the city) lies within the administrator's own."""
        own = _me().scope
        if own is None or scope is None:
            return own is None
        try:
            self.plain.desk.place(Viewer(scope=own), scope)
        except AreaNotFound:
            return False
        return True

    def _scope(self, form: Form) -> str | None:
        """The code of the area of a form within the administrator's own; None for the city. AreaNotFound."""
        place = self.plain.desk.place(Viewer(scope=_me().scope), form.get("area", "").strip() or _me().scope or "city")
        return None if len(place.path) == 1 and _me().scope is None else place.code

    def _page(self, template: str, status: int, **values: Any) -> flask.Response:
        who = visitor()
        assert who is not None, "the gate"
        common = {
            "error": "", "done": "", "secret": "", "who": who.user, "csrf": csrf.word_of(who.token),
            "area": lambda scope: area_name(self.gate, scope), "may": MAY,
        }  # fmt: skip
        return self.plain.page(template, status, **(common | values))


def _may_make_tokens(user: User) -> bool:
    """Whether the administrator may do all that a program with their token could: else they would look at what they
    may not, in somebody else's name."""
    return user.rights <= _me().rights


def _me() -> User:
    who = visitor()
    assert who is not None, "the gate"
    return who.user
