"""Imports are killed in earnest, at random moments: a document is there whole or not at all."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.database import Database, migrate
from service.knowledge.documents import queries
from tests.service.documents.test_document_operations import ADMIN

ARTICLES = 60
IMPORT_FOREVER = """
import sys
from pathlib import Path
from service.database import Database
from service.knowledge.documents.importing import Importing, Wishes
from tests.service.documents.instruments import Shelf, law
from tests.service.documents.test_document_operations import ADMIN
from tests.service.documents.test_killed_imports import ARTICLES
from tests.service.world import BANK, MORNING

url, file, at = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
database = Database(url)
print("started", flush=True)
while True:
    at += 1
    texts = {f"第{n}条之{at}": "灯塔夜间不得熄灭。" * 20 for n in range(ARTICLES)}
    shelf = Shelf(**{file.stem: (law(texts, name=f"示例办法{at}"), law(texts, name=f"示例细则{at}"))})
    importing = Importing(
        database=database, reader=shelf, structure=shelf.understand, cards=(), root=BANK, viewer=ADMIN,
        now=lambda: MORNING,
    )
    list(importing.run([file], Wishes()))
"""


def kill_imports(turns: int, folder: Path, home: Path) -> int:
    url = f"sqlite:///{folder / 'database.sqlite3'}"
    migrate(url)
    file = folder / "datei.docx"
    file.touch()
    rng = random.Random(5)
    for turn in range(turns):
        importer = subprocess.Popen(
            [sys.executable, "-c", IMPORT_FOREVER, url, str(file), str(turn * 10_000)],
            cwd=home,
            env=os.environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert importer.stdout is not None
        assert importer.stdout.readline() == "started\n"
        time.sleep(rng.uniform(0.1, 0.8))
        importer.send_signal(signal.SIGKILL)
        importer.wait()
        importer.stdout.close()
        whole(url)
    return whole(url)


def whole(url: str) -> int:
    """Return how many documents there are, each of them whole and together with the other of its file."""
    database = Database(url)
    try:
        with database.read() as db:
            documents = queries.visible_documents(db, viewer=ADMIN)
            counts = queries.count_articles(db)
            for document in documents:
                (version,) = queries.versions_of(db, document.id)
                assert counts[version.id] == ARTICLES
                assert len(queries.files_of(db, version.id)) == 1
            names = [document.name for document in documents]
            rules = {name.removeprefix("示例办法") for name in names if name.startswith("示例办法")}
            assert rules == {name.removeprefix("示例细则") for name in names if name.startswith("示例细则")}
            return len(documents)
    finally:
        database.close()


def test_a_killed_import_leaves_no_part_of_a_file(tmp_path: Path, home: Path) -> None:
    assert kill_imports(2, tmp_path, home) > 0


@pytest.mark.verify
def test_imports_killed_many_times_leave_no_part_of_any_file(tmp_path: Path, home: Path) -> None:
    assert kill_imports(20, tmp_path, home) > 0
