"""Who may sign in: made, changed, disabled and let in again. All that is done here stands in the log.

``by`` is the login of whoever does it; without, it is whoever runs the command on the machine itself.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, select

from data.access import passwords
from data.access.book import Access
from data.access.rows import (
    User,
    altered,
    check_own,
    check_role,
    end_all,
    insert_row,
    keep_earlier,
    note,
    plain_login,
    revoke_all,
    row_of,
    user_of,
    words,
)
from data.access.tables import user as table
from data.engine import utcnow
from data.errors import UserError
from data.words import Both

__all__ = [
    "User",
    "add_user",
    "change_user",
    "disable_user",
    "enable_user",
    "find_user",
    "list_users",
    "reset_password",
    "unlock_user",
]


def find_user(access: Access, login: str) -> User:
    """The user of a login; UserNotFound."""
    with access.snapshot() as connection:
        return user_of(access, row_of(connection, login))


def list_users(access: Access) -> list[User]:
    """Everybody, by login."""
    with access.snapshot() as connection:
        return [user_of(access, row) for row in connection.execute(select(table).order_by(table.c.login))]


def add_user(
    access: Access, login: str, name: str, role: str, scope: str | None = None, password: str | None = None,
    once: bool = True, *, by: str = "",
) -> tuple[User, str | None]:  # fmt: skip
    """A new user, and the one-time password that is shown this once; None where ``password`` was given.

    ``once``: whether a given password must be changed at the first signing-in. UserError, PasswordError.
    """
    plain = plain_login(login)
    if plain is None:
        raise UserError(
            login=login,
            detail=Both("登录名只能用文字、数字和 . _ @ + -", "a login has letters, digits, . _ @ + - only"),
        )
    check_role(plain, role)
    if password is not None:
        passwords.check_choice(password, plain)
    shown = None if password is not None else passwords.one_time()
    values = {
        "login": plain, "name": words(name) or plain, "role": role, "scope": scope,
        "hash": passwords.hash_of(password or shown or ""), "once": once or shown is not None, "chosen": utcnow(),
    }  # fmt: skip
    with access.writing() as connection:
        row = insert_row(connection, values)
        note(connection, by, "user_added", row, set={"role": role, "scope": scope})
        return user_of(access, row), shown


def change_user(
    access: Access, login: str, *, name: str | None = None, role: str | None = None, scope: str | None = None,
    by: str = "",
) -> User:  # fmt: skip
    """Changes what is given; an empty ``scope`` is the city. UserError, UserNotFound."""
    with access.writing() as connection:
        row = row_of(connection, login)
        if role is not None:
            check_role(row.login, role)
        if scope or role not in (None, "administrator"):
            _not_the_last(connection, row)
        given = {"name": name and words(name), "role": role}
        values: dict[str, Any] = {key: value for key, value in given.items() if value}
        if scope is not None:
            values["scope"] = scope or None
        changed = {key: value for key, value in values.items() if getattr(row, key) != value}
        return (
            altered(access, connection, row, changed, by, "user_changed", set=changed)
            if changed
            else user_of(access, row)
        )


def disable_user(access: Access, login: str, *, by: str = "") -> User:
    """Nobody signs in as them any more, and who has is out. UserError for the last administrator, UserNotFound."""
    with access.writing() as connection:
        row = row_of(connection, login)
        if row.disabled is not None:
            return user_of(access, row)
        _not_the_last(connection, row)
        end_all(connection, row.id)
        return altered(access, connection, row, {"disabled": utcnow()}, by, "user_disabled")


def enable_user(access: Access, login: str, *, by: str = "") -> User:
    """Lets them in again. UserNotFound."""
    with access.writing() as connection:
        row = row_of(connection, login)
        if row.disabled is None:
            return user_of(access, row)
        values = {"disabled": None, "locked": None, "failed": 0}
        return altered(access, connection, row, values, by, "user_changed", enabled=True)


def unlock_user(access: Access, login: str, *, by: str = "") -> User:
    """Lets them try again at once. UserNotFound."""
    with access.writing() as connection:
        row = row_of(connection, login)
        values = {"locked": None, "failed": 0}
        return altered(access, connection, row, values, by, "user_changed", unlocked=True)


def reset_password(access: Access, login: str, *, by: str = "") -> str:
    """A one-time password in place of theirs; who is signed in as them is out, and so are programs with their tokens.
    UserError, UserNotFound."""
    shown = passwords.one_time()
    kept = passwords.hash_of(shown)
    with access.writing() as connection:
        row = row_of(connection, login)
        check_own(row)
        keep_earlier(connection, row)
        end_all(connection, row.id)
        revoke_all(connection, row, by)
        values = {"hash": kept, "once": True, "chosen": utcnow(), "locked": None, "failed": 0}
        altered(access, connection, row, values, by, "password_reset")
    return shown


def _not_the_last(connection: Connection, row: Row[Any]) -> None:
    """Somebody must be left who can let the others in, wherever they are: an administrator of the whole city."""
    if row.role != "administrator" or row.disabled is not None or row.scope is not None:
        return
    others = select(func.count()).where(
        table.c.role == "administrator", table.c.disabled.is_(None), table.c.scope.is_(None), table.c.id != row.id
    )
    if not connection.execute(others).scalar():
        detail = Both("是最后一名管理员，请先另设一名", "is the last administrator: make another one first")
        raise UserError(login=row.login, detail=detail)
