"""After an answer: what can be filed about the same matter, and a time limit that runs meanwhile."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from service.conversations.replies import Choice, Reply
from service.conversations.why import Because
from service.knowledge.asked import Asked
from service.knowledge.live_index import LiveIndex
from service.tickets.filing import knew_on
from service.tickets.kinds import CaseKind
from service.tickets.questions import CHOSEN_BY
from service.tickets.words import TicketWords

SLOT = "ticket_offer"
"""The dialogue's slot that holds an `Offered`."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The case that was offered and the turn in which it was, so that what was told is not asked again."""

    case: str
    turn_id: str

    def kept(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, kept: str) -> Offered:
        return cls(**json.loads(kept))


class Offering:
    """Adds the way to the union to answers that rest on a card with one. Threads may share this object."""

    def __init__(self, *, words: TicketWords, live: LiveIndex) -> None:
        self._words = words
        self._live = live

    def after(self, reply: Reply, asked: Asked, *, turn_id: str) -> Reply:
        """Return an answer with what can be filed about it: the kind its card names."""
        if reply.decision != "answer" or not reply.sources:
            return reply
        card = self._live.current().passage(reply.sources[0].source_id, as_of=asked.as_of)
        kind = self._words.kinds.get(card.apply) if card is not None else None
        if kind is None or not kind.offered:
            return reply
        reply = reply.because(Because.CASE_OFFERED)
        if not kind.urgent:
            which = self._words.which_kinds(asked.text)
            among = which if kind in which else [kind]
            choices = (Choice(self._words("offer.plain", kind=item.title), _opening(item)) for item in among)
            return replace(reply, choices=(*reply.choices, *choices))
        return self._urgent(reply, kind, asked, turn_id)

    def _urgent(self, reply: Reply, kind: CaseKind, asked: Asked, turn_id: str) -> Reply:
        day = knew_on(asked.text, today=asked.as_of)
        deadline = self._words.deadline(kind, day) if day is not None else None
        more = [self._words("offer.deadline", deadline=deadline)] if deadline is not None else []
        text = "\n\n".join((reply.text, *more, self._words("offer.promise")))
        choice = Choice(self._words("offer.urgent"), _opening(kind))
        offered = Offered(kind.id, turn_id).kept()
        return replace(
            reply,
            text=text,
            choices=(choice, *reply.choices),
            slots={**reply.slots, SLOT: offered},
        )


def _opening(kind: CaseKind) -> str:
    return f'/{CHOSEN_BY}{{"case": "{kind.id}"}}' if kind.intent == CHOSEN_BY else f"/{kind.intent}"
