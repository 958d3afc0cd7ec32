"""Broadcasts, what people answer to them, and codes by which somebody joins the team."""

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
UTC = core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "broadcast",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("confirmer", sa.String(64), nullable=True),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("sign_up", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.String(100), nullable=False),
        sa.Column("file_type", sa.String(100), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("start_at", UTC, nullable=True),
        sa.Column("rrule", sa.String(200), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.String(200), nullable=False),
        sa.Column("next_at", UTC, nullable=True),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("asking", sa.String(32), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("changed_at", UTC, nullable=False),
        sa.Column("confirmed_at", UTC, nullable=True),
        sa.Column("started_at", UTC, nullable=True),
        sa.Column("finished_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["workshop_session.id"],
            name=op.f("fk_broadcast_session_id_workshop_session"),
            ondelete="SET NULL",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_broadcast_due", "broadcast", ["state", "next_at"])
    op.create_table(
        "broadcast_answer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("button", sa.Integer(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcast.id"],
            name=op.f("fk_broadcast_answer_broadcast_id_broadcast"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_broadcast_answer_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "broadcast_id",
            "occurrence",
            "contact_id",
            name=op.f("uq_broadcast_answer_broadcast_id"),
        ),
    )
    op.create_index("ix_broadcast_answer_contact_id", "broadcast_answer", ["contact_id"])
    op.create_table(
        "staff_code",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("hashed", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
    )
    op.create_index("ix_staff_code_hashed", "staff_code", ["hashed"])


def downgrade() -> None:
    op.drop_table("staff_code")
    op.drop_table("broadcast_answer")
    op.drop_table("broadcast")
