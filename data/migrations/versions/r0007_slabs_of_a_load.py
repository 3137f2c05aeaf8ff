"""What a load stated can be found by the load: a new version asks for that alone, see ``grid/stated.py``."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the index; PostgreSQL makes one in each part."""
    op.create_index("ix_slab_load", "slab", ["load"])
