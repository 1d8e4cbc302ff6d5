"""Search and sources: what the knowledge base holds, outside any conversation."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from fastapi import APIRouter

from api.parts import Part
from api.schemas import OrganisationView, SearchRequest, SearchResponse, SourceView
from retrieval.index import Index
from retrieval.search import Result
from service.insights.events import SearchMade, SourceOpened, record
from service.knowledge.asked import Asked
from service.knowledge.sources import cite, open_source
from service.people import queries as people

router = APIRouter(tags=["knowledge"])

SNIPPET = 120
"""Characters of a hit's text that are shown."""


@router.post("/search")
def search(body: SearchRequest, parts: Part) -> SearchResponse:
    """Find cards and articles, best first, with the decision the assistant would take on them."""
    asked = Asked(
        text=parts.mask(body.text),
        as_of=body.as_of or parts.clock.today(),
        organisation=body.org,
        day_given=body.as_of is not None,
    )
    with parts.database.read() as db:
        people.check_organisation(db, body.org)
    found = parts.answers.search(asked, limit=body.limit)
    result = found.result
    with parts.database.write() as db:
        record(
            db,
            SearchMade(
                at=parts.clock.now(),
                organisation_path=body.org,
                decision=result.decision.value,
                confidence=result.confidence,
                index_version=result.index_version,
                hits=len(result.hits),
            ),
        )
    return shaped(result, found.index, as_of=found.day)


def shaped(result: Result, index: Index, *, as_of: date) -> SearchResponse:
    """Return a result as it leaves over HTTP and on the command line."""
    return SearchResponse.model_validate(
        {
            "decision": result.decision.value,
            "confidence": result.confidence,
            "hits": [
                {
                    "id": hit.passage.id,
                    "kind": hit.passage.kind.value,
                    "title": hit.passage.title,
                    "snippet": _snippet(hit.passage.text),
                    "topic": hit.passage.topic,
                    "score": hit.score,
                    "citations": [
                        asdict(cited)
                        for cited in cite(hit.passage, index, as_of=as_of, paragraph=hit.paragraph)
                    ],
                }
                for hit in result.hits
            ],
        }
    )


@router.get("/sources/{source_id:path}")
def read_source(source_id: str, parts: Part, as_of: date | None = None) -> SourceView:
    """Open a card or an article as it stood on a day, today by default."""
    source = open_source(
        parts.live.current(),
        source_id,
        as_of=as_of or parts.clock.today(),
        standards=parts.standards,
        parameters=parts.calculations.parameters,
    )
    with parts.database.write() as db:
        record(db, SourceOpened(at=parts.clock.now(), topic=source.topic, sources=(source_id,)))
    return SourceView.model_validate(asdict(source))


@router.get("/organisations")
def list_organisations(parts: Part) -> list[OrganisationView]:
    """Return the units a visitor may choose as their own."""
    with parts.database.read() as db:
        return [
            OrganisationView(path=unit.path, name=unit.short_name) for unit in people.active_organisations(db)
        ]


def _snippet(text: str) -> str:
    first = text.strip().split("\n\n", 1)[0]
    return first if len(first) <= SNIPPET else f"{first[:SNIPPET]}…"
