"""What is said in an open handoff, sealed, and who of the team looks after it."""

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = core.db.UtcDateTime(timezone=True)
INDEXED = ("handoff_id", "at", "delivery_id")


def upgrade() -> None:
    op.add_column("handoff", sa.Column("holder", sa.String(length=64), nullable=True))
    op.create_table(
        "handoff_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("shown_from", MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["handoff_id"],
            ["handoff.id"],
            name=op.f("fk_handoff_line_handoff_id_handoff"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f("fk_handoff_line_delivery_id_delivery"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_line")),
        sqlite_autoincrement=True,
    )
    for column in INDEXED:
        op.create_index(op.f(f"ix_handoff_line_{column}"), "handoff_line", [column])


def downgrade() -> None:
    op.drop_table("handoff_line")
    op.drop_column("handoff", "holder")
