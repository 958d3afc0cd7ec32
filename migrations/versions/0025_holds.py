"""Which causes are held: those of the broadcasts that are paused."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cause", "cause_id", name="pk_hold"),
    )
    op.execute(
        "INSERT INTO hold (cause, cause_id)"
        " SELECT 'broadcast', id FROM broadcast WHERE state = 'paused'"
    )


def downgrade() -> None:
    op.drop_table("hold")
