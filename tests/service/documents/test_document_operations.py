"""Documents on a database: stored, superseded, repealed, corrected, removed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from retrieval.documents.model import Instrument, InstrumentKind, Link
from retrieval.passages import Citation
from service.database import Database
from service.errors import DocumentDiffers, DocumentNotFound, NotAllowed
from service.insights.tables import EventLog
from service.knowledge.documents import queries
from service.knowledge.documents.operations import Outcome, Stored, remove, store
from service.knowledge.documents.tables import DocumentArticle, DocumentFile, DocumentVersion
from service.people.roles import Role
from service.people.viewer import Grant, Viewer
from tests.service.documents.instruments import LAW, NEW, OLD, TEXTS, articles, intake, law
from tests.service.world import BANK, CITY, MORNING, PROVINCE

ADMIN = Viewer("", frozenset({Grant(Role.ADMINISTRATOR, BANK)}))
BRANCH = Viewer("", frozenset({Grant(Role.SUPERVISOR, PROVINCE)}))
LATER = {**TEXTS, "第二条": "看守人每年有20日假期。"}


def keep(db: Session, instrument: Instrument, *, viewer: Viewer = ADMIN, **fields: object) -> Stored:
    taken = intake(instrument, **fields)  # type: ignore[arg-type]
    return store(db, taken, root=BANK, viewer=viewer, now=MORNING)


def days(db: Session, name: str = LAW) -> list[tuple[date, date | None]]:
    document = queries.visible_document(db, name, viewer=ADMIN)
    return [(one.effective_from, one.effective_to) for one in queries.versions_of(db, document.id)]


def test_what_is_stored_comes_back_word_for_word(database: Database) -> None:
    with database.write() as db:
        stored = keep(db, law())
        assert stored.outcome is Outcome.ADDED
    with database.read() as db:
        document = queries.visible_document(db, "《示例灯塔管理条例》", viewer=ADMIN)
        version = queries.version_on(db, document, date(2015, 5, 1))
        assert queries.articles_of(db, version.id) == list(articles())
        with pytest.raises(DocumentNotFound):
            queries.version_on(db, document, OLD - timedelta(days=1))


def test_a_newer_version_ends_the_older_and_one_of_between_finds_its_place(database: Database) -> None:
    between = date(2015, 7, 1)
    with database.write() as db:
        keep(db, law())
        newer = keep(db, law(LATER, effective_from=NEW), file="新.docx")
        assert newer.outcome is Outcome.NEW_VERSION
        assert newer.before == articles()
        assert [(one.version.effective_from, one.repealed) for one in newer.ended] == [(OLD, False)]
        assert (
            keep(db, law({**TEXTS, "第五条": "附则。"}, effective_from=between), file="中.docx").before
            is None
        )
    with database.read() as db:
        ends = [between - timedelta(days=1), NEW - timedelta(days=1), None]
        assert days(db) == list(zip([OLD, between, NEW], ends, strict=True))


def test_the_same_again_changes_nothing_whatever_file_it_comes_in(database: Database) -> None:
    with database.write() as db:
        keep(db, law())
    with database.write() as db:
        assert keep(db, law()).outcome is Outcome.UNCHANGED
        spaced = {label: text.replace("，", "， ") for label, text in TEXTS.items()}
        assert keep(db, law(spaced), file="灯塔.pdf").outcome is Outcome.SAME_CONTENT
    with database.read() as db:
        for table, count in ((DocumentVersion, 1), (DocumentFile, 1), (DocumentArticle, len(TEXTS))):
            assert db.scalar(select(func.count()).select_from(table)) == count
        kinds = db.scalars(select(EventLog.kind)).all()
        assert kinds == ["document_imported"]


def test_other_words_for_a_version_are_refused_unless_they_are_said_to_replace_it(database: Database) -> None:
    with database.write() as db:
        keep(db, law())
    with pytest.raises(DocumentDiffers), database.write() as db:
        keep(db, law(LATER), file="改.docx")
    with database.write() as db:
        corrected = keep(db, law(LATER), file="改.docx", replacing=True)
        assert (corrected.outcome, corrected.before) == (Outcome.REPLACED, articles())
    with database.read() as db:
        version = queries.version_on(db, queries.visible_document(db, LAW, viewer=ADMIN), None)
        assert queries.articles_of(db, version.id) == list(articles(LATER))
        assert [file.name for file in queries.files_of(db, version.id)] == ["改.docx"]


def test_the_parts_of_a_law_become_one_in_the_order_of_their_numbers(database: Database) -> None:
    first, second = dict(list(TEXTS.items())[:2]), dict(list(TEXTS.items())[2:])
    with database.write() as db:
        keep(db, law(second, part="分则编"), file="分则.md")
        assert keep(db, law(first, part="总则编"), file="总则.md").outcome is Outcome.COMPLETED
        assert keep(db, law(second, part="分则编"), file="分则.md").outcome is Outcome.UNCHANGED
        changed = {**first, "第一条": "为了灯塔，制定本条例。"}
        assert (
            keep(db, law(changed, part="总则编"), file="总则.md", replacing=True).outcome is Outcome.REPLACED
        )
    with database.read() as db:
        version = queries.version_on(db, queries.visible_document(db, LAW, viewer=ADMIN), None)
        assert queries.articles_of(db, version.id) == list(articles({**changed, **second}))


def test_a_repeal_ends_a_document_whichever_of_the_two_comes_first(database: Database) -> None:
    newer = law(name="示例灯塔法", effective_from=NEW, repeals=(LAW,))
    end = NEW - timedelta(days=1)
    with database.write() as db:
        keep(db, law())
        (ended,) = keep(db, newer).ended
        assert (ended.document.name, ended.repealed, ended.version.effective_to) == (LAW, True, end)
        document = queries.visible_document(db, "示例灯塔法", viewer=ADMIN)
        remove(db, document, effective_from=None, root=BANK, viewer=ADMIN, now=MORNING)
        assert days(db) == [(OLD, None)]
    with database.write() as db:
        remove(
            db,
            queries.visible_document(db, LAW, viewer=ADMIN),
            effective_from=None,
            root=BANK,
            viewer=ADMIN,
            now=MORNING,
        )
        keep(db, newer)
        keep(db, law())
        assert days(db) == [(OLD, end)]


def test_without_the_newer_version_the_older_holds_on(database: Database) -> None:
    with database.write() as db:
        keep(db, law())
        keep(db, law(LATER, effective_from=NEW))
        document = queries.visible_document(db, LAW, viewer=ADMIN)
        remove(db, document, effective_from=NEW, root=BANK, viewer=ADMIN, now=MORNING)
        assert days(db) == [(OLD, None)]
        assert db.scalar(select(func.count()).select_from(DocumentArticle)) == len(TEXTS)


def test_a_branch_keeps_its_own_rules_and_no_others(database: Database) -> None:
    policy = law(name="考勤办法", kind=InstrumentKind.POLICY)
    with database.write() as db:
        keep(db, policy, viewer=BRANCH, scope=CITY)
        keep(db, law({"第一条": "全行一样。"}, name="考勤办法"), scope=BANK)
        for scope in ("national", BANK):
            with pytest.raises(NotAllowed):
                keep(db, policy, viewer=BRANCH, scope=scope)
    with database.read() as db:
        assert [one.scope for one in queries.visible_documents(db, viewer=BRANCH)] == [CITY]
        assert len(queries.visible_documents(db, viewer=ADMIN)) == 2
        ids = {one.id for one in queries.passages(db)}
        assert f"law:考勤办法:第一条@{CITY}" in ids
        assert f"law:考勤办法:第一条@{BANK}" in ids


def test_every_version_of_every_article_is_a_passage_with_its_days_and_links(database: Database) -> None:
    linked = law()
    link = Link(6, 9, LAW, "第三条")
    fourth = linked.articles[3]
    changed = (*linked.articles[:3], type(fourth)(fourth.label, fourth.text, fourth.headings, links=(link,)))
    with database.write() as db:
        keep(db, law(LATER, effective_from=NEW))
        keep(db, Instrument(LAW, LAW, InstrumentKind.LAW, changed, effective_from=OLD))
    with database.read() as db:
        made = queries.passages(db)
    assert [one.article for one in made] == [*TEXTS, *TEXTS]
    assert [one.effective_to for one in made] == [NEW - timedelta(days=1)] * 4 + [None] * 4
    fourth_made = made[3]
    assert (fourth_made.id, fourth_made.heading) == (f"law:{LAW}:第四条", "第一章 总则")
    assert fourth_made.citations == (Citation(LAW, "第三条"),)
    assert len({one.version for one in made}) == len(made)


def test_a_law_is_kept_under_the_name_that_cards_cite_it_by(database: Database) -> None:
    with database.write() as db:
        keep(db, law(name="年休假条例"))
        assert keep(db, law(name="年休假条例")).outcome is Outcome.UNCHANGED
        keep(db, law(name="年休假条例"), scope=BANK)  # its own, whatever it is called
    with database.read() as db:
        names = [one.name for one in queries.visible_documents(db, viewer=ADMIN)]
        assert names == ["职工带薪年休假条例", "年休假条例"]


def test_a_first_day_that_was_a_guess_is_corrected_by_importing_the_text_with_the_right_one(
    database: Database,
) -> None:
    guessed = law(effective_from=None, promulgated_on=date(2009, 11, 1))
    with database.write() as db:
        keep(db, guessed)
        assert all(one.presumed for one in queries.passages(db))
        assert keep(db, law()).outcome is Outcome.DATED
        assert days(db) == [(OLD, None)]
        assert not any(one.presumed for one in queries.passages(db))
        assert keep(db, law()).outcome is Outcome.UNCHANGED


def test_parts_that_were_adopted_together_hold_together_although_only_one_says_from_when(
    database: Database,
) -> None:
    first, second = dict(list(TEXTS.items())[:2]), dict(list(TEXTS.items())[2:])
    adopted: dict[str, Any] = {"promulgated_on": date(2009, 11, 1)}
    with database.write() as db:
        keep(db, law(second, part="分则编", effective_from=None, **adopted), file="分则.md")
        keep(db, law(first, part="总则编", **adopted), file="总则.md")
        assert days(db) == [(OLD, None)]
        assert (
            keep(db, law(second, part="分则编", effective_from=None, **adopted)).outcome
            is Outcome.SAME_CONTENT
        )
        assert days(db) == [(OLD, None)]
