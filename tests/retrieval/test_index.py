from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from retrieval.artifacts import Artifacts
from retrieval.encoder import Encoder, load_encoder
from retrieval.index import Index, IndexMismatchError, IndexMissingError, build_index
from retrieval.passages import Citation, Passage
from retrieval.search import Decision, Question, Result
from retrieval.store import current_version
from tests.retrieval.material import ARTIFACTS, CALIBRATION, TODAY, article, card, static_folder

ANNUAL = card("leave-annual-days", "年休假有几天", "工作十年年假多少天", topic="leave")
OVERTIME = card("wages-overtime", "加班费怎么算", "周末加班给多少钱", topic="wages")
HOSPITAL = card("condolence-hospital", "住院慰问多少钱", "生病住院工会来看吗", topic="condolence")

Opener = Callable[..., Index]


@pytest.fixture
def opened(tmp_path: Path, encoder: Encoder) -> Opener:
    def build(*passages: Passage) -> Index:
        build_index(passages, tmp_path, encoder)
        return Index.open(tmp_path, encoder=encoder, artifacts=ARTIFACTS)

    return build


def ids(result: Result) -> list[str]:
    return [hit.passage.id for hit in result.hits]


def ask(
    index: Index,
    text: str,
    *organisations: str,
    as_of: date = TODAY,
    limit: int = 10,
) -> Result:
    return index.search(Question(text, as_of, organisations, limit=limit))


def test_a_cards_own_question_is_first_whatever_its_spelling(opened: Opener) -> None:
    result = ask(opened(OVERTIME, ANNUAL, HOSPITAL), " 年休假，有几天？？")
    assert ids(result)[0] == "leave-annual-days"
    assert result.decision is Decision.ANSWER
    assert result.confidence == CALIBRATION.exact
    assert result.hits[0].matched_question == "年休假有几天"


def test_a_question_in_other_words_finds_the_card(opened: Opener) -> None:
    result = ask(opened(OVERTIME, ANNUAL, HOSPITAL), "我工作十年了年假有多少天")
    assert ids(result)[0] == "leave-annual-days"
    assert result.hits[0].matched_question == "工作十年年假多少天"
    assert result.hits[0].score > result.hits[1].score


def test_what_nobody_wrote_about_is_refused(opened: Opener) -> None:
    result = ask(opened(OVERTIME, ANNUAL, HOSPITAL), "今晚足球比赛谁赢")
    assert result.decision is Decision.REFUSE
    assert result.in_scope < CALIBRATION.alone.in_scope_from


def test_an_empty_question_is_refused(opened: Opener) -> None:
    assert ask(opened(OVERTIME, ANNUAL), "？！").decision is Decision.REFUSE


def test_an_empty_index_refuses(opened: Opener) -> None:
    result = ask(opened(), "年休假有几天")
    assert (result.decision, result.confidence, result.hits) == (Decision.REFUSE, 0.0, ())


def test_no_more_hits_than_asked_for(opened: Opener) -> None:
    assert len(ask(opened(OVERTIME, ANNUAL, HOSPITAL), "年休假", limit=2).hits) == 2


# Who may find what


def test_another_branchs_card_is_not_found_even_by_its_own_words(opened: Opener) -> None:
    branch = card("anhui", "安徽的年休假有几天", scope="示例银行/安徽省分行")
    index = opened(ANNUAL, OVERTIME, branch)
    question = "安徽的年休假有几天"
    assert "anhui" not in ids(ask(index, question))
    assert "anhui" not in ids(ask(index, question, "示例银行/广东省分行", "示例银行"))
    assert (
        ids(ask(index, question, "示例银行/安徽省分行/合肥分行", "示例银行/安徽省分行", "示例银行"))[0]
        == "anhui"
    )


def test_cards_that_may_not_be_seen_do_not_use_up_places(opened: Opener) -> None:
    hidden = [card(f"hidden-{at}", f"年休假有几天第{at}种", scope="示例银行/广东省分行") for at in range(150)]
    assert ids(ask(opened(*hidden, ANNUAL), "年休假几天", limit=1)) == ["leave-annual-days"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2024, 12, 31), "holidays-old"), (date(2025, 1, 1), "holidays-new")],
)
def test_the_rule_of_the_day_asked_about_is_found(opened: Opener, day: date, expected: str) -> None:
    old = card("holidays-old", "法定节假日几天", effective_to=date(2024, 12, 31))
    new = card("holidays-new", "法定节假日几天", effective_from=date(2025, 1, 1), supersedes="holidays-old")
    assert ids(ask(opened(old, new, ANNUAL), "法定节假日几天", as_of=day))[0] == expected
    assert not {"holidays-old", "holidays-new"} - {expected} & set(
        ids(ask(opened(old, new, ANNUAL), "法定节假日几天", as_of=day))
    )


def test_a_branch_rule_that_replaces_the_general_one_comes_before_it(opened: Opener) -> None:
    branch = card(
        "condolence-guangdong",
        "广东住院慰问",
        scope="示例银行/广东省分行",
        base="condolence-hospital",
        precedence="replace",
    )
    index = opened(HOSPITAL, branch, ANNUAL)
    assert ids(ask(index, "住院慰问多少钱"))[0] == "condolence-hospital"
    found = ask(index, "住院慰问多少钱", "示例银行/广东省分行", "示例银行")
    assert ids(found)[0] == "condolence-guangdong"
    assert found.hits[0].also == (HOSPITAL,)
    assert found.decision is Decision.ANSWER


# What moves the ranking


def test_a_near_miss_pushes_the_card_away(opened: Opener) -> None:
    meeting = card("activities-meeting", "工会活动在哪里报名")
    wary = card("leave-annual-days", *ANNUAL.questions, not_questions=("年会几号开",))
    assert ids(ask(opened(ANNUAL, meeting), "年会几号开呀"))[0] == "leave-annual-days"
    assert ids(ask(opened(wary, meeting), "年会几号开呀"))[0] == "activities-meeting"


def test_an_article_named_by_law_and_number_comes_first(opened: Opener) -> None:
    citing = card("misconduct", "偷东西会被开除吗", citations=(Citation("劳动合同法", "第三十九条"),))
    itself = article("劳动合同法", "第三十九条", "劳动者有下列情形之一的，用人单位可以解除劳动合同。")
    other = article("劳动合同法", "第四十条", "有下列情形之一的，用人单位提前三十日以书面形式通知。")
    index = opened(other, ANNUAL, citing, itself)
    for text in ("劳动合同法第39条", "《中华人民共和国劳动合同法》第三十九条说什么", "劳动合同法39条"):
        result = ask(index, text)
        assert ids(result)[:2] == [itself.id, "misconduct"], text
        assert (result.decision, result.confidence) == (Decision.ANSWER, CALIBRATION.exact), text
    result = ask(index, "依据劳动合同法第39条辞退我合法吗")
    assert ids(result)[:2] == [itself.id, "misconduct"]
    assert result.decision is Decision.CLARIFY


def test_a_hit_knows_the_paragraph_that_was_asked_for(opened: Opener) -> None:
    itself = article("工会法", "第二十一条", "帮助、指导职工签订劳动合同。\n代表职工与企业协商。")
    index = opened(ANNUAL, itself)
    assert ask(index, "工会法第二十一条第二款").hits[0].paragraph == "第二款"
    assert ask(index, "工会法第二十一条").hits[0].paragraph is None


def test_an_article_that_is_only_cited_is_never_an_answer_by_its_name(opened: Opener) -> None:
    citing = card("misconduct", "偷东西会被开除吗", citations=(Citation("劳动合同法", "第三十九条"),))
    index = opened(citing, ANNUAL)
    result = ask(index, "劳动合同法第39条")
    assert ids(result)[0] == "misconduct"
    assert result.decision is Decision.CLARIFY
    assert not index.has_law("劳动合同法")
    assert [one.article for one in index.asked_for("劳动合同法第39条")] == ["第三十九条"]


def test_an_article_that_is_not_there_is_not_replaced_by_something_like_it(opened: Opener) -> None:
    other = article("劳动合同法", "第三十九条", "劳动者有下列情形之一的，用人单位可以解除劳动合同。")
    alike = card("contract-law", "劳动合同法第九十九条讲的是哪些情形")
    index = opened(other, alike, ANNUAL)
    result = ask(index, "劳动合同法第九十九条")
    assert (result.decision, result.confidence) == (Decision.REFUSE, 0.0)
    assert index.has_law("劳动合同法")


def test_statutes_alone_are_never_an_answer(opened: Opener) -> None:
    text = "用人单位应当按照国家规定安排劳动者休年休假"
    index = opened(article("劳动法", "第四十五条", text), article("劳动法", "第三十六条", "国家实行工时制度"))
    result = ask(index, text)
    assert result.decision is Decision.CLARIFY
    assert ids(result)[0] == "law:劳动法:第四十五条"


# Looking up


def test_a_source_is_the_version_of_the_day(opened: Opener) -> None:
    old = article("工会法", "第二条", "旧的。", effective_to=date(2021, 12, 31))
    new = article("工会法", "第二条", "新的。", effective_from=date(2022, 1, 1))
    index = opened(old, new)
    assert index.passage("law:工会法:第二条") == new
    assert index.passage("law:工会法:第二条", as_of=date(2010, 5, 1)) == old
    assert index.passage("law:工会法:第二条", as_of=date(1990, 1, 1)) is None
    assert index.passage("law:工会法:第三条") is None


def test_cards_that_cite_an_article_are_known(opened: Opener) -> None:
    one = card("one", "问一", citations=(Citation("工会法", "第二条"), Citation("工会法", "第三条")))
    other = card("other", "问二", citations=(Citation("工会法", "第三条"),))
    index = opened(one, other)
    assert index.citing("工会法", "第三条") == [one, other]
    assert index.citing("工会法", "第二条") == [one]
    assert index.citing("工会法", None) == [one, other]
    assert index.citing("劳动法", "第三条") == []


def test_the_cards_of_a_topic_are_those_the_asker_may_see(opened: Opener) -> None:
    branch = card("a-branch", "分行年假", topic="leave", scope="示例银行/安徽省分行")
    ended = card("b-ended", "从前的年假", topic="leave", effective_to=date(2020, 1, 1))
    index = opened(ANNUAL, OVERTIME, branch, ended)
    assert index.cards_of("leave", as_of=TODAY) == [ANNUAL]
    assert index.cards_of("leave", as_of=TODAY, organisations=("示例银行/安徽省分行",)) == [branch, ANNUAL]


# Versions


def test_the_same_passages_are_not_built_twice(tmp_path: Path, encoder: Encoder) -> None:
    version = build_index([ANNUAL, OVERTIME], tmp_path, encoder)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / version).rglob("*")}
    assert build_index([ANNUAL, OVERTIME], tmp_path, encoder) == version
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / version).rglob("*")} == before


def test_a_changed_card_or_encoder_makes_another_version(tmp_path: Path, encoder: Encoder) -> None:
    other_encoder = load_encoder(static_folder(tmp_path / "other", seed=1))
    versions = {
        build_index([ANNUAL], tmp_path / "index", encoder),
        build_index([replace(ANNUAL, text="改过。")], tmp_path / "index", encoder),
        build_index([ANNUAL], tmp_path / "index", other_encoder),
    }
    assert len(versions) == 3


def test_an_index_of_another_encoder_is_not_opened(tmp_path: Path, encoder: Encoder) -> None:
    build_index([ANNUAL], tmp_path / "index", encoder)
    other = load_encoder(static_folder(tmp_path / "other", seed=1))
    with pytest.raises(IndexMismatchError):
        Index.open(tmp_path / "index", encoder=other, artifacts=ARTIFACTS)


def test_without_a_build_there_is_no_index(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(IndexMissingError):
        Index.open(tmp_path, encoder=encoder, artifacts=ARTIFACTS)


def test_an_open_index_goes_on_answering_after_two_swaps(
    tmp_path: Path, encoder: Encoder, opened: Opener
) -> None:
    index = opened(ANNUAL, OVERTIME)
    build_index([OVERTIME], tmp_path, encoder)
    build_index([HOSPITAL], tmp_path, encoder)
    assert current_version(tmp_path) != index.version
    assert not (tmp_path / index.version).exists()
    assert ids(ask(index, "我的年休假有几天呢"))[0] == "leave-annual-days"


def test_many_threads_get_the_answers_one_gets(opened: Opener) -> None:
    index = opened(ANNUAL, OVERTIME, HOSPITAL)
    texts = ["年休假有几天", "加班费给多少", "住院了工会来看吗", "劳动合同法39条", "足球"] * 20

    def search(text: str) -> Sequence[str]:
        return ids(ask(index, text, "示例银行"))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(search, texts)) == [search(text) for text in texts]


@pytest.mark.verify
def test_the_shipped_parts_answer_the_sample_question(tmp_path: Path, home: Path) -> None:
    from retrieval.cards import load_cards

    encoder = load_encoder()
    build_index(load_cards(home / "knowledge_base" / "cards"), tmp_path, encoder)
    index = Index.open(tmp_path, encoder=encoder, artifacts=Artifacts.load(encoder.fingerprint))
    result = ask(index, "我在行里工作12年了，年假能休几天呀", "示例银行")
    assert ids(result)[0] == "leave-annual-days"
    assert result.decision is Decision.ANSWER
    assert ask(index, "今晚吃什么").decision is Decision.REFUSE


# Other words for the same


def test_a_word_that_means_the_same_finds_the_card(opened: Opener) -> None:
    dismissal = card("termination-dismissal", "解除劳动合同要提前通知吗", topic="termination")
    assert ids(ask(opened(ANNUAL, OVERTIME, dismissal), "被炒鱿鱼"))[0] == "termination-dismissal"


def test_a_word_written_as_it_sounds_finds_the_card_and_is_no_word_of_another(opened: Opener) -> None:
    price = card("wages-price", "价格补贴几时发", topic="wages")
    assert ids(ask(opened(price, OVERTIME, ANNUAL), "年价有几天"))[0] == "leave-annual-days"


def test_only_the_letters_of_a_question_make_it_exact(opened: Opener) -> None:
    index = opened(OVERTIME, ANNUAL, HOSPITAL)
    assert ask(index, "工作十年年假多少天").confidence == CALIBRATION.exact
    assert ask(index, "工作十年年价多少天").confidence != CALIBRATION.exact


def test_a_near_miss_written_as_it_sounds_is_still_a_near_miss(opened: Opener) -> None:
    pay = card("leave-annual-pay", "没休的年假怎么补钱")
    wary = card("leave-annual-days", *ANNUAL.questions, not_questions=("年假没休完给多少钱",))
    for text in ("年假没休完给多少钱", "年价没休完给多少钱", "年休假没休完给多少钱"):
        assert ids(ask(opened(wary, pay), text))[0] == "leave-annual-pay", text


def test_a_law_whose_name_is_written_as_it_sounds_is_the_law(opened: Opener) -> None:
    itself = article("劳动合同法", "第三十九条", "劳动者有下列情形之一的，用人单位可以解除劳动合同。")
    assert ids(ask(opened(ANNUAL, itself), "劳动和同法39条"))[0] == itself.id
