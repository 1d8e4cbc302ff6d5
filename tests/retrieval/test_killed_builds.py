"""Builds are killed in earnest, at random moments, whatever engine keeps the vectors."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.encoder import Encoder, load_encoder
from retrieval.engines import choice
from retrieval.engines.server import MilvusServer
from retrieval.index import Index
from retrieval.store import current_version, is_whole
from tests.retrieval.material import ARTIFACTS
from tests.retrieval.versions import SUBJECTS, build_version, version_said

BUILD_FOREVER = """
import sys
from pathlib import Path
from retrieval.encoder import load_encoder
from retrieval.engines import choice
from retrieval.engines.server import MilvusServer
from tests.retrieval.versions import build_version

root, folder, threshold, uri, version = sys.argv[1:]
choice.APPROXIMATE_FROM = int(threshold)
encoder = load_encoder(Path(folder))
milvus = MilvusServer(uri) if uri else None
at = int(version)
print("started", flush=True)
while True:
    at += 1
    build_version(at, Path(root), encoder, milvus)
    print(at, flush=True)
"""
NEVER = 10**9


@pytest.fixture(
    params=["flat", *(pytest.param(name, marks=pytest.mark.verify) for name in ("approximate", "milvus"))]
)
def milvus(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MilvusServer | None]:
    """The engine to build with: the server of milvus-lite, or none and a size that chooses the engine."""
    monkeypatch.setattr(choice, "APPROXIMATE_FROM", 1 if request.param == "approximate" else NEVER)
    if request.param != "milvus":
        yield None
        return
    pytest.importorskip("milvus_lite")
    from milvus_lite.server_manager import server_manager_instance

    file = str(tmp_path / "vectors.db")
    uri = server_manager_instance.start_and_get_uri(file)
    assert uri is not None
    yield MilvusServer(uri)
    server_manager_instance.release_server(file)


def kill_builds(
    turns: int, root: Path, folder: Path, milvus: MilvusServer | None, home: Path, encoder: Encoder
) -> None:
    """Kill a process that builds one version after the other; after each kill there is a whole index."""
    uri = milvus.uri if milvus else ""
    rng = random.Random(3)
    build_version(0, root, encoder, milvus)
    for turn in range(turns):
        arguments = [str(root), str(folder), str(choice.APPROXIMATE_FROM), uri, str(turn * 1000)]
        builder = subprocess.Popen(
            [sys.executable, "-c", BUILD_FOREVER, *arguments],
            cwd=home,
            env=os.environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert builder.stdout is not None
        assert builder.stdout.readline() == "started\n"
        time.sleep(rng.uniform(0, 1.0))
        builder.send_signal(signal.SIGKILL)
        builder.wait()
        builder.stdout.close()
        live = current_version(root)
        assert live is not None
        assert is_whole(root / live), f"killed in turn {turn}"
        index = Index.open(root, encoder=encoder, artifacts=ARTIFACTS, milvus=milvus)
        assert len({version_said(index, subject) for subject in SUBJECTS}) == 1


def test_a_killed_build_leaves_an_index_that_answers(
    milvus: MilvusServer | None, tmp_path: Path, encoder_folder: Path, home: Path
) -> None:
    encoder = load_encoder(encoder_folder)
    root = tmp_path / "index"
    kill_builds(1, root, encoder_folder, milvus, home, encoder)
    build_version(-1, root, encoder, milvus)
    assert version_said(Index.open(root, encoder=encoder, artifacts=ARTIFACTS, milvus=milvus), "年假") == -1
    assert not list(root.glob(".building-*/"))


@pytest.mark.verify
def test_builds_killed_many_times_leave_an_index_that_answers(
    milvus: MilvusServer | None, tmp_path: Path, encoder_folder: Path, home: Path
) -> None:
    kill_builds(10, tmp_path / "index", encoder_folder, milvus, home, load_encoder(encoder_folder))


def test_vectors_that_a_server_lost_are_written_to_it_again(tmp_path: Path, encoder: Encoder) -> None:
    pytest.importorskip("milvus_lite")
    from milvus_lite.server_manager import server_manager_instance

    file = str(tmp_path / "vectors.db")
    server = MilvusServer(file)
    version = build_version(1, tmp_path / "index", encoder, server)
    choice.choose_engine(0, server).keep(())
    assert build_version(1, tmp_path / "index", encoder, server) == version
    index = Index.open(tmp_path / "index", encoder=encoder, artifacts=ARTIFACTS, milvus=server)
    assert version_said(index, "产假") == 1
    server_manager_instance.release_server(file)
