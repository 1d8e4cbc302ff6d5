import json
import shutil
from pathlib import Path

import pytest

from retrieval.artifacts import (
    FUSION,
    SCOPE_WORDS,
    SHIPPED,
    Artifacts,
    ArtifactsError,
    ArtifactsMissingError,
    encoder_of,
)
from retrieval.calibration import FILE as CALIBRATION
from retrieval.calibration import FOLDER as DECISION
from retrieval.encoder import load_encoder


def fitted_for(encoder: str, folder: Path) -> Path:
    """A copy of the shipped artifacts that says it was fitted for `encoder`."""
    folder.mkdir(parents=True)
    for name in (FUSION, CALIBRATION, SCOPE_WORDS):
        content = json.loads((SHIPPED / name).read_text(encoding="utf-8"))
        content["manifest"]["encoder"] = encoder
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    shutil.copytree(SHIPPED / DECISION, folder / DECISION)
    return folder


def test_the_shipped_encoder_is_weighed_by_the_shipped_artifacts(tmp_path: Path) -> None:
    fingerprint = load_encoder().fingerprint
    assert encoder_of(SHIPPED) == fingerprint
    assert Artifacts.load(fingerprint, tmp_path) == Artifacts.read(SHIPPED)


def test_another_encoder_is_not_weighed_by_them(tmp_path: Path) -> None:
    with pytest.raises(ArtifactsMissingError) as raised:
        Artifacts.load("0123456789abcdef", tmp_path)
    assert raised.value.encoder == "0123456789abcdef"


def test_what_a_deployment_fitted_itself_goes_first(tmp_path: Path) -> None:
    fingerprint = load_encoder().fingerprint
    own = fitted_for(fingerprint, tmp_path / fingerprint)
    assert Artifacts.load(fingerprint, tmp_path) == Artifacts.read(own)


def test_artifacts_under_another_encoders_name_are_not_used(tmp_path: Path) -> None:
    fitted_for("ffffffffffffffff", tmp_path / "0123456789abcdef")
    with pytest.raises(ArtifactsMissingError):
        Artifacts.load("0123456789abcdef", tmp_path)


def test_parts_fitted_for_different_encoders_are_no_set(tmp_path: Path) -> None:
    folder = fitted_for("0123456789abcdef", tmp_path / "0123456789abcdef")
    shutil.copy(SHIPPED / CALIBRATION, folder / CALIBRATION)
    assert encoder_of(folder) is None


def test_the_fingerprint_changes_with_any_file_and_not_with_the_place(tmp_path: Path) -> None:
    one, other = fitted_for("ab", tmp_path / "one"), fitted_for("ab", tmp_path / "other")
    assert Artifacts.read(one).fingerprint == Artifacts.read(other).fingerprint
    (other / "further").mkdir()
    (other / "further" / "model.json").write_text("{}", encoding="utf-8")
    assert Artifacts.read(one).fingerprint != Artifacts.read(other).fingerprint


def test_an_unreadable_set_is_named(tmp_path: Path) -> None:
    folder = fitted_for("ab", tmp_path / "ab")
    (folder / CALIBRATION).write_text('{"model": {}, "manifest": {"encoder": "ab"}}', encoding="utf-8")
    with pytest.raises(ArtifactsError, match="ab"):
        Artifacts.load("ab", tmp_path)
