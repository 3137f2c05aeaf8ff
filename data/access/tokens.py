"""Tokens of programs that ask in a user's name: each has an end, and is revoked without touching the user."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import insert, or_, select, update

from data.access.book import Access
from data.access.rows import User, note, user_of, words
from data.access.sessions import TOUCH, hash_of
from data.access.tables import token as table
from data.access.tables import user as users
from data.access.users import find_user
from data.engine import MAX_NUMBER, utcnow
from data.errors import UserError, UserNotFound
from data.words import Both

#: A secret is known by how it begins, for whoever finds one in a file.
PREFIX = "osk_"
TOKEN_BYTES = 32

#: Longest life, days.
MOST_DAYS = 366

#: Days for which a provider's word holds for programs: whoever left the organisation signs in no more, and that is all
#: that is heard of it here. Their tokens hold again once they sign in.
VOUCHED_DAYS = 30


@dataclass(frozen=True)
class Token:
    """One token; ``name``: of the program that has it. Times are UTC."""

    id: int
    login: str
    name: str
    made: dt.datetime
    expires: dt.datetime
    seen: dt.datetime | None
    revoked: dt.datetime | None


def new_token(access: Access, login: str, name: str, days: int, *, by: str = "") -> tuple[Token, str]:
    """A token that holds for ``days``, and its secret, which is shown this once. UserError, UserNotFound."""
    user = find_user(access, login)
    if not 1 <= days <= MOST_DAYS:
        raise UserError(login=login, detail=Both(f"令牌有效期为 1 至 {MOST_DAYS} 天", f"1 to {MOST_DAYS} days"))
    secret, now = PREFIX + secrets.token_urlsafe(TOKEN_BYTES), utcnow()
    name = words(name) or "-"
    values = {
        "user": user.id, "name": name, "hash": hash_of(secret), "made": now, "expires": now + dt.timedelta(days=days),
    }  # fmt: skip
    with access.writing() as connection:
        number = connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()
        row = connection.execute(select(users).where(users.c.id == user.id)).one()
        note(connection, by, "token_made", row, token=number, name=name, days=days)
    return _found(access, number), secret


def token_user(access: Access, secret: str, now: dt.datetime | None = None) -> User | None:
    """In whose name a program with this secret asks; None once it lapsed or was revoked, they are disabled, or were not
    vouched for lately."""
    now = now or utcnow()
    vouched = or_(users.c.issuer.is_(None), users.c.seen > now - dt.timedelta(days=VOUCHED_DAYS))
    query = (
        select(users, table.c.seen.label("touched"), table.c.id.label("token"))
        .join(table, table.c.user == users.c.id)
        .where(
            table.c.hash == hash_of(secret), table.c.revoked.is_(None), table.c.expires > now,
            users.c.disabled.is_(None), vouched,
        )
    )  # fmt: skip
    with access.snapshot() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    if row.touched is None or row.touched <= now - TOUCH:
        with access.writing() as connection:
            connection.execute(update(table).where(table.c.id == row.token).values(seen=now))
    return user_of(access, row, now)


def list_tokens(access: Access, login: str | None = None) -> list[Token]:
    """Every token that was ever made, or those of one user, oldest first. UserNotFound."""
    only = [users.c.id == find_user(access, login).id] if login is not None else []
    return _tokens(access, *only)


def revoke_token(access: Access, number: int, *, by: str = "") -> Token:
    """Puts an end to a token; one that is revoked stays as it is. UserNotFound if there is none."""
    found = _found(access, number)
    with access.writing() as connection:
        open_still = (table.c.id == number, table.c.revoked.is_(None))
        if connection.execute(update(table).where(*open_still).values(revoked=utcnow())).rowcount:
            row = connection.execute(select(users).where(users.c.login == found.login)).one()
            note(connection, by, "token_revoked", row, token=number, name=found.name)
    return _found(access, number)


def _found(access: Access, number: int) -> Token:
    found = _tokens(access, table.c.id == number) if 0 < number <= MAX_NUMBER else []
    if not found:
        raise UserNotFound(user=number)
    return found[0]


def _tokens(access: Access, *only: object) -> list[Token]:
    columns = (table.c.id, users.c.login, *(table.c[name] for name in ("name", "made", "expires", "seen", "revoked")))
    query = select(*columns).join(users, users.c.id == table.c.user).where(*only).order_by(table.c.id)  # type: ignore[arg-type]
    with access.snapshot() as connection:
        return [Token(*row) for row in connection.execute(query)]
