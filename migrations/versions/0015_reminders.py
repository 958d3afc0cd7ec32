"""Since when somebody has their seat, what they answered to reminders, how it was, and whether
silence gives a seat back."""

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
UTC = core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("sign_up") as table:
        for name in ("settled_at", "answered_at"):
            table.add_column(sa.Column(name, UTC, nullable=True))
        table.add_column(sa.Column("rating", sa.Integer(), nullable=True))
    op.execute("UPDATE sign_up SET settled_at = changed_at WHERE state = 'confirmed'")
    with op.batch_alter_table("workshop_session") as table:
        table.add_column(
            sa.Column("silence_releases", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("workshop_session") as table:
        table.drop_column("silence_releases")
    with op.batch_alter_table("sign_up") as table:
        for name in ("rating", "answered_at", "settled_at"):
            table.drop_column(name)
