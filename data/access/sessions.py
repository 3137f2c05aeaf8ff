"""Browsers that are signed in. A session is a token of 256 random bits, of which the book keeps the SHA-256."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update

from data.access.book import Access
from data.access.rows import User, note, user_of
from data.access.tables import session
from data.access.tables import user as users
from data.access.users import find_user
from data.engine import utcnow

TOKEN_BYTES = 32

#: What somebody does is noted at most this often, so that a page that asks ten times writes once.
TOUCH = dt.timedelta(minutes=1)

_CSRF = b"onescreen csrf"


@dataclass(frozen=True)
class Session:
    """A browser that is signed in; ``here``: it is the one that asks. Times are UTC."""

    made: dt.datetime
    seen: dt.datetime
    address: str
    here: bool


def open_session(access: Access, user: User, address: str) -> str:
    """The token of a new session; sessions that nobody can go on with are forgotten."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), utcnow()
    with access.writing() as connection:
        connection.execute(delete(session).where(session.c.made <= now - _longest(access)))
        values = {"hash": hash_of(token), "user": user.id, "made": now, "seen": now, "address": address[:50]}
        connection.execute(insert(session).values(**values))
    return token


#: Whose a session is, while it holds: asked by every request, and so put together once.
_WHOSE = (
    select(users, session.c.seen.label("touched"))
    .join(session, session.c.user == users.c.id)
    .where(
        session.c.hash == bindparam("token"), session.c.ended.is_(None), users.c.disabled.is_(None),
        session.c.made > bindparam("made"), session.c.seen > bindparam("idle"),
    )
)  # fmt: skip


def session_user(access: Access, token: str, now: dt.datetime | None = None) -> User | None:
    """Who is signed in with this token, as they are now; None once it has ended, lapsed, or they are disabled."""
    now = now or utcnow()
    idle = dt.timedelta(minutes=access.limits.session_minutes)
    asked = {"token": hash_of(token), "made": now - _longest(access), "idle": now - idle}
    row = next(iter(access._all(_WHOSE, asked)), None)
    if row is None:
        return None
    if row.touched <= now - min(TOUCH, idle / 2):
        with access.writing() as connection:
            connection.execute(update(session).where(session.c.hash == hash_of(token)).values(seen=now))
    return user_of(access, row, now)


def end_session(access: Access, token: str) -> None:
    """Signs out; a token of nobody is left alone."""
    mine = (session.c.hash == hash_of(token), session.c.ended.is_(None))
    with access.writing() as connection:
        row = connection.execute(select(users).join(session, session.c.user == users.c.id).where(*mine)).first()
        if row is not None:
            connection.execute(update(session).where(*mine).values(ended=utcnow()))
            note(connection, row.login, "sign_out", row)


def end_sessions(access: Access, user: User | str, *, by: str = "") -> int:
    """Signs somebody out everywhere; gives how many sessions that were. UserNotFound."""
    login = user if isinstance(user, str) else user.login
    number = find_user(access, login).id
    with access.writing() as connection:
        ended = connection.execute(
            update(session).where(session.c.user == number, session.c.ended.is_(None)).values(ended=utcnow())
        ).rowcount
        if ended:
            row = connection.execute(select(users).where(users.c.id == number)).one()
            note(connection, by, "sign_out", row, sessions=ended)
    return ended


def list_sessions(access: Access, login: str, token: str = "") -> list[Session]:
    """Where somebody is signed in now, the last used first; ``token``: of the session that asks. UserNotFound."""
    number, now = find_user(access, login).id, utcnow()
    query = (
        select(session)
        .where(
            session.c.user == number, session.c.ended.is_(None), session.c.made > now - _longest(access),
            session.c.seen > now - dt.timedelta(minutes=access.limits.session_minutes),
        )
        .order_by(session.c.seen.desc(), session.c.made.desc())
    )  # fmt: skip
    mine = hash_of(token)
    with access.snapshot() as connection:
        return [Session(row.made, row.seen, row.address, row.hash == mine) for row in connection.execute(query)]


def csrf_of(token: str) -> str:
    """What a form of this session must bring along: made of the token, so that nothing is kept."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), _CSRF, hashlib.sha256).hexdigest()


def hash_of(token: str) -> str:
    """SHA-256 of a token: for 256 random bits as good as any slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _longest(access: Access) -> dt.timedelta:
    return dt.timedelta(hours=access.limits.session_hours)
