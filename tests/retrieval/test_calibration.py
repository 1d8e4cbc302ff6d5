"""From signs to probabilities and decisions, and how these are fitted."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from rich.progress import Progress

from retrieval.artifacts import SHIPPED, Artifacts
from retrieval.build import build_index
from retrieval.calibration import FILE, SIGNS_OF, Calibration, load_calibration, probability
from retrieval.card_features import FEATURES
from retrieval.card_ranking import CardRows
from retrieval.encoder import Encoder
from retrieval.grams import Floats
from retrieval.index import Index
from retrieval.search import Decision, Heard, Question
from retrieval.signs import SIGNS, Signs, read_signs
from retrieval.training.calibration import Questions, fit, read_examples, read_heard
from retrieval.training.judging import WRONG, fit_judge
from retrieval.training.posed import Posed, Source
from retrieval.training.validation import Row, Scope, read_rows, with_ancestors
from tests.retrieval.material import ARTIFACTS, CALIBRATION, TODAY, card


def covering(share: float) -> Signs:
    return Signs(dict.fromkeys(SIGNS, 0.0) | {"covered": share}, None)


def seen(*covered: float, topics: tuple[str, ...] = ()) -> CardRows:
    """Cards of which each states a rule of its own and covers so much of the question."""
    rows = np.zeros((len(covered), len(FEATURES)), np.float32)
    rows[:, FEATURES.index("covered")] = covered
    numbers = tuple(range(len(covered)))
    return CardRows(numbers, numbers, topics or ("leave",) * len(covered), rows)


def signs_of(rows: CardRows, scores: Floats, first: int, text: str, heard: Heard | None) -> Signs:
    return read_signs(rows, scores, first, text, heard=heard, words_of_scope=0.0)


def test_more_of_a_good_sign_is_more_probable() -> None:
    low, high = (CALIBRATION.judge(covering(share)).answers for share in (0.2, 0.8))
    assert 0 < low < 0.5 < high < 1


@pytest.mark.parametrize(
    ("covered", "decision"), [(0.8, Decision.ANSWER), (0.6, Decision.CLARIFY), (0.3, Decision.REFUSE)]
)
def test_decisions_follow_the_thresholds(covered: float, decision: Decision) -> None:
    assert CALIBRATION.judge(covering(covered)).decision is decision


def test_what_is_out_of_scope_is_refused_however_well_a_card_fits() -> None:
    never = replace(CALIBRATION.alone, in_scope_from=1.0)
    judged = replace(CALIBRATION, alone=never).judge(covering(0.9))
    assert judged.decision is Decision.REFUSE
    assert judged.answers > 0.9


def test_short_questions_are_refused_by_a_threshold_of_their_own() -> None:
    lenient = replace(CALIBRATION.alone, in_scope_from=1.0, short_in_scope_from=0.0, answer_from=1.0)
    calibration = replace(CALIBRATION, alone=lenient)
    short = Signs(dict(covering(0.5).values) | {"short": 1.0}, None)
    assert calibration.judge(short).decision is Decision.CLARIFY
    assert calibration.judge(covering(0.5)).decision is Decision.REFUSE


def test_what_the_dialogue_heard_is_judged_by_a_judge_of_its_own() -> None:
    strict = replace(CALIBRATION, heard=replace(CALIBRATION.heard, answer_from=1.0))
    heard = signs_of(seen(0.9), np.array([0.9]), 0, "年假几天", Heard({"leave": 0.9}, 0.05))
    assert strict.judge(heard).decision is Decision.CLARIFY
    assert strict.judge(replace(heard, heard=None)).decision is Decision.ANSWER


def test_signs_tell_the_first_card_from_its_rivals() -> None:
    rows = seen(0.9, 0.4, 0.8)
    signs = signs_of(rows, np.array([0.9, 0.5, 0.1]), 0, "年假几天", None).values
    assert signs["odds"] == pytest.approx(np.log(9))
    assert signs["lead"] == pytest.approx(np.log(9))
    assert signs["lead_over_third"] == pytest.approx(2 * np.log(9))
    assert signs["most_covered"] == pytest.approx(0.9)
    same_rule = replace(rows, rules=(0, 0, 1))
    assert signs_of(same_rule, np.array([0.9, 0.5, 0.1]), 0, "年假几天", None).values["lead"] > signs["lead"]


def test_short_questions_have_terms_of_their_own() -> None:
    short = signs_of(seen(0.9), np.array([0.9]), 0, "年假几天", None).values
    long = signs_of(seen(0.9), np.array([0.9]), 0, "我工作满十年了年假能休几天", None).values
    assert short["short_odds"] == short["odds"]
    assert long["short"] == long["short_odds"] == long["short_covered"] == 0


def test_the_dialogue_speaks_for_the_topic_it_heard() -> None:
    rows, heard = seen(0.5, 0.5, topics=("leave", "wages")), Heard({"leave": 0.8}, 0.1)
    leave, wages = (signs_of(rows, np.array([0.5, 0.5]), at, "几天", heard).heard for at in (0, 1))
    assert leave is not None
    assert wages is not None
    assert leave.this_topic > 0 > wages.this_topic
    assert leave.any_topic == wages.any_topic


def drawn(count: int, *, seed: int) -> list[Posed]:
    """Questions answered with the probability of a known logistic curve over what the first card covers."""
    rng = np.random.default_rng(seed)
    posed = []
    for at in range(count):
        covered = rng.random()
        right = rng.random() < 1 / (1 + np.exp(-(8 * covered - 3)))
        inside = right or rng.random() < 0.5
        rows = seen(covered, 0.1)
        scope = Scope.IN if inside else Scope.OUT
        posed.append(
            Posed(f"问{at}", scope, Source.ROW, rows, np.array([right, False]), None, f"{seed}-{at}")
        )
    return posed


SCORES = np.array([0.6, 0.4])


def test_a_fit_keeps_the_error_rate_it_promises_on_questions_it_has_not_seen() -> None:
    learned = drawn(1500, seed=1)
    judge = fit_judge(learned, [SCORES] * len(learned), np.zeros(len(learned)), heard=False).judge
    judge = replace(judge, in_scope_from=0.0, short_in_scope_from=0.0)
    calibration = Calibration(judge, judge, exact=1.0, choice_from=0.0)
    answered = [
        bool(one.right[0])
        for one in drawn(3000, seed=2)
        if calibration.judge(signs_of(one.seen, SCORES, 0, one.text, None)).decision is Decision.ANSWER
    ]
    assert len(answered) > 800
    assert 1 - sum(answered) / len(answered) <= WRONG + 0.02


def test_probabilities_mean_what_they_say() -> None:
    learned = drawn(1500, seed=1)
    judge = fit_judge(learned, [SCORES] * len(learned), np.zeros(len(learned)), heard=False).judge
    unseen = [
        (probability(judge.answers, signs_of(one.seen, SCORES, 0, one.text, None)), bool(one.right[0]))
        for one in drawn(3000, seed=2)
    ]
    for low in (0.2, 0.5, 0.8):
        band = [right for probable, right in unseen if low <= probable < low + 0.1]
        assert sum(band) / len(band) == pytest.approx(low + 0.05, abs=0.1)


def test_the_shipped_calibration_knows_today_s_signs_and_says_what_it_was_fitted_on() -> None:
    model = load_calibration(SHIPPED)
    for judge, names in ((model.alone, SIGNS_OF["alone"]), (model.heard, SIGNS_OF["heard"])):
        assert tuple(judge.answers.features) == tuple(judge.in_scope.features) == names
        assert 0 < judge.in_scope_from < 1
        assert 0 < judge.short_in_scope_from < 1
        assert 0 < judge.answer_from <= model.exact <= 1
    content = json.loads((SHIPPED / FILE).read_text(encoding="utf-8"))
    assert {"command", "data_sha256", "encoder", "licence"} <= content["manifest"].keys()
    promised = {"wrong of answered", "in scope refused", "asked without an answer"}
    assert content["thresholds chosen for"].keys() == promised


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


def test_the_dialogue_s_examples_and_what_it_heard_are_read(tmp_path: Path) -> None:
    examples, heard = tmp_path / "out.yml", tmp_path / "heard.jsonl"
    examples.write_text("nlu:\n- intent: out_of_scope\n  examples: |\n    - 唱歌\n    - 讲笑话\n", "utf-8")
    record = {"text": "唱歌", "topics": {"activities": 0.2}, "out_of_scope": 0.7}
    heard.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    assert [(row.text, row.kind) for row in read_examples(examples)] == [
        ("唱歌", Scope.OUT),
        ("讲笑话", Scope.OUT),
    ]
    assert read_heard(heard) == {"唱歌": Heard({"activities": 0.2}, 0.7)}


MATTERS = ("年休假", "加班费", "病假", "住院慰问", "会费", "公积金")
WAYS = (
    "怎么{}",
    "{}有多少",
    "{}几天能到",
    "想问{}",
    "{}谁说了算",
    "{}不给怎么办",
    "关于{}的事",
    "{}要材料吗",
)
OTHERS = ("足球比赛", "打印机", "信用卡", "天气", "火锅店", "股票", "唱歌", "高铁票")


def test_one_command_fits_an_index_that_then_answers_and_refuses(tmp_path: Path, encoder: Encoder) -> None:
    cards = [
        card(f"card-{at}", *(way.format(matter) for way in WAYS), title=matter, text=f"{matter}的规定。")
        for at, matter in enumerate(MATTERS)
    ]
    rows = [
        *(Row(f"请问{matter}{end}", frozenset({f"card-{at}"}), Scope.IN, ())
          for at, matter in enumerate(MATTERS) for end in ("如何办", "在哪看", "是啥")),
        *(Row(f"{other}{end}", frozenset(), Scope.OUT, ()) for other in OTHERS for end in ("在哪", "好吗")),
    ]  # fmt: skip
    heard = {row.text: Heard({"leave": 0.5}, 0.1 if row.cards else 0.8) for row in rows}
    with Progress(disable=True) as progress:
        fitted = fit(
            cards, encoder, Questions(rows, rows[-4:], heard), ARTIFACTS, progress, as_of=date(2026, 1, 1)
        )
    fitted.save(tmp_path / "fitted", {"encoder": encoder.fingerprint, "command": "a test"})
    build_index(cards, tmp_path / "index", encoder)
    artifacts = Artifacts.read(tmp_path / "fitted")
    assert artifacts.card_ranker is not None
    index = Index.open(tmp_path / "index", encoder=encoder, artifacts=artifacts)
    asked = index.search(Question("公积金在哪看", TODAY))
    other = index.search(Question("火锅店好吃吗", TODAY))
    assert asked.hits[0].passage.id == "card-5"
    assert asked.confidence > other.confidence
    assert asked.in_scope > 0.5 > other.in_scope
