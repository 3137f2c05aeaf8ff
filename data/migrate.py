"""Bring a database to this release's revision, and refuse another release's.

The revisions live in ``data/migrations``; the newest is the head. An upgrade is one transaction, in which loaders and
other upgrades wait: whatever fails, the database is as it was before.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from data.engine import Connected, said
from data.errors import StoreOutdated


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def revisions() -> list[str]:
    """Every revision, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def head() -> str:
    """This release's revision."""
    return revisions()[-1]


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None where there is no store."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(url: str, revision: str = "head") -> None:
    """Make or upgrade the tables at ``url``. StoreError, then the database is as before."""
    database = Connected(url)
    try:
        with database.writing() as connection:
            upgrade_on(connection, revision)
    finally:
        database.close()


def upgrade_on(connection: Connection, revision: str = "head") -> None:
    """The same inside of a transaction that writes. StoreOutdated if a newer release has made the database."""
    found = revision_of(connection)
    if found is not None and found not in revisions():
        raise StoreOutdated(found=found, wanted=head())
    command.upgrade(_config(connection), revision)


def check_revision(url: str) -> None:
    """StoreOutdated unless the database is at the head revision."""
    database = Connected(url)
    try:
        with said(), database.engine.connect() as connection:
            found = revision_of(connection)
    finally:
        database.close()
    if found != head():
        raise StoreOutdated(found=found, wanted=head())
