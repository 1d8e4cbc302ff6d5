"""Handovers: calling a person for an employee, as the reply that asks for it is committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from service.clock import Clock
from service.conversations.channel_words import ChannelWords
from service.conversations.messages import add_message
from service.conversations.replies import Choice, Reply
from service.conversations.tables import GROUP_CHANNEL, Conversation, Sender, State, Turn
from service.conversations.why import Because
from service.handover import operations, rules
from service.handover.hours import WorkingHours
from service.handover.operations import Call
from service.handover.queries import (
    TAKERS,
    Standing,
    bad_ratings,
    open_handover,
    position,
    recent_bot_turns,
    staffed,
)
from service.handover.rules import Route, Said, Why
from service.handover.tables import AlertState, Handover, Reason
from service.handover.voice import Voice
from service.insights.queries import last_topic
from service.people.organisations import Unit
from service.people.roles import Role
from service.people.staff import staff_name

LEAVE_QUEUE = "/leave_queue"
"""Payload of the option by which an employee stops waiting; handled without the dialogue."""
CALLED_FOR = {
    Reason.LOW_CONFIDENCE: Because.REFUSED_THRICE,
    Reason.NEGATIVE_FEEDBACK: Because.UNHELPFUL,
}
"""What explains the call of a person whom nobody asked for."""
ON_CALL_LEVEL, EVERYBODY_LEVEL = 0, 1
"""Urgent handovers: for the person on call alone, and for everybody who takes conversations there."""


@dataclass(frozen=True, slots=True)
class Situation:
    """How an employee's conversation stands: waiting for a person, or with whom (`staff_name`)."""

    standing: Standing | None
    staff_name: str | None


class CallBacks(Protocol):
    """The tickets that make sure of an answer when nobody is at work."""

    def file(
        self, db: Session, chat: Conversation, *, routed_to: str, due_at: datetime, turn_id: str | None
    ) -> str:
        """File a ticket for an answer due at `due_at` and return its number."""
        ...


class Handovers:
    """Decides whether a person is called, where and how. Threads may share this object.

    `alerting`: there is an address at which the person on call is alerted.
    """

    def __init__(
        self,
        *,
        units: Sequence[Unit],
        hours: Mapping[str, WorkingHours],
        voice: Voice,
        call_backs: CallBacks,
        clock: Clock,
        alerting: bool,
        words: ChannelWords,
    ) -> None:
        self._hours = hours
        self._root = units[0].path
        self._call_backs = call_backs
        self._clock = clock
        self._alerting = alerting
        self._words = words
        self.voice = voice

    def carry_out(self, db: Session, chat: Conversation, turn: Turn | None, reply: Reply) -> Reply:
        """Call the person that `reply` asks for, or that the rules ask for after it; return what is said.

        Into a group nobody is called.
        """
        if chat.channel == GROUP_CHANNEL:
            chat.sensitive = chat.sensitive or reply.need is not None
        else:
            reply = self._called(db, chat, turn, reply)
        return self._words.said_in(chat.channel, reply)

    def _called(self, db: Session, chat: Conversation, turn: Turn | None, reply: Reply) -> Reply:
        now = self._clock.now()
        turn_id = turn.id if turn is not None else None
        if reply.need is not None:
            return self._urgent(db, chat, turn_id, reply, now=now)
        if chat.state == State.CLOSED:
            return reply  # it ended while the bot was answering: nobody is called into it
        if reply.handover is not None:
            return self._asked(db, chat, turn_id, reply, Reason(reply.handover), now=now)
        said = Said(reply.intent, reply.decision)
        earlier = recent_bot_turns(db, chat.id, limit=max(rules.REFUSED_FROM, rules.DISSATISFIED_FROM))
        reason = rules.reason_to_call([*(Said(*turn) for turn in earlier), said])
        if reason is None:
            return reply
        called = self.call_unasked(db, chat, turn_id, reason, now=now)
        return reply if called is None else replace(called, why=reply.why.after(CALLED_FOR[reason]))

    def situation(self, db: Session, chat: Conversation) -> Situation:
        """Return whether the employee waits, and who talks."""
        if chat.state == State.CLOSED:
            return Situation(None, None)
        handover = open_handover(db, chat.id)
        if handover is None:
            return Situation(None, None)
        if handover.claimed_by is None:
            place = None if handover.beside else position(db, handover)
            return Situation(Standing(place, handover.expected_at, handover.urgent), None)
        name = staff_name(db, handover.claimed_by) or ""
        return Situation(None, self.voice.staff(handover.routed_to, name))

    def after_feedback(self, db: Session, chat: Conversation) -> None:
        """Call a person after the second answer rated down since one was last there."""
        if bad_ratings(db, chat.id) < rules.DISSATISFIED_FROM:
            return
        now = self._clock.now()
        said = self.call_unasked(db, chat, None, Reason.NEGATIVE_FEEDBACK, now=now)
        if said is not None:
            add_message(db, chat.id, sender=Sender.SYSTEM, reply=said, now=now)

    def call_unasked(
        self, db: Session, chat: Conversation, turn_id: str | None, reason: Reason, *, now: datetime
    ) -> Reply | None:
        """Call a person by rule, if one is at work, but never into a group; return what is said about it."""
        if chat.channel == GROUP_CHANNEL:
            return None
        route = self._route(db, chat.organisation_path)
        if route is None or not self._hours[route.path].open_at(now):
            return None
        if chat.state != State.BOT or open_handover(db, chat.id) is not None:
            return None
        return self._queue(db, chat, turn_id, route, reason, now=now, unasked=True)

    def confidant_of(self, db: Session, organisation: str | None) -> str:
        """Return the unit whose confidant reads what concerns a unit: one above it, the root at the latest.

        Where no confidant has an account yet, the next union above; an account made later sees it.
        """
        for roles in ((Role.CONFIDANT,), TAKERS):
            found = self._route(db, organisation, above=True, roles=roles)
            if found is not None:
                return found.path
        return self._root

    def next_answer(self, path: str, *, now: datetime) -> datetime | None:
        """Return when somebody of the union at `path` is there again, None while somebody is."""
        hours = self._hours[path]
        return None if hours.open_at(now) else hours.next_opening(now)

    def _asked(
        self,
        db: Session,
        chat: Conversation,
        turn_id: str | None,
        reply: Reply,
        reason: Reason,
        *,
        now: datetime,
    ) -> Reply:
        route = self._route(db, chat.organisation_path, above=reply.above)
        waiting = open_handover(db, chat.id)
        if route is None:
            if reply.above:
                text = self.voice.nobody_above(chat.organisation_path, today=self._clock.today())
                return replace(reply, text=text)
            return reply  # nobody works here yet: the reply tells how to reach the union
        if waiting is not None and not (reply.above and waiting.routed_to != route.path):
            return self._again(db, chat, waiting, reply, now=now)
        if waiting is not None:
            operations.withdraw(db, chat, now=now)
        if self._hours[route.path].open_at(now):
            return self._queue(db, chat, turn_id, route, reason, now=now, of=reply)
        return self._after_hours(db, chat, turn_id, route, reason, now=now, of=reply)

    def _again(
        self, db: Session, chat: Conversation, waiting: Handover, reply: Reply, *, now: datetime
    ) -> Reply:
        """Asked for a person while one has been called already."""
        if waiting.beside and not waiting.urgent and self._hours[waiting.routed_to].open_at(now):
            operations.go_live(db, chat, waiting, now=now)
            text = self.voice.queued(waiting.routed_to, position(db, waiting), unasked=False)
            return replace(reply, text=text, choices=(self._leave(),))
        text = self.voice.already(
            waiting.routed_to,
            position=None if waiting.beside else position(db, waiting),
            expected_at=waiting.expected_at,
            ticket=waiting.ticket_number,
            now=now,
        )
        return replace(reply, text=text, choices=(self._leave(),))

    def _queue(
        self,
        db: Session,
        chat: Conversation,
        turn_id: str | None,
        route: Route,
        reason: Reason,
        *,
        now: datetime,
        of: Reply | None = None,
        unasked: bool = False,
    ) -> Reply:
        call = self._call(db, chat, turn_id, route, reason)
        handover = operations.request(db, chat, call, now=now)
        text = self.voice.queued(route.path, position(db, handover), unasked=unasked)
        said = of or Reply(text)
        return replace(said, text=text, decision="handover", choices=(self._leave(),), confidence=None)

    def _after_hours(
        self,
        db: Session,
        chat: Conversation,
        turn_id: str | None,
        route: Route,
        reason: Reason,
        *,
        now: datetime,
        of: Reply,
    ) -> Reply:
        expected_at = self._hours[route.path].next_opening(now)
        ticket = self._call_backs.file(db, chat, routed_to=route.path, due_at=expected_at, turn_id=turn_id)
        call = self._call(db, chat, turn_id, route, reason)
        operations.request(
            db,
            chat,
            replace(call, beside=True, expected_at=expected_at, ticket_number=ticket),
            now=now,
        )
        text = self.voice.after_hours(
            route.path, expected_at=expected_at, ticket=ticket, now=now, today=self._clock.today()
        )
        return replace(of, text=text)

    def _urgent(
        self, db: Session, chat: Conversation, turn_id: str | None, reply: Reply, *, now: datetime
    ) -> Reply:
        """Alert a person beside the bot, which goes on, and tell truthfully who will see it when."""
        waiting = open_handover(db, chat.id)
        if waiting is not None and waiting.claimed_by is not None:
            chat.sensitive = True
            return self._with_watch(reply, "talking", now=now)
        on_call = self._route(db, chat.organisation_path, roles=(Role.ON_CALL,))
        route = on_call or self._route(db, chat.organisation_path)
        if route is None:
            chat.sensitive = True
            return self._with_watch(reply, "nobody", now=now)
        expected_at = None if on_call is not None else self.next_answer(route.path, now=now)
        if waiting is None or not waiting.urgent:
            why = Why.ON_CALL if on_call is not None else Why.NO_ON_CALL
            call = replace(
                self._call(db, chat, turn_id, Route(route.path, why, route.own), Reason.URGENT),
                urgent=True,
                beside=True,
                level=ON_CALL_LEVEL if on_call is not None else EVERYBODY_LEVEL,
                expected_at=expected_at,
                alert=AlertState.PENDING if self._alerting else None,
            )
            if waiting is None:
                operations.request(db, chat, call, now=now)
            else:
                operations.make_urgent(db, chat, waiting, call, now=now)
        watch = "on_call" if on_call is not None else "officers" if expected_at is None else "later"
        return self._with_watch(reply, watch, expected_at=expected_at, now=now)

    def _with_watch(
        self, reply: Reply, watch: str, *, now: datetime, expected_at: datetime | None = None
    ) -> Reply:
        return replace(
            reply, text=f"{reply.text}\n{self.voice.watch(watch, expected_at=expected_at, now=now)}"
        )

    def _call(
        self, db: Session, chat: Conversation, turn_id: str | None, route: Route, reason: Reason
    ) -> Call:
        return Call(
            reason=reason,
            routed_to=route.path,
            explanation=self.voice.explain(route, chat.organisation_path),
            urgent=False,
            beside=False,
            topic=last_topic(db, chat.id),
            turn_id=turn_id,
        )

    def _route(
        self,
        db: Session,
        organisation: str | None,
        *,
        above: bool = False,
        roles: tuple[Role, ...] = TAKERS,
    ) -> Route | None:
        return rules.route(
            organisation,
            unions=self._hours.keys(),
            staffed=staffed(db, *roles),
            root=self._root,
            above=above,
        )

    def _leave(self) -> Choice:
        return Choice(self.voice.say("leave"), LEAVE_QUEUE)
