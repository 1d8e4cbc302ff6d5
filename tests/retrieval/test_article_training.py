"""The ranker of articles learns from questions that nothing has seen."""

import json
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest
from rich.progress import Progress

from retrieval.article_features import FEATURES
from retrieval.article_ranking import FOLDER, load_article_ranker
from retrieval.encoder import Encoder
from retrieval.memory import Remembered, Trust
from retrieval.training.article_ranking import Judged, fit, judged_rows, remembered
from retrieval.training.folds import FOLDS, known_folds, new_folds
from retrieval.training.sources import LabelledQuestion
from tests.retrieval.beirfolder import SUBJECTS
from tests.retrieval.material import article

PASSAGES = [
    article("样例法", f"第{at}条", f"{subject}由单位统筹安排。职工对{subject}有异议的，可以提出。")
    for at, subject in enumerate(SUBJECTS)
]
ASKED = ("怎么办", "有什么规定", "找谁问", "要多久", "能不能申请", "谁说了算", "没有怎么办")
QUESTIONS = [
    LabelledQuestion(f"{subject}{asked}", (f"law:样例法:第{at}条",))
    for at, subject in enumerate(SUBJECTS)
    for asked in ASKED
]


WRITTEN = [LabelledQuestion(f"关于{SUBJECTS[0]}的咨询", ("law:样例法:第0条",), "答")]
Rows = tuple[list[Judged], list[Collection[str]]]


@pytest.fixture(scope="module")
def rows(encoder: Encoder) -> Rows:
    """The judged questions, and what the encoder of each fold was asked to leave out."""
    left_out: list[Collection[str]] = []

    def without(texts: Collection[str]) -> Encoder:
        left_out.append(texts)
        return encoder

    with Progress(disable=True) as progress:
        return judged_rows(PASSAGES, QUESTIONS, WRITTEN, without, progress, seed=1), left_out


def test_every_question_is_judged_as_a_known_and_as_a_new_one(rows: Rows) -> None:
    judged, left_out = rows
    assert len(judged) == 2 * len(QUESTIONS)
    assert len(left_out) == 2 * FOLDS
    asked, written = FEATURES.index("asked_prior"), FEATURES.index("written_prior")
    for one in judged:
        # Seven questions ask about an article; those left out are not remembered.
        most = one.rows[one.right, asked].max(initial=0)
        assert most == 0 if one.new else most < len(ASKED)
        assert not (one.new and one.rows[one.right, written].any())
    assert any(one.rows[one.right, asked].any() for one in judged)
    assert all(one.gold == 1 for one in judged)


def test_parts_of_new_questions_share_no_article_and_leave_out_what_is_written_on_theirs() -> None:
    folds = new_folds(QUESTIONS, WRITTEN)
    articles = [{gold for one in fold.asked for gold in one.gold} for fold in folds]
    assert sum(len(fold.asked) for fold in folds) == len(QUESTIONS)
    for fold, own in zip(folds, articles, strict=True):
        about = {one.text for one in (*QUESTIONS, *WRITTEN) if not own.isdisjoint(one.gold)}
        assert fold.left_out == about
        assert all(own.isdisjoint(others) for others in articles if others is not own)


def test_questions_that_hang_together_through_shared_articles_stay_together() -> None:
    chain = [LabelledQuestion(f"问{at}", (f"a{at}", f"a{at + 1}")) for at in range(5)]
    alone = [LabelledQuestion(f"另{at}", (f"b{at}",)) for at in range(8)]
    folds = new_folds([*chain, *alone], [])
    assert {one.text for one in folds[0].asked} == {one.text for one in chain}
    assert sorted(len(fold.asked) for fold in folds) == [2, 3, 3, 5]


def test_the_ranker_learns_what_tells_right_from_wrong_and_the_same_every_time(
    rows: Rows, encoder: Encoder, tmp_path: Path
) -> None:
    judged, _ = rows
    fitted = fit(judged, seed=1)
    assert fitted.report["ranker, known"] > 0.9
    assert set(fitted.report) == {"fused, known", "fused, new", "ranker, known", "ranker, new"}
    fitted.save(tmp_path, {"encoder": encoder.fingerprint})
    ranker = load_article_ranker(tmp_path)
    assert ranker is not None
    right = np.concatenate([ranker.score(one.rows)[one.right] for one in judged])
    wrong = np.concatenate([ranker.score(one.rows)[~one.right] for one in judged])
    assert right.mean() > 0.5 > wrong.mean()
    made = json.loads((tmp_path / FOLDER / "manifest.json").read_text(encoding="utf-8"))
    assert made["encoder"] == encoder.fingerprint
    assert fit(judged, seed=1).booster.save_raw() == fitted.booster.save_raw()


def test_questions_are_remembered_by_law_and_number() -> None:
    unknown = LabelledQuestion("无人知道", ("law:别的法:第一条",))
    found = remembered(PASSAGES, [QUESTIONS[0], unknown], Trust.ASKED)
    assert found == [Remembered(QUESTIONS[0].text, (("样例法", "第0条"),), Trust.ASKED)]


def test_known_questions_are_dealt_out_the_same_way_every_time() -> None:
    folds = known_folds(QUESTIONS, seed=1)
    assert folds == known_folds(list(reversed(QUESTIONS)), seed=1) != known_folds(QUESTIONS, seed=2)
    assert sorted(one.text for fold in folds for one in fold.asked) == sorted(one.text for one in QUESTIONS)
    assert all(fold.left_out == {one.text for one in fold.asked} for fold in folds)
