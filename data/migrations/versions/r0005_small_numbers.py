"""Whether a wall's link shows small numbers: those that were made before go on doing so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; what is made from now on says it itself."""
    with op.batch_alter_table("wall") as table:
        table.add_column(sa.Column("small_numbers", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("wall") as table:
        table.alter_column("small_numbers", server_default=None)
