"""Anonymous reports: found again by their code alone, linked to nobody."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from service.database import Database
from service.errors import ReportNotFound, TextEmpty, TooManyReports
from service.insights.tables import EventLog
from service.people.roles import Role
from service.people.staff import staff_by_login
from service.people.viewer import Grant, Viewer
from service.privacy.mask import KINDS, Masker
from service.privacy.sealing import Sealer
from service.reports.operations import Reports, visible_report, visible_reports
from service.reports.pace import Pace
from service.reports.rules import code_hash, new_code
from service.reports.tables import About, By, Report, ReportEntry, ReportState
from tests.service.test_staff import union

__all__ = ["union"]

TODAY = date(2026, 11, 25)
REPORTS = Reports(mask=Masker({kind: f"<{kind}>" for kind in KINDS}), sealer=Sealer("key"))
CONFIDANT = Viewer("s", frozenset({Grant(Role.CONFIDANT, "行/皖")}))


def take(database: Database, words: str = "排班不公", *, routed_to: str = "行/皖") -> str:
    with database.write() as db:
        return REPORTS.take(
            db, about=About.RIGHTS, text=words, organisation="行/皖/合肥", routed_to=routed_to, today=TODAY
        )


def test_the_code_finds_the_report_however_it_is_typed(union: Database) -> None:
    code = take(union)
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " "), f" {code}\n"):
        with union.read() as db:
            report = REPORTS.by_code(db, typed)
            assert [(entry.by, entry.text) for entry in REPORTS.entries(db, report)] == [
                (By.REPORTER, "排班不公")
            ]
    for wrong in ("", "K7QM", new_code(), code[:-1] + ("A" if code[-1] != "A" else "B")):
        with pytest.raises(ReportNotFound), union.read() as db:
            REPORTS.by_code(db, wrong)


@given(st.text(max_size=80))
def test_no_text_at_all_breaks_the_look_up(typed: str) -> None:
    assert code_hash(typed) is None or len(code_hash(typed) or "") == 64


def test_codes_are_not_repeated_and_hold_no_characters_that_are_mistaken() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert not set("".join(codes)) & set("0O1IL")


def test_both_sides_write_and_a_closed_report_opens_again_with_more(union: Database) -> None:
    code = take(union)
    with union.write() as db:
        (report,) = visible_reports(db, viewer=CONFIDANT)
        account = staff_by_login(db, "wang")
        viewer = Viewer(account.id, CONFIDANT.grants)
        REPORTS.reply(db, report, text="能说说是哪个班次吗", viewer=viewer, today=TODAY)
        assert report.state == ReportState.IN_PROGRESS
        REPORTS.close(report, today=TODAY)
    with union.write() as db:
        REPORTS.add(db, REPORTS.by_code(db, code), text="夜班，电话13812345678", today=TODAY)
    with union.read() as db:
        report = REPORTS.by_code(db, code)
        assert report.state == ReportState.IN_PROGRESS
        assert [(entry.by, entry.text) for entry in REPORTS.entries(db, report)] == [
            (By.REPORTER, "排班不公"),
            (By.UNION, "能说说是哪个班次吗"),
            (By.REPORTER, "夜班，电话<mobile>"),
        ]


def test_only_the_confidant_of_the_union_it_went_to_sees_it(union: Database) -> None:
    take(union)
    with union.read() as db:
        (report,) = visible_reports(db, viewer=CONFIDANT)
        for grant in (
            Grant(Role.OFFICER, "行"),
            Grant(Role.SUPERVISOR, "行"),
            Grant(Role.ADMINISTRATOR, "行"),
            Grant(Role.CONFIDANT, "行/皖/合肥"),
            Grant(Role.CONFIDANT, "行/皖南"),
        ):
            other = Viewer("o", frozenset({grant}))
            assert visible_reports(db, viewer=other) == []
            with pytest.raises(ReportNotFound):
                visible_report(db, report.id, viewer=other)


def test_nothing_stored_tells_who_when_or_in_which_words(union: Database) -> None:
    code = take(union, "主任欺负人")
    with union.read() as db:
        assert db.scalars(select(EventLog)).all() == []
        for table in (Report, ReportEntry):
            for column in table.__table__.columns:
                assert not any(
                    word in column.name
                    for word in ("conversation", "employee", "address", "_at", "agent", "token")
                )
        rows = str(db.execute(text("SELECT * FROM anonymous_report")).all())
        rows += str(db.execute(text("SELECT * FROM report_entry")).all())
    for trace in (code, code.replace("-", ""), "主任欺负人"):
        assert trace not in rows


def test_an_empty_report_is_refused(union: Database) -> None:
    with pytest.raises(TextEmpty):
        take(union, " \n ")


def test_more_than_anybody_sends_by_hand_is_refused_for_a_while() -> None:
    pace = Pace(at_most=3)
    for _ in range(3):
        pace.take()
    with pytest.raises(TooManyReports):
        pace.take()
