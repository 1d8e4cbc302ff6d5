"""The turn path: messages of one conversation are answered one at a time, conversations in parallel.

A turn is in the database before it is here; what is here may be lost at any moment and is taken up again
from there. The answer is committed once (`answer_turn`), whoever composes it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.orm import Session

from api.channels.widget.hub import Hub
from api.metrics import TURN_SECONDS, TURNS
from api.rasa import DialogueAnswer, DialogueTurn, DialogueUnavailable, Probe, RasaClient
from service.clock import Clock
from service.conversations import queries
from service.conversations.answering import answer_turn
from service.conversations.channel_words import ChannelWords
from service.conversations.fallback import Fallback
from service.conversations.replies import Choice, Reply
from service.conversations.tables import Conversation, Turn
from service.conversations.why import Because, Why
from service.database import Database
from service.handover.handovers import Handovers
from service.insights.events import DialogueBack, DialogueLost, record
from service.knowledge.asked import Asked
from service.texts import Texts

log = structlog.get_logger()

CONVERSATIONS_AT_ONCE = 32
RETRY_FIRST, RETRY_LAST = 1.0, 30.0
"""Seconds between tries to answer when the database does not take the answer, doubling."""
RESUME_WAIT = 120.0
"""Seconds that turns left over from before a restart wait for Rasa before the fallback answers them."""


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """A turn being answered, detached from the database. `done`: what its actions did in an earlier try."""

    turn_id: str
    conversation_id: str
    payload: str
    organisation: str | None
    channel: str
    done: dict[str, Reply]

    @classmethod
    def of(cls, turn: Turn, chat: Conversation, done: dict[str, Reply]) -> OpenTurn:
        return cls(turn.id, chat.id, turn.payload, chat.organisation_path, chat.channel, done)


@dataclass(frozen=True, slots=True)
class Committed:
    """What was said first, and whether the fallback said it."""

    lead: Reply
    degraded: bool


class TurnRunner:
    """Answers open turns. Use it on the event loop; the database is used in worker threads."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        texts: Texts,
        rasa: RasaClient,
        probe: Probe,
        fallback: Fallback,
        handovers: Handovers,
        channel_words: ChannelWords,
        hub: Hub,
    ) -> None:
        texts.require(("turn.failed",))
        self._database = database
        self._clock = clock
        self._texts = texts
        self._rasa = rasa
        self._probe = probe
        self._fallback = fallback
        self._handovers = handovers
        self._channel_words = channel_words
        self._hub = hub
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._wanted: set[str] = set()
        self._waiting: dict[str, dict[asyncio.Event, str]] = {}
        self._resuming: asyncio.Task[None] | None = None
        self._slots = asyncio.Semaphore(CONVERSATIONS_AT_ONCE)
        self._dialogue_answers = True

    def wake(self, conversation_id: str) -> None:
        """There is an open turn in this conversation."""
        self._wanted.add(conversation_id)
        if conversation_id not in self._workers:
            self._workers[conversation_id] = asyncio.create_task(self._work(conversation_id))

    async def answered(
        self, conversation_id: str, turn_id: str, seconds: float, *, woken: bool = False
    ) -> bool:
        """Have a turn answered and wait for it, at most `seconds`; tell whether it is.

        `woken`: somebody else calls `wake`, when it is time.
        """
        waiter = asyncio.Event()
        waiting = self._waiting.setdefault(conversation_id, {})
        waiting[waiter] = turn_id
        try:
            if not woken:
                self.wake(conversation_id)
            await asyncio.wait_for(waiter.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            del waiting[waiter]
            if not waiting and self._waiting.get(conversation_id) is waiting:
                del self._waiting[conversation_id]
        return True

    async def resume(self) -> int:
        """Take up the turns a previous process left open; return in how many conversations.

        They wait a while for Rasa, which starts after this process, and are then answered in order.
        """
        waiting = await asyncio.to_thread(self._conversations_with_open_turns)
        if waiting:
            self._resuming = asyncio.create_task(self._resume(waiting))
        return len(waiting)

    async def _resume(self, waiting: Sequence[str]) -> None:
        deadline = time.monotonic() + RESUME_WAIT
        while not self._probe.ready and time.monotonic() < deadline:  # noqa: ASYNC110 - another thing's state
            await asyncio.sleep(0.5)
        for conversation_id in waiting:
            self.wake(conversation_id)

    async def close(self) -> None:
        """Stop working. Open turns stay in the database and are resumed at the next start."""
        tasks = [task for task in (*self._workers.values(), self._resuming) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, conversation_id: str) -> None:
        try:
            while conversation_id in self._wanted:
                self._wanted.discard(conversation_id)
                await self._answer_all(conversation_id)
        finally:
            del self._workers[conversation_id]

    async def _answer_all(self, conversation_id: str) -> None:
        pause = RETRY_FIRST
        while True:
            try:
                async with self._slots:
                    # Whoever waits by now waits for a turn that is found below, or was answered before.
                    waiting = list(self._waiting.get(conversation_id, ()))
                    while (turn := await asyncio.to_thread(self._next, conversation_id)) is not None:
                        await self._answer(turn)
                        pause = RETRY_FIRST
                for waiter in waiting:
                    waiter.set()
                return
            except Exception as error:
                # The database fails, say. The turn is still open there; giving up would lose its answer.
                log.error("turn_not_committed", conversation=conversation_id, exc_info=error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, RETRY_LAST)

    async def _answer(self, turn: OpenTurn) -> None:
        started = time.monotonic()
        self._hub.typing(turn.conversation_id, "bot")
        try:
            answer = await self._ask_dialogue(turn)
            committed = await asyncio.to_thread(self._commit_dialogue, turn, answer)
            await self._dialogue_is(answering=True)
        except DialogueUnavailable as error:
            log.warning("dialogue_unavailable", turn=turn.turn_id, reason=error.reason)
            await self._dialogue_is(answering=False)
            committed = await asyncio.to_thread(self._commit_fallback, turn)
        for waiter, turn_id in self._waiting.get(turn.conversation_id, {}).items():
            if turn_id == turn.turn_id:
                waiter.set()
        route = "fallback" if committed.degraded else "dialogue"
        TURNS.labels(route=route).inc()
        TURN_SECONDS.labels(route=route).observe(time.monotonic() - started)
        log.info(
            "turn_answered",
            turn=turn.turn_id,
            conversation=turn.conversation_id,
            route=route,
            decision=committed.lead.decision,
            intent=committed.lead.intent,
            ms=round((time.monotonic() - started) * 1000),
        )

    async def _ask_dialogue(self, turn: OpenTurn) -> DialogueAnswer | None:
        """Return what the dialogue says; None where a process before got as far as the effect, which is the
        answer then."""
        if turn.done:
            return None
        if not self._probe.ready:
            raise DialogueUnavailable("not ready")
        return await self._rasa.send(
            DialogueTurn(
                conversation_id=turn.conversation_id,
                turn_id=turn.turn_id,
                message=turn.payload,
                organisation=turn.organisation,
                channel=turn.channel,
                today=self._clock.today().isoformat(),
            )
        )

    def _replies(
        self, answer: DialogueAnswer, heard: Why, effects: dict[str, Reply], *, channel: str
    ) -> list[Reply]:
        """Put what the dialogue said and what its actions did into messages, in its order."""
        replies: list[Reply] = []
        for said in answer.messages:
            if said.custom is not None and (effect := effects.pop(said.custom.get("action", ""), None)):
                replies.append(effect)
            elif said.text:
                choices = tuple(Choice(button.title, button.payload) for button in said.buttons)
                fixed = Reply(said.text, intent=answer.intent.name, decision="flow", choices=choices)
                fixed = replace(fixed, why=replace(heard, action=said.action))
                replies.append(self._channel_words.fixed(said.action, channel, fixed))
        replies.extend(effects.values())
        if not replies:
            raise DialogueUnavailable("nothing to say")
        return [replace(reply, why=replace(reply.why, steps=heard.steps)) for reply in replies]

    async def _dialogue_is(self, *, answering: bool) -> None:
        if answering == self._dialogue_answers:
            return
        self._dialogue_answers = answering
        await asyncio.to_thread(self._record_dialogue, answering)

    # In worker threads:

    def _conversations_with_open_turns(self) -> list[str]:
        with self._database.read() as db:
            return queries.conversations_with_open_turns(db)

    def _next(self, conversation_id: str) -> OpenTurn | None:
        with self._database.read() as db:
            turn = queries.next_open_turn(db, conversation_id)
            if turn is None:
                return None
            return OpenTurn.of(turn, queries.conversation(db, conversation_id), _said(db, turn.id))

    def _commit_dialogue(self, turn: OpenTurn, answer: DialogueAnswer | None) -> Committed:
        """Commit what the dialogue said with what its actions did. Raises DialogueUnavailable for silence."""
        with self._database.write() as db:
            if answer is None:
                replies = list(turn.done.values())
            else:
                heard = answer.why(pressed=turn.payload.startswith("/"))
                replies = self._replies(answer, heard, _said(db, turn.turn_id), channel=turn.channel)
            return self._commit(db, turn, replies, degraded=False)

    def _commit_fallback(self, turn: OpenTurn) -> Committed:
        reply = self._compose_fallback(turn)
        with self._database.write() as db:
            return self._commit(db, turn, [reply], degraded=True)

    def _commit(self, db: Session, turn: OpenTurn, replies: Sequence[Reply], *, degraded: bool) -> Committed:
        answer_turn(
            db,
            turn.turn_id,
            replies,
            degraded=degraded,
            model_version=self._probe.model,
            now=self._clock.now(),
            carry_out=self._handovers.carry_out,
        )
        stored = queries.turn(db, turn.turn_id)
        return Committed(replies[0], stored.degraded if stored is not None else degraded)

    def _compose_fallback(self, turn: OpenTurn) -> Reply:
        asked = Asked(text=turn.payload, as_of=self._clock.today(), organisation=turn.organisation)
        try:
            return self._fallback.reply(asked)
        except Exception as error:
            # The last net: whatever is broken in the index, the employee is told and offered a person.
            log.error("fallback_failed", turn=turn.turn_id, exc_info=error)
            failed = Reply(self._texts("turn.failed"), decision="refuse")
            return failed.because(Because.DIALOGUE_DOWN, Because.FAILED)

    def _record_dialogue(self, answering: bool) -> None:
        kind = DialogueBack if answering else DialogueLost
        with self._database.write() as db:
            record(db, kind(at=self._clock.now(), model_version=self._probe.model))


def _said(db: Session, turn_id: str) -> dict[str, Reply]:
    """Return what the actions of a turn said, by action, in the order they did."""
    return {action: reply for action, reply in queries.effects_of(db, turn_id) if reply.text}
