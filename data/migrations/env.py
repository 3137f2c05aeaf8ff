"""Runs the revisions on the connection, inside the transaction, that data.migrate gives."""

from __future__ import annotations

from alembic import context

# batch mode: SQLite can alter a table only by copying it
context.configure(
    connection=context.config.attributes["connection"],
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
