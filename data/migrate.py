"""Bring a database to this release's revision, and refuse another release's.

The revisions live in ``data/migrations``; the newest is the head.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import ArgumentError, DBAPIError

from data.errors import Both, StoreError, StoreOutdated


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


def connect(url: str, **options: Any) -> Engine:
    """An engine for ``url``, not connected yet; StoreError where it names no database that we speak to."""
    try:
        return create_engine(url, **options)
    except (ArgumentError, ModuleNotFoundError) as error:
        raise StoreError(detail=Both("数据库地址无法识别", "no database has such an address")) from error


def upgrade(url: str) -> None:
    """Make or upgrade the tables at ``url``."""
    connect(url).dispose()
    try:
        command.upgrade(_config(url), "head")
    except DBAPIError as error:
        raise StoreError(detail=error.orig) from error


def check_revision(url: str) -> None:
    """StoreOutdated unless the database is at the head revision."""
    wanted = ScriptDirectory.from_config(_config(url)).get_current_head()
    engine = connect(url)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise StoreError(detail=error.orig) from error
    finally:
        engine.dispose()
    if found != wanted:
        raise StoreOutdated(found=found, wanted=wanted)
