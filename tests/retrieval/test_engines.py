from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from retrieval.dense import TEXT, Dense, write
from retrieval.engines.approximate import Approximate
from retrieval.engines.choice import APPROXIMATE_FROM, choose_engine
from retrieval.engines.engine import EngineUnreachableError, Rows, VectorEngine
from retrieval.engines.flat import Flat
from retrieval.engines.milvus import Milvus
from retrieval.engines.server import MilvusServer
from tests.retrieval.engine_contract import ANYBODY, EngineContract, exactly, missing, unit_rows


class TestFlat(EngineContract):
    @pytest.fixture
    def engine(self) -> VectorEngine:
        return Flat()


class TestApproximate(EngineContract):
    many = 6_000

    @pytest.fixture
    def engine(self) -> VectorEngine:
        return Approximate()

    def test_a_version_without_its_file_is_missing(self, engine: VectorEngine, tmp_path: Path) -> None:
        missing(engine, tmp_path)

    def test_the_same_vectors_give_the_same_file(self, engine: VectorEngine, tmp_path: Path) -> None:
        written = []
        for name in ("one", "two"):
            folder = tmp_path / name
            folder.mkdir()
            self.opened(engine, folder, unit_rows(2_000))
            written.append(b"".join(file.read_bytes() for file in sorted(folder.iterdir())))
        assert written[0] == written[1]


class TestMilvus(EngineContract):
    """Against milvus-lite, which is the same client and the same requests."""

    many = 1_500

    @pytest.fixture
    def engine(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorEngine]:
        pytest.importorskip("milvus_lite")
        from milvus_lite.server_manager import server_manager_instance

        file = tmp_path_factory.mktemp("milvus") / "vectors.db"
        yield Milvus(MilvusServer(str(file)))
        server_manager_instance.release_server(str(file))

    def test_a_version_without_its_collection_is_missing(self, engine: VectorEngine, tmp_path: Path) -> None:
        missing(engine, tmp_path)

    def test_forgetting_leaves_what_belongs_to_another_deployment(
        self, engine: Milvus, tmp_path: Path
    ) -> None:
        other = Milvus(MilvusServer(engine.uri, collection="union_other"))
        self.opened(other, tmp_path, unit_rows(5), version="theirs")
        self.opened(engine, tmp_path, unit_rows(5), version="ours")
        self.opened(engine, tmp_path, unit_rows(5), version="old")
        engine.keep({"ours"})
        assert (engine.holds("ours", 5), engine.holds("old", 5)) == (True, False)
        assert other.holds("theirs", 5)

    def test_passages_are_still_found_when_the_server_went_away(self, engine: Milvus, tmp_path: Path) -> None:
        from milvus_lite.server_manager import server_manager_instance

        vectors = unit_rows(200)
        write(vectors, range(200), [TEXT] * 200, tmp_path)
        engine.write(Rows(vectors, np.arange(200, dtype=np.int32), (ANYBODY,) * 200), "one", tmp_path)
        dense = Dense(tmp_path, 200, engine=engine, version="one")
        server_manager_instance.release_server(engine.uri)
        query = unit_rows(1, seed=8)[0]
        seen = np.arange(200) % 2 == 0
        for allowed, rows in ((None, None), (seen, np.flatnonzero(seen).tolist())):
            found = dense.search(query, 10, allowed)
            assert [near.number for near in found] == exactly(vectors, query, 10, rows)


def test_a_server_that_does_not_answer_is_named() -> None:
    with pytest.raises(EngineUnreachableError, match=r"http://127\.0\.0\.1:1: "):
        Milvus(MilvusServer("http://127.0.0.1:1")).holds("one", 1)


def test_the_engine_is_chosen_by_size_and_by_what_is_configured() -> None:
    assert isinstance(choose_engine(APPROXIMATE_FROM - 1), Flat)
    assert isinstance(choose_engine(APPROXIMATE_FROM), Approximate)
    assert isinstance(choose_engine(10, MilvusServer("http://127.0.0.1:1")), Milvus)
