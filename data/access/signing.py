"""Who is let in: by a password of their own, or because an identity provider vouches for them.

All of it stands in the log, but neither a password nor the words typed for a login that nobody has: they may be one.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, select, update

from data.access import passwords
from data.access.attempts import FAILURES, LOCK_MINUTES
from data.access.audit import add_line
from data.access.book import Access
from data.access.rows import (
    User,
    altered,
    check_own,
    check_role,
    count_of,
    end_all,
    insert_row,
    keep_earlier,
    note,
    plain_login,
    row_of,
    user_of,
    words,
)
from data.access.tables import password as earlier
from data.access.tables import user as table
from data.engine import utcnow
from data.errors import PasswordError, SignInLocked, SignInRefused, UserError
from data.words import Both

#: What a guess at somebody's login is written down as beside it, so that it takes as long as one at nobody's.
SOMEBODYS = "\0"

#: A one-time password that nobody used goes out after a week.
ONCE_DAYS = 7


def sign_in(access: Access, login: str, password: str, address: str) -> User:
    """Whoever has this login and password. SignInRefused in the same words and the same time for an unknown login, a
    wrong password and a disabled user; SignInLocked after FAILURES of them in a row."""
    row = _tried(access, login, password, address)
    again = {"hash": passwords.hash_of(password)} if passwords.outdated(row.hash) else {}
    values = {"seen": utcnow(), **again}
    with access.writing() as connection:
        connection.execute(update(table).where(table.c.id == row.id, table.c.hash == row.hash).values(**values))
        row = row_of(connection, row.login)
        note(connection, row.login, "sign_in", row, address=address)
        return user_of(access, row)


def set_password(access: Access, login: str, old: str, new: str, *, address: str = "", by: str | None = None) -> User:
    """Their own choice in place of ``old``; every session of theirs ends. SignInRefused if ``old`` is wrong (that
    counts as a failed signing-in), SignInLocked, PasswordError, UserError."""
    row = _tried(access, login, old, address)
    check_own(row)
    passwords.check_choice(new, row.login)
    _not_again(access, row, new)
    kept = passwords.hash_of(new)
    with access.writing() as connection:
        now = row_of(connection, row.login)
        if now.hash != row.hash:
            raise SignInRefused
        keep_earlier(connection, now)
        end_all(connection, now.id)
        values = {"hash": kept, "once": False, "chosen": utcnow()}
        return altered(access, connection, now, values, row.login if by is None else by, "password_changed")


def from_issuer(
    access: Access, issuer: str, subject: str, login: str, name: str, role: str, scope: str | None, *, address: str = ""
) -> User:
    """Whom an identity provider vouches for, made or brought up to date; the provider alone decides role and area.
    SignInRefused if they are disabled here; UserError if somebody else has the login already."""
    plain = plain_login(login)
    if plain is None:
        raise UserError(login=login, detail=Both("登录名无法使用", "cannot be a login"))
    check_role(plain, role)
    values = {"name": words(name) or plain, "role": role, "scope": scope or None}
    with access.writing() as connection:
        who = (table.c.issuer == issuer, table.c.subject == subject)
        row = connection.execute(select(table).where(*who)).first()
        if row is None:
            row = insert_row(
                connection, {**values, "login": plain, "issuer": issuer, "subject": subject, "once": False}
            )
            note(connection, plain, "user_added", row, set=values, issuer=issuer)
        changed = {key: value for key, value in values.items() if getattr(row, key) != value}
        if changed:
            altered(access, connection, row, changed, row.login, "user_changed", issuer=issuer, set=changed)
        if row.disabled is None:
            connection.execute(update(table).where(table.c.id == row.id).values(seen=utcnow()))
        row = row_of(connection, row.login)
        if row.disabled is None:
            note(connection, row.login, "sign_in", row, address=address, issuer=issuer)
        else:
            _note_failed(connection, row, "sign_in_failed", address, why="disabled")
    if row.disabled is not None:
        raise SignInRefused
    return user_of(access, row)


def _not_again(access: Access, row: Row[Any], new: str) -> None:
    with access.snapshot() as connection:
        before = connection.execute(select(earlier.c.hash).where(earlier.c.user == row.id)).scalars().all()
    if any(passwords.fits(kept, new) for kept in (row.hash, *before)):
        count = passwords.EARLIER
        raise PasswordError(detail=Both(f"与现用或最近 {count} 次的密码相同", f"it is one of the last {count}"))


def _tried(access: Access, login: str, password: str, address: str) -> Row[Any]:
    """The row whose login and password these are. SignInRefused, SignInLocked. It counts as wrong until it is right."""
    plain = plain_login(login) or ""
    with access.attempts.turn(plain):
        row, failed = _counted(access, plain, address)
        why = "password" if row else "unknown"
        if passwords.fits(row.hash if row else None, password) and row is not None:
            why = _unusable(row)
            if not why:
                _forgive(access, row)
                return row
        _refuse(access, row, failed, why, address)
    raise SignInRefused


def _unusable(row: Row[Any]) -> str:
    """Why a password that is right opens nothing; empty if it does."""
    if row.disabled is not None:
        return "disabled"
    lapsed = row.once and row.chosen + dt.timedelta(days=ONCE_DAYS) <= utcnow()
    return "lapsed" if lapsed else ""


def _counted(access: Access, login: str, address: str) -> tuple[Row[Any] | None, int]:
    """Whose login it is, and how many guesses in a row this one makes it. SignInLocked. The same is asked of the book
    where nobody has the login."""
    attempts, now = access.attempts, utcnow()
    with access.writing() as connection:
        row = connection.execute(select(table).where(table.c.login == login)).first()
        strange = attempts.of(connection, login)
        before = count_of(row) if row else strange
        minutes, count = before.minutes_left(now), before.once_more(now)
        if minutes:
            _note_failed(connection, row, "sign_in_failed", address, why="locked")
        else:
            who = table.c.id == (row.id if row else 0)
            connection.execute(update(table).where(who).values(failed=count.failed, locked=count.until))
            attempts.keep(connection, SOMEBODYS if row else login, count, now)
    if minutes:
        raise SignInLocked(minutes=minutes)
    return row, count.failed


def _forgive(access: Access, row: Row[Any]) -> None:
    """It was none of the wrong ones."""
    with access.writing() as connection:
        connection.execute(update(table).where(table.c.id == row.id).values(failed=0, locked=None))


def _refuse(access: Access, row: Row[Any] | None, failed: int, why: str, address: str) -> None:
    """Notes a wrong one; the last one locks."""
    with access.writing() as connection:
        _note_failed(connection, row, "sign_in_failed", address, why=why)
        if failed >= FAILURES:
            _note_failed(connection, row, "locked", address, minutes=LOCK_MINUTES)


def _note_failed(connection: Connection, row: Row[Any] | None, action: str, address: str, **more: object) -> None:
    who, role, scope = (row.login, row.role, row.scope or "") if row else ("", "", "")
    add_line(connection, who, role, action, scope, None, address=address, **more)
