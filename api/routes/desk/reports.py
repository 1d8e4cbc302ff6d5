"""Anonymous reports at the desk: for the confidants of the units concerned alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.parts import Part, Parts
from api.routes.desk.access import DeskViewer
from api.schemas import Strict
from service.conversations.rules import TEXT_LIMIT
from service.people.queries import organisation_names
from service.reports.operations import visible_report, visible_reports
from service.reports.tables import About, By, Report, ReportState

router = APIRouter(prefix="/desk/reports", tags=["desk"])

SNIPPET = 60
"""Characters of a report shown in the list."""


class DeskReportRow(BaseModel):
    id: str
    about: About
    organisation_name: str | None
    state: ReportState
    received_on: date
    changed_on: date
    summary: str


class DeskReportEntry(BaseModel):
    by: Literal["union", "reporter"]
    text: str
    on: date


class DeskReport(DeskReportRow):
    entries: list[DeskReportEntry]


class ReportReply(Strict):
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT)]


@router.get("")
def list_reports(viewer: DeskViewer, parts: Part) -> list[DeskReportRow]:
    """Return the reports the viewer is the confidant for, the latest change first."""
    with parts.database.read() as db:
        return [_report(parts, db, report) for report in visible_reports(db, viewer=viewer)]


@router.get("/{report_id}")
def read_report(report_id: str, viewer: DeskViewer, parts: Part) -> DeskReport:
    with parts.database.read() as db:
        return _report(parts, db, visible_report(db, report_id, viewer=viewer))


@router.post("/{report_id}/reply")
def reply_to_report(report_id: str, body: ReportReply, viewer: DeskViewer, parts: Part) -> DeskReport:
    """Answer; the reporter reads it with the receipt code."""
    with parts.database.write() as db:
        report = visible_report(db, report_id, viewer=viewer)
        parts.reports.reply(db, report, text=body.text, viewer=viewer, today=parts.clock.today())
        return _report(parts, db, report)


@router.post("/{report_id}/close")
def close_report(report_id: str, viewer: DeskViewer, parts: Part) -> DeskReport:
    with parts.database.write() as db:
        report = visible_report(db, report_id, viewer=viewer)
        parts.reports.close(report, today=parts.clock.today())
        return _report(parts, db, report)


def _report(parts: Parts, db: Session, report: Report) -> DeskReport:
    entries = parts.reports.entries(db, report)
    first = " ".join(entries[0].text.split())
    return DeskReport(
        id=report.id,
        about=About(report.about),
        organisation_name=organisation_names(db).get(report.organisation_path or ""),
        state=ReportState(report.state),
        received_on=report.received_on,
        changed_on=report.changed_on,
        summary=first if len(first) <= SNIPPET else f"{first[:SNIPPET]}…",
        entries=[
            DeskReportEntry(by="union" if entry.by is By.UNION else "reporter", text=entry.text, on=entry.on)
            for entry in entries
        ],
    )
