"""What the index is made of, and making it: cards and documents, with the questions confirmed for them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from retrieval.build import build_index, index_version, vector_count
from retrieval.cards import load_cards
from retrieval.confirmed import Confirmed, with_confirmed
from retrieval.encoder import Encoder
from retrieval.engines.choice import choose_engine
from retrieval.engines.server import MilvusServer
from retrieval.passages import Passage
from retrieval.store import current_version
from service.database import Database
from service.knowledge.confirmed.queries import confirmed_questions
from service.knowledge.documents.queries import passages

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Indexable:
    """What goes into the index; `gone` are confirmed questions whose source is not there any more."""

    passages: Sequence[Passage]
    gone: Sequence[Confirmed]


class Indexing:
    """Keeps the index below `root` as cards, documents and confirmed questions are. Threads may share this
    object."""

    def __init__(
        self,
        *,
        cards: Path,
        root: Path,
        encoder: Encoder,
        database: Database,
        milvus: MilvusServer | None = None,
    ) -> None:
        self._cards = cards
        self._root = root
        self._encoder = encoder
        self._database = database
        self._milvus = milvus
        self._lock = threading.Lock()

    def indexable(self) -> Indexable:
        """Return what the index should hold now. Raises CardError."""
        with self._database.read() as db:
            confirmed = confirmed_questions(db)
            articles = passages(db)
        return Indexable(*with_confirmed([*load_cards(self._cards), *articles], confirmed))

    def is_current(self, indexable: Indexable) -> bool:
        """Tell whether the live index holds just that."""
        return current_version(self._root) == index_version(
            indexable.passages, self._encoder, milvus=self._milvus
        )

    def has_vectors(self, indexable: Indexable) -> bool:
        """Tell whether the live index, which holds just that, has its vectors too.

        Raises:
            EngineUnreachableError: Milvus keeps them and does not answer.
        """
        rows = vector_count(indexable.passages)
        version = current_version(self._root)
        return version is not None and choose_engine(rows, self._milvus).holds(version, rows)

    def build(self, indexable: Indexable) -> str:
        """Make an index of `indexable` the live one, unless it is; return its version.

        Raises:
            EngineUnreachableError: Milvus is to keep the vectors and does not answer.
        """
        return build_index(indexable.passages, self._root, self._encoder, milvus=self._milvus)

    def refresh(self) -> str:
        """Bring the live index up to date after a change; those that come meanwhile wait their turn.

        Another process may have changed something while this one was building, and have finished first.
        """
        with self._lock:
            indexable = self.indexable()
            for one in indexable.gone:
                log.warning("confirmed_question_without_source", source_id=one.source_id)
            version = self.build(indexable)
            while not self.is_current(indexable := self.indexable()):
                version = self.build(indexable)
            return version
