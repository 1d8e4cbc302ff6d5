"""What every vector engine must do: a class to inherit, with a fixture `engine`."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from retrieval.bm25 import Filter
from retrieval.dense import TEXT, Dense, write
from retrieval.encoder import Vectors
from retrieval.engines.engine import Limits, Rows, Selection, VectorEngine, VectorSearch, VectorsMissingError
from tests.retrieval.material import TODAY

DIMENSIONS = 32
BRANCH = '示例银行/"安徽\\省"分行'
"""With what a filter written as text has to escape."""
ANYBODY = Limits("national", date(2000, 1, 1), None)


def unit_rows(count: int, *, seed: int = 0) -> Vectors:
    """Vectors that lie in bundles, as those of texts do."""
    rng = np.random.default_rng(seed)
    bundles = rng.normal(size=(40, DIMENSIONS))
    rows = bundles[rng.integers(0, len(bundles), count)] + 0.7 * rng.normal(size=(count, DIMENSIONS))
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def exactly(vectors: Vectors, query: Vectors, count: int, rows: Sequence[int] | None = None) -> list[int]:
    """The `count` rows nearest to `query`, of `rows` if given, by comparing all."""
    kept = np.arange(len(vectors)) if rows is None else np.asarray(rows)
    return [int(row) for row in kept[np.argsort(-(vectors[kept] @ query))][:count]]


class EngineContract:
    """The tests. `many` vectors are enough for the engine to do what it does at its size."""

    many = 3_000

    @pytest.fixture
    def engine(self) -> VectorEngine:
        raise NotImplementedError

    def opened(
        self, engine: VectorEngine, folder: Path, vectors: Vectors, *limits: Limits, version: str = "one"
    ) -> VectorSearch:
        """The vectors kept and opened, one to a passage; without limits anybody may see them."""
        known = limits or (ANYBODY,) * len(vectors)
        engine.write(Rows(vectors, np.arange(len(vectors), dtype=np.int32), known), version, folder)
        return engine.open(vectors, version, folder)

    def test_ten_nearest_are_those_that_comparing_all_finds(
        self, engine: VectorEngine, tmp_path: Path
    ) -> None:
        vectors, queries = unit_rows(self.many), unit_rows(20, seed=1)
        search = self.opened(engine, tmp_path, vectors)
        shared = 0
        for query in queries:
            cosines, rows = search.nearest(query, 10, None)
            assert np.all(np.diff(cosines) <= 0)
            np.testing.assert_allclose(cosines, vectors[rows] @ query, atol=1e-5)
            shared += len({*rows.tolist()} & {*exactly(vectors, query, 10)})
        assert shared >= 0.98 * 10 * len(queries)

    @pytest.mark.parametrize("share", [0.9, 0.2, 0.01])
    def test_with_a_filter_the_nearest_are_those_of_what_may_be_seen(
        self, engine: VectorEngine, tmp_path: Path, share: float
    ) -> None:
        vectors, queries = unit_rows(self.many), unit_rows(20, seed=1)
        seen = np.random.default_rng(2).random(len(vectors)) < share
        limits = [ANYBODY if one else Limits(BRANCH, date(2000, 1, 1), None) for one in seen]
        search = self.opened(engine, tmp_path, vectors, *limits)
        selection = Selection(seen, Filter(("national",), TODAY))
        shared = wanted = 0
        for query in queries:
            rows = search.nearest(query, 10, selection)[1]
            assert seen[rows].all()
            truth = exactly(vectors, query, 10, np.flatnonzero(seen).tolist())
            shared += len({*rows.tolist()} & {*truth})
            wanted += len(truth)
        assert shared >= 0.98 * wanted

    def test_what_lies_nearest_and_may_not_be_seen_uses_up_no_place(
        self, engine: VectorEngine, tmp_path: Path
    ) -> None:
        vectors = unit_rows(self.many)
        hidden = exactly(vectors, vectors[0], self.many // 2)
        seen = np.ones(len(vectors), dtype=bool)
        seen[hidden] = False
        limits = [ANYBODY if one else Limits(BRANCH, date(2000, 1, 1), None) for one in seen]
        search = self.opened(engine, tmp_path, vectors, *limits)
        rows = search.nearest(vectors[0], 10, Selection(seen, Filter(("national",), TODAY)))[1]
        assert len(rows) == 10
        assert seen[rows].all()

    def test_scopes_and_days_limit_what_is_found(self, engine: VectorEngine, tmp_path: Path) -> None:
        vectors = unit_rows(6)
        limits = [
            ANYBODY,
            Limits(BRANCH, date(2000, 1, 1), None),
            Limits("示例银行/广东省分行", date(2000, 1, 1), None),
            Limits("national", date(2027, 1, 1), None),
            Limits("national", date(2000, 1, 1), TODAY),
            Limits("national", date(2000, 1, 1), date(2026, 11, 22)),
        ]
        search = self.opened(engine, tmp_path, vectors, *limits)
        for scopes, seen in ((("national",), [0, 4]), (("national", BRANCH), [0, 1, 4])):
            mask = np.isin(np.arange(6), seen)
            rows = search.nearest(vectors[0], 6, Selection(mask, Filter(scopes, TODAY)))[1]
            assert sorted(rows.tolist()) == seen

    def test_when_nothing_may_be_seen_nothing_is_found(self, engine: VectorEngine, tmp_path: Path) -> None:
        search = self.opened(engine, tmp_path, unit_rows(50))
        nothing = Selection(np.zeros(50, dtype=bool), Filter(("nowhere",), TODAY))
        assert len(search.nearest(unit_rows(1)[0], 5, nothing)[1]) == 0

    def test_when_fewer_are_there_all_are_found(self, engine: VectorEngine, tmp_path: Path) -> None:
        vectors = unit_rows(7)
        search = self.opened(engine, tmp_path, vectors)
        assert sorted(search.nearest(vectors[3], min(search.most, 50), None)[1].tolist()) == list(range(7))

    def test_two_versions_do_not_mix(self, engine: VectorEngine, tmp_path: Path) -> None:
        folders = tmp_path / "one", tmp_path / "two"
        for folder in folders:
            folder.mkdir()
        first, second = unit_rows(60), unit_rows(80, seed=5)
        one = self.opened(engine, folders[0], first, version="one")
        two = self.opened(engine, folders[1], second, version="two")
        assert one.nearest(first[9], 1, None)[1].tolist() == [9]
        assert two.nearest(second[70], 1, None)[1].tolist() == [70]
        assert len(one.nearest(first[9], 60, None)[1]) == 60

    def test_writing_a_version_again_replaces_what_was_left_of_it(
        self, engine: VectorEngine, tmp_path: Path
    ) -> None:
        self.opened(engine, tmp_path, unit_rows(90))
        vectors = unit_rows(40, seed=3)
        search = self.opened(engine, tmp_path, vectors)
        assert engine.holds("one", 40)
        assert sorted(search.nearest(vectors[0], 40, None)[1].tolist()) == list(range(40))

    def test_a_kept_version_answers_when_others_are_forgotten(
        self, engine: VectorEngine, tmp_path: Path
    ) -> None:
        folders = tmp_path / "one", tmp_path / "two"
        for folder in folders:
            folder.mkdir()
        vectors = unit_rows(60)
        self.opened(engine, folders[0], vectors, version="one")
        search = self.opened(engine, folders[1], vectors, version="two")
        engine.keep({"two"})
        assert engine.holds("two", 60)
        assert search.nearest(vectors[5], 1, None)[1].tolist() == [5]

    def test_passages_are_found_through_it_by_their_best_vector(
        self, engine: VectorEngine, tmp_path: Path
    ) -> None:
        vectors = unit_rows(300)
        owners = np.arange(300, dtype=np.int32) // 3
        parts = [0, 1, TEXT] * 100
        write(vectors, owners.tolist(), parts, tmp_path)
        engine.write(Rows(vectors, owners, (ANYBODY,) * 100), "one", tmp_path)
        dense = Dense(tmp_path, 100, engine=engine, version="one")
        found = dense.search(vectors[31], 5)
        assert (found[0].number, found[0].part) == (10, 1)
        assert len({near.number for near in found}) == 5
        again = dense.nearest_parts(vectors[31], [near.number for near in found])
        assert [(near.number, near.part) for near in again] == [(near.number, near.part) for near in found]
        for near, other in zip(found, again, strict=True):
            assert near.cosine == pytest.approx(other.cosine, abs=1e-5)


def missing(engine: VectorEngine, folder: Path) -> None:
    """Opening a version that is not there says so."""
    with pytest.raises(VectorsMissingError):
        engine.open(unit_rows(3), "nowhere", folder)
