"""Consultation slots at the desk: offered by advisers and counsellors, each kind to its own role."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session

from api.parts import Part, Parts
from api.routes.desk.access import DeskViewer
from api.routes.desk.activity_schemas import Slot, SlotBody
from service.activities import booking, queries
from service.activities.rules import SlotDraft, state_of_slot
from service.activities.tables import ConsultationSlot
from service.people.queries import organisation_names
from service.people.staff import staff_name
from service.people.viewer import Viewer

router = APIRouter(prefix="/desk/slots", tags=["desk"])


@router.get("")
def list_slots(viewer: DeskViewer, parts: Part) -> list[Slot]:
    """Return the times of the viewer's units and role, the latest first."""
    with parts.database.read() as db:
        return [_view(parts, db, slot, viewer) for slot in queries.kept_slots(db, viewer=viewer)]


@router.post("", status_code=201)
def create_slot(body: SlotBody, viewer: DeskViewer, parts: Part) -> Slot:
    """Offer a time; employees of the unit and those below can book it at once."""
    draft = SlotDraft(
        kind=body.kind,
        starts_at=body.starts_at,
        minutes=body.minutes,
        place=body.place,
        organisation=body.organisation,
        adviser_id=body.adviser_id or viewer.staff_id,
    )
    with parts.database.write() as db:
        created = booking.create_slot(db, draft, viewer=viewer, now=parts.clock.now())
        return _view(parts, db, created, viewer)


@router.post("/{slot_id}/cancel")
def cancel_slot(slot_id: str, viewer: DeskViewer, parts: Part) -> Slot:
    """Take a time away and tell whoever booked it."""
    with parts.database.write() as db:
        gone = booking.cancel_slot(
            db, slot_id, viewer=viewer, words=parts.activity_talk.words, now=parts.clock.now()
        )
        return _view(parts, db, gone, viewer)


def _view(parts: Parts, db: Session, slot: ConsultationSlot, viewer: Viewer) -> Slot:
    known = slot.booked_by is not None and queries.may_read_booking(slot, viewer=viewer)
    return Slot.model_validate(
        {
            "id": slot.id,
            "kind": slot.kind,
            "adviser": {"id": slot.adviser_id, "name": staff_name(db, slot.adviser_id) or ""},
            "starts_at": slot.starts_at,
            "minutes": slot.minutes,
            "place": slot.place,
            "organisation_name": organisation_names(db)[slot.organisation_path],
            "state": state_of_slot(slot, parts.clock.now()),
            "booking": {"name": slot.name, "at": slot.booked_at} if known else None,
        }
    )
