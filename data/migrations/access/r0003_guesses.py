"""Guesses at logins that nobody has, which every process that serves must know of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a003"
down_revision = "a002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "guess",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_guess")),
    )
    op.create_index(op.f("ix_guess_until"), "guess", ["until"])
