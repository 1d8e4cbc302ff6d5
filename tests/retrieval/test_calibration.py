import json
import random
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from retrieval.calibration import SHIPPED, Calibration, Signs, coverage, load_calibration
from retrieval.encoder import Encoder
from retrieval.index import Index, build_index
from retrieval.search import Decision
from retrieval.training.calibration import PRECISION, choose_weights, fit
from retrieval.training.validation import Outcome, Row, Scope, outcomes, read_rows, with_ancestors
from tests.retrieval.material import ARTIFACTS, CALIBRATION, TODAY, WEIGHTS, card

SIGNS = Signs(coverage=0.5, lexical=2, lexical_lead=0.5, text_cosine=0.5, cosine_lead=0.1, characters=2)


def test_more_of_a_good_sign_is_more_probable() -> None:
    low, high = (CALIBRATION.probability(replace(SIGNS, coverage=value)) for value in (0.2, 0.8))
    assert 0 < low < 0.5 < high < 1


@pytest.mark.parametrize(
    ("probability", "on_card", "decision"),
    [
        (0.95, True, Decision.ANSWER),
        (0.9, True, Decision.ANSWER),
        (0.89, True, Decision.CLARIFY),
        (0.95, False, Decision.CLARIFY),
        (0.3, False, Decision.CLARIFY),
        (0.29, True, Decision.REFUSE),
    ],
)
def test_decisions_follow_the_thresholds(probability: float, on_card: bool, decision: Decision) -> None:
    assert CALIBRATION.decide(probability, on_card=on_card) is decision


def test_rare_words_weigh_more_in_coverage() -> None:
    idf = {"怎么": 1.0, "年假": 3.0}.__getitem__
    assert coverage(["年假", "怎么"], frozenset({"年假"}), idf) == 0.75
    assert coverage([], frozenset({"年假"}), idf) == 0


def drawn(count: int, *, seed: int) -> list[Outcome]:
    """Outcomes that are right with the probability of a known logistic curve over coverage and lead."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        signs = replace(SIGNS, coverage=rng.random(), lexical_lead=rng.uniform(-1, 1))
        chance = 1 / (1 + np.exp(-(8 * signs.coverage + 3 * signs.lexical_lead - 4)))
        right = rng.random() < chance
        row = Row("问", frozenset({"a"}) if right else frozenset(), Scope.IN if right else Scope.OUT, ())
        made.append(Outcome(row, signs, exact=False, on_card=True, first=right, among=right))
    return made


def test_a_fit_keeps_the_error_rate_it_promises_on_questions_it_has_not_seen() -> None:
    model = fit(drawn(2000, seed=1)).model
    answered = [
        one for one in drawn(4000, seed=2) if one.signs and model.probability(one.signs) >= model.answer_from
    ]
    assert len(answered) > 800
    assert sum(one.first for one in answered) / len(answered) >= PRECISION - 0.015


def test_probabilities_mean_what_they_say() -> None:
    model = fit(drawn(3000, seed=1)).model
    unseen = drawn(4000, seed=2)
    for low in (0.2, 0.5, 0.8):
        band = [one for one in unseen if one.signs and low <= model.probability(one.signs) < low + 0.1]
        assert sum(one.first for one in band) / len(band) == pytest.approx(low + 0.05, abs=0.08)


def test_the_shipped_calibration_knows_today_s_signs_and_says_what_it_was_fitted_on() -> None:
    model = load_calibration()
    names = {field.name for field in fields(Signs)}
    assert set(model.weights) == set(model.mean) == set(model.scale) == names
    assert 0 < model.clarify_from <= model.answer_from <= model.exact <= 1
    content = json.loads(SHIPPED.read_text(encoding="utf-8"))
    assert {"command", "data_sha256", "encoder", "licence"} <= content["manifest"].keys()
    assert isinstance(model, Calibration)


def test_rows_may_have_several_right_cards_or_none(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    records = [
        {"text": "一", "card": "a|b", "kind": "in", "organisation": "示例银行/安徽省分行"},
        {"text": "二", "card": None, "kind": "out"},
    ]
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    one, other = read_rows(file)
    assert one == Row("一", frozenset({"a", "b"}), Scope.IN, ("示例银行/安徽省分行", "示例银行"))
    assert other.cards == frozenset()
    assert with_ancestors("甲/乙/丙") == ("甲/乙/丙", "甲/乙", "甲")


def test_the_weights_that_rank_best_are_chosen(tmp_path: Path, encoder: Encoder) -> None:
    cards = [card("annual", "年休假有几天"), card("overtime", "加班费怎么算"), card("sick", "病假工资多少")]
    build_index(cards, tmp_path, encoder)
    index = Index.open(tmp_path, encoder=encoder, artifacts=ARTIFACTS)
    rows = [Row("休假几天", frozenset({"annual"}), Scope.IN, ()), Row("足球", frozenset(), Scope.OUT, ())]
    weights = choose_weights(index, rows, WEIGHTS, as_of=TODAY)
    assert 0.2 <= weights.card_lexical <= 0.9
    assert weights.article_lexical == WEIGHTS.article_lexical
    found = outcomes(index.with_weights(weights), rows, as_of=date(2026, 1, 1))
    assert [one.first for one in found] == [True, False]
