"""The ranker of articles learns from questions that nothing has seen."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rich.progress import Progress

from retrieval.article_features import FEATURES
from retrieval.article_ranking import FOLDER, load_article_ranker
from retrieval.encoder import Encoder
from retrieval.memory import Remembered, Trust
from retrieval.training.article_ranking import FOLDS, Judged, deal, fit, judged_rows, remembered
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


Rows = tuple[list[Judged], list[Sequence[LabelledQuestion]]]


@pytest.fixture(scope="module")
def rows(encoder: Encoder) -> Rows:
    """The judged questions, and what the encoder of each fold was asked to leave out."""
    left_out: list[Sequence[LabelledQuestion]] = []

    def without(part: Sequence[LabelledQuestion]) -> Encoder:
        left_out.append(part)
        return encoder

    with Progress(disable=True) as progress:
        return judged_rows(PASSAGES, QUESTIONS, [], without, progress, seed=1), left_out


def test_every_question_is_judged_once_by_what_has_not_seen_it(rows: Rows) -> None:
    judged, left_out = rows
    assert len(judged) == len(QUESTIONS)
    assert sorted(one.text for part in left_out for one in part) == sorted(one.text for one in QUESTIONS)
    assert [len(part) for part in left_out] == [len(part) for part in deal(QUESTIONS, seed=1)]
    prior = FEATURES.index("asked_prior")
    for one in judged:
        # Seven questions ask about an article; the fold's own are not remembered.
        assert one.rows[one.right, prior].max(initial=0) < len(ASKED)
    assert all(one.gold == 1 for one in judged)
    assert any(one.seen for one in judged)


def test_the_ranker_learns_what_tells_right_from_wrong_and_the_same_every_time(
    rows: Rows, encoder: Encoder, tmp_path: Path
) -> None:
    judged, _ = rows
    fitted = fit(judged, seed=1)
    assert fitted.report["ranker"] > 0.9
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


def test_questions_are_dealt_into_folds_the_same_way_every_time() -> None:
    parts = deal(QUESTIONS, seed=1)
    assert len(parts) == FOLDS
    assert parts == deal(list(reversed(QUESTIONS)), seed=1) != deal(QUESTIONS, seed=2)
    assert sum(len(part) for part in parts) == pytest.approx(len(QUESTIONS))
