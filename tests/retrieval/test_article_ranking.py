"""Articles are ranked by what words, vectors and remembered questions say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xgboost

from retrieval.article_features import FEATURES
from retrieval.article_ranking import FOLDER, load_article_ranker
from retrieval.artifacts import Artifacts
from retrieval.build import build_index
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.learned import BoostedTreesError, Platt, save_trees
from retrieval.memory import Remembered, Trust, read_memory, write_memory
from retrieval.search import Question
from tests.retrieval.material import ARTIFACTS, TODAY, article

QUESTION = "老板一直拖着不发钱怎么办"


ARTICLES = [
    article("甲法", "第一条", "用人单位应当按照约定支付劳动报酬。", effective_from=date(2001, 1, 1)),
    article("甲法", "第二条", "劳动者可以向劳动行政部门投诉。"),
    article("乙法", "第一条", "老板怎么办公司登记，由登记机关规定。"),
    article("乙法", "第二条", "公司可以设立分公司。"),
]
REMEMBERED = [
    Remembered("老板拖着不发钱怎么办", (("甲法", "第一条"), ("丙法", "第九条")), Trust.ASKED),
    Remembered("公司开分公司要什么手续", (("乙法", "第二条"),), Trust.WRITTEN),
]


def opened(folder: Path, encoder: Encoder, memory: Sequence[Remembered] = REMEMBERED) -> Index:
    build_index(ARTICLES, folder, encoder, memory=memory)
    return Index.open(folder, encoder=encoder, artifacts=ARTIFACTS)


def column(index: Index, name: str) -> dict[int, float]:
    found = index.article_rows(Question(QUESTION, TODAY))
    return dict(zip(found.numbers, found.rows[:, FEATURES.index(name)].tolist(), strict=True))


def test_a_remembered_question_speaks_for_its_article_and_its_law(tmp_path: Path, encoder: Encoder) -> None:
    index = opened(tmp_path, encoder)
    best, of_law = column(index, "asked_best"), column(index, "asked_law_best")
    assert best[0] > 0
    assert best[1] == best[2] == best[3] == 0
    assert of_law[0] == of_law[1] == pytest.approx(best[0])
    assert of_law[2] == 0


def test_questions_with_written_answers_are_kept_apart(tmp_path: Path, encoder: Encoder) -> None:
    index = opened(tmp_path, encoder)
    assert column(index, "written_prior")[3] == 1
    assert column(index, "asked_prior")[3] == 0


def test_coverage_counts_the_question_s_words_that_an_article_has(tmp_path: Path, encoder: Encoder) -> None:
    index = opened(tmp_path, encoder)
    coverage, matched = column(index, "coverage"), column(index, "matched")
    assert coverage[2] > coverage[3] == matched[3] == 0
    assert 0 < coverage[2] <= 1


def test_remembered_words_speak_for_an_article_too(tmp_path: Path, encoder: Encoder) -> None:
    words = column(opened(tmp_path, encoder), "asked_words_best")
    assert words[0] > words[1] == words[3] == 0


def test_rare_words_and_kinds_of_tokens_count_by_themselves(tmp_path: Path, encoder: Encoder) -> None:
    index = opened(tmp_path, encoder)
    rarest, second = column(index, "rarest"), column(index, "second_rarest")
    assert rarest[2] >= second[2] > 0 == rarest[3]
    pairs, words = column(index, "pair_coverage"), column(index, "word_coverage")
    assert all(0 <= value <= 1 for value in (*pairs.values(), *words.values()))
    assert pairs[2] > pairs[3] == 0


def test_an_article_is_told_what_stands_beside_it_in_its_law(tmp_path: Path, encoder: Encoder) -> None:
    index = opened(tmp_path, encoder)
    fused, beside = column(index, "fused"), column(index, "beside_fused")
    assert beside[0] == pytest.approx(fused[1])
    assert beside[3] == pytest.approx(fused[2])
    assert beside[1] == pytest.approx(fused[0])


def test_an_article_not_in_force_on_the_day_is_not_recalled(tmp_path: Path, encoder: Encoder) -> None:
    index = opened(tmp_path, encoder)
    assert 0 in index.article_rows(Question(QUESTION, TODAY)).numbers
    assert 0 not in index.article_rows(Question(QUESTION, date(2000, 6, 1))).numbers


def test_another_memory_is_another_version_of_the_index(tmp_path: Path, encoder: Encoder) -> None:
    assert opened(tmp_path, encoder).version != opened(tmp_path, encoder, memory=[]).version


def test_the_ranker_decides_the_order_of_articles(tmp_path: Path, encoder: Encoder) -> None:
    opened(tmp_path, encoder)
    first = Index.open(tmp_path, encoder=encoder, artifacts=ranking_by("asked_best", tmp_path / "up"))
    last = Index.open(tmp_path, encoder=encoder, artifacts=ranking_by("position", tmp_path / "down"))
    question = Question(QUESTION, TODAY)
    assert first.search(question).hits[0].passage.id == ARTICLES[0].id
    assert last.search(question).hits[0].passage.article == "第二条"
    assert all(0 <= hit.score <= 1 for hit in first.search(question).hits)


def test_a_ranker_for_other_features_is_refused(tmp_path: Path) -> None:
    save_trees(fitted(("a", "b"), "a"), tmp_path / FOLDER, platt=Platt(), manifest={})
    with pytest.raises(BoostedTreesError):
        load_article_ranker(tmp_path)


def test_memory_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_memory(REMEMBERED, tmp_path / "memory.jsonl")
    assert read_memory(tmp_path / "memory.jsonl") == REMEMBERED


def fitted(features: Sequence[str], by: str) -> xgboost.Booster:
    """Trees that give more to rows with a larger value of feature `by`."""
    rows = np.random.default_rng(1).uniform(0, 1, (400, len(features))).astype(np.float32)
    wanted = rows[:, list(features).index(by)] > 0.4
    data = xgboost.DMatrix(rows, wanted, feature_names=list(features))
    return xgboost.train({"objective": "binary:logistic", "max_depth": 1, "seed": 1}, data, 5)


def ranking_by(feature: str, folder: Path) -> Artifacts:
    save_trees(fitted(FEATURES, feature), folder / FOLDER, platt=Platt(), manifest={})
    return replace(ARTIFACTS, article_ranker=load_article_ranker(folder))
