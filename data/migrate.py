"""Bring a database to this release's revision, and refuse another release's.

The revisions live in ``data/migrations``; the newest is the head.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from data.errors import StoreError, StoreOutdated


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Make or upgrade the tables at ``url``."""
    try:
        command.upgrade(_config(url), "head")
    except OperationalError as error:
        raise StoreError(detail=error.orig) from error


def check_revision(url: str) -> None:
    """StoreOutdated unless the database is at the head revision."""
    wanted = ScriptDirectory.from_config(_config(url)).get_current_head()
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise StoreError(detail=error.orig) from error
    finally:
        engine.dispose()
    if found != wanted:
        raise StoreOutdated(found=found, wanted=wanted)
