"""What a build takes over from the version before, and what it must not."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval import build
from retrieval.build import build_index, passage_vectors
from retrieval.encoder import Encoder, Vectors, load_encoder
from retrieval.index import Index
from retrieval.passages import Passage
from retrieval.search import Question
from retrieval.tokens import passage_tokens
from tests.retrieval.material import ARTIFACTS, TODAY, article, card, static_folder

CARDS = [
    card("leave", "年假几天", "年假多少天", text="工作满一年五天。", not_questions=("年会几号开",)),
    card("pay", "加班费怎么算", text="工作日一倍半。"),
    card("birth", "产假多少天", text="九十八天。"),
]
ARTICLES = [article("劳动法", f"第{at}条", f"用人单位应当遵守第{at}项规定。") for at in range(5)]
CHANGED = [replace(CARDS[1], text="休息日两倍。"), CARDS[0], *ARTICLES, CARDS[2]]
"""One card says something else, and all have other numbers."""


class Counting:
    """An encoder that remembers what it was asked to encode."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.fingerprint = encoder.fingerprint
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return self._encoder.encode(texts)


def indexed(passages: Sequence[Passage], root: Path, encoder: Encoder) -> Path:
    return root / build_index(passages, root, encoder, memory=())


def texts_of(passage: Passage) -> list[str]:
    return [*(text for _, text in passage_vectors(passage)), *passage.not_questions]


def test_only_what_changed_is_encoded_and_cut(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed([*CARDS, *ARTICLES], tmp_path, encoder)
    counting = Counting(encoder)
    cut: list[Passage] = []

    def cutting(passage: Passage) -> list[str]:
        cut.append(passage)
        return passage_tokens(passage)

    monkeypatch.setattr(build, "passage_tokens", cutting)
    indexed(CHANGED, tmp_path, counting)
    assert sorted(counting.texts) == sorted(texts_of(CHANGED[0]))
    assert cut == [CHANGED[0]]


def test_a_build_that_takes_over_finds_what_one_from_nothing_finds(tmp_path: Path, encoder: Encoder) -> None:
    indexed([*CARDS, *ARTICLES], tmp_path / "one", encoder)
    taken, anew = indexed(CHANGED, tmp_path / "one", encoder), indexed(CHANGED, tmp_path / "two", encoder)
    assert taken.name == anew.name
    for name in ("vectors.npy", "near_misses.npy", "owners.npy", "passages.jsonl"):
        assert (taken / name).read_bytes() == (anew / name).read_bytes(), name
    one, two = (Index.open(folder.parent, encoder=encoder, artifacts=ARTIFACTS) for folder in (taken, anew))
    for text in ("年假几天", "加班费是几倍", "年会几号开", "用人单位遵守什么规定", "休息日"):
        question = Question(text, TODAY, limit=20)
        assert one.search(question) == two.search(question)


def test_vectors_of_another_encoder_are_not_taken_over(tmp_path: Path, encoder: Encoder) -> None:
    other = Counting(load_encoder(static_folder(tmp_path / "other", seed=7)))
    indexed(CARDS, tmp_path / "index", encoder)
    folder = indexed(CARDS, tmp_path / "index", other)
    wanted = [text for passage in CARDS for _, text in passage_vectors(passage)]
    np.testing.assert_array_equal(np.load(folder / "vectors.npy"), other.encode(wanted))


def test_tokens_of_another_lexicon_are_not_taken_over(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed(CARDS, tmp_path, encoder)
    monkeypatch.setattr(build, "lexicon_fingerprint", lambda: "another")
    monkeypatch.setattr(build, "passage_tokens", lambda passage: [f"another-{passage.id}"])
    folder = indexed(CARDS, tmp_path, encoder)
    assert (folder / "tokens.txt").read_text(encoding="utf-8").split() == [
        "another-leave",
        "another-pay",
        "another-birth",
    ]


def test_a_confirmed_question_is_no_reason_to_take_over_vectors_without_it(
    tmp_path: Path, encoder: Encoder
) -> None:
    indexed(CARDS, tmp_path, encoder)
    confirmed = [replace(CARDS[0], confirmed=("带薪休几天",)), *CARDS[1:]]
    indexed(confirmed, tmp_path, encoder)
    index = Index.open(tmp_path, encoder=encoder, artifacts=ARTIFACTS)
    assert index.search(Question("带薪休几天", TODAY)).hits[0].passage.id == "leave"


def test_a_damaged_version_is_not_taken_over(tmp_path: Path, encoder: Encoder) -> None:
    damaged = indexed(CARDS, tmp_path, encoder)
    (damaged / "vectors.npy").write_bytes(b"")
    counting = Counting(encoder)
    indexed(CHANGED, tmp_path, counting)
    assert set(texts_of(CARDS[0])) <= set(counting.texts)
