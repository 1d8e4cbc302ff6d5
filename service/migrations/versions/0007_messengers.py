"""Messengers: where people write from, what came in, staff who answer from there, where messages go

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_identity",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("provider", sa.String(length=50), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_identity_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_identity")),
        sa.UniqueConstraint("provider", "subject", name=op.f("uq_staff_identity_provider_subject")),
    )
    with op.batch_alter_table("staff_identity") as batch:
        batch.create_index(batch.f("ix_staff_identity_staff_id"), ["staff_id"], unique=False)
    op.create_table(
        "messenger_chat",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("userid", sa.String(length=100), nullable=False),
        sa.Column("group_id", sa.String(length=190), nullable=True),
        sa.Column("employee_id", sa.String(length=32), nullable=True),
        sa.Column("wrote_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("provider IN ('wecom_bot', 'wecom_app')", name=op.f("ck_messenger_chat_provider")),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["employee.id"],
            name=op.f("fk_messenger_chat_employee_id_employee"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messenger_chat")),
        sa.UniqueConstraint("provider", "address", name=op.f("uq_messenger_chat_provider_address")),
    )
    with op.batch_alter_table("messenger_chat") as batch:
        batch.create_index(batch.f("ix_messenger_chat_employee_id"), ["employee_id"], unique=False)
        batch.create_index(batch.f("ix_messenger_chat_userid"), ["userid"], unique=False)
    op.create_table(
        "messenger_staff_talk",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_messenger_staff_talk_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_messenger_staff_talk_staff_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_messenger_staff_talk")),
    )
    with op.batch_alter_table("messenger_staff_talk") as batch:
        batch.create_index(
            batch.f("ix_messenger_staff_talk_conversation_id"), ["conversation_id"], unique=False
        )
    op.create_table(
        "messenger_received",
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=150), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("turn_id", sa.String(length=32), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("reply_url", sa.Text(), nullable=True),
        sa.Column("streamed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_messenger_received_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turn.id"], name=op.f("fk_messenger_received_turn_id_turn"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("provider", "key", name=op.f("pk_messenger_received")),
    )
    with op.batch_alter_table("messenger_received") as batch:
        batch.create_index("ix_messenger_received_at", ["at"], unique=False)
        batch.create_index(
            "ix_messenger_received_kept",
            ["at"],
            unique=False,
            sqlite_where=sa.text("sealed IS NOT NULL"),
            postgresql_where=sa.text("sealed IS NOT NULL"),
        )
        batch.create_index(
            batch.f("ix_messenger_received_conversation_id"), ["conversation_id"], unique=False
        )
        batch.create_index(batch.f("ix_messenger_received_turn_id"), ["turn_id"], unique=False)
    op.create_table(
        "messenger_handover_told",
        sa.Column("handover_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_messenger_handover_told_handover_id_handover"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_messenger_handover_told_staff_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("handover_id", "staff_id", name=op.f("pk_messenger_handover_told")),
    )
    with op.batch_alter_table("conversation") as batch:
        batch.add_column(sa.Column("chat_id", sa.String(length=32), nullable=True))
        batch.create_index(
            "uq_conversation_open_in_chat",
            ["chat_id"],
            unique=True,
            sqlite_where=sa.text(
                "state <> 'closed' AND channel IN ('wecom_bot', 'wecom_app', 'wecom_group')"
            ),
            postgresql_where=sa.text(
                "state <> 'closed' AND channel IN ('wecom_bot', 'wecom_app', 'wecom_group')"
            ),
        )
        batch.create_foreign_key(
            batch.f("fk_conversation_chat_id_messenger_chat"),
            "messenger_chat",
            ["chat_id"],
            ["id"],
            ondelete="SET NULL",
        )
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("chat_id", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("sending_since", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("remote_id", sa.String(length=200), nullable=True))
        batch.create_index(batch.f("ix_outbox_chat_id"), ["chat_id"], unique=False)
        batch.create_index("ix_outbox_to_send", ["state", "chat_id"], unique=False)
        batch.create_foreign_key(
            batch.f("fk_outbox_chat_id_messenger_chat"),
            "messenger_chat",
            ["chat_id"],
            ["id"],
            ondelete="CASCADE",
        )


def downgrade() -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(batch.f("fk_outbox_chat_id_messenger_chat"), type_="foreignkey")
        batch.drop_index("ix_outbox_to_send")
        batch.drop_index(batch.f("ix_outbox_chat_id"))
        batch.drop_column("remote_id")
        batch.drop_column("sending_since")
        batch.drop_column("chat_id")
    with op.batch_alter_table("conversation") as batch:
        batch.drop_constraint(batch.f("fk_conversation_chat_id_messenger_chat"), type_="foreignkey")
        batch.drop_index("uq_conversation_open_in_chat")
        batch.drop_column("chat_id")
    for table in (
        "messenger_handover_told",
        "messenger_received",
        "messenger_staff_talk",
        "messenger_chat",
        "staff_identity",
    ):
        op.drop_table(table)
