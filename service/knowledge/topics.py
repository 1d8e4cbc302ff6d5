"""The topics of the knowledge base and the intents that lead to them."""

from __future__ import annotations

from collections.abc import Iterable

TOPICS = (
    "membership", "dues", "hardship", "condolence", "mutual_aid", "recuperation", "leave", "maternity",
    "women", "working_hours", "wages", "contract", "job_change", "discipline", "termination",
    "social_insurance", "work_injury", "housing_fund", "retirement", "dispute", "legal_aid", "equality",
    "privacy", "democracy", "activities", "mental_health", "benefits", "training", "honours", "safety",
    "family", "contacts",
)  # fmt: skip

_TOPIC_OF_INTENT = {
    "calc_annual_leave": "leave",
    "calc_overtime_pay": "wages",
    "calc_severance": "termination",
    "calc_maternity_leave": "maternity",
    "calc_sick_leave": "leave",
    "calc_retirement_date": "retirement",
    "calc_work_injury": "work_injury",
    "calc_notice_period": "termination",
    "calc_probation": "contract",
    "calc_dues": "dues",
    "apply_hardship": "hardship",
    "apply_condolence": "condolence",
    "apply_mutual_aid": "mutual_aid",
    "apply_recuperation": "recuperation",
    "manage_membership": "membership",
    "submit_proposal": "democracy",
    "request_mediation": "dispute",
    "book_counselling": "mental_health",
    "book_legal_consultation": "legal_aid",
    "list_activities": "activities",
    "join_activity": "activities",
    "cancel_activity": "activities",
}


OUT_OF_SCOPE = "out_of_scope"


def topic_of_intent(intent: str | None) -> str | None:
    """Return the topic an intent is about, None for one that is about none."""
    if intent is None:
        return None
    if intent.startswith("ask_") and (topic := intent.removeprefix("ask_")) in TOPICS:
        return topic
    return _TOPIC_OF_INTENT.get(intent)


def topics_of_intents(ranking: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return how probable each topic is, from the probabilities of intents."""
    topics: dict[str, float] = {}
    for intent, probability in ranking:
        if (topic := topic_of_intent(intent)) is not None:
            topics[topic] = topics.get(topic, 0.0) + probability
    return topics
