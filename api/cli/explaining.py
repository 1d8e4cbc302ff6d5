"""What `union-assistant chat --explain` adds: why each message was said.

Employees never get explanations over HTTP. They are read from the service's own database, which only whoever
runs the service can open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from api.cli.context import fail, texts
from api.cli.words import word
from api.settings import Settings
from service.conversations import queries
from service.conversations.why_words import Line, WhyWords
from service.database import Database
from service.errors import MessageNotFound
from service.tickets.kinds import FILE as KINDS_FILE
from service.tickets.kinds import load_kinds


class Explainer:
    """Explains messages of the service that keeps `database`."""

    def __init__(self, database: Database, words: WhyWords, *, data: Path) -> None:
        self._database = database
        self._words = words
        self._data = data

    def explain(self, conversation_id: str, message_id: str) -> list[str]:
        """Return an explanation, line by line; leave with status 1 when the message is not kept here."""
        try:
            with self._database.read() as db:
                message = queries.message_in(db, conversation_id, message_id)
                why = queries.why_of(db, message_id)
        except (MessageNotFound, SQLAlchemyError):
            fail(word("chat.elsewhere", data=self._data))
        return [_said(line) for line in self._words.lines(why, decision=message.decision)]


@contextmanager
def explainer(settings: Settings) -> Iterator[Explainer]:
    """Open the explanations kept by the service of these settings; leave with status 1 without a database."""
    address = make_url(settings.database)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        fail(word("chat.elsewhere", data=settings.data))
    kinds = load_kinds(settings.knowledge_base / KINDS_FILE)
    words = WhyWords(texts(settings), {kind.id: kind.title for kind in kinds})
    database = Database(settings.database)
    try:
        yield Explainer(database, words, data=settings.data)
    finally:
        database.close()


def _said(line: Line) -> str:
    details = word("chat.details", details=line.details) if line.details is not None else ""
    said = word("chat.semicolon").join(text.rstrip(word("chat.full_stop")) for text in line.texts)
    return word("chat.because", label=line.label, said=said, details=details)
