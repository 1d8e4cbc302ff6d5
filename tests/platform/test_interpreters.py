"""Finding Python: folders with stand-ins that answer, lie or do not run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootstrap.interpreters import find_bot_python, find_product_python, probe
from bootstrap.messages import Failure

NOTHING: Iterator[Path] = iter(())


def python(path: Path, version: str, *, ensurepip: bool = True) -> Path:
    """Make a program that answers as a Python of `version` would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    major, minor, micro = version.split(".")
    path.write_text(f"#!/bin/sh\necho {major} {minor} {micro} {int(ensurepip)} {path}\n")
    path.chmod(0o755)
    return path


def broken(path: Path) -> Path:
    """Make what a pyenv shim without its version is: there, executable, and failing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\necho 'pyenv: python3.10: command not found' >&2\nexit 127\n")
    path.chmod(0o755)
    return path


def test_the_running_python_is_recognised() -> None:
    found = probe(sys.executable)
    assert found is not None
    assert found.version == sys.version_info[:3]


def test_a_shim_that_does_not_run_is_passed_over_for_one_that_does(tmp_path: Path) -> None:
    broken(tmp_path / "shims" / "python3.10")
    real = python(tmp_path / "real" / "python3.10", "3.10.13")
    env = {"PATH": f"{tmp_path / 'shims'}:{tmp_path / 'real'}", "PYENV_ROOT": str(tmp_path / "none")}
    assert find_bot_python(env, managed=NOTHING).path == real


def test_pyenvs_newest_3_10_comes_before_the_path(tmp_path: Path) -> None:
    python(tmp_path / "bin" / "python3.10", "3.10.2")
    versions = tmp_path / "pyenv" / "versions"
    python(versions / "3.10.9" / "bin" / "python3.10", "3.10.9")
    newest = python(versions / "3.10.13" / "bin" / "python3.10", "3.10.13")
    python(versions / "3.11.1" / "bin" / "python3.11", "3.11.1")
    env = {"PATH": str(tmp_path / "bin"), "PYENV_ROOT": str(tmp_path / "pyenv")}
    assert find_bot_python(env, managed=NOTHING).path == newest


def test_the_named_python_comes_before_all_others(tmp_path: Path) -> None:
    named = python(tmp_path / "mine", "3.10.4")
    python(tmp_path / "pyenv" / "versions" / "3.10.13" / "bin" / "python3.10", "3.10.13")
    env = {"PATH": "", "PYENV_ROOT": str(tmp_path / "pyenv"), "UA_PYTHON310": str(named)}
    assert find_bot_python(env, managed=NOTHING).path == named


def test_a_named_python_that_does_not_run_is_an_error_not_a_hint(tmp_path: Path) -> None:
    python(tmp_path / "pyenv" / "versions" / "3.10.13" / "bin" / "python3.10", "3.10.13")
    env = {
        "PATH": "",
        "PYENV_ROOT": str(tmp_path / "pyenv"),
        "UA_PYTHON310": str(broken(tmp_path / "python3.10")),
    }
    with pytest.raises(Failure) as caught:
        find_bot_python(env, managed=NOTHING)
    assert "UA_PYTHON310" in str(caught.value)


def test_a_named_python_of_the_wrong_version_says_which_it_is_and_which_is_needed(tmp_path: Path) -> None:
    env = {"PATH": "", "UA_PYTHON310": str(python(tmp_path / "python", "3.12.1"))}
    with pytest.raises(Failure) as caught:
        find_bot_python(env, managed=NOTHING)
    assert "3.12.1" in str(caught.value)
    assert "3.10" in str(caught.value)


def test_a_download_is_asked_for_only_when_nothing_else_is_there(tmp_path: Path) -> None:
    downloaded = python(tmp_path / "uv" / "python3.10", "3.10.16")
    asked: list[str] = []

    def download() -> Iterator[Path]:
        asked.append("download")
        yield downloaded

    env = {"PATH": "", "PYENV_ROOT": str(tmp_path / "none")}
    assert find_bot_python(env, managed=download()).path == downloaded
    here = python(tmp_path / "bin" / "python3.10", "3.10.13")
    asked.clear()
    assert find_bot_python({**env, "PATH": str(here.parent)}, managed=download()).path == here
    assert asked == []


def test_without_any_3_10_one_line_says_so_with_the_cure(tmp_path: Path) -> None:
    env = {"PATH": "", "PYENV_ROOT": str(tmp_path), "HOME": str(tmp_path)}
    with pytest.raises(Failure) as caught:
        find_bot_python(env, managed=NOTHING)
    said = str(caught.value)
    assert "Python 3.10" in said
    assert "UA_PYTHON310" in said
    assert "\n" not in said


def test_the_product_may_be_named_but_not_an_old_python(tmp_path: Path) -> None:
    named = python(tmp_path / "new", "3.12.4")
    assert find_product_python({"PATH": "", "UA_PYTHON311": str(named)}).path == named
    with pytest.raises(Failure):
        find_product_python({"PATH": "", "UA_PYTHON311": str(python(tmp_path / "old", "3.9.2"))})
