"""`union-assistant train encoder` and `train ranking`, and the way from one encoder to another."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
import typer

from api.cli import adapting, questions
from api.cli.ranking import train_ranking
from api.cli.searching import search_once
from api.serving.notices import Notices, StartFailure
from api.serving.preparing import prepare_index
from api.settings import Settings
from retrieval.artifacts import Artifacts
from retrieval.cards import load_cards
from retrieval.encoder import TransformerEncoder, load_encoder
from retrieval.store import current_version, read_manifest
from retrieval.training.trying import FEWEST, is_held_out
from service.database import migrate
from service.texts import load_texts
from tests.retrieval.beirfolder import SUBJECTS
from tests.retrieval.material import small_transformer, static_folder

ASKED = "歇着拿钱的日子一年里头攒几回"
CARD = "leave-annual-days"
TOPICS = ("leave", "wages")


@pytest.fixture
def settings(home: Path, tmp_path: Path) -> Settings:
    """A deployment with the cards of two topics, and a tiny static encoder in use."""
    knowledge = tmp_path / "knowledge_base"
    for topic in TOPICS:
        shutil.copytree(home / "knowledge_base" / "cards" / topic, knowledge / "cards" / topic)
    shutil.copy(home / "knowledge_base" / "organisations.yml", knowledge)
    for name in ("texts", "nlu_data"):
        (tmp_path / name).symlink_to(home / name)
    folder = static_folder(tmp_path / "tiny", dimensions=16)
    return Settings(home=tmp_path, data_dir=tmp_path / "var", encoder=folder)


def notices(settings: Settings) -> Notices:
    return Notices(load_texts(settings.texts_dir))


def write_pairs(file: Path, *records: dict[str, str]) -> Path:
    file.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    return file


def manifest_of(said: str) -> dict[str, object]:
    """The manifest of the encoder the command says it wrote."""
    folder = Path(said.splitlines()[0].rpartition(" ")[2])
    return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


# Adapting


def test_the_encoder_learns_cards_files_and_confirmed_questions(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = settings.model_copy(update={"encoder": None})
    questions.add(shipped, ASKED, CARD)
    pairs = write_pairs(
        tmp_path / "pairs.jsonl",
        {"question": "多少天能带薪歇", "source_id": CARD},
        {"question": "食堂几点开门", "answer": "十一点半。"},
    )
    capsys.readouterr()
    assert adapting.adapt_encoder(settings, pairs=[pairs], out=None, base=None) in (0, adapting.NOT_BETTER)
    made = manifest_of(capsys.readouterr().out)
    counts = made["counts"]
    assert isinstance(counts, dict)
    assert counts["questions asked"] == 3
    assert counts["cards"] == len(load_cards(settings.knowledge_base / "cards"))
    assert made["base"] == load_encoder(settings.encoder).fingerprint
    folder = settings.data / "encoder" / str(made["fingerprint"])
    assert load_encoder(folder).fingerprint == folder.name


@pytest.mark.verify
def test_the_last_line_says_what_to_set_and_to_run(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(settings.knowledge_base / "cards" / "wages")
    pairs = write_pairs(tmp_path / "pairs.jsonl", {"question": "食堂几点开门", "answer": "十一点半。"})
    out = tmp_path / "mine"
    assert adapting.adapt_encoder(settings, pairs=[pairs], out=out, base=None) in (0, adapting.NOT_BETTER)
    last = capsys.readouterr().out.splitlines()[-1]
    assert f"UA_ENCODER={out}" in last or "不建议换上" in last


def test_what_finds_nothing_better_is_not_recommended(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for topic in TOPICS:
        shutil.rmtree(settings.knowledge_base / "cards" / topic)
    answers = [text for text in (f"答案之{at}" for at in range(900)) if is_held_out(text)][:FEWEST]
    records = [{"question": f"问题之{at}", "answer": answer} for at, answer in enumerate(answers)]
    pairs = write_pairs(tmp_path / "pairs.jsonl", *records)
    status = adapting.adapt_encoder(settings, pairs=[pairs], out=tmp_path / "mine", base=None)
    said = capsys.readouterr().out
    assert status == adapting.NOT_BETTER
    assert "不建议换上" in said
    assert "UA_ENCODER" not in said


@pytest.mark.verify
def test_a_source_that_is_gone_is_listed_by_file_and_line(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = write_pairs(
        tmp_path / "pairs.jsonl",
        {"question": "年假", "source_id": CARD},
        {"question": "从前的事", "source_id": "gone"},
    )
    adapting.adapt_encoder(settings, pairs=[pairs], out=tmp_path / "mine", base=None)
    said = capsys.readouterr()
    assert f"{pairs} 第 2 行的 gone" in said.err
    made = manifest_of(said.out)["counts"]
    assert isinstance(made, dict)
    assert made["questions asked"] == 1


def test_a_wrong_line_is_named_before_anything_is_learned(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"question": "年假几天", "answer": "五天"}\n{"question": "年假"}\n', encoding="utf-8")
    with pytest.raises(typer.Exit) as ended:
        adapting.adapt_encoder(settings, pairs=[pairs], out=None, base=None)
    assert ended.value.exit_code == 1
    assert f"{pairs} 第 2 行" in capsys.readouterr().err
    assert not (settings.data / "encoder").exists()


def test_training_from_nothing_says_which_file_is_missing(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        adapting.train_shipped_encoder(settings, tmp_path / "no-bench", tmp_path / "out")
    assert ended.value.exit_code == 1
    assert "no-bench/stard/corpus.jsonl" in capsys.readouterr().err


# Another encoder


def write_lines(file: Path, records: Iterable[Mapping[str, object]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")


def questions_to_fit_on(settings: Settings) -> None:
    """Write what the product ships for fitting, for these cards: their questions in other words, questions
    that are out of scope, and what a dialogue would make of all of them."""
    data = settings.home / "benchmarks" / "data"
    cards = [
        card
        for card in load_cards(settings.knowledge_base / "cards")
        if card.scope == "national" and card.effective_to is None
    ]
    shapes = ("{}呢", "请问{}呀", "想问下{}")
    asked = [
        (shape.format(question), card)
        for card in cards
        for shape, question in zip(shapes, card.questions, strict=False)
    ]
    lines = (settings.home / "nlu_data" / "out_of_scope.yml").read_text(encoding="utf-8").splitlines()
    strange = [line.strip().removeprefix("- ") for line in lines if line.strip().startswith("- ")]
    rows: list[dict[str, object]] = [{"text": text, "card": card.id, "kind": "in"} for text, card in asked]
    rows += [{"text": text, "card": None, "kind": "out"} for text in strange[::4]]
    write_lines(data / "answers_validation.jsonl", rows)
    more = [{"text": f"工会{text}", "card": None, "kind": "uncovered"} for text in strange[1::20]]
    write_lines(data / "answers_fitting.jsonl", more)
    heard: list[dict[str, object]] = [
        {"text": text, "topics": {card.topic: 0.8}, "out_of_scope": 0.05}
        for text, card in (*asked, *((question, card) for card in cards for question in card.questions))
    ]
    heard += [
        {"text": text, "topics": {}, "out_of_scope": 0.8}
        for text in (*strange, *(str(row["text"]) for row in more))
    ]
    write_lines(data / "heard.jsonl", heard)


def write_bench(bench: Path, *, questions: int) -> Path:
    """Statutes with labelled questions about them, and none with a written answer."""
    stard = bench / "stard"
    write_lines(
        stard / "corpus.jsonl",
        (
            {
                "_id": str(at),
                "title": f"样例法第{at}条",
                "text": f"{subject}由单位统筹安排。职工对{subject}有异议的，可以提出。",
                "metadata": {"law": "样例法", "article": f"第{at}条"},
            }
            for at, subject in enumerate(SUBJECTS)
        ),
    )
    asked = [(at % len(SUBJECTS), f"第{at}次问{SUBJECTS[at % len(SUBJECTS)]}") for at in range(questions)]
    write_lines(
        stard / "queries.jsonl", ({"_id": str(at), "text": text} for at, (_, text) in enumerate(asked))
    )
    (stard / "qrels").mkdir()
    judged = "".join(f"{at}\t{gold}\t1\n" for at, (gold, _) in enumerate(asked))
    (stard / "qrels" / "train.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    write_lines(bench / "pairs" / "law_qa.jsonl", ())
    return bench


def decision(settings: Settings, text: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    capsys.readouterr()
    assert search_once(settings, text, org=None, as_of=None, limit=1, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    return found["decision"], found["hits"][0]["id"]


@pytest.mark.verify
def test_another_encoder_answers_once_its_ranking_is_fitted_and_never_before(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions_to_fit_on(settings)
    migrate(settings.database)
    before = settings.model_copy(update={"encoder": None})
    shipped = prepare_index(before, notices(before))
    folder = tmp_path / "downloaded"
    folder.mkdir()
    cards = load_cards(settings.knowledge_base / "cards")
    words = "".join(sorted({char for card in cards for text in card.questions for char in text}))
    swapped = settings.model_copy(update={"encoder": small_transformer(folder, words)})
    encoder = load_encoder(swapped.encoder)
    assert isinstance(encoder, TransformerEncoder)

    with pytest.raises(StartFailure) as refused:
        prepare_index(swapped, notices(swapped))
    assert refused.value.key == "ranking"
    capsys.readouterr()
    notices(swapped).failure(refused.value)
    said = capsys.readouterr().out
    assert encoder.fingerprint in said
    assert "union-assistant train ranking" in said
    assert current_version(swapped.index_dir) == shipped
    with pytest.raises(typer.Exit):
        search_once(swapped, "年休假有几天", org=None, as_of=None, limit=1, as_json=True)
    assert "union-assistant train ranking" in capsys.readouterr().err

    bench = write_bench(tmp_path / "bench", questions=56)
    assert train_ranking(swapped, encoder=None, bench=bench, out=None) == 0
    assert "在验证问题上" in capsys.readouterr().out
    fitted = Artifacts.load(encoder.fingerprint, swapped.ranking_dir)
    assert fitted.card_ranker is not None
    assert fitted.article_ranker is not None
    version = prepare_index(swapped, notices(swapped))
    assert version != shipped
    assert read_manifest(swapped.index_dir / version)["encoder"] == encoder.fingerprint
    own = next(card for card in cards if card.id == CARD)
    assert decision(swapped, own.questions[0], capsys) == ("answer", CARD)
    assert decision(swapped, "今晚足球比赛谁赢", capsys)[0] != "answer"

    prepare_index(before, notices(before))
    assert decision(before, own.questions[0], capsys) == ("answer", CARD)


def test_too_few_questions_about_statutes_are_not_learned_by_heart(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = write_bench(tmp_path / "bench", questions=9)
    with pytest.raises(typer.Exit) as ended:
        train_ranking(settings, encoder=None, bench=bench, out=tmp_path / "out")
    assert ended.value.exit_code == 1
    assert "太少" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_failed_fit_leaves_the_ranking_that_is_there(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions_to_fit_on(settings)
    out = tmp_path / "ranking"
    out.mkdir()
    (out / "fusion.json").write_text("before", encoding="utf-8")
    with pytest.raises(typer.Exit) as ended:
        train_ranking(settings, encoder=None, bench=tmp_path / "no-bench", out=out)
    assert ended.value.exit_code == 1
    assert "no-bench/stard/corpus.jsonl" in capsys.readouterr().err
    assert [file.read_text(encoding="utf-8") for file in out.iterdir()] == ["before"]
