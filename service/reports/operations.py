"""Anonymous reports: taking one, coming back to it by its code, answering it.

No event is recorded: the event log numbers what happens, and its neighbours would tell when a report came
and which conversation was open just then. How many there are is counted in the table itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.conversations.rules import check_text
from service.errors import ReportNotFound
from service.people.queries import check_organisation, within
from service.people.roles import Role
from service.people.viewer import Viewer
from service.privacy.mask import Masker
from service.privacy.sealing import Sealer
from service.reports.rules import code_hash, new_code
from service.reports.tables import About, By, Report, ReportEntry, ReportState


@dataclass(frozen=True, slots=True)
class Entry:
    """What one side wrote, on which day."""

    by: By
    text: str
    on: date


class Reports:
    """Takes and shows reports; texts are masked, then sealed. Threads may share this object."""

    def __init__(self, *, mask: Masker, sealer: Sealer) -> None:
        self._mask = mask
        self._sealer = sealer

    def take(
        self, db: Session, *, about: About, text: str, organisation: str | None, routed_to: str, today: date
    ) -> str:
        """Store a report and return its receipt code, which is nowhere to be had again.

        Raises TextEmpty, TextTooLong, OrganisationUnknown.
        """
        kept = check_text(text)
        check_organisation(db, organisation)
        code = new_code()
        report = Report(
            code_hash=code_hash(code),
            about=about,
            organisation_path=organisation,
            routed_to=routed_to,
            state=ReportState.RECEIVED,
            received_on=today,
            changed_on=today,
        )
        db.add(report)
        db.flush()
        self._append(db, report, by=By.REPORTER, text=kept, today=today)
        return code

    def by_code(self, db: Session, code: str) -> Report:
        """Return the report of a receipt code. Raises ReportNotFound."""
        hashed = code_hash(code)
        report = (
            db.scalars(select(Report).where(Report.code_hash == hashed)).one_or_none() if hashed else None
        )
        if report is None:
            raise ReportNotFound
        return report

    def add(self, db: Session, report: Report, *, text: str, today: date) -> None:
        """Add what the reporter says later. Raises TextEmpty, TextTooLong."""
        self._append(db, report, by=By.REPORTER, text=check_text(text), today=today)
        if report.state == ReportState.CLOSED:
            report.state = ReportState.IN_PROGRESS

    def reply(self, db: Session, report: Report, *, text: str, viewer: Viewer, today: date) -> None:
        """Answer the reporter. Raises TextEmpty, TextTooLong."""
        self._append(db, report, by=By.UNION, text=check_text(text), today=today, staff_id=viewer.staff_id)
        report.state = ReportState.IN_PROGRESS

    def close(self, report: Report, *, today: date) -> None:
        report.state, report.changed_on = ReportState.CLOSED, today

    def entries(self, db: Session, report: Report) -> list[Entry]:
        """Return what was written, in order, opened."""
        query = select(ReportEntry).where(ReportEntry.report_id == report.id).order_by(ReportEntry.position)
        return [Entry(By(entry.by), self._sealer.open(entry.text), entry.on) for entry in db.scalars(query)]

    def _append(
        self,
        db: Session,
        report: Report,
        *,
        by: By,
        text: str,
        today: date,
        staff_id: str | None = None,
    ) -> None:
        written = select(func.count()).where(ReportEntry.report_id == report.id)
        db.add(
            ReportEntry(
                report_id=report.id,
                position=db.scalars(written).one() + 1,
                by=by,
                text=self._sealer.seal(self._mask(text)),
                staff_id=staff_id,
                on=today,
            )
        )
        report.changed_on = today
        db.flush()


def visible_reports(db: Session, *, viewer: Viewer) -> list[Report]:
    """Return the reports of the units for which the viewer is the confidant, the latest change first."""
    query = select(Report).where(within(Report.routed_to, viewer, Role.CONFIDANT))
    return list(db.scalars(query.order_by(Report.changed_on.desc(), Report.id)))


def visible_report(db: Session, report_id: str, *, viewer: Viewer) -> Report:
    """Return a report the viewer may read. Raises ReportNotFound."""
    report = db.scalars(
        select(Report).where(Report.id == report_id, within(Report.routed_to, viewer, Role.CONFIDANT))
    ).one_or_none()
    if report is None:
        raise ReportNotFound
    return report
