"""The log cannot be altered; what was destroyed on purpose; how far the store was followed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a002"
down_revision = "a001"

#: Lines go only under a certificate, oldest first. SQLite tells nobody of a line that REPLACE puts in another's place,
#: hence the third.
SQLITE = """
CREATE TRIGGER entry_unaltered BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'the log is never altered'); END;
CREATE TRIGGER entry_kept BEFORE DELETE ON entry
    WHEN OLD.id > coalesce((SELECT max(through) FROM certificate), 0)
    BEGIN SELECT RAISE(ABORT, 'the log is kept'); END;
CREATE TRIGGER entry_not_replaced BEFORE INSERT ON entry WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the log is never altered'); END;
CREATE TRIGGER certificate_kept BEFORE DELETE ON certificate
    BEGIN SELECT RAISE(ABORT, 'certificates are kept'); END;
CREATE TRIGGER certificate_unaltered BEFORE UPDATE OF id, at, who, "plan", through, head ON certificate
    BEGIN SELECT RAISE(ABORT, 'certificates are never altered'); END;
"""

POSTGRESQL = """
CREATE FUNCTION log_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'entry' THEN
        IF OLD.id <= coalesce((SELECT max(through) FROM certificate), 0) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the log and its certificates are never altered';
END $$;
CREATE TRIGGER entry_unaltered BEFORE UPDATE ON entry FOR EACH ROW EXECUTE FUNCTION log_refuses();
CREATE TRIGGER entry_kept BEFORE DELETE ON entry FOR EACH ROW EXECUTE FUNCTION log_refuses();
CREATE TRIGGER entry_not_emptied BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION log_refuses();
CREATE TRIGGER certificate_kept BEFORE DELETE ON certificate FOR EACH ROW EXECUTE FUNCTION log_refuses();
CREATE TRIGGER certificate_not_emptied BEFORE TRUNCATE ON certificate
    FOR EACH STATEMENT EXECUTE FUNCTION log_refuses();
CREATE TRIGGER certificate_unaltered BEFORE UPDATE OF id, at, who, plan, through, head ON certificate
    FOR EACH ROW EXECUTE FUNCTION log_refuses();
"""


def upgrade() -> None:
    """Make two tables, and what guards the log."""
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("done", sa.DateTime(), nullable=True),
        sa.Column("said", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    op.create_table(
        "caught",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_caught")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE.split("END;") if sqlite else [POSTGRESQL]:
        if statement.strip():
            op.execute(f"{statement} END;" if sqlite else statement)
