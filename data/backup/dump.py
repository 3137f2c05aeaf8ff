"""The tables of a store as Parquet files and back, whatever the database: one snapshot out, one transaction in.

Tables are read as the database itself describes them, so that a store of any revision can be dumped.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    insert,
    select,
    text,
)

from data import parts

#: What a column holds -> how it stands in a Parquet file; the first that fits.
_TYPES: Sequence[tuple[type[Any], pa.DataType]] = (
    (JSON, pa.large_string()),
    (Boolean, pa.bool_()),
    (Integer, pa.int64()),
    (DateTime, pa.timestamp("us")),
    (Date, pa.date32()),
    (Float, pa.float64()),
    (LargeBinary, pa.large_binary()),
    (String, pa.large_string()),
)

#: Alembic's own table: the revision stands in the manifest.
_REVISION = "alembic_version"

#: Rows fetched at once, and bytes of bodies after which a piece of the file is written.
_FETCH = 64
_PIECE = 32 << 20


def tables_of(connection: Connection) -> list[Table]:
    """The tables of a store as they are, each after those that it refers to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _REVISION]


def dump(connection: Connection, folder: Path, without: Collection[str] = ()) -> dict[str, int]:
    """Every table but those ``without`` into ``folder``/NAME.parquet; name -> rows."""
    tables = [table for table in tables_of(connection) if table.name not in without]
    return {table.name: _dump(connection, table, folder / f"{table.name}.parquet") for table in tables}


def fill(connection: Connection, folder: Path, without: Collection[str] = ()) -> None:
    """Puts the rows of ``folder`` into tables that are empty."""
    for table in (table for table in tables_of(connection) if table.name not in without):
        for rows in _read(table, folder / f"{table.name}.parquet"):
            parts.make(connection, table.name, {row["day"] for row in rows if "day" in row})
            connection.execute(insert(table), rows)
        _go_on_counting(connection, table)


def _dump(connection: Connection, table: Table, path: Path) -> int:
    schema = pa.schema([(column.name, _type(column)) for column in table.columns])
    number = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in _pieces(connection, table):
            writer.write_table(pa.Table.from_pylist(rows, schema))
            number += len(rows)
    return number


def _pieces(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """The rows, as many at once as memory bears."""
    documents = [column.name for column in table.columns if isinstance(column.type, JSON)]
    rows: list[dict[str, Any]] = []
    size = 0
    for found in connection.execution_options(yield_per=_FETCH).execute(select(table)):
        row = dict(found._mapping)
        row |= {name: json.dumps(row[name], ensure_ascii=False) for name in documents}
        rows.append(row)
        size += sum(len(value) for value in row.values() if isinstance(value, (bytes, str))) + 100
        if size > _PIECE:
            yield rows
            rows, size = [], 0
    yield rows


def _type(column: Column[Any]) -> pa.DataType:
    for kind, type_ in _TYPES:
        if isinstance(column.type, kind):
            return type_
    raise TypeError(f"{column}: {column.type} has no place in a backup")


def _read(table: Table, path: Path) -> Iterator[list[dict[str, Any]]]:
    documents = [column.name for column in table.columns if isinstance(column.type, JSON)]
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_FETCH):
            rows: list[dict[str, Any]] = batch.to_pylist()
            for row in rows:
                row.update({name: json.loads(row[name]) for name in documents})
            if rows:
                yield rows


def _go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows from a sequence, which knows nothing of rows that brought their number."""
    key = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(key) != 1 or not isinstance(key[0].type, Integer):
        return
    sequence = connection.execute(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": f'"{table.name}"', "column": key[0].name}
    ).scalar()
    if sequence is not None:
        last = connection.execute(select(func.max(key[0]))).scalar()
        connection.execute(select(func.setval(sequence, last or 1, last is not None)))
