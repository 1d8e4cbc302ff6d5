"""An employee says which unit they belong to, where nobody else has said it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.conversations.replies import Reply
from service.conversations.tables import Conversation
from service.people.identities import PORTAL
from service.people.naming_units import UnitNames
from service.people.organisations import Unit
from service.people.tables import Employee, EmployeeIdentity
from service.texts import Texts

FLOW = "flow"


class OwnUnit:
    """Hears “单位 合肥分行” and keeps it. Threads may share this object."""

    def __init__(self, texts: Texts, units: Sequence[Unit]) -> None:
        texts.require(f"contacts.own_unit.{key}" for key in ("kept", "several", "portal"))
        self._texts = texts
        self._names = UnitNames(units)

    def told(self, db: Session, chat: Conversation, text: str) -> Reply | None:
        """Keep the unit that `text` names for the person of `chat` and return what is said about it.

        None where the text names none. The portal's word on who belongs where is not changed.
        """
        named = self._names.said(text)
        if not named:
            return None
        if len(named) > 1:
            listed = "、".join(unit.name for unit in named)
            return self._say("several", units=listed)
        employee = db.get(Employee, chat.employee_id) if chat.employee_id is not None else None
        if employee is not None and employee.organisation_path is not None and _is_of_portal(db, employee):
            return self._say("portal")
        (unit,) = named
        chat.organisation_path = unit.path
        if employee is not None:
            employee.organisation_path = unit.path
        return self._say("kept", unit=unit.short_name)

    def _say(self, key: str, **fields: object) -> Reply:
        return Reply(self._texts(f"contacts.own_unit.{key}", **fields), decision=FLOW)


def _is_of_portal(db: Session, employee: Employee) -> bool:
    query = select(EmployeeIdentity.id).where(
        EmployeeIdentity.employee_id == employee.id, EmployeeIdentity.provider == PORTAL
    )
    return db.scalars(query.limit(1)).one_or_none() is not None
