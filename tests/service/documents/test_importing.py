"""Batches of files: each whole or not at all, bad ones named, everything that follows told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from retrieval.documents.model import Instrument, InstrumentKind, Place, QuestionRow, QuestionTable
from retrieval.documents.reading import UnreadableError
from retrieval.passages import Citation, Passage
from retrieval.tokens import law_names
from service.database import Database
from service.errors import OrganisationUnknown
from service.knowledge.documents import queries
from service.knowledge.documents.citing import Effect
from service.knowledge.documents.drafts import Drafting
from service.knowledge.documents.importing import Importing, Wishes, files_in
from service.knowledge.documents.operations import Outcome
from service.knowledge.documents.reports import FileReport, FileState
from service.knowledge.documents.rules import Basis
from service.knowledge.documents.tables import Document
from service.people.operations import keep_organisations
from service.people.organisations import load_organisations
from tests.retrieval.material import card
from tests.service.documents.instruments import LAW, NEW, OLD, TEXTS, Shelf, law
from tests.service.documents.test_document_operations import ADMIN
from tests.service.world import BANK, MORNING, PROVINCE

Content = tuple[Instrument, ...] | QuestionTable | UnreadableError
Run = Callable[..., list[FileReport]]
TABLE = QuestionTable(
    rows=(
        QuestionRow(
            "灯塔坏了找谁？", "打电话给值班员。", Place(line=2), others=("灯不亮了怎么办",), topic="联系工会"
        ),
        QuestionRow("看守人有什么待遇", "每年15日假期。", Place(line=3), basis=f"《{LAW}》第二条"),
        QuestionRow(
            "雾天要不要鸣笛", "要鸣笛，每2分钟一次。", Place(line=4), basis=f"《{LAW}》第二条、操作手册"
        ),
    ),
    columns=(("问题", "question"), ("答复", "answer"), ("分类", "topic"), ("依据", "basis")),
)
CARD = card("keeper", "看守人有什么待遇", citations=(Citation(LAW, "第二条"), Citation(LAW, "第三条")))


@pytest.fixture
def run(database: Database, tmp_path: Path, home: Path) -> Run:
    with database.write() as db:
        keep_organisations(db, load_organisations(home / "knowledge_base" / "organisations.yml"))

    def run_files(
        wishes: Wishes | None = None, cards: Sequence[Passage] = (), agreed: bool = False, **files: Content
    ) -> list[FileReport]:
        shelf = Shelf(**files)
        for name in files:
            (tmp_path / f"{name}.docx").write_text(name, encoding="utf-8")
        importing = Importing(
            database=database,
            reader=shelf,
            structure=shelf.understand,
            cards=cards,
            root=BANK,
            viewer=ADMIN,
            now=lambda: MORNING,
        )
        paths = [tmp_path / f"{name}.docx" for name in files]
        return list(importing.run(paths, wishes or Wishes(), confirmed=lambda file, table: agreed))

    return run_files


def count(database: Database) -> int:
    with database.read() as db:
        return db.scalars(select(func.count()).select_from(Document)).one()


def test_a_bad_file_costs_only_itself(run: Run, database: Database) -> None:
    reports = run(
        gut=(law(),), boese=UnreadableError("encrypted"), leer=(), auch=(law(name="示例灯塔收费办法"),)
    )
    assert [one.state for one in reports] == [
        FileState.IMPORTED,
        FileState.FAILED,
        FileState.FAILED,
        FileState.IMPORTED,
    ]
    assert [one.failure.key for one in reports if one.failure] == [
        "documents.error.encrypted",
        "documents.error.no_articles",
    ]
    assert count(database) == 2


def test_a_file_whose_second_text_cannot_be_stored_leaves_nothing_of_the_first(
    run: Run, database: Database
) -> None:
    run(alt=(law(),))
    other = law({"第一条": "完全不同。"})
    (report,) = run(beide=(law(name="示例灯塔收费办法"), other))
    assert report.failure is not None
    assert (report.failure.code, report.failure.values["name"]) == ("document_differs", LAW)
    assert count(database) == 1


def test_a_text_without_any_date_waits_to_be_told_one(run: Run, database: Database) -> None:
    undated = (law(effective_from=None),)
    (report,) = run(ohne=undated)
    assert report.failure is not None
    assert report.failure.key == "errors.effective_date_missing"
    (report,) = run(Wishes(effective_from=NEW), ohne=undated)
    (one,) = report.instruments
    assert (one.effective_from, one.basis, one.doubts) == (NEW, Basis.GIVEN, ())


def test_a_first_day_that_the_text_does_not_state_is_a_doubt(run: Run) -> None:
    (report,) = run(datei=(law(effective_from=None, promulgated_on=NEW),))
    (doubt,) = report.all_doubts
    assert (doubt.code, dict(doubt.values)["day"]) == ("start_from_promulgation", "2020-01-01")


def test_a_trial_tells_the_same_and_stores_nothing(run: Run, database: Database) -> None:
    (trial,) = run(Wishes(dry_run=True), datei=(law(),))
    assert trial.instruments[0].outcome is Outcome.ADDED
    assert count(database) == 0


def test_the_cards_that_rest_on_what_a_new_version_changes_are_listed(run: Run) -> None:
    changed = {**TEXTS, "第二条": "看守人每年有20日假期。\n（一）每年探望家人；\n（二）领取防寒用品。"}
    del changed["第三条"]
    _, newer = run(cards=[CARD], alt=(law(),), neu=(law(changed, effective_from=NEW),))
    (one,) = newer.instruments
    assert one.outcome is Outcome.NEW_VERSION
    assert one.changes == {"changed": 1, "removed": 1}
    assert [(ending.effective_from, ending.effective_to) for ending in one.endings] == [
        (OLD, date(2019, 12, 31))
    ]
    assert [(found.citation.article, found.effect) for found in one.affected] == [
        ("第二条", Effect.CHANGED),
        ("第三条", Effect.REMOVED),
    ]


def test_the_cards_that_rest_on_a_repealed_document_are_listed(run: Run) -> None:
    newer = law(name="示例灯塔法", effective_from=NEW, repeals=(LAW,))
    _, report = run(cards=[CARD], alt=(law(),), neu=(newer,))
    (one,) = report.instruments
    assert [(ending.name, ending.repealed) for ending in one.endings] == [(LAW, True)]
    assert [found.effect for found in one.affected] == [Effect.REPEALED, Effect.REPEALED]


def test_a_decision_that_amends_a_stored_law_asks_for_its_new_text(run: Run) -> None:
    decision = law(name="关于修改示例灯塔管理条例的决定", kind=InstrumentKind.DECISION, amends=(LAW,))
    _, report = run(alt=(law(),), neu=(decision,))
    assert [doubt.code for doubt in report.all_doubts] == ["amends_stored"]


def test_an_unknown_organisation_is_refused_before_anything_is_read(run: Run, database: Database) -> None:
    with pytest.raises(OrganisationUnknown):
        run(Wishes(scope="没有的银行"), datei=(law(),))
    (report,) = run(Wishes(scope=PROVINCE, sample=True), datei=(law(),))
    assert report.state is FileState.IMPORTED
    with database.read() as db:
        assert {(one.scope, one.sample) for one in queries.passages(db)} == {(PROVINCE, True)}


# Question tables


def drafting(folder: Path) -> Drafting:
    return Drafting(
        folder=folder,
        topics={"联系工会": "contacts"},
        laws=law_names(),
        scope="national",
        sample=False,
        today=date(2026, 11, 23),
    )


def test_a_question_table_waits_until_a_person_agrees_with_its_columns(run: Run, tmp_path: Path) -> None:
    wishes = Wishes(drafting=drafting(tmp_path / "drafts"))
    (report,) = run(wishes, tabelle=TABLE)
    assert (report.state, report.columns) == (FileState.TO_CONFIRM, TABLE.columns)
    assert not (tmp_path / "drafts").exists()


def test_rows_become_drafts_of_cards_which_the_linter_says_are_not_done(run: Run, tmp_path: Path) -> None:
    from retrieval.lint import lint_cards

    folder = tmp_path / "drafts"
    (report,) = run(Wishes(drafting=drafting(folder)), [CARD], True, tabelle=TABLE)
    assert report.state is FileState.DRAFTED
    assert [draft.known_as for draft in report.drafts] == [None, "keeper", None]
    written = [draft.file for draft in report.drafts if draft.file is not None]
    assert written == [file for part in ("contacts", "unsorted") for file in folder.glob(f"{part}/*.md")]
    told = {(problem.file, problem.code) for problem in lint_cards(written, None)}
    assert {code for file, code in told if file == written[0]} == {"not_a_text"}  # nobody owns it yet
    assert {code for file, code in told if file == written[1]} == {"not_a_text", "unknown_topic"}
    text = written[0].read_text(encoding="utf-8")
    assert "- 灯不亮了怎么办" in text
    assert text.endswith("---\n打电话给值班员。\n")
    assert "&id" not in text
    assert f"law: {LAW}" in written[1].read_text(encoding="utf-8")


def test_a_draft_somebody_worked_on_is_left_alone(run: Run, tmp_path: Path) -> None:
    wishes = Wishes(drafting=drafting(tmp_path / "drafts"))
    (first,) = run(wishes, (), True, tabelle=TABLE)
    file = first.drafts[0].file
    assert file is not None
    file.write_text("改过的", encoding="utf-8")
    (again,) = run(wishes, (), True, tabelle=TABLE)
    assert [draft.kept for draft in again.drafts] == [True, False, False]
    assert file.read_text(encoding="utf-8") == "改过的"


# Folders


def test_folders_are_searched_and_what_programs_leave_behind_is_passed_over(tmp_path: Path) -> None:
    for name in ("b.docx", "a/c.md", "~$b.docx", ".hidden/d.md", "Thumbs.db"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = files_in([tmp_path, tmp_path / "b.docx"])
    assert [file.name for file in found] == ["c.md", "b.docx"]
    with pytest.raises(FileNotFoundError):
        files_in([tmp_path / "nothing"])
