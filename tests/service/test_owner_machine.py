"""The life of a conversation's owner: whatever happens in whatever order, and a hundred who claim at once."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from service.conversations import queries
from service.conversations.replies import Reply
from service.conversations.tables import Conversation, Message, Sender
from service.database import Database
from service.errors import (
    AlreadyClaimed,
    ConversationClosed,
    ConversationNotFound,
    NotOwner,
    NotWaiting,
    TooManyMessages,
)
from service.handover.operations import close_by_employee, withdraw
from service.handover.tables import Handover
from service.people.viewer import Viewer
from tests.service.world import ASK, DANGER, MORNING, NIGHT, World

RACERS = 100
REFUSED = (AlreadyClaimed, NotWaiting, NotOwner, ConversationNotFound)


class OwnerMachine(RuleBasedStateMachine):
    """One conversation, two officers, an employee and the bot; `owner` and `called` are what must hold."""

    world: World
    officers: tuple[Viewer, Viewer]

    def __init__(self) -> None:
        super().__init__()
        self.world.now = MORNING
        self.chat = self.world.chat()
        self.owner, self.called = "bot", False
        self.holder: int | None = None
        self.open_turns: list[str] = []
        self.said = 0

    @rule(at_night=st.booleans())
    def time(self, at_night: bool) -> None:
        self.world.now = NIGHT if at_night else MORNING

    @rule(danger=st.booleans())
    def employee_writes(self, danger: bool) -> None:
        try:
            accepted = self.world.write(self.chat, "我不想活了" if danger else "年假几天")
        except ConversationClosed:
            assert self.owner == "closed"
            return
        except TooManyMessages:
            assert self.open_turns
            return
        assert (accepted.turn.state == "accepted") == (self.owner == "bot")
        if accepted.turn.state == "accepted":
            self.open_turns.append(accepted.turn.id)

    @precondition(lambda self: self.open_turns)
    @rule(reply=st.sampled_from([ASK, DANGER, Reply("10天", decision="answer")]))
    def bot_answers(self, reply: Reply) -> None:
        messages = self.world.answer(self.open_turns.pop(0), reply)
        if self.owner in ("queued", "staff"):
            assert all(message.sender == "system" for message in messages)
            assert bool(messages) == (reply.need is not None)
        else:
            assert [message.sender for message in messages] == ["bot"]
            self.said += 1
        if reply.handover and self.owner == "bot":
            live = reply is ASK and self.world.now == MORNING
            if live and (handover := self.world.handover(self.chat)) is not None and not handover.urgent:
                self.owner = "queued"
            self.called = True

    @rule(which=st.sampled_from([0, 1]))
    def officer_claims(self, which: int) -> None:
        officer = self.officers[which]
        try:
            self.world.take(self.chat, officer)
        except AlreadyClaimed:
            assert self.owner == "staff"
        except (NotWaiting, ConversationNotFound):
            assert not self.called
        else:
            assert self.called
            self.owner, self.holder, self.called = "staff", which, False

    @rule(which=st.sampled_from([0, 1]))
    def officer_writes(self, which: int) -> None:
        try:
            with self.world.database.write() as db:
                self.world.desk.say(
                    db,
                    self.chat,
                    text="我来看",
                    client_id=f"s{next(self.world.numbers)}",
                    viewer=self.officers[which],
                    now=self.world.now,
                )
        except NotOwner:
            assert (self.owner, self.holder) != ("staff", which)
        else:
            assert (self.owner, self.holder) == ("staff", which)

    @rule(which=st.sampled_from([0, 1]), close=st.booleans())
    def officer_ends(self, which: int, close: bool) -> None:
        desk = self.world.desk
        end = desk.finish if close else desk.give_back
        try:
            with self.world.database.write() as db:
                end(db, self.chat, viewer=self.officers[which], now=self.world.now)
        except (NotOwner, ConversationNotFound):
            assert (self.owner, self.holder) != ("staff", which)
        else:
            assert (self.owner, self.holder) == ("staff", which)
            self.owner, self.holder = "closed" if close else "bot", None

    @rule()
    def employee_stops_waiting(self) -> None:
        with self.world.database.write() as db:
            waited = withdraw(db, queries.conversation(db, self.chat), now=self.world.now)
        assert waited == self.called
        if waited:
            self.owner, self.called = "bot", False

    @rule()
    def time_passes(self) -> None:
        self.world.waiting.look_after(now=self.world.now)
        handover = self.world.handover(self.chat)
        if self.owner == "queued" and handover is not None and handover.beside:
            assert self.world.now == NIGHT
            self.owner = "bot"

    @precondition(lambda self: self.said > 6)
    @rule()
    def employee_ends(self) -> None:
        with self.world.database.write() as db:
            close_by_employee(db, queries.conversation(db, self.chat), now=self.world.now)
        self.owner, self.holder, self.called = "closed", None, False

    @invariant()
    def the_database_agrees(self) -> None:
        with self.world.database.read() as db:
            chat = db.get_one(Conversation, self.chat)
            assert chat.state == self.owner
            holder = self.officers[self.holder].staff_id if self.holder is not None else None
            assert chat.staff_id == holder
            open_handovers = db.scalars(
                select(Handover).where(Handover.conversation_id == self.chat, Handover.ended_at.is_(None))
            ).all()
            assert len(open_handovers) <= 1
            waits = [item for item in open_handovers if item.claimed_at is None]
            assert bool(waits) == self.called
            seqs = db.scalars(select(Message.seq).where(Message.conversation_id == self.chat)).all()
            assert sorted(seqs) == list(range(1, len(seqs) + 1))


@pytest.fixture
def world(database: Database, home: Path) -> World:
    return World(database, home)


def test_no_order_of_events_gives_a_conversation_two_owners(
    world: World, request: pytest.FixtureRequest
) -> None:
    class Machine(OwnerMachine):
        pass

    Machine.world, Machine.officers = world, (world.staff("王敏"), world.staff("李智"))
    thorough = request.config.getoption("markexpr") != "not verify"
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=60 if thorough else 12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_of_a_hundred_who_claim_at_once_one_wins_and_all_others_are_told_who(world: World) -> None:
    officers = [world.staff(f"干事{number}") for number in range(RACERS)]
    chat = world.chat()
    world.turn(chat, ASK)
    start, outcomes = threading.Barrier(RACERS), Counter[str]()
    lock = threading.Lock()

    def race(officer: Viewer) -> None:
        start.wait()
        try:
            world.take(chat, officer)
            outcome = "won"
        except AlreadyClaimed as refused:
            outcome = f"lost to {refused.fields['name']}"
        with lock:
            outcomes[outcome] += 1

    threads = [threading.Thread(target=race, args=(officer,)) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.database.read() as db:
        winner = db.get_one(Conversation, chat).staff_id
        introductions = db.scalars(
            select(func.count()).where(Message.conversation_id == chat, Message.sender == Sender.SYSTEM)
        ).one()
    names = {officer.staff_id: f"干事{number}" for number, officer in enumerate(officers)}
    assert outcomes == {"won": 1, f"lost to {names[winner or '']}": RACERS - 1}
    assert introductions == 1
