"""Cases filed for a colleague: whether the colleague agrees, and that staff asked

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STEPS = ("filed", "assigned", "moved", "replied", "noted", "added", "urged", "withdrawn", "objected")
MORE_STEPS = (*STEPS, "agreed", "declined")


def upgrade() -> None:
    with op.batch_alter_table("ticket") as batch:
        batch.add_column(sa.Column("subject_consent", sa.String(length=10), nullable=True))
        batch.create_check_constraint(
            batch.f("ck_ticket_subject_consent"),
            "subject_consent IN ('open', 'given', 'confirmed', 'refused')",
        )
    _allow(MORE_STEPS)


def downgrade() -> None:
    op.execute("DELETE FROM ticket_step WHERE kind IN ('agreed', 'declined')")
    _allow(STEPS)
    with op.batch_alter_table("ticket") as batch:
        batch.drop_constraint(batch.f("ck_ticket_subject_consent"), type_="check")
        batch.drop_column("subject_consent")


def _allow(steps: tuple[str, ...]) -> None:
    among = ", ".join(repr(step) for step in steps)
    with op.batch_alter_table("ticket_step") as batch:
        batch.drop_constraint(batch.f("ck_ticket_step_kind"), type_="check")
        batch.create_check_constraint(batch.f("ck_ticket_step_kind"), f"kind IN ({among})")
