"""The intent model by itself, on a handful of sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.components.card_questions import CardQuestionsError, read_card_questions
from bot.components.danger import DangerRule
from bot.components.intent_model import (
    CardQuestions,
    Facets,
    IntentModel,
    Shape,
    best_temperature,
    softmax,
)

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


def fit(views: tuple[float, float, float], cards: tuple[CardQuestions, ...] = ()) -> IntentModel:
    texts = [text for sentences in SENTENCES.values() for text in sentences]
    labels = [intent for intent, sentences in SENTENCES.items() for _ in sentences]
    return IntentModel.fit(texts, labels, FACETS, cards, Shape(folds=3, views=views))


@pytest.fixture(scope="module")
def fitted() -> IntentModel:
    return fit(Shape().views)


def probability(model: IntentModel, text: str, intent: str) -> float:
    return float(model.probabilities([text])[0, model.intents.index(intent)])


def test_probabilities_of_a_message_sum_to_one(fitted: IntentModel) -> None:
    rows = fitted.probabilities(["年假", "会费", "", "完全没见过的话"])
    assert rows.shape == (4, 4)
    np.testing.assert_allclose(rows.sum(axis=1), 1.0)


def test_how_one_asks_is_learnt_across_themes(fitted: IntentModel) -> None:
    text = "列个式子看会费"  # 列个式子 was only ever said of leave
    alone = fit((1.0, 0.0, 0.0))
    assert probability(fitted, text, "calc_dues") > 2 * probability(alone, text, "calc_dues")


def test_a_text_that_is_mostly_unknown_is_less_certain_than_its_known_part(fitted: IntentModel) -> None:
    known, mostly_unknown = fitted.probabilities(["算会费", "算会费" + "鲸鱼跃出海面溅起浪花"])
    assert mostly_unknown.max() < known.max()


def test_what_a_theme_is_called_is_learnt_from_cards(fitted: IntentModel) -> None:
    taught = fit(Shape().views, CARDS)
    text = "带薪休息有什么规定"  # no example calls leave so
    assert taught.intents[int(taught.probabilities([text]).argmax())] == "ask_leave"
    assert probability(taught, text, "ask_leave") > probability(fitted, text, "ask_leave")


@pytest.mark.parametrize("cards", [(), CARDS])
def test_a_saved_model_understands_as_before(cards: tuple[CardQuestions, ...], tmp_path: Path) -> None:
    fitted = fit(Shape().views, cards)
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


def test_temperature_softens_a_model_that_is_too_sure() -> None:
    truth = np.array([0, 0, 0, 1] * 10)  # right three times in four
    scores = np.tile([5.0, 0.0], (40, 1))
    softened = softmax(scores / best_temperature(scores, truth))
    assert softened[0, 0] == pytest.approx(0.75, abs=0.01)


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
