"""What a sign-up was told: how many offers, and which revision of its session."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_up") as table:
        table.add_column(sa.Column("offers", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    # The default was only for the sign-ups already there.
    with op.batch_alter_table("sign_up") as table:
        table.alter_column("offers", server_default=None)
        table.alter_column("revision", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sign_up") as table:
        table.drop_column("revision")
        table.drop_column("offers")
