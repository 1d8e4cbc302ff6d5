import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.answers import figures, judge
from benchmarks.beir import means, paired_difference, per_question
from retrieval.encoder import Encoder
from retrieval.index import Index, build_index
from retrieval.training.validation import Row, Scope
from tests.retrieval.beirfolder import write_beir
from tests.retrieval.material import ARTIFACTS, TODAY, card


def test_the_figures_of_a_ranked_list_by_hand() -> None:
    found = per_question(["x", "a", "y", "b"], {"a": 1, "b": 1, "c": 1})
    assert found["recall@1"] == 0
    assert found["recall@5"] == pytest.approx(2 / 3)
    assert found["hit@5"] == 1
    assert found["MRR@10"] == 0.5
    assert found["nDCG@10"] == pytest.approx((0.6309 + 0.4307) / (1 + 0.6309 + 0.5), abs=1e-3)


def test_a_lead_on_every_question_has_an_interval_above_zero() -> None:
    better = [{"nDCG@10": 0.5 + at % 3 / 10} for at in range(60)]
    worse = [{"nDCG@10": 0.3 + at % 2 / 10} for at in range(60)]
    lead = paired_difference(better, worse, "nDCG@10")
    assert 0 < lead.low < lead.mean < lead.high
    assert lead.mean == pytest.approx(means(better)["nDCG@10"] - means(worse)["nDCG@10"])
    same = paired_difference(worse, worse, "nDCG@10")
    assert (same.low, same.mean, same.high) == (0, 0, 0)


def test_missing_data_is_said_in_one_line(home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.retrieval", "--data", str(tmp_path / "nothing")]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True)
    assert done.returncode == 2
    assert "corpus.jsonl is missing" in done.stderr


def test_the_benchmark_runs_on_any_folder_in_beir_layout(home: Path, tmp_path: Path) -> None:
    write_beir(tmp_path)
    out = tmp_path / "out.json"
    command = [
        sys.executable,
        "-m",
        "benchmarks.retrieval",
        "--data",
        str(tmp_path),
        "--artifacts",
        "shipped",
    ]
    done = subprocess.run([*command, "--json", str(out)], cwd=home, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["questions"] == 1
    assert len(report["systems"]) == 3
    for summary in report["systems"].values():
        assert {
            "recall@1",
            "recall@100",
            "MRR@10",
            "nDCG@10",
            "p50 ms",
            "p95 ms",
            "build s",
        } <= summary.keys()


def test_decisions_are_counted_by_why_a_question_has_no_card(tmp_path: Path, encoder: Encoder) -> None:
    cards = [card("annual", "年休假有几天"), card("overtime", "加班费怎么算")]
    build_index(cards, tmp_path, encoder)
    index = Index.open(tmp_path, encoder=encoder, artifacts=ARTIFACTS)
    rows = [
        Row("年休假有几天", frozenset({"annual"}), Scope.IN, ()),
        Row("加班费怎么算", frozenset({"annual"}), Scope.IN, ()),
        Row("足球比赛谁赢", frozenset(), Scope.OUT, ()),
        Row("加班费，怎么算？", frozenset(), Scope.UNCOVERED, ()),
    ]
    found = figures(judge(index, rows, as_of=TODAY))
    assert found["in scope: right card first"] == 0.5
    assert found["out of scope: refused"] == 1
    assert found["wrong of answered"] == pytest.approx(2 / 3)
