"""`union-assistant questions`, on a knowledge base of two cards."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer

from api.cli import questions
from api.cli.indexing import check_and_build
from api.cli.searching import search_once
from api.settings import Settings
from service.database import Database
from service.knowledge.confirmed.queries import confirmed_questions
from service.knowledge.confirmed.states import QuestionState

ASKED = "歇着拿钱的日子一年里头攒几回"
CARD = "leave-annual-days"


@pytest.fixture
def settings(home: Path, tmp_path: Path) -> Settings:
    knowledge = tmp_path / "knowledge_base"
    cards = knowledge / "cards" / "leave"
    cards.mkdir(parents=True)
    for name in (CARD, "leave-marriage"):
        shutil.copy(home / "knowledge_base" / "cards" / "leave" / f"{name}.md", cards)
    shutil.copy(home / "knowledge_base" / "organisations.yml", knowledge)
    for name in ("parameters", "calendar"):
        shutil.copytree(home / "knowledge_base" / name, knowledge / name)
    (tmp_path / "texts").symlink_to(home / "texts")
    return Settings(home=tmp_path, data_dir=tmp_path / "var")


def kept(settings: Settings) -> list[tuple[str, str]]:
    database = Database(settings.database)
    try:
        with database.read() as db:
            return [(one.text, one.source_id) for one in confirmed_questions(db)]
    finally:
        database.close()


def listed(settings: Settings, state: QuestionState, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert questions.show(settings, state=state, limit=10, as_json=True) == 0
    return [one["id"] for one in json.loads(capsys.readouterr().out)]


def decision(settings: Settings, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert search_once(settings, ASKED, org=None, as_of=None, limit=1, as_json=True) == 0
    return str(json.loads(capsys.readouterr().out)["decision"])


def test_a_question_is_added_answered_taken_back_and_confirmed_again(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert questions.add(settings, ASKED, CARD) == 0
    assert ASKED in capsys.readouterr().out
    assert decision(settings, capsys) == "answer"
    (name,) = listed(settings, QuestionState.CONFIRMED, capsys)
    assert questions.reject(settings, [name[:6]]) == 0
    assert decision(settings, capsys) != "answer"
    assert questions.confirm(settings, [name]) == 0
    assert decision(settings, capsys) == "answer"


def test_an_id_that_names_no_question_changes_nothing(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    questions.add(settings, ASKED, CARD)
    (name,) = listed(settings, QuestionState.CONFIRMED, capsys)
    with pytest.raises(typer.Exit) as ended:
        questions.reject(settings, [name, "zz"])
    assert ended.value.exit_code == 2
    assert "zz" in capsys.readouterr().err
    assert kept(settings) == [(ASKED, CARD)]


def test_what_a_rule_forbids_is_said_in_one_line(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        questions.add(settings, "婚假有几天？", CARD)
    assert ended.value.exit_code == 1
    assert "《婚假有几天》" in capsys.readouterr().err
    with pytest.raises(typer.Exit):
        questions.add(settings, ASKED, "no-such-card")
    assert kept(settings) == []


def test_what_is_exported_is_imported_elsewhere(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions.add(settings, ASKED, CARD)
    file = tmp_path / "questions.jsonl"
    assert questions.export(settings, file) == 0
    assert json.loads(file.read_text(encoding="utf-8")) == {"question": ASKED, "source_id": CARD}
    other = settings.model_copy(update={"data_dir": tmp_path / "other"})
    assert questions.take(other, file) == 0
    assert kept(other) == [(ASKED, CARD)]
    capsys.readouterr()
    assert questions.export(other, None) == 0
    assert capsys.readouterr().out == file.read_text(encoding="utf-8")


def test_imported_questions_whose_card_is_not_there_are_listed_and_skipped(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "questions.jsonl"
    lines = [{"question": ASKED, "source_id": CARD}, {"question": "从前的事怎么办", "source_id": "gone"}]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert questions.take(settings, file) == 1
    assert "从前的事怎么办" in capsys.readouterr().out
    assert kept(settings) == [(ASKED, CARD)]


@pytest.mark.parametrize(
    "line", ["不是JSON", '["年假"]', '{"source_id": "x"}', '{"question": " "}', '{"question": "年假几天"}']
)
def test_a_wrong_line_is_named_by_file_and_number_and_nothing_is_imported(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    file = tmp_path / "questions.jsonl"
    good = json.dumps({"question": ASKED, "source_id": CARD})
    file.write_text(f"{good}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(typer.Exit) as ended:
        questions.take(settings, file)
    assert ended.value.exit_code == 1
    assert f"{file} 第 3 行" in capsys.readouterr().err


def test_indexing_names_confirmed_questions_whose_card_is_gone(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    questions.add(settings, ASKED, CARD)
    (settings.knowledge_base / "cards" / "leave" / f"{CARD}.md").unlink()
    capsys.readouterr()
    assert check_and_build(settings, check_only=False) == 0
    said = capsys.readouterr().out
    assert ASKED in said
    assert CARD in said
