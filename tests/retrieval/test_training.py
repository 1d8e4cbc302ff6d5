import json
import random
from pathlib import Path

import numpy as np
import pytest
from rich.progress import Progress

from retrieval.encoder import load_encoder
from retrieval.passages import Passage
from retrieval.training.artifact import write_folder
from retrieval.training.contrastive import Texts
from retrieval.training.modelcard import SOURCES, manifest, model_card
from retrieval.training.pairs import answer_pairs, card_pairs, statute_pairs
from retrieval.training.sources import (
    LabelledQuestion,
    read_corpus,
    read_judgements,
    read_labelled,
    read_pairs,
    read_placed,
)
from retrieval.training.trainer import Material, Recipe, Trainer
from retrieval.training.vocabulary import learn_vocabulary
from retrieval.training.words import write_words
from tests.retrieval.beirfolder import write_beir
from tests.retrieval.material import article, card

RECIPE = Recipe(
    vocabulary=400,
    dimensions=64,
    first_steps=30,
    first_batch=32,
    second_steps=20,
    second_batch=16,
    threads=1,
)
SUBJECTS = ("年休假", "加班费", "试用期", "经济补偿", "工伤认定", "生育津贴", "会费缴纳", "职工代表大会")


def statutes() -> list[Passage]:
    return [
        article(
            "样例法",
            f"第{at}条",
            f"{subject}由单位统筹安排。职工对{subject}有异议的，可以提出申请。{subject}的具体办法另行规定。",
        )
        for at, subject in enumerate(SUBJECTS)
    ]


def questions() -> list[LabelledQuestion]:
    return [
        LabelledQuestion(f"我想问{subject}怎么办", (f"law:样例法:第{at}条",))
        for at, subject in enumerate(SUBJECTS)
    ]


def test_a_tokenizer_needs_nothing_around_it() -> None:
    tokenizer = learn_vocabulary(["年休假有几天"] * 9 + ["ＡＢＣ，年休假"] * 9, size=60)
    tokens = tokenizer.encode("ＡＢＣ，年休假！").tokens
    assert "".join(tokens) == "abc年休假"
    assert max(len(token) for token in tokens) <= 6


def test_statutes_are_paired_with_what_they_cite() -> None:
    cited = article("工会法", "第二条", "工会是职工自愿结合的组织。")
    citing = article("某条例", "第一条", "依照《中华人民共和国工会法》第二条制定。")
    own = article("工会法", "第三条", "不适用本法第二条的除外。")
    pairs = statute_pairs([cited, citing, own], rng=random.Random(0))
    lefts = {pair.left for pair in pairs if pair.group == cited.id and cited.text in pair.right}
    assert {citing.text, own.text} <= lefts


def test_a_sentence_is_paired_with_the_rest_and_not_with_itself() -> None:
    (passage,) = statutes()[:1]
    pairs = [
        pair for pair in statute_pairs([passage], rng=random.Random(0)) if pair.left.startswith("年休假由")
    ]
    assert all(pair.left not in pair.right for pair in pairs)


def test_cards_and_answers_are_paired_within_their_group() -> None:
    cards = [card("annual", "年假几天", "休假多少天"), card("overtime", "加班费怎么算")]
    pairs = card_pairs(cards, rng=random.Random(0))
    assert {pair.group for pair in pairs} == {"annual", "overtime"}
    assert all(pair.left != pair.right for pair in pairs)
    answered = answer_pairs(
        [LabelledQuestion("年假几天", (), "根据规定，应当是五天。")], rng=random.Random(0)
    )
    assert {pair.left for pair in answered} == {"年假几天"}


def test_texts_of_one_group_are_never_each_others_negatives() -> None:
    from retrieval.training import contrastive

    tokenizer = learn_vocabulary(["年休假加班费"] * 9, size=30)
    texts = Texts(tokenizer)
    texts.read(["年休假", "加班费"])
    bag = contrastive.new_embedding(tokenizer.get_vocab_size(), 64, seed=0)
    examples = [contrastive.Example(texts.ids("年休假"), texts.ids("年休假"), group) for group in (1, 1)]
    apart = [contrastive.Example(texts.ids("年休假"), texts.ids("年休假"), group) for group in (1, 2)]
    rng = random.Random(0)
    together_loss = contrastive.batch_loss(bag, examples, hard=0, rng=rng).item()
    assert together_loss == pytest.approx(0, abs=1e-6)
    assert contrastive.batch_loss(bag, apart, hard=0, rng=rng).item() > 0.5


def test_training_learns_the_questions_and_gives_the_same_model_twice(tmp_path: Path) -> None:
    material = Material(statutes(), questions(), [], [card("annual", "年假几天", "休假多少天")])
    tables = []
    for turn in range(2):
        (tmp_path / str(turn)).mkdir()
        words = write_words(material.passages, tmp_path / str(turn))
        with Progress(disable=True) as progress:
            trainer = Trainer(material, words, RECIPE, progress)
            tables.append(trainer.tune())
    assert np.array_equal(tables[0], tables[1])
    write_folder(trainer.tokenizer, tables[0], tmp_path / "encoder")
    encoder = load_encoder(tmp_path / "encoder")
    asked = encoder.encode([question.text for question in questions()])
    articles = encoder.encode([passage.text for passage in material.passages])
    assert (asked @ articles.T).argmax(axis=1).tolist() == list(range(len(SUBJECTS)))


def test_left_out_questions_leave_no_trace_in_the_vectors(tmp_path: Path) -> None:
    left_out = [question.text for question in questions()[:3]]
    words = write_words(statutes(), tmp_path)
    with Progress(disable=True) as progress:
        some = Trainer(Material(statutes(), questions()), words, RECIPE, progress)
        without = some.tune(without=left_out)
        assert not np.array_equal(without, some.tune())
        assert np.array_equal(without, some.tune(without=left_out))


def test_a_beir_folder_is_read(tmp_path: Path) -> None:
    write_beir(tmp_path)
    passages = read_corpus(tmp_path)
    assert passages[0].id == "1"
    assert passages[0].law == "样例法"
    assert read_judgements(tmp_path, "dev") == {"q2": {"2": 1}}
    assert read_labelled(tmp_path, "train") == [LabelledQuestion("年休假怎么安排", ("1",))]


def test_pairs_without_gold_keep_their_answer(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps({"question": "问", "answer": "答", "gold": [3]}) + "\n\n", encoding="utf-8")
    assert read_pairs(file) == [LabelledQuestion("问", ("3",), "答")]


def test_questions_on_articles_by_law_and_number_find_their_passages(tmp_path: Path) -> None:
    write_beir(tmp_path)
    passages = read_corpus(tmp_path)
    place = [passages[0].law, passages[0].article]
    records = [
        {"question": "问", "places": [place, ["没有的法", "第一条"]]},
        {"question": "别处", "places": [["没有的法", "第一条"]]},
    ]
    file = tmp_path / "placed.jsonl"
    file.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    assert read_placed(file, passages) == [LabelledQuestion("问", (passages[0].id,))]


def test_the_model_card_names_every_source_and_setting() -> None:
    made = manifest(recipe={"seed": 7}, counts={"cards": 3}, data="abc", fingerprint="def")
    text = model_card(made, 256)
    for expected in (*(source["name"] for source in SOURCES), "abc", "def", "| seed | 7 |", "| cards | 3 |"):
        assert expected in text
