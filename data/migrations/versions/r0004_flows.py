"""Tables of flows, indices, tracing and other cities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "flow_day",
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["load.id"], name=op.f("fk_flow_day_load")),
        sa.PrimaryKeyConstraint("kind", "source", "day", "load", name=op.f("pk_flow_day")),
    )
