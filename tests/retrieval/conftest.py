"""Encoders made once for the tests of this folder."""

from pathlib import Path

import pytest

from retrieval.encoder import Encoder, load_encoder
from tests.retrieval.material import small_transformer, static_folder


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return static_folder(tmp_path_factory.mktemp("static"))


@pytest.fixture(scope="session")
def encoder(encoder_folder: Path) -> Encoder:
    return load_encoder(encoder_folder)


@pytest.fixture(scope="session")
def transformer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_transformer(tmp_path_factory.mktemp("transformer"))
