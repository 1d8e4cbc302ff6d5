from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval.confirmed import Confirmed, remembered, with_confirmed
from retrieval.encoder import Encoder
from retrieval.index import Index, build_index
from retrieval.memory import Memory, Remembered, Trust
from retrieval.passages import content_version
from retrieval.search import Decision, Question, Result
from retrieval.store import current_version
from retrieval.tokens import passage_tokens, segmenter
from tests.retrieval.material import ARTIFACTS, CALIBRATION, TODAY, article, card

ANNUAL = card("leave-annual-days", "年休假有几天", "工作十年年假多少天", topic="leave")
OVERTIME = card("wages-overtime", "加班费怎么算", not_questions=("加班餐几点发",), topic="wages")
ASKED = Confirmed("一年能歇多少日子", "leave-annual-days")


def ask(folder: Path, encoder: Encoder, text: str) -> Result:
    return Index.open(folder, encoder=encoder, artifacts=ARTIFACTS).search(Question(text, TODAY))


def test_a_confirmed_question_finds_its_card_word_for_word(tmp_path: Path, encoder: Encoder) -> None:
    build_index([OVERTIME, ANNUAL], tmp_path, encoder)
    assert ask(tmp_path, encoder, "一年能歇多少日子？").decision is not Decision.ANSWER
    passages, _ = with_confirmed([OVERTIME, ANNUAL], [ASKED])
    build_index(passages, tmp_path, encoder)
    found = ask(tmp_path, encoder, "一年能歇多少日子？")
    assert found.hits[0].passage.id == "leave-annual-days"
    assert (found.decision, found.confidence) == (Decision.ANSWER, CALIBRATION.exact)
    assert found.hits[0].matched_question == ASKED.text


def test_a_question_like_a_confirmed_one_is_nearer_than_before(tmp_path: Path, encoder: Encoder) -> None:
    like = "一年能歇多少日子呢我想问问"
    build_index([OVERTIME, ANNUAL], tmp_path, encoder)
    before = ask(tmp_path, encoder, like)
    build_index(with_confirmed([OVERTIME, ANNUAL], [ASKED])[0], tmp_path, encoder)
    after = ask(tmp_path, encoder, like)
    assert before.hits[0].matched_question != ASKED.text
    assert (after.hits[0].passage.id, after.hits[0].matched_question) == ("leave-annual-days", ASKED.text)


def test_an_article_is_found_by_a_question_confirmed_for_it(tmp_path: Path, encoder: Encoder) -> None:
    law = article("工会法", "第三条", "劳动者有权参加和组织工会。")
    passages, _ = with_confirmed([ANNUAL, law], [Confirmed("能不能入会", law.id)])
    build_index(passages, tmp_path, encoder)
    assert ask(tmp_path, encoder, "能不能入会").hits[0].passage.id == law.id


def test_a_confirmed_question_brings_its_words_to_the_card() -> None:
    passages, _ = with_confirmed([OVERTIME, ANNUAL], [ASKED])
    assert "日子" not in passage_tokens(ANNUAL)
    assert "日子" in passage_tokens(passages[1])


def test_the_ranker_of_articles_remembers_what_was_confirmed_for_one(
    tmp_path: Path, encoder: Encoder
) -> None:
    law = article("工会法", "第三条", "劳动者有权参加和组织工会。")
    passages, _ = with_confirmed([ANNUAL, law], [ASKED, Confirmed("能不能入会", law.id)])
    expected = [Remembered("能不能入会", (("工会法", "第三条"),), Trust.ASKED)]
    assert remembered(passages) == expected
    build_index(passages, tmp_path, encoder, memory=[])
    folder = tmp_path / (current_version(tmp_path) or "")
    memory = Memory.read(folder, np.zeros(2, dtype=np.int32))
    recalled = memory.recall(encoder.encode(["能不能入会"])[0], segmenter().tokens("能不能入会"))
    for votes in (recalled.near[Trust.ASKED], recalled.alike[Trust.ASKED]):
        assert votes.nearest == pytest.approx(1.0, abs=1e-3)
        assert set(votes.sums) == {1}


def test_the_index_version_includes_them_and_the_cards_version_does_not(
    tmp_path: Path, encoder: Encoder
) -> None:
    passages, _ = with_confirmed([ANNUAL, OVERTIME], [ASKED])
    assert passages[0].version == ANNUAL.version == content_version(passages[0])
    first = build_index([ANNUAL, OVERTIME], tmp_path, encoder)
    assert build_index(passages, tmp_path, encoder) != first
    assert build_index([ANNUAL, OVERTIME], tmp_path, encoder) == first == current_version(tmp_path)


def test_a_confirmed_question_is_kept_over_a_build_that_takes_over_the_rest(
    tmp_path: Path, encoder: Encoder
) -> None:
    passages, _ = with_confirmed([ANNUAL, OVERTIME], [ASKED])
    build_index(passages, tmp_path, encoder)
    build_index([passages[0], replace(OVERTIME, text="改过。")], tmp_path, encoder)
    assert ask(tmp_path, encoder, ASKED.text).hits[0].matched_question == ASKED.text


def test_those_whose_card_is_gone_are_left_out_and_named() -> None:
    gone = Confirmed("从前的问题", "card-of-old")
    passages, left = with_confirmed([ANNUAL], [gone, ASKED])
    assert left == [gone]
    assert passages[0].confirmed == (ASKED.text,)


def test_every_version_of_a_card_gets_its_confirmed_questions() -> None:
    older = replace(ANNUAL, text="从前几天。")
    passages, _ = with_confirmed([older, ANNUAL], [ASKED])
    assert [passage.confirmed for passage in passages] == [(ASKED.text,)] * 2


def test_what_the_card_asks_itself_or_refuses_is_not_repeated() -> None:
    passages, _ = with_confirmed(
        [ANNUAL, OVERTIME],
        [
            Confirmed("年休假，有几天？", ANNUAL.id),
            Confirmed("加班餐几点发？", OVERTIME.id),
            Confirmed("一年能歇多少日子！", ANNUAL.id),
            ASKED,
        ],
    )
    assert passages[0].confirmed == ("一年能歇多少日子",)
    assert passages[1].confirmed == ()


def test_the_order_they_come_in_makes_no_other_index() -> None:
    others = [Confirmed("年假能攒着吗", ANNUAL.id), ASKED]
    assert with_confirmed([ANNUAL], others) == with_confirmed([ANNUAL], others[::-1])
