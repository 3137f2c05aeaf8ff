"""Databases and files without a trace of what was taken out of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from data.access.certificates import Certificate
from data.engine import Connected, said
from data.errors import StoreBusy
from data.files import sync


def secure(connection: Connection) -> None:
    """Has SQLite write zeros over what is deleted from here on; in PostgreSQL that goes with :func:`rewrite`."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def rewrite(database: Connected, names: Sequence[str]) -> None:
    """Writes a database's files anew, without what was deleted. StoreBusy where a reader does not let go."""
    with said(), database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            for name in names:
                connection.execute(text(f'VACUUM FULL "{name}"'))
            with suppress(DBAPIError):  # an office's account may not; the next one comes by itself
                connection.execute(text("CHECKPOINT"))
            return
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
        _emptied(connection)  # zeros over what was freed, before the file gets shorter
        connection.exec_driver_sql("PRAGMA temp_store=MEMORY")
        connection.exec_driver_sql("VACUUM")
        _emptied(connection)


def _emptied(connection: Connection) -> None:
    """The journal's pages are in the database and the journal is empty."""
    busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    if busy:
        raise StoreBusy


def destroy_files(home: Path, one: Certificate) -> None:
    """Overwrites the plan's files, then takes them away."""
    for each in one.plan["files"]:
        path = home.resolve() / each["path"]
        with suppress(FileNotFoundError):
            with path.open("r+b") as file:
                file.write(b"\0" * each["bytes"])
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            sync(path.parent)
