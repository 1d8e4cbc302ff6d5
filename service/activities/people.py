"""Who takes part: an employee wherever that person writes from, or a visitor's conversation."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.activities.tables import Signup
from service.conversations.queries import conversation
from service.people.tables import Employee


@dataclass(frozen=True, slots=True)
class Person:
    """The person of a conversation; `name` None: a visitor, or an employee the portal gave no name of."""

    participant: str
    conversation_id: str
    employee_id: str | None
    organisation: str | None
    channel: str
    name: str | None


def participant_of(employee_id: str) -> str:
    """Return the name under which an employee takes part."""
    return f"e:{employee_id}"


def person_of(db: Session, conversation_id: str) -> Person:
    """Return who talks in a conversation. Raises ConversationNotFound."""
    chat = conversation(db, conversation_id)
    employee = db.get(Employee, chat.employee_id) if chat.employee_id is not None else None
    return Person(
        participant=participant_of(employee.id) if employee else f"c:{chat.id}",
        conversation_id=chat.id,
        employee_id=employee.id if employee else None,
        organisation=chat.organisation_path,
        channel=chat.channel,
        name=employee.display_name if employee else None,
    )


def name_given(db: Session, participant: str) -> str | None:
    """Return the name a visitor gave for an activity before."""
    query = select(Signup.name).where(Signup.participant == participant).order_by(Signup.changed_at.desc())
    return db.scalars(query.limit(1)).one_or_none()
