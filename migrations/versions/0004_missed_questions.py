"""Questions that were missed, who wants their answers, and thumbs."""

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("question_id", "language", "day", name=op.f("uq_feedback_question_id")),
    )
    op.create_table(
        "missed_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("territory", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_question")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("missed_question", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_missed_question_answered_by"), ["answered_by"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_missed_question_state"), ["state"], unique=False)

    op.create_table(
        "wants_answer",
        sa.Column("missed_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("agreed_at", core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["address.id"],
            name=op.f("fk_wants_answer_address_id_address"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_wants_answer_contact_id_contact"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["missed_id"],
            ["missed_question.id"],
            name=op.f("fk_wants_answer_missed_id_missed_question"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("missed_id", "contact_id", name=op.f("pk_wants_answer")),
    )
    op.create_table(
        "missed_trail",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("missed_id", sa.Integer(), nullable=False),
        sa.Column("laid_at", core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f("fk_missed_trail_delivery_id_delivery"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["missed_id"],
            ["missed_question.id"],
            name=op.f("fk_missed_trail_missed_id_missed_question"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_missed_trail")),
    )
    with op.batch_alter_table("missed_trail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_missed_trail_missed_id"), ["missed_id"], unique=False)

    op.create_table(
        "thumb",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f("fk_thumb_delivery_id_delivery"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["feedback_id"],
            ["feedback.id"],
            name=op.f("fk_thumb_feedback_id_feedback"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_thumb")),
    )


def downgrade() -> None:
    op.drop_table("thumb")
    with op.batch_alter_table("missed_trail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_missed_trail_missed_id"))

    op.drop_table("missed_trail")
    op.drop_table("wants_answer")
    with op.batch_alter_table("missed_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_missed_question_state"))
        batch_op.drop_index(batch_op.f("ix_missed_question_answered_by"))

    op.drop_table("missed_question")
    op.drop_table("feedback")
