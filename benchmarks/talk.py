"""What people say to the assistant, for measuring: questions mostly, some services, some small talk."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.cards import load_cards

SMALL_TALK = ("greet", "thank", "bot_challenge", "ask_about_assistant", "out_of_scope")
SERVICES = (
    "list_services",
    "list_activities",
    "check_ticket",
    "calc_annual_leave",
    "calc_overtime_pay",
    "calc_retirement_date",
    "apply_hardship",
    "apply_condolence",
    "file_ticket",
    "cancel",
)
"""What no person has to be called for: to somebody who waits for a person the assistant says nothing."""
SHARES = (0.70, 0.15, 0.15)
"""Of questions, services and small talk; chosen, not observed: there are no logs of employees."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Sentences by kind."""

    questions: Sequence[str]
    services: Sequence[str]
    small_talk: Sequence[str]

    @classmethod
    def read(cls, home: Path) -> Talk:
        """Return the cards' questions, and services and small talk as the held-out sentences put them."""
        cards = load_cards(home / "knowledge_base" / "cards")
        lines = (home / "nlu_data" / "heldout" / "intents.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        return cls(
            [text for card in cards for text in card.questions],
            [row["text"] for row in rows if row["intent"] in SERVICES],
            [row["text"] for row in rows if row["intent"] in SMALL_TALK],
        )

    def sentence(self, chance: random.Random) -> str:
        """Return something that somebody says next."""
        (kind,) = chance.choices((self.questions, self.services, self.small_talk), SHARES)
        return chance.choice(kind)
