"""Every custom action of the dialogue, by the noun it belongs to; in groups only what is open to them."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

from actions import activities, answering, calculations, handover, session, ticket_form, tickets
from actions.in_groups import kept_private
from actions.performing import Performer
from service.activities.talking import ActivityTalk
from service.clock import Clock
from service.conversations.channel_words import ChannelWords
from service.database import Database
from service.entitlements.talking import CalculationTalk
from service.handover.notices import Notices
from service.knowledge.answers import Answers
from service.tickets.talking import TicketTalk


def build_executor(
    *,
    database: Database,
    clock: Clock,
    answers: Answers,
    notices: Notices,
    activity_talk: ActivityTalk,
    ticket_talk: TicketTalk,
    calculation_talk: CalculationTalk,
    channel_words: ChannelWords,
) -> ActionExecutor:
    """Return an executor that knows every custom action of the dialogue's domain."""
    performer = Performer(database, clock)
    general = {calculations.CALCULATE: calculations.in_general(calculation_talk, ticket_talk, answers)}
    executor = ActionExecutor()
    for by_name in (
        session.actions(performer),
        answering.actions(performer, answers, notices, ticket_talk.offering, calculation_talk, channel_words),
        handover.actions(performer, notices),
        activities.actions(performer, activity_talk),
        ticket_form.actions(performer, ticket_talk, answers),
        tickets.actions(performer, ticket_talk, answers),
        calculations.actions(performer, calculation_talk, ticket_talk, answers),
    ):
        for name, action in by_name.items():
            kept = kept_private(performer, channel_words, name, action, general.get(name))
            executor.register_function(name, kept)
    return executor
