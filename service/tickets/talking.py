"""Everything the dialogue needs to talk about tickets, built once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.activities.words import ActivityWords
from service.handover.hours import WorkingHours
from service.handover.when import When
from service.knowledge.live_index import LiveIndex
from service.people.contacts import Contacts
from service.privacy.sealing import Sealer
from service.texts import Texts
from service.tickets.filing import Filing
from service.tickets.following import Following
from service.tickets.hearing import Listener
from service.tickets.kinds import CaseKinds
from service.tickets.offers import Offering
from service.tickets.questions import Questions
from service.tickets.routing import Routing
from service.tickets.summary import Progress
from service.tickets.wording import Wording
from service.tickets.words import TicketWords


@dataclass(frozen=True, slots=True)
class TicketTalk:
    """Threads may share it."""

    words: TicketWords
    wording: Wording
    routing: Routing
    listener: Listener
    questions: Questions
    filing: Filing
    following: Following
    progress: Progress
    offering: Offering
    sealer: Sealer


def build_ticket_talk(
    texts: Texts,
    contacts: Contacts,
    *,
    kinds: CaseKinds,
    when: When,
    hours: Mapping[str, WorkingHours],
    root: str,
    activity_words: ActivityWords,
    live: LiveIndex,
    sealer: Sealer,
) -> TicketTalk:
    """Build it. Raises TextsError for a sentence that is missing."""
    words = TicketWords(texts, when, contacts, kinds)
    wording = Wording(texts, kinds)
    routing = Routing(hours, root=root)
    questions = Questions(words=words, routing=routing)
    return TicketTalk(
        words=words,
        wording=wording,
        routing=routing,
        listener=Listener(wording, kinds),
        questions=questions,
        filing=Filing(words=words, wording=wording, routing=routing, questions=questions),
        following=Following(words=words, wording=wording, routing=routing),
        progress=Progress(words=words, activity_words=activity_words),
        offering=Offering(words=words, live=live),
        sealer=sealer,
    )
