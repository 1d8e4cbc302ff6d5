"""Notices: what can truthfully be said where a person, not a card, is the answer."""

from __future__ import annotations

from service.conversations.replies import Choice, Reply
from service.conversations.why import Because
from service.handover.in_danger import is_about_another
from service.handover.tables import Reason
from service.knowledge.answers import Answers
from service.knowledge.asked import Asked
from service.knowledge.choices import ASK_HUMAN
from service.people.contacts import Contacts
from service.texts import Texts

OPENING_OPTIONS = ("consult", "service", "person", "progress")
OPENING_PAYLOADS = {
    "consult": "/choose_topic{}",
    "service": "/list_services",
    "person": ASK_HUMAN,
    "progress": "/check_ticket",
}
URGENT_KINDS = ("self_harm", "violence", "medical", "fire", "unknown")
SELF_HARM, OF_ANOTHER = "self_harm", "self_harm_of_another"
"""What is said where the one who writes wants to die, and where it is somebody they worry about."""
LISTED_SERVICES = (
    "file_ticket", "apply_hardship", "apply_condolence", "apply_mutual_aid", "apply_recuperation",
    "manage_membership", "submit_proposal", "request_mediation", "book_legal_consultation",
    "book_counselling", "list_activities", "report_anonymously",
)  # fmt: skip
SERVICE_PARTS = ("title", "text", "topic")
PERSON_INTENTS = ("ask_human", "choose_other_level")
FLOW = "flow"
SHORT = 12
"""Characters up to which a message may be nothing but the wish for a person."""
OFFERED_FROM = 2
"""Refusals in a row after which a person has been offered."""


class Notices:
    """Says who helps and how to reach them. Threads may share this object."""

    def __init__(self, texts: Texts, contacts: Contacts, answers: Answers) -> None:
        texts.require(
            (
                "conversation.opening",
                *(f"conversation.option.{name}" for name in OPENING_OPTIONS),
                *(f"urgent.{kind}" for kind in (*URGENT_KINDS, OF_ANOTHER)),
                "urgent.words",
                "handover.words",
                *(f"services.{name}.{part}" for name in LISTED_SERVICES for part in SERVICE_PARTS),
                "services.list_services.text",
                "services.ask_human.text",
                "assistant.default",
                "assistant.answers.robot.text",
                *(f"feedback.{name}" for name in ("good", "bad", "not_meant")),
                "turn.unavailable",
            )
        )
        self._texts = texts
        self._contacts = contacts
        self._answers = answers

    def opening(self) -> Reply:
        """The first message of a conversation: what one can do here, and who can read it."""
        choices = tuple(
            Choice(self._texts(f"conversation.option.{name}"), OPENING_PAYLOADS[name])
            for name in OPENING_OPTIONS
        )
        opening = Reply(self._texts("conversation.opening"), decision=FLOW, choices=choices)
        return opening.because(Because.OPENING)

    def service(self, asked: Asked) -> Reply:
        """What can be done today about a case that cannot be taken online yet."""
        intent = asked.intent or ""
        if intent == "list_services" or not self._texts.has(f"services.{intent}.text"):
            return self._list_services(asked)
        person = (
            () if intent in PERSON_INTENTS else (Choice(self._texts("knowledge.refuse.person"), ASK_HUMAN),)
        )
        related = self._answers.related(self._texts(f"services.{intent}.topic"), asked)
        return Reply(
            self._say(f"services.{intent}.text", asked),
            intent=asked.intent,
            decision=FLOW,
            choices=(*related, *person),
        )

    def _list_services(self, asked: Asked) -> Reply:
        choices = tuple(Choice(self._texts(f"services.{name}.title"), f"/{name}") for name in LISTED_SERVICES)
        return Reply(
            self._say("services.list_services.text", asked),
            intent=asked.intent,
            decision=FLOW,
            choices=choices,
        )

    def ask_human(self, asked: Asked) -> Reply:
        """A person of one's own union is wanted; until one is there, how to reach the union."""
        after_refusals = asked.refusals >= OFFERED_FROM
        return Reply(
            self._say("services.ask_human.text", asked),
            intent=asked.intent,
            decision="handover",
            handover=Reason.REFUSED_TWICE if after_refusals else Reason.ASKED,
        ).because(Because.PERSON_WANTED)

    def other_level(self, asked: Asked) -> Reply:
        """A person is wanted who is not of one's own union."""
        return Reply(
            self._say("services.choose_other_level.text", asked),
            intent=asked.intent,
            decision="handover",
            handover=Reason.ASKED,
            above=True,
        ).because(Because.OTHER_LEVEL)

    def urgent_need(self, text: str) -> str | None:
        """Return the kind of emergency that `text` names in so many words: the net when Rasa is away."""
        for kind, words in self._texts.section("urgent.words").items():
            if isinstance(words, list) and any(str(word) in text for word in words):
                return kind
        return None

    def wants_person(self, text: str) -> bool:
        """Tell whether little more than a person is asked for: the net when Rasa is away."""
        words = self._texts.value("handover.words")
        return len(text) <= SHORT and isinstance(words, list) and any(str(word) in text for word in words)

    def urgent_help(self, kind: str | None, asked: Asked) -> Reply:
        """Emergency numbers, at once and alone: no source, no choice, no question."""
        need = kind if kind in URGENT_KINDS else "unknown"
        said = OF_ANOTHER if need == SELF_HARM and is_about_another(asked.text) else need
        return Reply(
            self._say(f"urgent.{said}", asked),
            intent=asked.intent,
            decision=FLOW,
            need=need,
            handover=Reason.URGENT,
        ).because(Because.URGENT)

    def about_assistant(self, asked: Asked) -> Reply:
        """What the assistant is, who reads what is typed: the first answer whose words are asked for."""
        if asked.intent == "bot_challenge":
            return Reply(self._say("assistant.answers.robot.text", asked), intent=asked.intent, decision=FLOW)
        key = "assistant.default"
        for name, answer in self._texts.section("assistant.answers").items():
            if isinstance(answer, dict) and any(str(word) in asked.text for word in answer["words"]):
                key = f"assistant.answers.{name}.text"
                break
        return Reply(self._say(key, asked), intent=asked.intent, decision=FLOW)

    def feedback(self, asked: Asked) -> Reply:
        """Thank for praise, ask a misunderstood person among the next best cards, else offer another way."""
        name = {"feedback_good": "good", "feedback_bad": "bad"}.get(asked.intent or "", "not_meant")
        if name == "good":
            return Reply(self._texts("feedback.good"), intent=asked.intent, decision=FLOW)
        meant = self._answers.meant_otherwise(asked) if name == "not_meant" else None
        if meant is not None:
            return meant
        choices = (
            Choice(self._texts("knowledge.refuse.topics"), "/choose_topic{}"),
            Choice(self._texts("knowledge.refuse.person"), ASK_HUMAN),
        )
        return Reply(
            self._texts(f"feedback.{name}"), intent=asked.intent, decision="clarify", choices=choices
        )

    def of_intent(self, intent: str, asked: Asked) -> Reply:
        """The notice for an option's command when the dialogue cannot be asked."""
        if intent == "ask_human":
            return self.ask_human(asked)
        if intent == "choose_other_level":
            return self.other_level(asked)
        if intent in ("not_what_i_meant", "feedback_bad", "feedback_good"):
            return self.feedback(asked)
        if intent == "deny":
            return Reply(self._texts("knowledge.passed"), intent=intent, decision=FLOW)
        if self._texts.has(f"services.{intent}.text"):
            return self.service(asked)
        return Reply(self._say("turn.unavailable", asked), intent=intent, decision="refuse")

    def _say(self, key: str, asked: Asked) -> str:
        return self._texts(key, **self._contacts.fields(asked.organisation, as_of=asked.as_of))
