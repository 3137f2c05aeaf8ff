"""Loads, rejects, geographies, statements, slabs and zones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "load",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("known", sa.DateTime(), nullable=False),
        sa.Column("loaded", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("aside", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_load")),
    )
    op.create_index("ix_load_known", "load", ["known"], unique=False)
    op.create_index("ix_load_source", "load", ["source", "sha256"], unique=False)
    op.create_table(
        "geography",
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("areas", sa.LargeBinary(), nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["load.id"], name=op.f("fk_geography_load")),
        sa.PrimaryKeyConstraint("load", name=op.f("pk_geography")),
    )
    op.create_table(
        "reject",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("more", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["load.id"], name=op.f("fk_reject_load")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reject")),
    )
    op.create_index(op.f("ix_reject_load"), "reject", ["load"], unique=False)
    op.create_table(
        "slab",
        sa.Column("count", sa.String(length=50), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("geography", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["load.id"], name=op.f("fk_slab_load")),
        sa.PrimaryKeyConstraint("count", "day", "source", "load", name=op.f("pk_slab")),
    )
    op.create_table(
        "statement",
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("geography", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["load.id"], name=op.f("fk_statement_load")),
        sa.PrimaryKeyConstraint("load", name=op.f("pk_statement")),
    )
    op.create_index(op.f("ix_statement_source"), "statement", ["source"], unique=False)
    op.create_table(
        "unplaced",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["load.id"], name=op.f("fk_unplaced_load")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unplaced")),
    )
    op.create_index(op.f("ix_unplaced_load"), "unplaced", ["load"], unique=False)
    op.create_table(
        "zone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("stop", sa.Date(), nullable=True),
        sa.Column("geography", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("shape", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["load"], ["load.id"], name=op.f("fk_zone_load")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
    )
    op.create_index("ix_zone_key", "zone", ["source", "key", "load"], unique=False)
    op.create_index(op.f("ix_zone_load"), "zone", ["load"], unique=False)
