"""What must be current before questions are answered: the schema and the index."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from api.serving.notices import Notices, StartFailure
from api.settings import Settings
from service import database


def prepare_database(settings: Settings, notices: Notices) -> None:
    """Bring the database to the newest schema. Raises StartFailure."""
    try:
        if database.pending_migrations(settings.database):
            notices.say("migrating")
            database.migrate(settings.database)
    except DBAPIError as error:
        raise StartFailure("database", reason=first_line(error.orig or error)) from error


def prepare_index(settings: Settings, notices: Notices) -> str:
    """Make the index of the present cards the live one; return its version. Raises StartFailure."""
    from retrieval.build import build_index, index_version
    from retrieval.cards import CardError, load_cards
    from retrieval.encoder import EncoderError, load_encoder
    from retrieval.store import current_version

    try:
        passages = load_cards(settings.knowledge_base / "cards")
        encoder = load_encoder(settings.encoder)
    except CardError as error:
        raise StartFailure("cards", problem=error) from error
    except EncoderError as error:
        raise StartFailure("encoder", reason=first_line(error)) from error
    check_ranking(settings, encoder.fingerprint)
    if current_version(settings.index_dir) != index_version(passages, encoder):
        notices.say("indexing", passages=len(passages))
    return build_index(passages, settings.index_dir, encoder)


def check_ranking(settings: Settings, encoder: str) -> None:
    """Make sure that ranking and calibration were fitted for the encoder. Raises StartFailure."""
    from retrieval.artifacts import Artifacts, ArtifactsError, ArtifactsMissingError

    try:
        Artifacts.load(encoder, settings.ranking_dir)
    except ArtifactsMissingError as error:
        raise StartFailure("ranking", encoder=encoder) from error
    except ArtifactsError as error:
        raise StartFailure("ranking_unreadable", reason=first_line(error)) from error


def first_line(error: BaseException) -> str:
    """Return what `error` says, without the rest that libraries add."""
    return str(error).strip().partition("\n")[0]
