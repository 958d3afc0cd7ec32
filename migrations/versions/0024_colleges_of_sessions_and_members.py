"""The collège whose session it is, and the one that a member works for."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = ("workshop_session", "staff_member")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("college", sa.String(length=80), nullable=True))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "college")
