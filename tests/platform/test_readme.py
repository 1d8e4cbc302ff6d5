"""The two READMEs give the same commands and the same figures, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = ("README.md", "README.en.md")


def blocks(text: str) -> list[list[str]]:
    """Commands of every fenced block that has any, without their comments."""
    fenced = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    commands = [
        [line.split("#")[0].strip() for line in block.splitlines()]
        for block in fenced
        if block.startswith(("make", "union-assistant"))
    ]
    assert commands
    return commands


def test_both_readmes_give_the_same_commands(home: Path) -> None:
    chinese, english = (blocks((home / name).read_text(encoding="utf-8")) for name in README)
    assert chinese == english


def test_both_readmes_give_the_same_figures(home: Path) -> None:
    def figures(name: str) -> list[str]:
        section = re.split(r"^## ", (home / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        (numbers,) = (part for part in section if part.startswith(("数字", "Numbers")))
        return re.findall(r"\d+(?:[.,]\d+)*", numbers)

    assert figures(README[0]) == figures(README[1]) != []


@pytest.mark.parametrize("name", README)
def test_a_readme_is_short_and_its_links_lead_somewhere(home: Path, name: str) -> None:
    text = (home / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) < 120
    for target in re.findall(r"\]\((?!http)([^)#]+)", text):
        assert (home / target).exists(), target


def test_every_make_target_named_in_the_readme_is_there(home: Path) -> None:
    makefile = (home / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make ([a-z]+)", (home / "README.md").read_text(encoding="utf-8")):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_command_named_in_the_readme_is_there(home: Path) -> None:
    from typer.main import get_command

    from api.cli import app

    command = get_command(app)
    known = set(command.commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"union-assistant ([a-z]+)", (home / "README.md").read_text(encoding="utf-8")))
    assert named
    assert named <= known
