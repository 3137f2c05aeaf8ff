"""The links of walls: who may look without signing in, at what, and from where.

A link holds a token of 256 random bits; the store keeps only its SHA-256, which for such a token is as good as any
slow hash. A link is bound to an area, and if wanted to an address; it does not expire, it is revoked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import secrets
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from data import tables
from data.errors import BadQuestion, Both, StoreError, WallNotFound
from data.store import Store, utcnow

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class WallLink:
    """One link. ``area``: code beyond which nothing is shown (None: the city); ``address``: an address or network."""

    id: int
    name: str
    area: str | None
    address: str | None
    made: dt.datetime
    revoked: dt.datetime | None

    def admits(self, address: str | None) -> bool:
        """Whether a browser at ``address`` may use it."""
        if self.address is None:
            return True
        try:
            return ipaddress.ip_address(address or "") in ipaddress.ip_network(self.address, strict=False)
        except ValueError:
            return False


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_wall(store: Store, name: str, area: str | None = None, address: str | None = None) -> tuple[WallLink, str]:
    """A new link and its token, which is shown this once. BadQuestion if ``address`` is none."""
    if address is not None:
        try:
            ipaddress.ip_network(address, strict=False)
        except ValueError as error:
            raise BadQuestion(
                detail=Both(f"{address} 不是地址或网段", f"{address} is no address or network")
            ) from error
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {"name": name, "hash": _hash(token), "area": area, "address": address, "made": utcnow()}
    try:
        with store.engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(insert(tables.wall).values(**values))
    except DBAPIError as error:
        raise StoreError(detail=error.orig) from error
    return find_wall(store, token), token


def list_walls(store: Store) -> list[WallLink]:
    """Every link that was ever made, oldest first."""
    return _links(store)


def find_wall(store: Store, token: str) -> WallLink:
    """The link of a token, revoked or not; WallNotFound."""
    found = _links(store, tables.wall.c.hash == _hash(token))
    if not found:
        raise WallNotFound(wall="…")
    return found[0]


def revoke_wall(store: Store, number: int) -> WallLink:
    """Puts an end to a link; one that is revoked already stays as it is. WallNotFound."""
    table = tables.wall
    try:
        with store.engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(
                update(table).where(table.c.id == number, table.c.revoked.is_(None)).values(revoked=utcnow())
            )
    except DBAPIError as error:
        raise StoreError(detail=error.orig) from error
    found = _links(store, table.c.id == number)
    if not found:
        raise WallNotFound(wall=number)
    return found[0]


def _links(store: Store, *where: object) -> list[WallLink]:
    table = tables.wall
    columns = (table.c.id, table.c.name, table.c.area, table.c.address, table.c.made, table.c.revoked)
    query = select(*columns).where(*where).order_by(table.c.id)  # type: ignore[arg-type]
    try:
        with store.engine.connect() as connection:
            return [WallLink(*row) for row in connection.execute(query)]
    except DBAPIError as error:
        raise StoreError(detail=error.orig) from error
