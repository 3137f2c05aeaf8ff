"""Events, their reports, changes and evidence, whom to tell, and what guards them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e001"
down_revision = None

#: Tables of which no row is altered, and none goes but with its event, under a certificate.
KEPT = ("report", "change", "evidence")

#: SQLite tells nobody of a row that REPLACE puts in another's place, hence the third.
SQLITE = """
CREATE TRIGGER {table}_unaltered BEFORE UPDATE ON "{table}"
    BEGIN SELECT RAISE(ABORT, 'the history of an event is never altered'); END;
CREATE TRIGGER {table}_kept BEFORE DELETE ON "{table}" WHEN OLD.event NOT IN (SELECT event FROM purged)
    BEGIN SELECT RAISE(ABORT, 'the history of an event is kept'); END;
CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON "{table}" WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {same})
    BEGIN SELECT RAISE(ABORT, 'the history of an event is never altered'); END;
"""

#: Table -> what makes a row another's place.
SAME = {
    "report": "id = NEW.id OR (source = NEW.source AND key = NEW.key)",
    "change": "id = NEW.id OR (event = NEW.event AND number = NEW.number) OR (by = NEW.by AND key = NEW.key)",
    "evidence": "event = NEW.event AND sha256 = NEW.sha256",
}

REFUSES = """
CREATE FUNCTION history_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT 1 FROM purged WHERE event = OLD.event) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the history of an event is never altered';
END $$;
"""
POSTGRESQL = """
CREATE TRIGGER {table}_unaltered BEFORE UPDATE OR DELETE ON "{table}"
    FOR EACH ROW EXECUTE FUNCTION history_refuses();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON "{table}"
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuses();
"""


def _event() -> sa.Column[int]:
    return sa.Column("event", sa.Integer(), nullable=False)


def _of_event(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["event"], ["event.id"], name=op.f(f"fk_{table}_event_event"))


def upgrade() -> None:
    """Make the tables and their guards."""
    _make_event()
    _make_report()
    _make_change()
    _make_message()
    _make_rest()
    _guard()


def _make_event() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("klass", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("cell", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("same", sa.String(length=64), nullable=True),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("latest", sa.DateTime(), nullable=False),
        sa.Column("happened", sa.DateTime(), nullable=False),
        sa.Column("sensed", sa.DateTime(), nullable=False),
        sa.Column("accepted", sa.DateTime(), nullable=True),
        sa.Column("acted", sa.DateTime(), nullable=True),
        sa.Column("fed_back", sa.DateTime(), nullable=True),
        sa.Column("closed", sa.DateTime(), nullable=True),
        sa.Column("accept_by", sa.DateTime(), nullable=False),
        sa.Column("act_by", sa.DateTime(), nullable=False),
        sa.Column("close_by", sa.DateTime(), nullable=False),
        sa.Column("missed", sa.String(length=30), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=True),
        sa.Column("deadline", sa.DateTime(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("escalations", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("handed_over", sa.Integer(), nullable=False),
        sa.Column("satisfied", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_same", "event", ["same", "state"])
    op.create_index("ix_event_due", "event", ["due"])
    op.create_index("ix_event_state", "event", ["state", "deadline"])
    op.create_index("ix_event_sensed", "event", ["sensed"])


def _make_report() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _event(),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("klass", sa.String(length=30), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("cell", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("happened", sa.DateTime(), nullable=False),
        sa.Column("received", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("more", sa.JSON(), nullable=False),
        _of_event("report"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_report_source")),
    )
    op.create_index(op.f("ix_report_event"), "report", ["event"])


def _make_change() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _event(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("until", sa.JSON(), nullable=False),
        sa.Column("more", sa.JSON(), nullable=False),
        _of_event("change"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sa.UniqueConstraint("event", "number", name=op.f("uq_change_event")),
        sa.UniqueConstraint("by", "key", name=op.f("uq_change_by")),
    )


def _make_message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=80), nullable=False),
        _event(),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("took", sa.JSON(), nullable=False),
        sa.Column("sent", sa.DateTime(), nullable=True),
        sa.Column("fetched", sa.DateTime(), nullable=True),
        sa.Column("next", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        _of_event("message"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_event"), "message", ["event"])
    op.create_index("ix_message_next", "message", ["sent", "next"])
    op.create_index("ix_message_fetched", "message", ["fetched", "area"])


def _make_rest() -> None:
    op.create_table(
        "evidence",
        _event(),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        _of_event("evidence"),
        sa.PrimaryKeyConstraint("event", "sha256", name=op.f("pk_evidence")),
    )
    op.create_table(
        "number",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number")),
    )
    op.create_table(
        "purged",
        sa.Column("event", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("certificate", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_purged")),
    )


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in KEPT:
            for statement in SQLITE.format(table=table, same=SAME[table]).split("END;")[:-1]:
                op.execute(f"{statement} END;")
        return
    op.execute(REFUSES)
    for table in KEPT:
        op.execute(POSTGRESQL.format(table=table))
