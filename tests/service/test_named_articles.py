"""Articles asked for by name, on an invented statute."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from retrieval.artifacts import Artifacts
from retrieval.encoder import load_encoder
from retrieval.index import build_index
from retrieval.passages import Citation
from service.conversations.why import Because
from service.knowledge.answers import Answers
from service.knowledge.asked import Asked
from service.knowledge.choices import ASK_HUMAN
from service.knowledge.live_index import LiveIndex
from service.knowledge.sources import cite, open_source
from tests.knowledge import answers_from
from tests.retrieval.material import article, card

TODAY = date(2026, 11, 23)
LAW = "示例灯塔管理条例"
SECOND = """第二条 灯塔看守人享有下列权利：

（一）每年探望家人；
（二）领取防寒用品。

看守人轮换的，权利随岗位移交。"""
PASSAGES = (
    article(LAW, "第一条", "为管理灯塔，制定本条例。", effective_to=date(2019, 12, 31)),
    article(LAW, "第一条", "为管理灯塔、保护看守人，制定本条例。", effective_from=date(2020, 1, 1)),
    article(LAW, "第二条", SECOND),
    article(LAW, "第三条", "灯塔夜间不得熄灭。", effective_from=date(2020, 1, 1)),
    article(LAW, "第四条", "看守人每班不超过八小时。", effective_from=date(2020, 1, 1), presumed=True),
    card(
        "keeper-rights",
        "灯塔看守人有什么待遇",
        title="看守人的待遇",
        effective_from=date(1990, 1, 1),
        citations=(Citation(LAW, "第二条", "第二款"), Citation("劳动法", "第三条")),
    ),
    card("keeper-bank", "示例银行灯塔补贴", scope="示例银行", citations=(Citation(LAW, "第二条"),)),
    card("own-words", "示例灯塔管理条例第三条是什么意思", text="夜里要亮着。"),
    card("labour", "劳动者有哪些权利", title="劳动者的权利", citations=(Citation("劳动法", "第三条"),)),
)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> LiveIndex:
    folder, encoder = tmp_path_factory.mktemp("lighthouse"), load_encoder(None)
    build_index(PASSAGES, folder, encoder)
    return LiveIndex(folder, encoder, Artifacts.load(encoder.fingerprint))


@pytest.fixture(scope="module")
def answers(live: LiveIndex, home: Path) -> Answers:
    return answers_from(live, home)


def test_a_first_day_that_the_text_does_not_say_is_not_told_as_a_fact(
    answers: Answers, live: LiveIndex
) -> None:
    reply = answers.answer(Asked(f"{LAW}第四条", TODAY))
    assert "看守人每班不超过八小时" in reply.text
    assert "以公布它的文件为准" in reply.text
    assert "起施行。" not in reply.text
    assert [cited.effective_from for cited in reply.citations] == [None]
    assert open_source(live.current(), reply.citations[0].source_id, as_of=TODAY).effective_from is None


def test_an_article_is_shown_in_full_with_its_dates_and_the_cards_on_it(answers: Answers) -> None:
    reply = answers.answer(Asked(f"{LAW}第二条", TODAY))
    assert reply.decision == "answer"
    assert reply.confidence is not None
    assert reply.confidence > 0.9
    for line in filter(None, SECOND.splitlines()):
        assert f"> {line}" in reply.text
    assert "2000-01-01" in reply.text
    assert reply.why.because == (Because.ARTICLE_ASKED_FOR,)
    (cited,) = reply.citations
    assert (cited.law, cited.article, cited.quote) == (LAW, "第二条", SECOND)
    assert [source.source_id for source in reply.sources] == [f"law:{LAW}:第二条"]
    assert [choice.title for choice in reply.choices] == ["看守人的待遇"]


def test_a_card_of_ones_own_organisation_is_among_those_on_the_article(answers: Answers) -> None:
    reply = answers.answer(Asked(f"{LAW}第二条", TODAY, organisation="示例银行/安徽省分行"))
    assert len(reply.choices) == 2


@pytest.mark.parametrize(
    ("label", "said", "unsaid"),
    [
        ("第二款", "看守人轮换的，权利随岗位移交。", "防寒"),
        ("第一款", "（一）每年探望家人；", "移交"),
        ("第（二）项", "（二）领取防寒用品。", "探望"),
    ],
)
def test_only_the_paragraph_that_was_named_is_quoted(
    answers: Answers, label: str, said: str, unsaid: str
) -> None:
    reply = answers.answer(Asked(f"{LAW}第二条{label}怎么规定", TODAY))
    quote = reply.citations[0].quote
    assert quote is not None
    assert quote in SECOND
    assert said in quote
    assert said in reply.text
    assert unsaid not in reply.text


def test_a_paragraph_that_is_not_there_is_said_to_be_missing_and_the_article_shown(answers: Answers) -> None:
    reply = answers.answer(Asked(f"{LAW}第二条第五款", TODAY))
    assert reply.decision == "answer"
    assert "没有第五款" in reply.text
    assert "防寒" in reply.text


def test_an_article_is_quoted_as_it_stood_on_the_day(answers: Answers) -> None:
    old = answers.answer(Asked(f"{LAW}第一条", date(2015, 5, 1)))
    assert "> 为管理灯塔，制定本条例。" in old.text
    assert "2019-12-31" in old.text
    assert "保护看守人" in answers.answer(Asked(f"{LAW}第一条", TODAY)).text


def test_words_that_name_the_day_choose_the_version(answers: Answers) -> None:
    reply = answers.answer(Asked(f"2015年的时候{LAW}第一条怎么规定", TODAY))
    assert reply.decision == "answer"
    assert "> 为管理灯塔，制定本条例。" in reply.text
    assert reply.citations[0].effective_to == "2019-12-31"


def test_several_articles_are_shown_together_and_what_is_missing_is_said(answers: Answers) -> None:
    reply = answers.answer(Asked(f"{LAW}1、2、9条", TODAY))
    assert reply.decision == "answer"
    assert [cited.article for cited in reply.citations] == ["第一条", "第二条"]
    assert f"《{LAW}》里没有第九条" in reply.text


def test_an_article_the_law_does_not_have_is_not_made_up(answers: Answers) -> None:
    reply = answers.answer(Asked(f"{LAW}第一百二十条", TODAY))
    assert reply.decision == "refuse"
    assert f"《{LAW}》里没有第一百二十条" in reply.text
    assert len(reply.text) <= 60
    assert reply.citations == ()
    assert [choice.payload for choice in reply.choices] == [ASK_HUMAN]


def test_an_article_that_is_not_in_force_on_the_day_is_not_quoted(answers: Answers) -> None:
    reply = answers.answer(Asked(f"{LAW}第三条", date(2015, 5, 1)))
    assert reply.decision == "refuse"
    assert "2015-05-01 不适用" in reply.text
    assert "熄灭" not in reply.text


def test_of_a_law_that_is_not_imported_the_cards_that_cite_it_are_offered(answers: Answers) -> None:
    reply = answers.answer(Asked("劳动法第三条", TODAY))
    assert reply.decision == "clarify"
    assert "还没有《劳动法》的原文" in reply.text
    assert [choice.title for choice in reply.choices][:2] == ["看守人的待遇", "劳动者的权利"]
    assert reply.choices[-1].payload == ASK_HUMAN


def test_of_a_law_nothing_cites_a_person_is_offered(answers: Answers) -> None:
    reply = answers.answer(Asked("工会法21条2款", TODAY))
    assert reply.decision == "refuse"
    assert "还没有《工会法》的原文" in reply.text
    assert [choice.payload for choice in reply.choices] == [ASK_HUMAN]


def test_a_cards_own_question_is_answered_by_the_card(answers: Answers) -> None:
    reply = answers.answer(Asked("示例灯塔管理条例第三条是什么意思？", TODAY))
    assert reply.text == "夜里要亮着。"


def test_who_asks_more_than_what_an_article_says_gets_it_to_read_with_its_text(answers: Answers) -> None:
    reply = answers.answer(Asked(f"依据{LAW}第二条第二款，换岗以后防寒用品还给不给我", TODAY))
    assert reply.decision == "clarify"
    assert reply.why.because == (Because.ONLY_ARTICLES,)
    assert reply.citations[0].quote == "看守人轮换的，权利随岗位移交。"


# Citations


def test_a_card_quotes_the_paragraph_it_cites_where_the_law_is_imported(live: LiveIndex) -> None:
    index = live.current()
    keeper = index.passage("keeper-rights", as_of=TODAY)
    assert keeper is not None
    itself, imported, absent = cite(keeper, index, as_of=TODAY)
    assert itself.quote is None
    assert imported.quote == "看守人轮换的，权利随岗位移交。"
    assert absent.quote is None


def test_an_opened_card_shows_the_quotes_of_the_day(live: LiveIndex) -> None:
    source = open_source(live.current(), "keeper-rights", as_of=date(1999, 1, 1))
    assert [cited.quote for cited in source.citations] == [None, None]
    source = open_source(live.current(), "keeper-rights", as_of=TODAY)
    assert source.citations[0].quote is not None
    assert source.citations[0].quote in SECOND
