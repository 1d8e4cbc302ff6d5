"""Questions become memory: what employees asked, what answers it, and what speaks for that

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confirmed_question",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("organisation_path", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=False),
        sa.Column("liked", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(state = 'candidate') = (decided_at IS NULL)", name=op.f("ck_confirmed_question_decision")
        ),
        sa.CheckConstraint(
            "state IN ('candidate', 'confirmed', 'rejected')", name=op.f("ck_confirmed_question_state")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff.id"], name=op.f("fk_confirmed_question_decided_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_path"],
            ["organisation.path"],
            name=op.f("fk_confirmed_question_organisation_path_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmed_question")),
        sa.UniqueConstraint("key", "source_id", name=op.f("uq_confirmed_question_key_source_id")),
    )
    with op.batch_alter_table("confirmed_question") as batch:
        batch.create_index(batch.f("ix_confirmed_question_state"), ["state"])
    op.create_table(
        "question_evidence",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("kind IN ('chosen', 'liked')", name=op.f("ck_question_evidence_kind")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_question_evidence_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_question_evidence_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["confirmed_question.id"],
            name=op.f("fk_question_evidence_question_id_confirmed_question"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", "kind", name=op.f("pk_question_evidence")),
    )
    with op.batch_alter_table("question_evidence") as batch:
        batch.create_index(batch.f("ix_question_evidence_conversation_id"), ["conversation_id"])
        batch.create_index(batch.f("ix_question_evidence_question_id"), ["question_id"])


def downgrade() -> None:
    op.drop_table("question_evidence")
    op.drop_table("confirmed_question")
