"""Questions of employees at the desk: which ones retrieval may remember."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.parts import Part, Parts
from api.routes.desk.access import DeskViewer
from api.routes.desk.schemas import StaffName
from service.knowledge.confirmed import operations
from service.knowledge.confirmed.queries import visible_questions
from service.knowledge.confirmed.states import QuestionState
from service.knowledge.confirmed.tables import ConfirmedQuestion
from service.people.queries import organisation_names
from service.people.tables import Staff

router = APIRouter(prefix="/desk/questions", tags=["desk"])

MOST = 500


class DeskQuestion(BaseModel):
    """A question, masked, and what is thought to answer it.

    `organisation` is the unit whose answers change with it: that of the source, the head office for a
    national one. `source_title` is null when the source is gone; `chosen` and `liked` count the
    conversations in which the card was chosen for it, or its answer rated up; `decided_by` is null where an
    administrator decided on the command line.
    """

    id: str
    text: str
    source_id: str
    source_title: str | None
    state: QuestionState
    organisation: str
    organisation_name: str
    chosen: int
    liked: int
    found_at: datetime
    decided_at: datetime | None
    decided_by: StaffName | None


@router.get("")
def list_questions(
    viewer: DeskViewer,
    parts: Part,
    state: QuestionState = QuestionState.CANDIDATE,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> list[DeskQuestion]:
    """Return the questions the viewer may decide on: candidates with most behind them first, decided ones
    with the latest decision first."""
    with parts.database.read() as db:
        names = organisation_names(db)
        found = visible_questions(db, viewer=viewer, state=state, limit=limit)
        return [_question(parts, db, question, names) for question in found]


@router.post("/{question_id}/confirm")
def confirm_question(
    question_id: str, viewer: DeskViewer, parts: Part, background: BackgroundTasks
) -> DeskQuestion:
    """Let retrieval remember the question; the index follows at once, without a restart."""
    with parts.database.write() as db:
        question = operations.confirm(
            db, question_id, index=parts.live.current(), viewer=viewer, now=parts.clock.now()
        )
        answer = _question(parts, db, question, organisation_names(db))
    background.add_task(parts.indexing.refresh)
    return answer


@router.post("/{question_id}/reject")
def reject_question(
    question_id: str, viewer: DeskViewer, parts: Part, background: BackgroundTasks
) -> DeskQuestion:
    """Keep the question out of retrieval, also one that was confirmed."""
    with parts.database.write() as db:
        question = operations.reject(db, question_id, viewer=viewer, now=parts.clock.now())
        answer = _question(parts, db, question, organisation_names(db))
    background.add_task(parts.indexing.refresh)
    return answer


def _question(
    parts: Parts, db: Session, question: ConfirmedQuestion, names: Mapping[str, str]
) -> DeskQuestion:
    source = parts.live.current().passage(question.source_id)
    decider = db.get(Staff, question.decided_by) if question.decided_by is not None else None
    return DeskQuestion(
        id=question.id,
        text=question.text,
        source_id=question.source_id,
        source_title=source.title if source is not None else None,
        state=QuestionState(question.state),
        organisation=question.organisation_path,
        organisation_name=names[question.organisation_path],
        chosen=question.chosen,
        liked=question.liked,
        found_at=question.found_at,
        decided_at=question.decided_at,
        decided_by=StaffName(id=decider.id, name=decider.display_name) if decider is not None else None,
    )
