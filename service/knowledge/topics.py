"""The topics of the knowledge base and the intents that lead to them."""

from __future__ import annotations

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


def topic_of_intent(intent: str | None) -> str | None:
    """Return the topic an intent is about, None for one that is about none."""
    if intent is None:
        return None
    if intent.startswith("ask_") and (topic := intent.removeprefix("ask_")) in TOPICS:
        return topic
    return _TOPIC_OF_INTENT.get(intent)
