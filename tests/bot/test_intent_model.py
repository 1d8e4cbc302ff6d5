"""The intent model by itself, on a handful of sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.components.card_questions import CardQuestionsError, read_card_questions
from bot.components.danger import DangerRule
from bot.components.intent_model import CardQuestions, IntentModel, Shape, fit_views
from bot.components.intent_pool import Facets, fit_pool, kinds_of

FACETS = {
    "ask_leave": Facets("ask", "leave"),
    "ask_dues": Facets("ask", "dues"),
    "calc_leave": Facets("calc", "leave"),
    "calc_dues": Facets("calc", "dues"),
}
SENTENCES = {
    "ask_leave": ["年假有什么规定", "年假怎么休", "年假能跨年吗", "没休的年假怎么办", "谁批年假"],
    "ask_dues": ["会费有什么规定", "会费怎么交", "会费能不交吗", "会费用在哪里", "谁收会费"],
    "calc_leave": [
        "算一下我几天年假",
        "帮我算年假",
        "我年假多少天算算",
        "算算年假还剩几天",
        "列个式子看年假",
    ],
    "calc_dues": ["算一下我交多少会费", "帮我算会费", "我会费多少算算", "算算会费一年几块", "算会费"],
}


CARDS = (
    CardQuestions("leave", ("带薪休息的日子", "带薪休息归谁定", "带薪休息能分几次", "带薪休息要写条子吗")),
    CardQuestions("dues", ("每月从工资里划走的那几块", "划走的几块归谁管", "划走的几块能退吗")),
)


def said() -> tuple[list[str], list[str]]:
    texts = [text for sentences in SENTENCES.values() for text in sentences]
    return texts, [intent for intent, sentences in SENTENCES.items() for _ in sentences]


def fit(cards: tuple[CardQuestions, ...] = ()) -> IntentModel:
    return IntentModel.fit(*said(), FACETS, cards)


@pytest.fixture(scope="module")
def fitted() -> IntentModel:
    return fit()


def probability(model: IntentModel, text: str, intent: str) -> float:
    return float(model.probabilities([text])[0, model.intents.index(intent)])


def test_probabilities_of_a_message_sum_to_one(fitted: IntentModel) -> None:
    rows = fitted.probabilities(["年假", "会费", "", "完全没见过的话"])
    assert rows.shape == (4, 4)
    np.testing.assert_allclose(rows.sum(axis=1), 1.0)


def test_how_one_asks_is_learnt_across_themes(fitted: IntentModel) -> None:
    text = "列个式子看会费"  # 列个式子 was only ever said of leave
    alone, *_ = fit_views(*said(), FACETS, (), Shape())
    of_intent = np.exp(alone.log_probabilities([text]))[0, fitted.intents.index("calc_dues")]
    assert probability(fitted, text, "calc_dues") > 1.2 * of_intent


def test_a_text_that_is_mostly_unknown_is_less_certain_than_its_known_part(fitted: IntentModel) -> None:
    known, mostly_unknown = fitted.probabilities(["算会费", "算会费" + "鲸鱼跃出海面溅起浪花"])
    assert mostly_unknown.max() < known.max()


def test_what_a_theme_is_called_is_learnt_from_cards(fitted: IntentModel) -> None:
    taught = fit(CARDS)
    text = "带薪休息有什么规定"  # no example calls leave so
    assert taught.intents[int(taught.probabilities([text]).argmax())] == "ask_leave"
    assert probability(taught, text, "ask_leave") > probability(fitted, text, "ask_leave")


@pytest.mark.parametrize("cards", [(), CARDS])
def test_a_saved_model_understands_as_before(cards: tuple[CardQuestions, ...], tmp_path: Path) -> None:
    fitted = fit(cards)
    fitted.save(tmp_path)
    texts = ["帮我算下年假", "会费规定", "没见过"]
    loaded = IntentModel.load(tmp_path)
    assert loaded.intents == fitted.intents
    np.testing.assert_allclose(loaded.probabilities(texts), fitted.probabilities(texts), atol=1e-5)


def test_the_questions_of_a_card_are_read_with_its_topic(tmp_path: Path) -> None:
    card = tmp_path / "leave" / "days.md"
    card.parent.mkdir()
    card.write_text(
        "---\nid: leave-days\ntopic: leave\nquestions: [年假几天？, 休几天]\n---\n5天。\n", "utf-8"
    )
    assert read_card_questions(tmp_path) == [CardQuestions("leave", ("年假几天?", "休几天"))]


@pytest.mark.parametrize("text", ["没有卡片头", "---\ntopic: leave\n---\n5天。\n", "---\ntopic: [\n---\n"])
def test_a_card_that_cannot_be_read_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "broken.md").write_text(text, encoding="utf-8")
    with pytest.raises(CardQuestionsError, match=r"broken\.md"):
        read_card_questions(tmp_path)


def test_a_message_is_not_what_it_begins_with() -> None:
    texts = ["取消", "我要取消", "先取消", "还是取消", "取消活动", "取消报名", "取消预约", "取消登山"]
    labels = ["cancel"] * 4 + ["cancel_activity"] * 4
    model = IntentModel.fit(texts, labels, {}, shape=Shape(folds=4))
    whole, part = model.probabilities(["那就取消", "取消骑行"])[:, model.intents.index("cancel")]
    assert whole > 0.5 > part


def test_a_pool_softens_a_view_that_is_too_sure() -> None:
    truth = np.array([0, 0, 0, 1] * 10)  # right three times in four
    views = np.tile([-0.01, -5.0], (1, 40, 1))
    pool = fit_pool(views, truth, np.array([0, 0]), (1.0,))
    assert pool.probabilities(views)[0, 0] == pytest.approx(0.75, abs=0.02)


def test_a_view_counts_where_it_knows_something() -> None:
    generator = np.random.default_rng(1)
    truth = np.repeat([0, 1, 2, 3], 50)
    right, guess = np.full((200, 4), -3.0), generator.normal(-2.0, 1.0, (200, 4))
    right[np.arange(200), truth] = -0.1
    right[:, 2:] = guess[:, 2:]  # the view knows the first two intents alone
    pool = fit_pool(np.array([right]), truth, np.array([0, 0, 1, 1]), (1.0,))
    assert pool.weights[0, 0] > 2 * abs(pool.weights[1, 0])


def test_what_weighs_more_is_believed_more() -> None:
    truth = np.array([0, 1] * 20)
    views = np.full((1, 40, 2), np.log(0.5))  # nothing tells them apart
    evenly = fit_pool(views, truth, np.array([0, 1]), (1.0,))
    unevenly = fit_pool(views, truth, np.array([0, 1]), (1.0,), np.where(truth == 0, 3.0, 1.0))
    assert evenly.probabilities(views)[0, 0] == pytest.approx(0.5)
    assert unevenly.probabilities(views)[0, 0] > 0.6


def test_intents_are_of_a_kind_by_what_they_share() -> None:
    facets = FACETS | {
        "join_activity": Facets("join_activity", "activities"),
        "cancel_activity": Facets("cancel_activity", "activities"),
        "greet": Facets("greet", "greet"),
        "thank": Facets("thank", "thank"),
        "out_of_scope": Facets("out_of_scope", "out_of_scope"),
    }
    kinds = dict(zip(facets, kinds_of(list(facets), facets), strict=True))
    assert len(set(kinds.values())) == 5
    for one, other in (("ask_leave", "ask_dues"), ("join_activity", "cancel_activity"), ("greet", "thank")):
        assert kinds[one] == kinds[other]


@pytest.mark.parametrize(
    ("kinds", "intent", "confidence", "urgent"),
    [
        ({"self_harm"}, "ask_mental_health", 0.99, True),  # never explained away
        ({"medical"}, "ask_work_injury", 0.9, False),  # 上班中暑算不算工伤
        ({"medical"}, "ask_work_injury", 0.2, True),
        ({"fire"}, "out_of_scope", 0.95, True),
        (set(), "greet", 0.1, False),
    ],
)
def test_danger_gives_way_only_to_a_question_about_a_rule(
    kinds: set[str], intent: str, confidence: float, urgent: bool
) -> None:
    assert DangerRule().applies(kinds, intent=intent, confidence=confidence) is urgent
