"""What a conversation goes on with: since when the subject holds, and what came next to it."""

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("contact") as table:
        table.add_column(sa.Column("subject_at", core.db.UtcDateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("nearest", sa.JSON(), nullable=False, server_default="[]"))
    # The default was only for the people already there.
    with op.batch_alter_table("contact") as table:
        table.alter_column("nearest", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("contact") as table:
        table.drop_column("nearest")
        table.drop_column("subject_at")
