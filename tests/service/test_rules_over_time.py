"""Which organisation's rule is told, of which time, and what is said when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from retrieval.artifacts import Artifacts
from retrieval.cards import load_cards
from retrieval.encoder import load_encoder
from retrieval.index import build_index
from retrieval.passages import Passage
from retrieval.search import Decision
from service.conversations.replies import Reply
from service.conversations.why import Because
from service.knowledge.answers import Answers
from service.knowledge.asked import Asked
from service.knowledge.choices import ASK_HUMAN
from service.knowledge.live_index import LiveIndex
from tests.knowledge import answers_from, live_index
from tests.retrieval.material import card

TODAY = date(2026, 11, 23)
BANK = "示例银行"
ANHUI, GUANGDONG, ZHEJIANG = (f"{BANK}/{name}省分行" for name in ("安徽", "广东", "浙江"))
HANGZHOU = f"{ZHEJIANG}/杭州分行"
WEDDING, WEDDING_ZHEJIANG = "condolence-sample-marriage-birth", "condolence-sample-marriage-birth-zhejiang"
ANNUAL = card("annual", "年休假有几天", "工作十年年假多少天", topic="leave", title="年休假有几天")

With = Callable[..., Answers]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, home: Path) -> LiveIndex:
    return live_index(home, tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def answers(live: LiveIndex, home: Path) -> Answers:
    return answers_from(live, home)


@pytest.fixture
def answers_with(tmp_path: Path, home: Path) -> With:
    """Answers from these cards alone."""

    def build(*cards: Passage) -> Answers:
        encoder = load_encoder(None)
        build_index(cards, tmp_path, encoder)
        return answers_from(LiveIndex(tmp_path, encoder, Artifacts.load(encoder.fingerprint)), home)

    return build


def ask(answers: Answers, text: str, organisation: str | None = None) -> Reply:
    return answers.answer(Asked(text, TODAY, organisation=organisation))


def sources(reply: Reply) -> list[str]:
    return [source.source_id for source in reply.sources if source.kind == "card"]


def chosen(reply: Reply) -> list[str]:
    return [choice.payload.split('"')[3] for choice in reply.choices if "source" in choice.payload]


# Which organisation's rule


@pytest.mark.parametrize(
    ("organisation", "question", "own", "base", "says"),
    [
        (
            GUANGDONG,
            "住院慰问",
            "condolence-sample-hospital-guangdong",
            "condolence-sample-hospital",
            "代替了",
        ),
        (ZHEJIANG, "结婚慰问", WEDDING_ZHEJIANG, WEDDING, "最低标准"),
        (ANHUI, "大病帮扶最高给多少钱", "hardship-sample-anhui", "hardship-sample-bank", "上限"),
    ],
    ids=["replace", "floor", "ceiling"],
)
def test_the_branchs_rule_answers_the_general_question_and_says_why(
    answers: Answers, live: LiveIndex, organisation: str, question: str, own: str, base: str, says: str
) -> None:
    reply = ask(answers, question, organisation)
    assert reply.decision == "answer"
    assert sources(reply) == [own, base]
    (sentence,) = [line for line in reply.text.split("\n\n")[0].splitlines() if says in line][-1:]
    for told in (organisation.rpartition("/")[2], "总行", live.current().passage(base).title):  # type: ignore[union-attr]
        assert told in sentence
    document = live.current().passage(base).citations[0].law  # type: ignore[union-attr]
    assert document in [cited.law for cited in reply.citations]
    assert base in [cited.source_id for cited in reply.citations]


def test_the_general_rule_answers_where_the_branch_has_none(answers: Answers) -> None:
    for organisation in (ANHUI, GUANGDONG, BANK):
        reply = ask(answers, "结婚慰问", organisation)
        assert sources(reply) == [WEDDING]
        assert "浙江" not in reply.text


def test_another_branchs_rule_is_not_told_even_in_its_own_words(answers: Answers) -> None:
    for organisation in (None, BANK, ANHUI, GUANGDONG):
        reply = ask(answers, "浙江省分行结婚慰问多少", organisation)
        assert WEDDING_ZHEJIANG not in [*sources(reply), *chosen(reply)]
        assert "1200" not in reply.text
        assert organisation is None or sources(reply)[0] == WEDDING


def test_the_least_and_the_most_are_quoted(answers: Answers) -> None:
    least = ask(answers, "结婚慰问", ZHEJIANG).text.split("\n\n")
    assert "会员结婚慰问1000元。总行定的最低标准（示例，2026年1月1日起）：会员结婚慰问800元" in least[0]
    assert least[1].startswith("总行的规定：会员结婚、生育，工会有慰问金")
    most = ask(answers, "大病帮扶最高给多少钱", ANHUI).text.split("\n\n")
    assert "最高15000元" in most[0]
    assert "最高20000元" in most[0]


def test_what_is_added_is_named_and_offered_by_the_rule_it_adds_to_and_names_it(answers: Answers) -> None:
    general = ask(answers, "我行疗休养多少钱标准", ANHUI)
    assert sources(general) == ["recuperation-sample-bank", "recuperation-sample-anhui"]
    assert "安徽省分行另有“示例银行安徽省分行疗休养补充规定（示例）”" in general.text.split("\n\n")[0]
    assert chosen(general) == ["recuperation-sample-anhui"]
    own = ask(answers, "安徽分行一线疗休养专批", ANHUI)
    assert sources(own) == ["recuperation-sample-anhui", "recuperation-sample-bank"]
    assert "总行的“示例银行职工疗休养办法（示例）”照样算数" in own.text.split("\n\n")[0]


def test_a_chain_is_told_from_the_card_that_answers_upwards(answers: Answers) -> None:
    reply = ask(answers, "结婚慰问", HANGZHOU)
    assert sources(reply) == [WEDDING_ZHEJIANG, WEDDING, "condolence-sample-marriage-hangzhou"]
    assert "总行的“示例银行结婚、生育慰问（示例）”只是最低标准" in reply.text
    assert "杭州分行另有“示例银行杭州分行集体婚礼（示例）”" in reply.text
    added = ask(answers, "杭州分行集体婚礼怎么报名", HANGZHOU)
    assert sources(added) == ["condolence-sample-marriage-hangzhou", WEDDING_ZHEJIANG]


def test_a_chain_without_additions_names_every_link_in_one_sentence(answers_with: With) -> None:
    bank = card(
        "annual-bank", "行里年假几天", scope=BANK, title="总行年假", base="annual", precedence="floor"
    )
    branch = card(
        "annual-anhui", "安徽年假", scope=ANHUI, title="安徽年假", base="annual-bank", precedence="ceiling"
    )
    reply = ask(answers_with(ANNUAL, bank, branch), "年休假有几天", ANHUI)
    assert sources(reply) == ["annual-anhui", "annual-bank", "annual"]
    (sentence,) = [line for line in reply.text.split("\n\n")[0].splitlines() if "为准" in line]
    assert sentence.count("。") == 1
    assert "总行“总行年假”的上限" in sentence
    assert "“总行年假”以国家的“年休假有几天”为最低标准" in sentence


def test_a_rule_that_stands_alone_says_nothing_of_others(answers: Answers) -> None:
    reply = ask(answers, "我工作12年了年假几天")
    assert sources(reply) == ["leave-annual-days"]
    assert "为准" not in reply.text.split("\n\n")[0]


# Of which time


@pytest.mark.parametrize(
    ("text", "source", "says"),
    [
        ("2023年的时候法定节假日几天", "leave-statutory-holidays-2008", "2025年1月1日起改了"),
        ("24年3月日工资怎么折算", "wages-daily-rate-2008", "按2024年3月的规定答"),
        ("2024年以前退休年龄是多少", "retirement-age-before-2025", "按2024年以前的规定答"),
        ("老规定退休年龄", "retirement-age-before-2025", "按2025年以前的规定答"),
        ("2023年产假多少天", "maternity-leave-days", "到现在没有变"),
        ("明年法定节假日几天", "leave-statutory-holidays", "2027年适用"),
        ("2023年到2025年法定节假日几天", "leave-statutory-holidays", "中间改过一次，2025年1月1日以前是"),
        ("2025年法定节假日几天", "leave-statutory-holidays", "到现在没有变"),
    ],
)
def test_the_rule_of_the_time_asked_about_is_told_and_what_changed_since(
    answers: Answers, text: str, source: str, says: str
) -> None:
    reply = ask(answers, text)
    assert reply.decision == "answer"
    assert sources(reply)[0] == source
    assert says in reply.text.split("\n\n")[0]


def test_what_holds_now_is_offered_below_what_held_then(answers: Answers) -> None:
    reply = ask(answers, "2023年的时候法定节假日几天")
    assert chosen(reply) == ["leave-statutory-holidays"]
    assert reply.citations[0].effective_to == "2024-12-31"


def test_the_branchs_rule_of_that_time_is_told(answers: Answers) -> None:
    assert sources(ask(answers, "去年行里疗休养几天", ANHUI)) == ["recuperation-sample-bank-2024"]
    assert "不乱答" not in ask(answers, "疗休养几天", ANHUI).text


@pytest.mark.parametrize(
    "text", ["2008年入职的，年假几天", "工龄从2010年算起能休几天年假", "我2019年签的合同试用期多久"]
)
def test_the_date_of_a_fact_leaves_todays_rule(answers: Answers, text: str) -> None:
    found = answers.search(Asked(text, TODAY))
    assert (found.day, found.period) == (TODAY, None)
    assert "的规定答" not in ask(answers, text).text


def test_a_day_that_is_given_wins_over_the_words(answers: Answers) -> None:
    found = answers.search(Asked("2023年的时候法定节假日几天", TODAY, day_given=True))
    assert (found.day, found.period) == (TODAY, None)
    assert found.result.decision is Decision.ANSWER
    assert found.result.hits[0].passage.id == "leave-statutory-holidays"
    then = answers.search(Asked("法定节假日几天", date(2024, 5, 1), day_given=True))
    assert then.result.hits[0].passage.id == "leave-statutory-holidays-2008"


def test_before_there_was_a_rule_none_is_made_up(answers: Answers) -> None:
    reply = ask(answers, "2005年的时候年假几天")
    assert reply.decision == "refuse"
    assert "2005年的规定我没有" in reply.text
    assert "2008年1月1日" in reply.text
    assert chosen(reply) == ["leave-annual-days"]
    assert reply.choices[-1].payload == ASK_HUMAN
    assert len(reply.text) <= 60


def test_a_change_that_is_known_already_is_told_for_the_time_ahead(answers_with: With) -> None:
    old = replace(ANNUAL, effective_to=date(2026, 12, 31))
    new = card(
        "annual-2027",
        *ANNUAL.questions,
        title="新年休假",
        effective_from=date(2027, 1, 1),
        supersedes="annual",
    )
    answers = answers_with(old, new)
    ahead = ask(answers, "2027年的年休假有几天")
    assert sources(ahead) == ["annual-2027"]
    assert "2027年1月1日起改成下面这样" in ahead.text
    assert chosen(ahead) == ["annual"]
    today = ask(answers, "年休假有几天")
    assert sources(today) == ["annual"]


def test_choices_for_another_time_open_what_held_then(answers: Answers) -> None:
    asked = Asked("2023年的假怎么算", TODAY)
    reply = answers.answer(asked)
    assert reply.decision == "clarify"
    assert all(choice.endswith("@2023-12-31") for choice in chosen(reply))
    opened = answers.answer_source("leave-statutory-holidays-2008@2023-12-31", asked)
    assert sources(opened) == ["leave-statutory-holidays-2008"]
    assert "按2023年12月31日的规定答" in opened.text


def test_a_day_does_not_open_another_branchs_card(answers: Answers) -> None:
    asked = Asked("", TODAY, organisation=ANHUI)
    for source in (f"{WEDDING_ZHEJIANG}@2026-06-01", WEDDING_ZHEJIANG, "no-such-card@2023-01-01", "@", "a@b"):
        assert answers.answer_source(source, asked).decision == "refuse"


# What has ended


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.verify), 8], ids=["thorough", "quick"])
def test_of_what_has_ended_nothing_is_told_as_todays_rule(
    answers: Answers, live: LiveIndex, every: int
) -> None:
    ended = [
        card
        for topic in ("leave", "wages", "retirement", "hardship")
        for card in cards_that_ended(live, topic)
    ]
    assert len(ended) >= 4
    for over in ended:
        for question in (over.title, *over.questions)[::every]:
            reply = ask(answers, question)
            if reply.decision == "answer" and sources(reply)[0] == over.id:
                assert "的规定答" in reply.text.split("\n\n")[0], question


def cards_that_ended(live: LiveIndex, topic: str) -> list[Passage]:
    cards = live.current().cards_of(topic, as_of=date(2024, 6, 1))
    return [card for card in cards if not card.in_force_on(TODAY)]


def test_who_asks_for_a_rule_that_was_followed_is_told_the_one_that_follows(answers_with: With) -> None:
    old = card(
        "heating-2020",
        "取暖补贴发多少",
        "冬天取暖费怎么领",
        title="老取暖补贴",
        effective_to=date(2025, 12, 31),
    )
    new = card(
        "heating",
        "热力费报销流程",
        title="新取暖补贴",
        effective_from=date(2026, 1, 1),
        supersedes="heating-2020",
    )
    answers = answers_with(old, new, ANNUAL)
    reply = ask(answers, "冬天取暖费怎么领")
    assert reply.decision == "answer"
    assert sources(reply) == ["heating"]
    assert "“老取暖补贴”用到2025年12月31日为止" in reply.text
    assert reply.why.because == (Because.ENDED,)
    assert chosen(reply) == ["heating-2020@2025-12-31"]
    assert sources(answers.answer_source(chosen(reply)[0], Asked("", TODAY))) == ["heating-2020"]


@pytest.mark.parametrize("text", ["退休年龄是多少岁", "延迟退休政策", "法定节假日有几天", "日工资怎么折算"])
def test_nobody_hears_of_the_old_rule_who_did_not_ask_for_it(answers: Answers, text: str) -> None:
    reply = ask(answers, text)
    assert "为止" not in reply.text.split("\n\n")[0]
    assert not {"retirement-age-before-2025", "leave-statutory-holidays-2008"} & {
        *chosen(reply),
        *sources(reply),
    }


def test_who_asks_for_a_rule_that_ended_is_told_when_and_offered_a_person(answers_with: With) -> None:
    over = card(
        "heating-2020",
        "取暖补贴发多少",
        "冬天取暖费怎么领",
        title="取暖补贴",
        effective_to=date(2025, 12, 31),
    )
    answers = answers_with(over, ANNUAL)
    reply = ask(answers, "取暖补贴发多少")
    assert reply.decision == "refuse"
    assert "2025年12月31日" in reply.text
    assert [choice.payload for choice in reply.choices] == [ASK_HUMAN]
    assert "heating-2020的答案" not in reply.text
    assert answers.answer_source("heating-2020", Asked("", TODAY)).decision == "refuse"
    assert ask(answers, "今天天气怎么样").text != reply.text


def test_of_another_branch_not_even_the_end_is_told(answers_with: With) -> None:
    over = card("heating-2020", "取暖补贴发多少", scope=ANHUI, effective_to=date(2025, 12, 31))
    answers = answers_with(over, ANNUAL)
    assert "2025年12月31日" in ask(answers, "取暖补贴发多少", ANHUI).text
    assert "2025年12月31日" not in ask(answers, "取暖补贴发多少", GUANGDONG).text


def test_every_rule_that_has_ended_answers_for_its_time_and_is_followed_today(
    answers: Answers, home: Path
) -> None:
    cards = load_cards(home / "knowledge_base" / "cards")
    following = {one.supersedes: one for one in cards if one.supersedes is not None}
    ended = [one for one in cards if one.effective_to is not None]
    assert len(ended) >= 20
    for old in ended:
        organisation = None if old.scope == "national" else old.scope
        then = Asked(old.questions[0], old.effective_to or TODAY, organisation=organisation, day_given=True)
        assert answers.answer(then).sources[0].source_id == old.id, old.id
        now = answers.answer(replace(then, as_of=TODAY, day_given=False))
        if now.decision == "answer" and now.sources[0].source_id == old.id:
            # Only when the question itself names the time of the old rule.
            assert "规定答" in now.text, old.id
        follower = following.get(old.id)
        assert follower is None or follower.effective_from > (old.effective_to or TODAY)
