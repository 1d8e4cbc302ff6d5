"""Characters and pairs are counted as they stand in their texts."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.grams import Postings, grams, grams_of

TEXTS = st.lists(st.text(alphabet="年休假 ，ab1\n", max_size=12), max_size=6)


def by_hand(text: str) -> Counter[str]:
    singles = [one for one in text if one.isalnum()]
    pairs = [
        text[at : at + 2] for at in range(len(text) - 1) if text[at].isalnum() and text[at + 1].isalnum()
    ]
    return Counter([*singles, *pairs])


@given(TEXTS)
def test_every_text_has_its_own_characters_and_pairs(texts: list[str]) -> None:
    codes, owners = grams(texts)
    for at, text in enumerate(texts):
        assert sorted(Counter(codes[owners == at].tolist()).values()) == sorted(by_hand(text).values())


@given(TEXTS, st.text(alphabet="年休假ab", max_size=5))
def test_postings_sum_what_texts_share_with_a_question(texts: list[str], asked: str) -> None:
    postings = Postings.of(texts)
    codes = grams_of(asked)
    shared = postings.summed(postings.places(codes).tolist(), [1.0] * len(codes))
    expected = [len(by_hand(text).keys() & by_hand(asked).keys()) for text in texts]
    assert shared.tolist() == expected


@given(TEXTS)
def test_grouped_postings_count_a_group_s_texts(texts: list[str]) -> None:
    postings = Postings.of(texts)
    groups = np.arange(len(texts)) // 2
    grouped, counts = postings.grouped(groups, 3)
    assert counts.sum() == len(postings.texts)
    assert grouped.frequencies().max(initial=0) <= 3


def test_pairs_never_span_a_space_or_the_end_of_a_text() -> None:
    assert len(grams_of("年 休")) == 2
    assert len(np.unique(grams(["年", "休"])[0])) == 2
    assert len(grams_of("年休")) == 3
