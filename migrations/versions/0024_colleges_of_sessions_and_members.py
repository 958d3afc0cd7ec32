"""The collège whose session it is, and the one that an organizer works for."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

IN_A_TERRITORY = op.f("ck_staff_member_college")


def upgrade() -> None:
    op.add_column("workshop_session", sa.Column("college", sa.String(length=80), nullable=True))
    with op.batch_alter_table("staff_member") as table:
        table.add_column(sa.Column("college", sa.String(length=80), nullable=True))
        table.create_check_constraint(IN_A_TERRITORY, "college IS NULL OR territory IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("staff_member") as table:
        table.drop_constraint(IN_A_TERRITORY, type_="check")
        table.drop_column("college")
    op.drop_column("workshop_session", "college")
