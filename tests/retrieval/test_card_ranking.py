"""How the likeliest cards are looked at, and how a fitted ranker orders them."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xgboost

from retrieval.build import build_index
from retrieval.card_features import FEATURES
from retrieval.card_ranking import FOLDER, CardRows, load_card_ranker
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.learned import BoostedTrees, Platt, save_trees
from retrieval.passages import Passage
from retrieval.search import Decision, Heard, Question
from tests.retrieval.material import ARTIFACTS, TODAY, article, card

ANNUAL = card("leave-annual", "年休假有几天", "工作十年年假多少天", topic="leave")
OVERTIME = card("wages-overtime", "加班费怎么算", "周末加班给多少钱", topic="wages")
HOSPITAL = card("condolence-hospital", "住院慰问多少钱", "生病住院工会来看吗", topic="condolence")
ARTICLES = [article("劳动法", f"第{number}条", f"年休假第{number}款加班") for number in range(40)]


@pytest.fixture(scope="module")
def ranker(tmp_path_factory: pytest.TempPathFactory) -> BoostedTrees:
    """Fitted on what two hints say together: the fused score, and where it is known, the topic."""
    rng = np.random.default_rng(0)
    rows = rng.random((3000, len(FEATURES))).astype(np.float32)
    topic = rows[:, FEATURES.index("topic")].copy()
    rows[:1000, FEATURES.index("topic")] = np.nan
    topic[:1000] = 0.5
    labels = rows[:, FEATURES.index("fused")] + topic > 1.0
    data = xgboost.DMatrix(rows, labels, feature_names=list(FEATURES))
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1}, data, 40)
    folder = tmp_path_factory.mktemp("artifacts")
    save_trees(booster, folder / FOLDER, platt=Platt(), manifest={})
    fitted = load_card_ranker(folder)
    assert fitted is not None
    return fitted


def opened(
    folder: Path, encoder: Encoder, passages: Sequence[Passage], ranker: BoostedTrees | None = None
) -> Index:
    build_index(passages, folder, encoder)
    return Index.open(folder, encoder=encoder, artifacts=replace(ARTIFACTS, card_ranker=ranker))


def feature(rows: CardRows, at: int, name: str) -> float:
    return float(rows.rows[at, FEATURES.index(name)])


def test_articles_change_nothing_that_is_seen_of_cards(tmp_path: Path, encoder: Encoder) -> None:
    cards = [ANNUAL, OVERTIME, HOSPITAL]
    question = Question("年休假和加班", TODAY)
    alone = opened(tmp_path / "alone", encoder, cards).card_rows(question)
    among = opened(tmp_path / "among", encoder, [*cards, *ARTICLES]).card_rows(question)
    words = [FEATURES.index(name) for name in ("lexical", "lexical_lead", "fused", "fused_lead")]
    same = [at for at in range(len(FEATURES)) if at not in words]  # BM25 knows rare words from all passages
    assert among.numbers == alone.numbers
    assert np.allclose(among.rows[:, same], alone.rows[:, same], equal_nan=True)


def test_a_card_is_seen_by_its_nearest_questions_title_and_text(tmp_path: Path, encoder: Encoder) -> None:
    index = opened(tmp_path, encoder, [ANNUAL, OVERTIME, HOSPITAL])
    rows = index.card_rows(Question("工作十年年假多少天", TODAY))
    assert rows.numbers[0] == 0
    assert feature(rows, 0, "cosine_1") == pytest.approx(1, abs=1e-3)
    assert feature(rows, 0, "alike_1") == pytest.approx(1)
    assert feature(rows, 0, "covered") == pytest.approx(1)
    assert feature(rows, 0, "unknown") == 0
    assert feature(rows, 0, "covered_lead") > 0 > feature(rows, 1, "covered_lead")
    assert feature(rows, 0, "votes") + feature(rows, 1, "votes") + feature(rows, 2, "votes") <= 1


def test_what_no_card_has_is_known_to_be_unknown(tmp_path: Path, encoder: Encoder) -> None:
    rows = opened(tmp_path, encoder, [ANNUAL, OVERTIME]).card_rows(Question("瑜伽垫", TODAY))
    assert feature(rows, 0, "unknown") == pytest.approx(1)
    assert feature(rows, 0, "likelihood") == pytest.approx(math.log(1 / 3), abs=1e-5)


def test_a_branch_s_version_of_a_rule_is_no_rival_of_it(tmp_path: Path, encoder: Encoder) -> None:
    own = card(
        "leave-annual-own",
        "年休假有几天啊",
        topic="leave",
        scope="示例银行",
        base="leave-annual",
        precedence="add",
    )
    index = opened(tmp_path, encoder, [ANNUAL, OVERTIME, own])
    rows = index.card_rows(Question("年休假有几天", TODAY, ("示例银行",)))
    rules = dict(zip(rows.numbers, rows.rules, strict=True))
    assert rules[0] == rules[2] != rules[1]
    assert feature(rows, rows.numbers.index(2), "depth") == 1


def test_cards_can_be_looked_for_as_if_one_were_not_there(tmp_path: Path, encoder: Encoder) -> None:
    index = opened(tmp_path, encoder, [ANNUAL, OVERTIME, HOSPITAL])
    rows = index.card_rows(Question("年休假有几天", TODAY), without={"leave-annual"})
    assert rows.numbers
    assert 0 not in rows.numbers


def test_what_the_dialogue_heard_decides_between_equals(
    tmp_path: Path, encoder: Encoder, ranker: BoostedTrees
) -> None:
    alike = {"title": "住院补助", "text": "住院可以补助。"}
    one = card("hardship-hospital", "住院补助怎么领", topic="hardship", **alike)
    other = card("mutual-aid-hospital", "住院补助怎么领", topic="mutual_aid", **alike)
    index = opened(tmp_path, encoder, [one, other, ANNUAL], ranker)
    for topic, first in (("hardship", "hardship-hospital"), ("mutual_aid", "mutual-aid-hospital")):
        heard = Heard({topic: 0.9}, 0.0)
        assert index.search(Question("住院补助", TODAY, heard=heard)).hits[0].passage.id == first


def test_a_card_that_answers_comes_before_articles(tmp_path: Path, encoder: Encoder) -> None:
    like = article("条例", "第三条", "工作十年年假多少天 年休假")
    index = opened(tmp_path, encoder, [ANNUAL, OVERTIME, like])
    result = index.search(Question("工作十年年假多少天呀", TODAY))
    assert result.decision is Decision.ANSWER
    assert result.hits[0].passage.id == "leave-annual"


def test_scores_of_cards_are_probabilities(tmp_path: Path, encoder: Encoder, ranker: BoostedTrees) -> None:
    index = opened(tmp_path, encoder, [ANNUAL, OVERTIME, HOSPITAL], ranker)
    scores = [hit.score for hit in index.search(Question("加班给钱吗", TODAY)).hits]
    assert all(0 <= score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)


def test_artifacts_without_a_ranker_have_none(tmp_path: Path) -> None:
    assert load_card_ranker(tmp_path) is None
