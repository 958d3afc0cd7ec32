"""The outbox of reminders and broadcasts: its indexes, the other channel, stopped sessions, senders
and what staff did."""

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
UTC = core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    for name in ("about", "instead_of"):
        op.add_column("delivery", sa.Column(name, sa.Integer(), nullable=True))
    op.drop_index("ix_delivery_address_id", "delivery")
    op.drop_index("ix_delivery_due", "delivery")
    op.create_index("ix_delivery_due", "delivery", ["channel", "state", "lane", "not_before", "id"])
    op.create_index("ix_delivery_person", "delivery", ["address_id", "state"])
    # What was queued for any hour stays so; what waited for the day is told by its lane now.
    op.execute(
        "UPDATE delivery SET lane = 5 WHERE lane = 0 AND cause IN ('sign_up') AND state = 'queued'"
    )
    op.create_table(
        "stream_stop",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_stream_stop_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("contact_id", "session_id", name=op.f("uq_stream_stop_contact_id")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", UTC, nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_subject", "audit", ["subject", "id"])
    op.create_table(
        "live_sender",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(32), primary_key=True),
        sa.Column("seen_at", UTC, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("live_sender")
    op.drop_table("audit")
    op.drop_table("stream_stop")
    op.drop_index("ix_delivery_person", "delivery")
    op.drop_index("ix_delivery_due", "delivery")
    op.create_index("ix_delivery_due", "delivery", ["state", "lane", "not_before", "id"])
    op.create_index("ix_delivery_address_id", "delivery", ["address_id"])
    for name in ("instead_of", "about"):
        op.drop_column("delivery", name)
