"""Since which revision the times and the place of a session are what they are."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
COLUMNS = ("times_revision", "place_revision")


def upgrade() -> None:
    with op.batch_alter_table("workshop_session") as table:
        for name in COLUMNS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("workshop_session") as table:
        for name in COLUMNS:
            table.drop_column(name)
