"""The actions that bring a person in."""

from __future__ import annotations

from dataclasses import replace

from actions.answering import slots_after
from actions.performing import Compose, Performer, RasaAction
from actions.turn import ActionTurn
from service.conversations.replies import Reply
from service.handover.notices import Notices
from service.insights.events import UrgentHelpShown


def actions(performer: Performer, notices: Notices) -> dict[str, RasaAction]:
    """Return the actions of handover by name."""
    return {
        "action_ask_human": _handing_over(
            performer, "action_ask_human", lambda turn: notices.ask_human(turn.asked)
        ),
        "action_choose_other_level": _handing_over(
            performer, "action_choose_other_level", lambda turn: notices.other_level(turn.asked)
        ),
        "action_urgent_help": _handing_over(
            performer,
            "action_urgent_help",
            lambda turn: notices.urgent_help(turn.entities.get("kind"), turn.asked),
        ),
    }


def _handing_over(performer: Performer, name: str, compose: Compose) -> RasaAction:
    def remembering(turn: ActionTurn) -> Reply:
        reply = compose(turn)
        return replace(reply, slots={**reply.slots, **slots_after(turn, reply)})

    def events(turn: ActionTurn, reply: Reply) -> list[UrgentHelpShown]:
        if reply.need is None:
            return []
        return [
            UrgentHelpShown(
                at=performer.clock.now(),
                conversation_id=turn.conversation_id,
                turn_id=turn.turn_id,
                organisation_path=turn.asked.organisation,
                channel=turn.channel,
                intent=reply.intent,
                need=reply.need,
            )
        ]

    return performer.action(name, remembering, events=events)
