"""The risk–coverage curve, by hand and as a file."""

from pathlib import Path

import pytest

from benchmarks.risk_coverage import Curve, draw, risk_coverage


def test_the_surest_are_counted_first() -> None:
    curve = risk_coverage([0.2, 0.9, 0.5, 0.7], [False, True, True, False])
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert curve.area == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_a_decision_is_a_point_beside_the_curve() -> None:
    curve = risk_coverage([0.9, 0.8, 0.1], [True, False, False], [True, True, False])
    assert curve.at == pytest.approx((2 / 3, 1 / 2))
    assert risk_coverage([0.9], [True], [False]).at is None


def test_the_same_curves_are_drawn_as_the_same_bytes(tmp_path: Path) -> None:
    curve: Curve = risk_coverage([at / 40 for at in range(40)], [at % 3 > 0 for at in range(40)], [True] * 40)
    for name in ("one.svg", "other.svg"):
        draw({"all questions": curve, "BM25": curve}, tmp_path / name)
    drawn = (tmp_path / "one.svg").read_bytes()
    assert drawn == (tmp_path / "other.svg").read_bytes()
    assert b"<svg" in drawn
    assert b"dc:date" not in drawn
