"""Everything the dialogue needs to talk about activities and consultation hours, built once."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from service.activities.consulting import Consulting
from service.activities.names import NameReader
from service.activities.signing_up import SigningUp
from service.activities.words import ActivityWords
from service.handover.when import When
from service.people.contacts import Contacts
from service.texts import Texts

PURPOSES = ("join", "wait", "legal", "counselling")


@dataclass(frozen=True, slots=True)
class ActivityTalk:
    """Threads may share it."""

    words: ActivityWords
    names: NameReader
    signing_up: SigningUp
    consulting: Consulting


def build_activity_talk(texts: Texts, contacts: Contacts, zone: ZoneInfo) -> ActivityTalk:
    """Build it. Raises TextsError for a sentence that is missing."""
    texts.require(f"activities.name.{part}.{purpose}" for part in ("ask", "dropped") for purpose in PURPOSES)
    words = ActivityWords(texts, When(texts, zone))
    return ActivityTalk(
        words=words,
        names=NameReader(texts),
        signing_up=SigningUp(texts, contacts, words),
        consulting=Consulting(texts, contacts, words),
    )
