"""Bring a database to this release's revision, and refuse another release's.

The revisions live in ``data/migrations``: those of the store in ``versions``, of the book of who may look
(:mod:`data.access`) in ``access``, of the book of events (:mod:`data.events`) in ``events``; the newest of each line is
its head. An upgrade is one transaction, in which loaders and other upgrades wait: whatever fails, the database is as it
was before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from data.engine import Connected, said
from data.errors import StoreOutdated

#: A line of revisions: the folder that holds them.
Line = Literal["versions", "access", "events"]


def _config(connection: Connection | None = None, line: Line = "versions") -> Config:
    config, folder = Config(), Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("version_locations", str(folder / line))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config


def revisions(line: Line = "versions") -> list[str]:
    """Every revision, oldest first."""
    return [one.revision for one in ScriptDirectory.from_config(_config(line=line)).walk_revisions()][::-1]


def head(line: Line = "versions") -> str:
    """This release's revision."""
    return revisions(line)[-1]


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None where there is no store."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(url: str, revision: str = "head", line: Line = "versions") -> None:
    """Make or upgrade the tables at ``url``; where there is nothing to do, no load is waited for. StoreError, then the
    database is as before."""
    database = Connected(url)
    try:
        if revision == "head" and _revision(database) == head(line):
            return
        with database.writing() as connection:
            upgrade_on(connection, revision, line)
    finally:
        database.close()


def upgrade_on(connection: Connection, revision: str = "head", line: Line = "versions") -> None:
    """The same inside of a transaction that writes. StoreOutdated if a newer release has made the database."""
    found = revision_of(connection)
    if found is not None and found not in revisions(line):
        raise StoreOutdated(found=found, wanted=head(line))
    command.upgrade(_config(connection, line), revision)


def _revision(database: Connected) -> str | None:
    with said(), database.engine.connect() as connection:
        return revision_of(connection)


def check_revision(url: str, line: Line = "versions") -> None:
    """StoreOutdated unless the database is at the head revision."""
    database = Connected(url)
    try:
        found = _revision(database)
    finally:
        database.close()
    if found != head(line):
        raise StoreOutdated(found=found, wanted=head(line))
