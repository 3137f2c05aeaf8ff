"""The links of walls: who may look without signing in, at what, and from where.

A link holds a token of 256 random bits; the store keeps only its SHA-256, which for such a token is as good as any
slow hash. A link is bound to an area, and if wanted to an address; it does not expire, it is revoked. Small numbers are
hidden on a wall, whoever passes by reads it; a link that shows them must be bound to an address.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from data import tables
from data.engine import MAX_NUMBER, Connected, said
from data.errors import StoreError, WallError, WallNotFound
from data.news import tell
from data.store import Store, utcnow
from data.words import Both

TOKEN_BYTES = 32

#: Shortest prefix of a network that may see small numbers, by version of IP: an office's own. All of the net is none.
NARROWEST = {4: 8, 6: 32}


@dataclass(frozen=True, slots=True)
class WallLink:
    """One link. ``area``: code beyond which nothing is shown (None: the city); ``address``: an address or network."""

    id: int
    name: str
    area: str | None
    address: str | None
    made: dt.datetime
    revoked: dt.datetime | None
    small_numbers: bool = False

    def admits(self, address: str | None) -> bool:
        """Whether a browser at ``address`` may use it."""
        if self.address is None:
            return True
        try:
            return address_of(address) in ipaddress.ip_network(self.address, strict=False)
        except ValueError:
            return False


def address_of(text: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Whose address it is; of IPv4 also where a server of both writes it as one of IPv6. ValueError."""
    found = ipaddress.ip_address(text or "")
    return (isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped) or found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_wall(
    store: Store, name: str, area: str | None = None, address: str | None = None, *, small_numbers: bool = False
) -> tuple[WallLink, str]:
    """A new link and its token, which is shown this once. WallError if ``address`` is none, or small numbers are to
    be shown without one."""
    if address is not None:
        _check_network(address, small_numbers)
    elif small_numbers:
        detail = Both(
            "要显示小数，须限定来自的地址或网段，例如 10.1.0.0/16",
            "to show small numbers it must be bound to an address or network, for instance 10.1.0.0/16",
        )
        raise WallError(detail=detail)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {
        "name": name, "hash": _hash(token), "area": area, "address": address, "made": utcnow(),
        "small_numbers": small_numbers,
    }  # fmt: skip
    with _writing(store) as connection:
        connection.execute(insert(tables.wall).values(**values))
    return find_wall(store, token), token


@contextmanager
def _writing(store: Store) -> Iterator[Connection]:
    """No load is waited for; whoever remembers links is told."""
    with said(), store.engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection
        tell(connection, "wall")


def _check_network(address: str, small_numbers: bool) -> None:
    try:
        network = ipaddress.ip_network(address, strict=False)
    except ValueError as error:
        detail = Both(f"{address} 不是地址或网段", f"{address} is no address or network")
        raise WallError(detail=detail) from error
    if small_numbers and network.prefixlen < NARROWEST[network.version]:
        detail = Both(f"网段 {address} 太大，不能显示小数", f"{address} is too wide to be shown small numbers")
        raise WallError(detail=detail)


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
    if not 0 < number <= MAX_NUMBER:
        raise WallNotFound(wall=number)
    with _writing(store) as connection:
        connection.execute(
            update(table).where(table.c.id == number, table.c.revoked.is_(None)).values(revoked=utcnow())
        )
    found = _links(store, table.c.id == number)
    if not found:
        raise WallNotFound(wall=number)
    return found[0]


def _links(store: Store, *where: object) -> list[WallLink]:
    table = tables.wall
    names = ("id", "name", "area", "address", "made", "revoked", "small_numbers")
    columns = [table.c[name] for name in names]
    query = select(*columns).where(*where).order_by(table.c.id)  # type: ignore[arg-type]
    try:
        rows = Connected._all(store, query)  # a replica may not have heard yet that a link was revoked
    except StoreError:
        rows = store._all(query)
    return [WallLink(**row._mapping) for row in rows]
