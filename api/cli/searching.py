"""`union-assistant search`: what the index finds for one sentence, without a running service."""

from __future__ import annotations

from datetime import date

import typer

from api.cli.context import fail
from api.cli.words import word
from api.routes.search import shaped
from api.schemas import SearchResponse
from api.settings import Settings
from retrieval.artifacts import Artifacts, ArtifactsError, ArtifactsMissingError
from retrieval.encoder import EncoderError, load_encoder
from retrieval.engines.engine import EngineUnreachableError
from retrieval.index import Index, IndexMismatchError
from retrieval.search import Question
from retrieval.store import IndexMissingError
from retrieval.wording import WordListError
from service.clock import Clock
from service.knowledge.looking_up import look_up
from service.people.viewer import lineage


def search_once(
    settings: Settings, text: str, *, org: str | None, as_of: date | None, limit: int, as_json: bool
) -> int:
    """Search and print; return 0 also when nothing was found, because that is an answer."""
    today = Clock(settings.timezone).today()
    try:
        encoder = load_encoder(settings.encoder)
        artifacts = Artifacts.load(encoder.fingerprint, settings.ranking_dir)
        index = Index.open(settings.index_dir, encoder=encoder, artifacts=artifacts, milvus=settings.milvus)
    except IndexMissingError:
        fail(word("search.missing"))
    except IndexMismatchError:
        fail(word("search.stale"))
    except EngineUnreachableError as error:
        fail(word("index.unreachable", address=error.address, reason=error.reason))
    except ArtifactsMissingError:
        fail(word("search.unfitted"))
    except (EncoderError, ArtifactsError, WordListError) as error:
        fail(str(error))
    question = Question(text=text, as_of=as_of or today, organisations=lineage(org), limit=limit)
    found = look_up(index, question, today=today, dated=as_of is None)
    shown = shaped(found.result, index, as_of=found.day)
    if as_json:
        typer.echo(shown.model_dump_json(indent=2))
        return 0
    if found.day != today:
        typer.echo(word("search.day", day=found.day))
    typer.echo("\n".join(_lines(shown)))
    return 0


def _lines(found: SearchResponse) -> list[str]:
    decision = word(f"search.{found.decision}")
    lines = [word("search.decision", decision=decision, confidence=f"{found.confidence:.0%}")]
    if not found.hits:
        return [*lines, word("search.nothing")]
    for number, hit in enumerate(found.hits, 1):
        lines += ["", f"{number}. {hit.title}  [{hit.id}]  {hit.score:.2f}", f"   {hit.snippet}"]
        laws = [f"{cited.law} {cited.article or ''}".strip() for cited in hit.citations if cited.law]
        if laws:
            lines.append(f"   {word('chat.cited')}：{'；'.join(laws)}")
        for cited in hit.citations:
            if cited.quote:
                lines += ["", f"   {cited.title}", *(f"   │ {line}" for line in cited.quote.splitlines())]
    return lines
