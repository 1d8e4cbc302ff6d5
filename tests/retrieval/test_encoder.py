import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from retrieval.encoder import (
    SHIPPED,
    EncoderError,
    StaticEncoder,
    TransformerEncoder,
    fingerprint_of,
    load_encoder,
)
from retrieval.training.artifact import write_folder
from tests.retrieval.material import static_folder

SENTENCES = ["年休假有几天", "加班费怎么算", "3 个月的试用期", "", "👍"]


def test_the_static_reader_agrees_with_sentence_transformers(encoder_folder: Path) -> None:
    static, library = StaticEncoder(encoder_folder), TransformerEncoder(encoder_folder)
    assert np.allclose(static.encode(SENTENCES), library.encode(SENTENCES), atol=1e-6)


def test_the_shipped_encoder_is_an_ordinary_sentence_transformers_folder() -> None:
    shipped = load_encoder()
    assert isinstance(shipped, StaticEncoder)
    assert np.allclose(shipped.encode(SENTENCES), TransformerEncoder(SHIPPED).encode(SENTENCES), atol=1e-6)


def test_any_transformer_folder_can_take_its_place(transformer_folder: Path) -> None:
    encoder = load_encoder(transformer_folder)
    assert isinstance(encoder, TransformerEncoder)
    vectors = encoder.encode(["年休假有几天", "加班费怎么算"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (2, 32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert not np.allclose(vectors[0], vectors[1], atol=1e-3)
    assert encoder.encode([]).shape == (0, 32)


def test_a_text_without_known_tokens_is_near_to_nothing(encoder_folder: Path) -> None:
    assert not load_encoder(encoder_folder).encode([""]).any()


def test_no_texts_give_no_vectors_of_the_right_width(encoder_folder: Path) -> None:
    assert load_encoder(encoder_folder).encode([]).shape == (0, 64)


def test_one_byte_a_number_changes_no_direction(tmp_path: Path) -> None:
    characters = "年休假有几天加班费怎么算"
    tokenizer = Tokenizer(models.WordLevel({character: at for at, character in enumerate(characters)}))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    table = np.random.default_rng(1).normal(size=(len(characters), 256)).astype(np.float32)
    write_folder(tokenizer, table, tmp_path)
    stored = load_encoder(tmp_path).encode(list(characters))
    assert ((stored * table).sum(axis=1) / np.linalg.norm(table, axis=1)).min() > 0.9999


def test_the_fingerprint_follows_the_model_and_not_words_about_it(tmp_path: Path) -> None:
    one, other = static_folder(tmp_path / "one"), static_folder(tmp_path / "other", seed=1)
    before = fingerprint_of(one)
    assert before != fingerprint_of(other)
    (one / "README.md").write_text("another model card", encoding="utf-8")
    assert load_encoder(one).fingerprint == before


@pytest.mark.parametrize("name", ["nothing there", "broken list", "broken weights"])
def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "model"
    if name == "broken list":
        folder.mkdir()
        (folder / "modules.json").write_text("{", encoding="utf-8")
    if name == "broken weights":
        static_folder(folder)
        (folder / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(EncoderError):
        load_encoder(folder)


def test_the_shipped_encoder_is_small_and_says_what_it_was_made_of() -> None:
    size = sum(file.stat().st_size for file in SHIPPED.rglob("*") if file.is_file())
    assert size <= 16 * 2**20
    made = (SHIPPED / "manifest.json").read_text(encoding="utf-8")
    assert f'"fingerprint": "{fingerprint_of(SHIPPED)}"' in made
    for word in ('"command"', '"data_sha256"', '"licence"'):
        assert word in made
    assert "## Trained on" in (SHIPPED / "README.md").read_text(encoding="utf-8")


def test_the_shipped_encoder_starts_without_pytorch(home: Path) -> None:
    code = "import sys, retrieval.encoder as e; e.load_encoder(); print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home, env=os.environ, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False", done.stderr


def test_a_question_is_encoded_in_about_a_millisecond() -> None:
    encoder = load_encoder()
    seconds = []
    for _ in range(50):
        started = time.perf_counter()
        encoder.encode(["我在这家银行工作了12年，今年能休几天年假"])
        seconds.append(time.perf_counter() - started)
    assert statistics.median(seconds) < 0.005
