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
    from api.indexing import indexing_of
    from retrieval.cards import CardError
    from retrieval.encoder import EncoderError, load_encoder
    from retrieval.engines.engine import EngineUnreachableError

    opened = database.Database(settings.database)
    try:
        encoder = load_encoder(settings.encoder)
        indexing = indexing_of(settings, encoder, opened)
        indexable = indexing.indexable()
    except CardError as error:
        raise StartFailure("cards", problem=error) from error
    except EncoderError as error:
        raise StartFailure("encoder", reason=first_line(error)) from error
    finally:
        opened.close()
    check_ranking(settings, encoder.fingerprint)
    check_word_lists()
    if not indexing.is_current(indexable):
        notices.say("indexing", passages=len(indexable.passages))
    for gone in indexable.gone:
        notices.say("confirmed_gone", source=gone.source_id)
    try:
        return indexing.build(indexable)
    except EngineUnreachableError as error:
        raise StartFailure("milvus", address=error.address, reason=first_line(error.reason)) from error


def check_ranking(settings: Settings, encoder: str) -> None:
    """Make sure that ranking and calibration were fitted for the encoder. Raises StartFailure."""
    from retrieval.artifacts import Artifacts, ArtifactsError, ArtifactsMissingError

    try:
        Artifacts.load(encoder, settings.ranking_dir)
    except ArtifactsMissingError as error:
        raise StartFailure("ranking", encoder=encoder) from error
    except ArtifactsError as error:
        raise StartFailure("ranking_unreadable", reason=first_line(error)) from error


def check_word_lists() -> None:
    """Make sure that the lists questions are read with can be read themselves. Raises StartFailure."""
    from retrieval.wording import word_list_errors

    for error in word_list_errors():
        raise StartFailure("word_lists", problem=error) from error


def first_line(error: BaseException | str) -> str:
    """Return what `error` says, without the rest that libraries add."""
    return str(error).strip().partition("\n")[0]
