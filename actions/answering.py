"""The actions that answer: from the knowledge base, about the assistant, and about its own answers."""

from __future__ import annotations

from dataclasses import replace

from actions.performing import Compose, Performer, RasaAction
from actions.turn import ActionTurn
from service.conversations.channel_words import ChannelWords
from service.conversations.replies import Reply, Slot
from service.entitlements.talking import CalculationTalk
from service.handover.notices import Notices
from service.insights.events import QuestionAnswered
from service.knowledge.answers import Answers
from service.knowledge.asked import OTHERS
from service.knowledge.choices import ASK_HUMAN
from service.tickets.offers import Offering


def answering(answers: Answers, offering: Offering) -> Compose:
    """Return what answers a question, with the case that can be filed about it."""
    return lambda turn: _offered(offering, answers.answer(turn.asked), turn)


def _offered(offering: Offering, reply: Reply, turn: ActionTurn) -> Reply:
    """Return an answer with the case that can be filed about it, which is nothing for a group to read."""
    return reply if turn.in_group else offering.after(reply, turn.asked, turn_id=turn.turn_id)


def actions(
    performer: Performer,
    answers: Answers,
    notices: Notices,
    offering: Offering,
    calculations: CalculationTalk,
    words: ChannelWords,
) -> dict[str, RasaAction]:
    """Return the answering actions by name."""
    answer = answering(answers, offering)
    composers: dict[str, Compose] = {
        "action_answer_question": lambda turn: _calculated_again(turn, calculations) or answer(turn),
        "action_answer_source": lambda turn: _offered(
            offering, answers.answer_source(turn.entities.get("source", ""), turn.asked), turn
        ),
        "action_choose_topic": lambda turn: answers.choose_topic(turn.entities.get("topic"), turn.asked),
        "action_service": lambda turn: notices.service(turn.asked),
        "action_about_assistant": lambda turn: words.about_assistant(
            turn.channel, notices.about_assistant(turn.asked)
        ),
        "action_feedback": lambda turn: notices.feedback(turn.asked),
    }
    return {name: _answering(performer, name, compose) for name, compose in composers.items()}


def _answering(performer: Performer, name: str, compose: Compose) -> RasaAction:
    def remembering(turn: ActionTurn) -> Reply:
        reply = compose(turn)
        return replace(reply, slots={**slots_after(turn, reply), **reply.slots})

    return performer.action(
        name, remembering, events=lambda turn, reply: question_answered(performer, turn, reply, name)
    )


def _calculated_again(turn: ActionTurn, talk: CalculationTalk) -> Reply | None:
    """Return the last calculation with what a message outside any form changes in it."""
    if turn.calculation is None or turn.form is not None:
        return None
    outcome = talk.again(turn.asked, turn.calculation)
    return talk.saying.told(outcome, turn.asked) if outcome is not None else None


def question_answered(
    performer: Performer, turn: ActionTurn, reply: Reply, name: str
) -> list[QuestionAnswered]:
    """Return the event of an answer from the knowledge base by the action `name`; none of another reply."""
    if reply.index_version is None:
        return []
    return [
        QuestionAnswered(
            at=performer.clock.now(),
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id,
            organisation_path=turn.asked.organisation,
            channel=turn.channel,
            topic=reply.topic,
            intent=reply.intent,
            decision=reply.decision,
            confidence=reply.confidence,
            sources=tuple(f"{source.source_id}@{source.version}" for source in reply.sources),
            index_version=reply.index_version,
            action=name,
        )
    ]


def slots_after(turn: ActionTurn, reply: Reply) -> dict[str, Slot]:
    """Return what the dialogue remembers of an answer."""
    refused = reply.decision == "refuse"
    slots: dict[str, Slot] = {
        "refusals": turn.asked.refusals + 1.0 if refused else 0.0,
        "offered_person": refused and any(choice.payload == ASK_HUMAN for choice in reply.choices),
        OTHERS: None,
    }
    if reply.decision == "answer" and reply.sources:
        slots["last_source"] = reply.sources[0].source_id
    elif reply.decision == "clarify" and reply.sources:
        slots["last_source"] = None  # the last question has no card yet, and the card before it is not its
    return slots
