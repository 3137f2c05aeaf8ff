"""Who may look, and who looked: users, sessions, tokens of programs, and the log.

They lie apart from what was reported, so that a load that takes long keeps nobody from signing in: with SQLite in a
file of their own, ``access.db``, with PostgreSQL in the schema ``access``. The revisions under
``data/migrations/access`` make exactly these tables (tests compare them). Times are UTC without zone.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, DateTime, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy import MetaData as _MetaData

from data.tables import metadata as _store

metadata = _MetaData(naming_convention=_store.naming_convention)

#: Somebody who may sign in. ``login`` is in lower case; ``role`` an id of data.terms.ROLES; ``scope`` the code of the
#: area beyond which nothing is shown (empty: the city). ``hash`` of an own password, or ``issuer`` and ``subject`` of
#: an identity provider. ``once``: another password is to be chosen; ``chosen``: since when this holds.
#: ``failed``: wrong ones in a row, which are forgotten at ``locked``; from data.access.attempts.FAILURES on they lock.
user = Table(
    "user",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(100), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("scope", String(40)),
    Column("hash", Text),
    Column("once", Boolean, nullable=False, default=False),
    Column("chosen", DateTime),
    Column("issuer", Text),
    Column("subject", Text),
    Column("made", DateTime, nullable=False),
    Column("changed", DateTime, nullable=False),
    Column("seen", DateTime),
    Column("failed", Integer, nullable=False, default=0),
    Column("locked", DateTime),
    Column("disabled", DateTime),
    Index("ix_user_subject", "issuer", "subject", unique=True),
)

#: Wrong passwords in a row for a login that nobody has, by a keyed digest of it (what is typed there may be a
#: password); forgotten at ``until``.
guess = Table(
    "guess",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("until", DateTime, nullable=False, index=True),
)

#: Earlier passwords of a user, which may not come back.
password = Table(
    "password",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user", Integer, ForeignKey("user.id"), nullable=False, index=True),
    Column("hash", Text, nullable=False),
    Column("made", DateTime, nullable=False),
)

#: A browser that is signed in: the SHA-256 of its token.
session = Table(
    "session",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("user", Integer, ForeignKey("user.id"), nullable=False, index=True),
    Column("made", DateTime, nullable=False),
    Column("seen", DateTime, nullable=False),
    Column("address", String(50), nullable=False),
    Column("ended", DateTime),
)

#: A program that asks for a user: the SHA-256 of its token.
token = Table(
    "token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user", Integer, ForeignKey("user.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("made", DateTime, nullable=False),
    Column("expires", DateTime, nullable=False),
    Column("seen", DateTime),
    Column("revoked", DateTime),
)

#: One line of the log: who did what, about which area and how many people. Never altered: each line's ``head`` is made
#: of its own words and of the head ``before`` (see data.access.audit).
entry = Table(
    "entry",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False, index=True),
    Column("who", String(200), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("action", String(30), nullable=False, index=True),
    Column("area", String(40), nullable=False),
    Column("people", BigInteger),
    Column("more", JSON, nullable=False, default=dict),
    Column("before", String(64), nullable=False),
    Column("head", String(64), nullable=False),
)

#: What was destroyed on purpose. ``plan``: what exactly, as written before; ``through``: the last line of the log that
#: was taken out (nought: none), ``head`` its head, onto which the first line that is left is chained; ``done``: when
#: all of it was gone, ``said``: the certificate as it was handed out then.
certificate = Table(
    "certificate",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("who", String(200), nullable=False),
    Column("plan", JSON, nullable=False),
    Column("through", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),
    Column("done", DateTime),
    Column("said", JSON),
)

#: How far loads, rules and settings were followed into the log: see data.access.caught_up.
caught = Table(
    "caught",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("value", JSON, nullable=False),
)
