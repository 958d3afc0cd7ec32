"""Personal data: what people agreed to, erasing them, and linking two channels."""

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What hangs on a person is found without reading the whole table.
FOUND_BY = (
    ("contact", "seen_at"),
    ("delivery", "contact_id"),
    ("handoff", "address_id"),
    ("sign_up", "address_id"),
    ("wants_answer", "address_id"),
    ("wants_answer", "contact_id"),
)


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_consent_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_contact_id"), "consent", ["contact_id"])
    op.create_table(
        "consent_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_count")),
        sa.UniqueConstraint(
            "what", "version", "given", "month", name=op.f("uq_consent_count_what")
        ),
    )
    op.create_table(
        "erasure",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("since", core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("conversation_gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_erasure_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "link_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("typed_by_them", sa.Boolean(), nullable=False),
        sa.Column("hashed", sa.String(length=64), nullable=False),
        sa.Column("made_at", core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["address.id"],
            name=op.f("fk_link_code_address_id_address"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_link_code_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_code")),
        sqlite_autoincrement=True,
    )
    for column in ("address_id", "contact_id", "hashed"):
        op.create_index(op.f(f"ix_link_code_{column}"), "link_code", [column])
    op.create_table(
        "link_tries",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("since", core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_link_tries_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_link_tries")),
    )
    for table, column in FOUND_BY:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index(
        "ix_delivery_worded",
        "delivery",
        ["created_at"],
        sqlite_where=sa.text("text <> ''"),
        postgresql_where=sa.text("text <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_worded", "delivery")
    for table, column in reversed(FOUND_BY):
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    op.drop_table("link_tries")
    op.drop_table("link_code")
    op.drop_table("erasure")
    op.drop_table("consent_count")
    op.drop_index(op.f("ix_consent_contact_id"), "consent")
    op.drop_table("consent")
