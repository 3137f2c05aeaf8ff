"""Days of code ledgers, the chain over them, notices, and people by registration and presence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "code_day",
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("geography", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("groups", sa.LargeBinary(), nullable=False),
        sa.Column("combinations", sa.LargeBinary(), nullable=False),
        sa.Column("tickets", sa.LargeBinary(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["load.id"], name=op.f("fk_code_day_load")),
        sa.PrimaryKeyConstraint("source", "day", "load", name=op.f("pk_code_day")),
    )
    op.create_table(
        "chain",
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["load.id"], name=op.f("fk_chain_load")),
        sa.PrimaryKeyConstraint("load", name=op.f("pk_chain")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("issued", sa.Date(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("stop", sa.Date(), nullable=True),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("colour", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["load.id"], name=op.f("fk_notice_load")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_load"), "notice", ["load"])
    op.create_index("ix_notice_key", "notice", ["source", "key", "load"])
    op.create_table(
        "presence",
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("load", sa.Integer(), nullable=False),
        sa.Column("geography", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["load.id"], name=op.f("fk_presence_load")),
        sa.PrimaryKeyConstraint("source", "day", "load", name=op.f("pk_presence")),
    )
