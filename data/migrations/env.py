"""Runs the revisions against the URL that data.migrate gives."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from data.tables import metadata

engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
with engine.connect() as connection:
    # batch mode: SQLite can alter a table only by copying it
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
