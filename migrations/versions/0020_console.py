"""The console of staff: its members, the links that sign them in, and who is signed in."""

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0020"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "staff_member",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("territory", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "role <> 'organizer' OR territory IS NOT NULL", name=op.f("ck_staff_member_organizer")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_staff_member_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_staff_member")),
    )
    op.create_table(
        "console_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hashed", sa.String(length=64), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_console_link_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_link")),
        sa.UniqueConstraint("hashed", name=op.f("uq_console_link_hashed")),
    )
    op.create_index(op.f("ix_console_link_contact_id"), "console_link", ["contact_id"])
    op.create_table(
        "console_visit",
        sa.Column("hashed", sa.String(length=64), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_console_visit_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hashed", name=op.f("pk_console_visit")),
    )
    op.create_index(op.f("ix_console_visit_contact_id"), "console_visit", ["contact_id"])


def downgrade() -> None:
    for table in ("console_visit", "console_link", "staff_member"):
        op.drop_table(table)
