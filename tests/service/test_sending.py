"""What is due in the outbox of a messenger, and what is noted of it, on both engines."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from service.conversations.replies import Reply
from service.conversations.tables import TurnState
from service.database import Database
from service.messengers import handing_over, sending
from service.messengers.handing_over import Prospect
from service.messengers.sending import Batch
from service.messengers.tables import Provider
from tests.service.post import Post, said
from tests.service.world import World


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


def test_messages_of_a_chat_go_out_in_their_order_one_after_the_other(post: Post) -> None:
    post.put("一", "二", "三")
    for text in ("一", "二", "三"):
        (batch,) = post.claim()
        assert said([batch]) == [[text]]
        assert post.claim() == []
        assert not post.due()
        post.sent(batch)
    assert not post.due()


def test_several_chats_are_sent_to_at_once_up_to_the_limit(post: Post) -> None:
    for userid in ("a", "b", "c"):
        post.put("一", "二", userid=userid)
    first = post.claim(limit=2)
    assert [batch.place.userid for batch in first] == ["a", "b"]
    assert [batch.place.userid for batch in post.claim(first[0].place.chat_id)] == ["c"]


def test_the_messages_of_one_turn_are_one_batch_and_what_follows_is_not(post: Post) -> None:
    turn_id = post.turn()
    post.put("先前")
    post.put("答", "又答", turn_id=turn_id)
    post.put("别的")
    for expected in (["先前"], ["答", "又答"], ["别的"]):
        (batch,) = post.claim()
        assert said([batch]) == [expected]
        post.sent(batch)


def test_behind_one_that_has_to_wait_its_chat_waits_and_no_other(post: Post) -> None:
    post.put("一", "二")
    post.put("别人的", userid="lisi")
    mine, other = post.claim()
    with post.database.write() as db:
        sending.later(db, mine, at=post.now + timedelta(seconds=30), error="busy")
    post.sent(other)
    post.later(seconds=20)
    assert not post.due()
    assert post.claim() == []
    post.later(seconds=20)
    (again,) = post.claim()
    assert (said([again]), again.attempts) == ([["一"]], 1)


def test_what_nobody_can_send_now_is_left_as_it_is(post: Post) -> None:
    post.put("一")
    assert not post.due(resting=(Provider.BOT,))
    assert post.claim(resting=(Provider.BOT,)) == []
    assert post.due(resting=(Provider.APP,))
    assert said(post.claim(resting=(Provider.APP,))) == [["一"]]


def test_messages_of_other_channels_are_nobodys_here(post: Post, home: Path) -> None:
    world = World(post.database, home)
    world.turn(world.chat(), Reply("十天", decision="answer"))
    assert not post.due()
    assert post.claim() == []


def test_of_processes_that_claim_at_once_each_message_is_begun_by_one(post: Post) -> None:
    people = [f"p{number}" for number in range(30)]
    for userid in people:
        post.put("一", "二", userid=userid)
    start = threading.Barrier(4)
    found: list[Batch] = []

    def claim() -> None:
        other = Database(post.database.engine.url.render_as_string(hide_password=False))
        start.wait()
        for _ in range(10):
            with other.write() as db:
                found.extend(sending.claim_due(db, busy=(), limit=8, now=post.now))
        other.close()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(batch.place.userid for batch in found) == sorted(people)
    assert said(found) == [["一"]] * len(people)


def test_what_was_begun_when_a_process_went_is_unknown_and_never_sent_again(post: Post) -> None:
    post.put("一", "二")
    (batch,) = post.claim()
    with post.database.write() as db:
        assert sending.left_half_done(db) == 1
        assert sending.left_half_done(db) == 0
    assert post.states() == [("一", "unknown"), ("二", "pending")]
    post.sent(batch)  # too late: whoever comes back late changes nothing
    assert post.states() == [("一", "unknown"), ("二", "pending")]
    assert said(post.claim()) == [["二"]]
    post.later(days=1)
    assert post.claim() == []


def test_sends_are_counted_by_the_place_a_group_as_one(post: Post) -> None:
    for userid in ("a", "b"):
        post.put("一", userid=userid, group="g")
        post.put("一", userid=userid)
    batches = post.claim()
    for batch in batches:
        post.sent(batch)
    places = {(batch.place.userid, batch.place.group_id): batch.place for batch in batches}
    minute = timedelta(minutes=1)
    with post.database.read() as db:
        assert sending.sent_lately(db, places["a", "g"], within=minute, now=post.now) == (2, post.now)
        assert sending.sent_lately(db, places["a", None], within=minute, now=post.now) == (1, post.now)
        post.later(minutes=1)
        assert sending.sent_lately(db, places["a", "g"], within=minute, now=post.now) == (0, None)


def test_who_waits_can_expect_an_answer_a_person_or_nothing(post: Post) -> None:
    def prospect(turn_id: str) -> Prospect:
        with post.database.read() as db:
            return handing_over.prospect(db, turn_id)

    assert prospect(post.turn("a", state=TurnState.ACCEPTED)) is Prospect.COMES
    assert prospect(post.turn("b", state=TurnState.HUMAN)) is Prospect.PERSON
    answered = post.turn("c")
    post.put("答", userid="c", turn_id=answered)
    assert prospect(answered) is Prospect.COMES
    post.sent(post.claim()[0])
    assert prospect(answered) is Prospect.NOTHING
    assert prospect("no-such-turn") is Prospect.NOTHING
