"""Anonymous reports: no token, no cookie, no line in the log, no time but the day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.parts import Part, Parts
from api.schemas import OrganisationPath, Strict
from service.conversations.rules import TEXT_LIMIT
from service.people.queries import organisation_names
from service.reports.tables import About, By, Report, ReportState

router = APIRouter(prefix="/reports", tags=["reports"])

Code = Annotated[str, Field(min_length=1, max_length=60)]
ReportText = Annotated[str, Field(max_length=50 * TEXT_LIMIT)]


class SendReport(Strict):
    about: About
    text: ReportText
    org: OrganisationPath | None = None


class Receipt(BaseModel):
    """`code` is shown here and never again."""

    code: str
    received_on: date


class LookUp(Strict):
    code: Code


class AddToReport(Strict):
    code: Code
    text: ReportText


class ReportEntryView(BaseModel):
    by: Literal["union", "reporter"]
    text: str
    on: date


class ReportView(BaseModel):
    """A report as its reporter sees it; `replies` is what was written after the first text, in order."""

    about: About
    org_name: str | None
    received_on: date
    state: ReportState
    text: str
    replies: list[ReportEntryView]


@router.post("", status_code=201)
def send_report(body: SendReport, parts: Part) -> Receipt:
    """Take a report. The answer holds the receipt code, the only way back to it."""
    parts.report_pace.take()
    today = parts.clock.today()
    with parts.database.write() as db:
        code = parts.reports.take(
            db,
            about=body.about,
            text=body.text,
            organisation=body.org,
            routed_to=parts.handovers.confidant_of(db, body.org),
            today=today,
        )
    return Receipt(code=code, received_on=today)


@router.post("/lookup")
def look_up(body: LookUp, parts: Part) -> ReportView:
    """Return a report by its receipt code. A POST, so that the code is in no address."""
    parts.report_pace.take()
    with parts.database.read() as db:
        return _view(parts, db, parts.reports.by_code(db, body.code))


@router.post("/add")
def add_to_report(body: AddToReport, parts: Part) -> ReportView:
    """Add to a report by its receipt code."""
    parts.report_pace.take()
    with parts.database.write() as db:
        report = parts.reports.by_code(db, body.code)
        parts.reports.add(db, report, text=body.text, today=parts.clock.today())
        return _view(parts, db, report)


def _view(parts: Parts, db: Session, report: Report) -> ReportView:
    first, *later = parts.reports.entries(db, report)
    return ReportView(
        about=About(report.about),
        org_name=organisation_names(db).get(report.organisation_path or ""),
        received_on=report.received_on,
        state=ReportState(report.state),
        text=first.text,
        replies=[
            ReportEntryView(by="union" if entry.by is By.UNION else "reporter", text=entry.text, on=entry.on)
            for entry in later
        ],
    )
