"""A user as the book has them: their row read, written and noted; what users, signing, sessions and tokens share."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from data.access import passwords
from data.access.attempts import Count
from data.access.audit import MACHINE, add_line, operator
from data.access.book import Access
from data.access.roles import MAY
from data.access.tables import password as earlier
from data.access.tables import session, token
from data.access.tables import user as table
from data.engine import utcnow
from data.errors import UserError, UserNotFound
from data.terms import ROLES
from data.words import Both

#: Letters of a name, of somebody or of their program.
MOST_NAME = 200

#: Letters of any script, digits and what stands in an address: no space, no quote.
LOGIN = re.compile(r"[\w.@+-]{1,100}")


@dataclass(frozen=True)
class User:
    """Somebody who may sign in. ``scope``: code of the area beyond which nothing is shown (None: the city); ``once``:
    they must choose a password before they do anything else; ``issuer``: who vouches for them (None: a password);
    ``disabled``, ``locked`` (until), ``seen`` (last signed in), ``made``: UTC."""

    id: int
    login: str
    name: str
    role: str
    scope: str | None
    once: bool
    disabled: dt.datetime | None
    locked: dt.datetime | None
    seen: dt.datetime | None
    made: dt.datetime
    issuer: str | None

    @property
    def rights(self) -> frozenset[str]:
        """Ids of data.terms.RIGHTS."""
        return MAY.get(self.role, frozenset())


def user_of(access: Access, row: Row[Any], now: dt.datetime | None = None) -> User:
    """A row of the table as it is spoken of."""
    now = now or utcnow()
    locked = row.locked if count_of(row).minutes_left(now) else None
    return User(
        row.id, row.login, row.name, row.role, row.scope, _must_choose(access, row, now), row.disabled, locked,
        row.seen, row.made, row.issuer,
    )  # fmt: skip


def count_of(row: Row[Any]) -> Count:
    """The wrong passwords that are remembered of somebody."""
    return Count(row.failed, row.locked)


def plain_login(login: str) -> str | None:
    """A login as it is kept, whatever the case and width of the letters typed; None where it can be nobody's."""
    plain = unicodedata.normalize("NFKC", login).strip().lower()
    return plain if LOGIN.fullmatch(plain) else None


def _must_choose(access: Access, row: Row[Any], now: dt.datetime) -> bool:
    if row.hash is None:
        return False
    return bool(row.once) or row.chosen + dt.timedelta(days=access.limits.password_days) <= now


def row_of(connection: Connection, login: str) -> Row[Any]:
    """The row of a login; UserNotFound."""
    plain = plain_login(login)
    found = connection.execute(select(table).where(table.c.login == plain)).first() if plain else None
    if found is None:
        raise UserNotFound(user=login)
    return found


def insert_row(connection: Connection, values: Mapping[str, Any]) -> Row[Any]:
    """The row of a new user; UserError where the login is taken."""
    login = values["login"]
    if connection.execute(select(table.c.id).where(table.c.login == login)).first():
        raise UserError(login=login, detail=Both("已有此登录名", "the login is taken"))
    now = utcnow()
    connection.execute(insert(table).values(**values, made=now, changed=now))
    return row_of(connection, login)


def altered(
    access: Access,
    connection: Connection,
    row: Row[Any],
    values: Mapping[str, Any],
    by: str,
    action: str,
    **more: object,
) -> User:
    """Their row with other ``values``, and the line of it."""
    connection.execute(update(table).where(table.c.id == row.id).values(**values, changed=utcnow()))
    row = row_of(connection, row.login)
    note(connection, by, action, row, **more)
    return user_of(access, row)


def note(connection: Connection, by: str, action: str, row: Row[Any], **more: object) -> None:
    """The line of what ``by`` did to the user of ``row``."""
    role = connection.execute(select(table.c.role).where(table.c.login == by)).scalar() if by else MACHINE
    add_line(connection, by or operator(), role or "", action, row.scope or "", None, user=row.login, **more)


def check_role(login: str, role: str) -> None:
    """UserError unless there is such a role."""
    if role not in ROLES:
        words = ", ".join(ROLES)
        raise UserError(login=login, detail=Both(f"没有角色 {role}；有：{words}", f"no role {role}; {words}"))


def words(name: str) -> str:
    """A name on one line, of letters that are seen: nothing that steers a terminal or turns the line around."""
    return " ".join("".join(sign for sign in name if sign.isprintable() or sign.isspace()).split())[:MOST_NAME]


def check_own(row: Row[Any]) -> None:
    """UserError where an identity provider keeps the password."""
    if row.issuer is not None:
        detail = Both(f"密码由 {row.issuer} 管理", f"{row.issuer} keeps the password")
        raise UserError(login=row.login, detail=detail)


def keep_earlier(connection: Connection, row: Row[Any]) -> None:
    """Remembers the password that is replaced; a one-time one was nobody's choice and is not."""
    if row.hash is None or row.once:
        return
    connection.execute(insert(earlier).values(user=row.id, hash=row.hash, made=row.chosen))
    ids = select(earlier.c.id).where(earlier.c.user == row.id).order_by(earlier.c.id.desc()).offset(passwords.EARLIER)
    old = connection.execute(ids).scalars().all()
    connection.execute(delete(earlier).where(earlier.c.id.in_(old)))


def end_all(connection: Connection, number: int) -> None:
    """Signs somebody out everywhere."""
    connection.execute(
        update(session).where(session.c.user == number, session.c.ended.is_(None)).values(ended=utcnow())
    )


def revoke_all(connection: Connection, row: Row[Any], by: str) -> None:
    """Puts an end to the tokens of somebody's programs: whoever had the password may have made one."""
    held = connection.execute(select(token.c.id).where(token.c.user == row.id, token.c.revoked.is_(None))).scalars()
    for number in held.all():
        connection.execute(update(token).where(token.c.id == number).values(revoked=utcnow()))
        note(connection, by, "token_revoked", row, token=number)
