"""A deployment in a folder of its own: a few cards with their index, a database, and no Rasa."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.serving.notices import Notices
from api.serving.preparing import prepare_database, prepare_index
from api.settings import Settings
from service.texts import load_texts


@dataclass(frozen=True)
class NoDialogue:
    ready: bool = False
    ever_ready: bool = True
    model: str | None = None


def new_deployment(home: Path, folder: Path, *, cards: Iterable[str]) -> Settings:
    """Return the settings of a deployment whose cards are those of a few topics."""
    for name in cards:
        topic = home / "knowledge_base" / "cards" / name
        shutil.copytree(topic, folder / "knowledge_base" / "cards" / name)
    for name in ("organisations.yml", "parameters", "calendar"):
        source, target = home / "knowledge_base" / name, folder / "knowledge_base" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    shutil.copytree(home / "texts", folder / "texts")
    settings = Settings(home=folder, data_dir=folder / "var")
    notices = Notices(load_texts(settings.texts_dir))
    prepare_database(settings, notices)
    prepare_index(settings, notices)
    return settings
