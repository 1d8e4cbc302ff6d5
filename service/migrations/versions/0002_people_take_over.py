"""People take over: staff sessions, handover in full, tickets with history, activities, slots, reports

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = (
    "officer", "supervisor", "adviser", "counsellor", "mediator", "confidant", "on_call", "administrator",
)  # fmt: skip


def upgrade() -> None:
    # Nothing ever wrote these two before this revision, so they are made anew instead of altered.
    op.drop_table("handover")
    op.drop_table("ticket")
    op.create_table(
        "ticket",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("employee_id", sa.String(length=32), nullable=True),
        sa.Column("organisation_path", sa.String(length=300), nullable=True),
        sa.Column("routed_to", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("assignee_id", sa.String(length=32), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "priority IN ('low', 'normal', 'high', 'urgent')", name=op.f("ck_ticket_priority")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'assigned', 'in_progress', 'waiting', 'resolved', 'closed')",
            name=op.f("ck_ticket_state"),
        ),
        sa.CheckConstraint("details IS NULL OR consent IS TRUE", name=op.f("ck_ticket_consent")),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name=op.f("fk_ticket_assignee_id_staff")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_ticket_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_ticket_employee_id_employee")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_path"],
            ["organisation.path"],
            name=op.f("fk_ticket_organisation_path_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["routed_to"], ["organisation.path"], name=op.f("fk_ticket_routed_to_organisation")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ticket")),
    )
    op.create_index(op.f("ix_ticket_assignee_id"), "ticket", ["assignee_id"], unique=False)
    op.create_index(op.f("ix_ticket_conversation_id"), "ticket", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_ticket_employee_id"), "ticket", ["employee_id"], unique=False)
    op.create_index(op.f("ix_ticket_organisation_path"), "ticket", ["organisation_path"], unique=False)
    op.create_index(op.f("ix_ticket_routed_to"), "ticket", ["routed_to"], unique=False)
    op.create_table(
        "handover",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("routed_to", sa.String(length=300), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(length=30), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("beside", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.String(length=20), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(length=20), nullable=True),
        sa.Column("alert", sa.String(length=10), nullable=True),
        sa.Column("alert_attempts", sa.Integer(), nullable=False),
        sa.Column("alert_next_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("alert IN ('pending', 'sent', 'failed')", name=op.f("ck_handover_alert")),
        sa.CheckConstraint(
            "ending IN ('handed_back', 'closed', 'withdrawn')", name=op.f("ck_handover_ending")
        ),
        sa.CheckConstraint(
            "reason IN ('asked', 'refused_twice', 'urgent', 'low_confidence', 'negative_feedback', 'rule')",
            name=op.f("ck_handover_reason"),
        ),
        sa.CheckConstraint("(claimed_at IS NULL) = (claimed_by IS NULL)", name=op.f("ck_handover_claim")),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_handover_end")),
        sa.ForeignKeyConstraint(["claimed_by"], ["staff.id"], name=op.f("fk_handover_claimed_by_staff")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_handover_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["routed_to"], ["organisation.path"], name=op.f("fk_handover_routed_to_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"],
            ["ticket.number"],
            name=op.f("fk_handover_ticket_number_ticket"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turn.id"], name=op.f("fk_handover_turn_id_turn"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(op.f("ix_handover_conversation_id"), "handover", ["conversation_id"], unique=False)
    op.create_index(
        "ix_handover_waiting",
        "handover",
        ["routed_to", "urgent", "requested_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_handover_open",
        "handover",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "activity",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_path", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("register_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_activity_capacity")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_activity_times")),
        sa.CheckConstraint("taken BETWEEN 0 AND capacity", name=op.f("ck_activity_taken")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_activity_created_by_staff")),
        sa.ForeignKeyConstraint(
            ["organisation_path"],
            ["organisation.path"],
            name=op.f("fk_activity_organisation_path_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_organisation_path"), ["organisation_path"], unique=False
        )

    op.create_table(
        "anonymous_report",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("organisation_path", sa.String(length=300), nullable=True),
        sa.Column("routed_to", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "about IN ('rights', 'harassment', 'safety', 'union_work', 'other')",
            name=op.f("ck_anonymous_report_about"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'in_progress', 'closed')", name=op.f("ck_anonymous_report_state")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_path"],
            ["organisation.path"],
            name=op.f("fk_anonymous_report_organisation_path_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["routed_to"], ["organisation.path"], name=op.f("fk_anonymous_report_routed_to_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anonymous_report")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_anonymous_report_code_hash")),
    )
    with op.batch_alter_table("anonymous_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_anonymous_report_routed_to"), ["routed_to"], unique=False)

    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_session")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "report_entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("report_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.CheckConstraint("by IN ('reporter', 'union')", name=op.f("ck_report_entry_by")),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["anonymous_report.id"],
            name=op.f("fk_report_entry_report_id_anonymous_report"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_report_entry_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_entry")),
        sa.UniqueConstraint("report_id", "position", name=op.f("uq_report_entry_report_id_position")),
    )
    op.create_table(
        "activity_signup",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("activity_id", sa.String(length=32), nullable=False),
        sa.Column("participant", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("employee_id", sa.String(length=32), nullable=True),
        sa.Column("organisation_path", sa.String(length=300), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('joined', 'waitlisted', 'cancelled')", name=op.f("ck_activity_signup_state")
        ),
        sa.CheckConstraint("seats > 0", name=op.f("ck_activity_signup_seats")),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
            name=op.f("fk_activity_signup_activity_id_activity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_activity_signup_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_activity_signup_employee_id_employee")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_path"],
            ["organisation.path"],
            name=op.f("fk_activity_signup_organisation_path_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_signup")),
        sa.UniqueConstraint(
            "activity_id", "participant", name=op.f("uq_activity_signup_activity_id_participant")
        ),
    )
    with op.batch_alter_table("activity_signup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_signup_participant"), ["participant"], unique=False)

    op.create_table(
        "consultation_slot",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("adviser_id", sa.String(length=32), nullable=False),
        sa.Column("organisation_path", sa.String(length=300), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("booked_by", sa.String(length=40), nullable=True),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("employee_id", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('legal', 'counselling')", name=op.f("ck_consultation_slot_kind")),
        sa.CheckConstraint(
            "(booked_by IS NULL) = (booked_at IS NULL)", name=op.f("ck_consultation_slot_booking")
        ),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_consultation_slot_minutes")),
        sa.ForeignKeyConstraint(
            ["adviser_id"], ["staff.id"], name=op.f("fk_consultation_slot_adviser_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_consultation_slot_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_consultation_slot_employee_id_employee")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_path"],
            ["organisation.path"],
            name=op.f("fk_consultation_slot_organisation_path_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_slot")),
        sa.UniqueConstraint(
            "adviser_id", "starts_at", name=op.f("uq_consultation_slot_adviser_id_starts_at")
        ),
    )
    with op.batch_alter_table("consultation_slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_slot_booked_by"), ["booked_by"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_consultation_slot_organisation_path"), ["organisation_path"], unique=False
        )

    op.create_table(
        "ticket_draft",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_ticket_draft_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_ticket_draft")),
    )
    op.create_table(
        "ticket_step",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_number", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("client_id", sa.String(length=100), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('filed', 'assigned', 'moved', 'replied', 'noted', 'added', 'urged', 'withdrawn', "
            "'objected')",
            name=op.f("ck_ticket_step_kind"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ticket_step_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["ticket_number"],
            ["ticket.number"],
            name=op.f("fk_ticket_step_ticket_number_ticket"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_step")),
        sa.UniqueConstraint(
            "ticket_number", "client_id", name=op.f("uq_ticket_step_ticket_number_client_id")
        ),
        sa.UniqueConstraint("ticket_number", "position", name=op.f("uq_ticket_step_ticket_number_position")),
    )

    with op.batch_alter_table("conversation") as batch_op:
        batch_op.add_column(sa.Column("sensitive", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(op.f("ix_conversation_token_hash"), ["token_hash"], unique=False)
    with op.batch_alter_table("turn") as batch_op:
        batch_op.add_column(sa.Column("sealed", sa.Text(), nullable=True))
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(sa.Column("staff_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("sender_name", sa.String(length=210), nullable=True))
        batch_op.add_column(sa.Column("client_id", sa.String(length=100), nullable=True))
        batch_op.create_foreign_key(op.f("fk_message_staff_id_staff"), "staff", ["staff_id"], ["id"])
        batch_op.create_unique_constraint(
            op.f("uq_message_conversation_id_client_id"), ["conversation_id", "client_id"]
        )
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.create_index(op.f("ix_outbox_message_id"), ["message_id"], unique=False)
    with op.batch_alter_table("role_grant") as batch_op:
        batch_op.drop_constraint(op.f("ck_role_grant_role"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_role_grant_role"), f"role IN ({', '.join(repr(role) for role in ROLES)})"
        )


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the upgrade: tickets would be lost")
