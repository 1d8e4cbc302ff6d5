"""The index of this deployment, from its settings."""

from __future__ import annotations

from api.settings import Settings
from retrieval.encoder import Encoder
from service.database import Database
from service.knowledge.indexing import Indexing


def indexing_of(settings: Settings, encoder: Encoder, database: Database) -> Indexing:
    """Return what keeps the index of the deployment's cards and documents, and of the questions confirmed."""
    return Indexing(
        cards=settings.knowledge_base / "cards",
        root=settings.index_dir,
        encoder=encoder,
        database=database,
        milvus=settings.milvus,
    )
