"""Some questions of the cards are kept from every encoder, always the same ones."""

import random

from retrieval.passages import Kind, Passage
from retrieval.training.kept_back import is_kept_back
from retrieval.training.pairs import card_pairs

QUESTIONS = tuple(f"年假第{number}天怎么休" for number in range(400))


def test_about_one_question_in_four_is_kept_back() -> None:
    assert 70 < sum(map(is_kept_back, QUESTIONS)) < 130


def test_spaces_and_punctuation_do_not_change_what_is_kept_back() -> None:
    assert all(is_kept_back(f" {question}？") == is_kept_back(question) for question in QUESTIONS)


def test_no_pair_an_encoder_learns_from_holds_a_question_that_is_kept_back() -> None:
    card = Passage(id="a", kind=Kind.CARD, title="年休假", text="按工龄。", questions=QUESTIONS)
    pairs = card_pairs([card], rng=random.Random(1))
    texts = {text for pair in pairs for text in (pair.left, pair.right)}
    assert any(question in texts for question in QUESTIONS)
    assert not any(is_kept_back(question) for question in QUESTIONS if question in texts)
