"""Parts by month of the tables that grow by day, in PostgreSQL; SQLite keeps each table in one piece.

A part is a table of the schema ``by_month`` attached to the one that is read and written: ``by_month.slab_2022_03``.
What lies before FIRST or from LAST on has a part at each end, and whoever writes makes the months between that it
brings (:func:`make`), in its own transaction: no row is refused. There is no DEFAULT part on purpose: as long as there
is one, attaching a month locks it against everybody who reads the table, until the load is committed; a loader that
looks at the days before on another connection would wait for itself. Without one no reader waits.

Months, not days (measured, deploy/SIZING.md): a question about a day or a quarter is answered as fast with either, and
as fast without parts, as the key has the day in it. What parts give is that what is no longer kept goes as a whole
file. With a part a day, every question about all days would lock two years' 1,462 parts and indexes, and five at once
more than PostgreSQL has room for by default.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, text

from data import tables

Day = dt.date

#: Where the parts lie: apart, so that a list of the store's tables names each table once.
SCHEMA = "by_month"

#: Months between these days have parts of their own, made when they are needed: so a mistyped year makes one part at
#: most, and all years together 372.
FIRST, LAST = Day(2019, 1, 1), Day(2050, 1, 1)

#: How long a part that is to go waits for those who read its table, and makes others wait.
WAIT = "2s"


def make(connection: Connection, table: str, days: Iterable[Day]) -> None:
    """The parts of ``table`` for these days, inside of a transaction that writes. Nothing happens where the table has
    none."""
    wanted = {day.replace(day=1) for day in days if FIRST <= day < LAST}
    if not wanted or not divided(connection, table):
        return
    for month in sorted(wanted - set(months(connection, table))):
        part = name(table, month)
        connection.execute(text(f"CREATE TABLE {part} (LIKE {table} INCLUDING DEFAULTS)"))
        bounds = f"FROM ('{month}') TO ('{next_month(month)}')"
        connection.execute(text(f"ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES {bounds}"))


def next_month(month: Day) -> Day:
    """The first day of the month after."""
    return (month.replace(day=1) + dt.timedelta(days=31)).replace(day=1)


def divided(connection: Connection, table: str) -> bool:
    """Whether ``table`` is kept in parts; of a store of an earlier revision it is not yet."""
    if connection.dialect.name != "postgresql" or table not in tables.BY_DAY:
        return False
    return connection.execute(text(f"SELECT to_regclass('{SCHEMA}.{table}_early')")).scalar() is not None


def months(connection: Connection, table: str) -> list[Day]:
    """The first days of the months of which ``table`` has a part, ascending."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = :schema AND tablename ~ :pattern ORDER BY tablename"
    asked = {"schema": SCHEMA, "pattern": f"^{table}_[0-9]{{4}}_[0-9]{{2}}$"}
    names = connection.execute(text(query), asked).scalars()
    return [Day(int(name[-7:-3]), int(name[-2:]), 1) for name in names]


def drop_before(connection: Connection, table: str, before: Day) -> None:
    """Takes away the parts of ``table`` that hold days before a first of a month alone. Where readers do not let go
    within WAIT, OperationalError."""
    gone = [month for month in months(connection, table) if month < before] if divided(connection, table) else []
    if gone:
        connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT}'"))
    for month in gone:
        connection.execute(text(f"DROP TABLE {name(table, month)}"))


def name(table: str, month: Day) -> str:
    """The part of a month."""
    return f"{SCHEMA}.{table}_{month:%Y_%m}"
