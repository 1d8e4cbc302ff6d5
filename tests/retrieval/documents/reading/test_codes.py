"""What reading says has words."""

import re

import yaml

import retrieval.documents.reading as package
from tests.stack import HOME

CODE = "\n".join(
    file.read_text(encoding="utf-8") for file in (HOME / "retrieval/documents/reading").rglob("*.py")
)
SAID = yaml.safe_load((HOME / "texts/zh-CN/documents.yml").read_text(encoding="utf-8"))


def test_every_reason_and_every_doubt_has_its_words() -> None:
    reasons = set(re.findall(r'UnreadableError\(\s*"(\w+)"', CODE)) | {"encrypted", "convert_first"}
    doubts = set(re.findall(r'(?:[dD]oubt|_note_seen)\(\s*"(\w+)"', CODE)) - {"code"}
    assert len(reasons) > 15
    assert len(doubts) > 15
    assert reasons <= set(SAID["error"])
    assert doubts <= set(SAID["doubt"])


def test_the_reasons_are_listed_where_they_are_defined() -> None:
    listed = set(re.findall(r"\w+", package.UnreadableError.__doc__ or ""))
    assert set(re.findall(r'UnreadableError\(\s*"(\w+)"', CODE)) <= listed
