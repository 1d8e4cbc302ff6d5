from pathlib import Path

import numpy as np
import pytest

from retrieval.dense import TEXT, TITLE, Dense, write
from retrieval.encoder import Vectors


def unit(*angles: float) -> Vectors:
    """Vectors in the plane at these angles, in degrees."""
    radians = np.radians(angles)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def open_vectors(folder: Path, angles: list[float], owners: list[int], parts: list[int]) -> Dense:
    write(unit(*angles), owners, parts, folder)
    return Dense(folder, max(owners) + 1)


def test_a_passage_counts_by_its_best_vector(tmp_path: Path) -> None:
    dense = open_vectors(tmp_path, [80, 10, 40], [0, 0, 1], [0, TEXT, TEXT])
    found = dense.search(unit(0)[0], 5)
    assert [(near.number, near.part) for near in found] == [(0, TEXT), (1, TEXT)]
    assert found[0].cosine == pytest.approx(np.cos(np.radians(10)), abs=1e-5)


def test_a_passage_with_many_questions_does_not_crowd_out_the_others(tmp_path: Path) -> None:
    angles = [*np.linspace(0, 1, 200), 30, 60]
    owners = [*[0] * 200, 1, 2]
    dense = open_vectors(tmp_path, angles, owners, [*range(199), TEXT, TEXT, TEXT])
    assert [near.number for near in dense.search(unit(0)[0], 3)] == [0, 1, 2]


def test_what_may_not_be_seen_does_not_use_up_places(tmp_path: Path) -> None:
    dense = open_vectors(tmp_path, [*np.linspace(0, 1, 50), 45], list(range(51)), [TEXT] * 51)
    allowed = np.zeros(51, dtype=bool)
    allowed[50] = True
    assert [near.number for near in dense.search(unit(0)[0], 1, allowed)] == [50]


def test_when_nothing_may_be_seen_nothing_is_found(tmp_path: Path) -> None:
    dense = open_vectors(tmp_path, [0, 10], [0, 1], [TEXT, TEXT])
    assert dense.search(unit(0)[0], 5, np.zeros(2, dtype=bool)) == []


def test_the_nearest_part_of_one_passage_is_told(tmp_path: Path) -> None:
    dense = open_vectors(tmp_path, [80, 5, 70, 20], [0, 1, 1, 1], [TEXT, 0, TITLE, TEXT])
    (near,) = dense.nearest_parts(unit(65)[0], [1])
    assert (near.number, near.part) == (1, TITLE)
    assert dense.cosines(unit(20)[0], 1)[-1] == pytest.approx(1, abs=1e-5)
