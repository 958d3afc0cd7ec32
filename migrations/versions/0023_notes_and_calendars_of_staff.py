"""A note of staff on a sign-up, and the secret addresses of the calendars of members."""

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_up", sa.Column("note", sa.LargeBinary(), nullable=True))
    op.create_table(
        "console_feed",
        sa.Column("hashed", sa.String(length=64), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("made_at", core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_console_feed_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hashed", name=op.f("pk_console_feed")),
    )
    op.create_index(op.f("ix_console_feed_contact_id"), "console_feed", ["contact_id"])


def downgrade() -> None:
    op.drop_table("console_feed")
    op.drop_column("sign_up", "note")
