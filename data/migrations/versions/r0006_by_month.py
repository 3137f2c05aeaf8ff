"""In PostgreSQL, tables that grow by day are kept in parts by month: see ``data/parts.py``."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

#: Table -> its key; each has a column ``day``.
TABLES = {
    "slab": ("count", "day", "source", "load"),
    "code_day": ("source", "day", "load"),
    "presence": ("source", "day", "load"),
    "flow_day": ("kind", "source", "day", "load"),
}


def upgrade() -> None:
    """Make the parts and move the rows into them."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("CREATE SCHEMA IF NOT EXISTS by_month")
    for table, key in TABLES.items():
        _divide(table, ", ".join(f'"{column}"' for column in key))


def _divide(table: str, key: str) -> None:
    # the old table keeps the names of its key and index: it goes to another schema with them
    op.execute(f"ALTER TABLE {table} SET SCHEMA by_month")
    op.execute(f"ALTER TABLE by_month.{table} RENAME TO {table}_before")
    op.execute(f"CREATE TABLE {table} (LIKE by_month.{table}_before INCLUDING DEFAULTS) PARTITION BY RANGE (day)")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({key})")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_load FOREIGN KEY (load) REFERENCES load (id)")
    parts = [(f"{first:%Y_%m}", f"'{first:%Y-%m-%d}'", f"'{after:%Y-%m-%d}'") for first, after in _months(table)]
    for name, first, after in [("early", "MINVALUE", "'2019-01-01'"), *parts, ("late", "'2050-01-01'", "MAXVALUE")]:
        op.execute(f"CREATE TABLE by_month.{table}_{name} PARTITION OF {table} FOR VALUES FROM ({first}) TO ({after})")
    op.execute(f"INSERT INTO {table} SELECT * FROM by_month.{table}_before")  # noqa: S608  a name of TABLES
    op.execute(f"DROP TABLE by_month.{table}_before")


def _months(table: str) -> list[tuple[dt.date, dt.date]]:
    """(first day, first day of the next month) of the months that parts are made of."""
    month = f"date_trunc('month', day)::date AS first FROM by_month.{table}_before"
    query = f"SELECT DISTINCT {month} WHERE day >= '2019-01-01' AND day < '2050-01-01' ORDER BY first"
    firsts: list[dt.date] = list(op.get_bind().execute(sa.text(query)).scalars())
    return [(first, (first + dt.timedelta(days=31)).replace(day=1)) for first in firsts]
