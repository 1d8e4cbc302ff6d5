"""Whatever an import may say has its sentence, and no sentence is for nothing."""

from __future__ import annotations

import re
from pathlib import Path

from service.texts import Value
from tests.knowledge import shipped_texts


def codes(home: Path, *functions: str) -> set[str]:
    """The codes given to functions in the sources that read, understand and store documents."""
    folders = (home / "retrieval" / "documents", home / "service" / "knowledge" / "documents")
    code = "".join(file.read_text(encoding="utf-8") for folder in folders for file in folder.rglob("*.py"))
    names = "|".join(functions)
    found = set(re.findall(rf"(?:{names})\(\s*(?:f?\"documents\.error\.)?\"?([a-z][a-z_]+)\"", code))
    # Where the code is chosen: Doubt("a" if … else "b").
    return found | set(re.findall(rf"(?:{names})\(\s*\"[a-z_]+\"\s+if[^,)]*else\s+\"([a-z_]+)\"", code))


def test_every_code_of_a_doubt_or_an_error_has_its_sentence(home: Path) -> None:
    texts = shipped_texts(home)
    doubts: dict[str, Value] = texts.section("documents.doubt")
    errors: dict[str, Value] = texts.section("documents.error")
    assert codes(home, "Doubt", "doubt", "_doubt", "_note_seen") - {*doubts} == set()
    assert codes(home, "UnreadableError", "Failure") - {*errors} == set()
