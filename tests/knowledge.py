"""The shipped texts, and the knowledge base as a live index, made once for the tests of a session."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from retrieval.artifacts import Artifacts
from retrieval.cards import load_cards
from retrieval.encoder import load_encoder
from retrieval.index import build_index
from service.knowledge.answers import Answers
from service.knowledge.live_index import LiveIndex
from service.knowledge.standards import load_standards
from service.people.contacts import load_contacts
from service.people.organisations import load_organisations
from service.texts import Texts, load_texts
from tests.stack import keep_index, take_index


@cache
def shipped_texts(home: Path) -> Texts:
    return load_texts(home / "texts" / "zh-CN")


@cache
def _built(home: Path) -> TemporaryDirectory[str]:
    """The index of the shipped cards, brought up to date from that of an earlier session."""
    folder = TemporaryDirectory()
    index = Path(folder.name) / "index"
    take_index(index)
    build_index(load_cards(home / "knowledge_base" / "cards"), index, load_encoder(None))
    keep_index(index)
    return folder


def live_index(home: Path, folder: Path) -> LiveIndex:
    encoder = load_encoder(None)
    copytree(Path(_built(home).name) / "index", folder, dirs_exist_ok=True, symlinks=True)
    return LiveIndex(folder, encoder, Artifacts.load(encoder.fingerprint))


def answers_from(live: LiveIndex, home: Path) -> Answers:
    texts = shipped_texts(home)
    units = load_organisations(home / "knowledge_base" / "organisations.yml")
    contacts = load_contacts(home / "knowledge_base", units, texts)
    return Answers(live, texts, contacts, load_standards(home / "knowledge_base"))
