"""The AI bot end to end, on the modelled gateway: what people do there and what they are answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from api.settings import Settings
from service.conversations.tables import Conversation, Feedback, Message, Sender, State, Turn
from service.handover.operations import Call, request
from service.handover.tables import Reason
from service.messengers.tables import Received
from service.people.roles import Role
from service.people.staff import add_staff
from service.people.viewer import Grant
from tests.api.wecom.channel import RESPOND, Channel, running
from tests.api.wecom.dialogue import Dialogue
from tests.api.wecom.gateway import Gateway
from tests.service.world import BANK

Scenario = Callable[[Channel], Coroutine[Any, Any, None]]


@pytest.fixture
def play(settings: Settings, gateway: Gateway, dialogue: Dialogue) -> Callable[[Scenario], None]:
    """Play a scenario on the connected application."""

    async def whole(scenario: Scenario) -> None:
        async with running(settings, gateway, dialogue=dialogue) as channel:
            await scenario(channel)

    return lambda scenario: asyncio.run(whole(scenario))


def test_a_question_is_answered_from_the_cards_without_a_dialogue(
    settings: Settings, gateway: Gateway
) -> None:
    async def scenario() -> None:
        async with running(settings, gateway) as channel:
            asked = gateway.say("工作满十二年年假有几天")
            await channel.until(lambda: bool(channel.finished()))
            await channel.settled()
            (command,) = [item for item in gateway.commands if item.cmd == RESPOND]
            assert command.req_id == asked.req_id
            assert command.body["stream"]["feedback"] == {"id": command.body["stream"]["id"]}
            assert "十天" in channel.finished()[0] or "10天" in channel.finished()[0]
            assert "《职工带薪年休假条例》" in channel.finished()[0]
            assert channel.states() == ["sent"]

    asyncio.run(scenario())


def test_each_person_is_answered_in_the_order_of_their_questions(
    play: Callable[[Scenario], None], gateway: Gateway
) -> None:
    async def scenario(channel: Channel) -> None:
        said = [(f"问{number}", f"p{number % 3}") for number in range(12)]
        for text, userid in said:
            gateway.say(text, userid=userid)
        await channel.until(lambda: len(channel.finished()) == 12)
        for person in ("p0", "p1", "p2"):
            mine = [f"答：{text}" for text, userid in said if userid == person]
            assert [text for text in channel.finished() if text in mine] == mine

    play(scenario)


def test_what_is_delivered_three_times_is_answered_once(
    play: Callable[[Scenario], None], gateway: Gateway
) -> None:
    async def scenario(channel: Channel) -> None:
        gateway.say("在吗", copies=3)
        await channel.settled()
        await asyncio.sleep(0.5)
        assert channel.count(Turn) == channel.count(Received) == 1
        assert list(gateway.streams()) == [channel.turn_of("在吗")]
        assert channel.pushed() == []

    play(scenario)


def test_who_opens_the_chat_is_welcomed_within_five_seconds(
    play: Callable[[Scenario], None], gateway: Gateway
) -> None:
    async def scenario(channel: Channel) -> None:
        began = time.monotonic()
        entered = gateway.enter()
        await channel.until(lambda: bool(gateway.taken("aibot_respond_welcome_msg")))
        assert time.monotonic() - began < 5
        await channel.settled()
        (command,) = [item for item in gateway.commands if "welcome" in item.cmd]
        assert command.req_id == entered.req_id
        assert channel.pushed() == []
        gateway.enter()
        await channel.until(lambda: channel.count(Received) == 2)
        assert channel.states() == ["sent"]

    play(scenario)


def test_a_pressed_button_changes_its_card_and_is_answered(
    play: Callable[[Scenario], None], gateway: Gateway
) -> None:
    async def scenario(channel: Channel) -> None:
        gateway.say("办事")
        await channel.until(lambda: bool(channel.finished()))
        card = gateway.taken(RESPOND)[-1]["template_card"]
        (button,) = card["button_list"]
        pressed = gateway.press(button["key"], task_id=card["task_id"])
        await channel.until(lambda: bool(channel.pushed()))
        (command,) = [item for item in gateway.commands if item.cmd == "aibot_respond_update_msg"]
        assert (command.req_id, command.errcode) == (pressed.req_id, 0)
        changed = command.body["template_card"]
        assert changed["main_title"]["title"] == "已选：困难帮扶"
        assert changed["task_id"] == card["task_id"]
        assert "/apply_hardship" in str(channel.pushed()[0])
        await channel.settled()

    play(scenario)


def test_a_button_nobody_offered_changes_no_card(play: Callable[[Scenario], None], gateway: Gateway) -> None:
    async def scenario(channel: Channel) -> None:
        gateway.say("办事")
        await channel.until(lambda: bool(channel.finished()))
        gateway.press("nothing", task_id=gateway.taken(RESPOND)[-1]["template_card"]["task_id"])
        await channel.until(lambda: bool(channel.pushed()))
        assert "这个选项已经过期了" in channel.pushed()[0]["markdown"]["content"]
        assert gateway.taken("aibot_respond_update_msg") == []

    play(scenario)


def test_judgements_are_kept_changed_and_taken_back(
    play: Callable[[Scenario], None], gateway: Gateway
) -> None:
    async def scenario(channel: Channel) -> None:
        def rated(as_: list[str]) -> bool:
            return ratings() == as_

        def ratings() -> list[str]:
            with channel.parts.database.read() as db:
                return list(db.scalars(select(Feedback.rating)))

        gateway.say("在吗")
        await channel.settled()
        await channel.until(lambda: bool(channel.finished()))
        name = channel.turn_of("在吗")
        for kind, kept in ((1, ["up"]), (2, ["down"]), (3, [])):
            gateway.rate(name, kind)
            await channel.until(partial(rated, kept))
        gateway.rate(name, 1, userid="somebody-else")
        gateway.rate("no-such-stream", 1)
        await channel.until(lambda: channel.count(Received) == 6)
        assert ratings() == []
        assert gateway.refused() == []

    play(scenario)


def test_a_second_bad_answer_calls_a_person(play: Callable[[Scenario], None], gateway: Gateway) -> None:
    async def scenario(channel: Channel) -> None:
        await asyncio.to_thread(at_work, channel)
        for text in ("在吗", "还在吗"):
            gateway.say(text)
            await channel.until(partial(answered, channel, text))
            gateway.rate(channel.turn_of(text), 2)
        await channel.until(lambda: channel.count(Conversation, Conversation.state == State.QUEUED) == 1)
        await channel.until(lambda: bool(channel.pushed()))
        await channel.settled()

    play(scenario)


def test_a_person_who_takes_over_ends_what_the_bot_began(
    play: Callable[[Scenario], None], gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario(channel: Channel) -> None:
        dialogue.hold()
        gateway.say("在吗")
        await channel.until(lambda: bool(gateway.streams()))
        name = channel.turn_of("在吗")
        await asyncio.to_thread(call_a_person, channel)
        dialogue.release()
        await channel.until(lambda: bool(channel.finished()))
        thinking, ending = gateway.streams()[name][0], gateway.streams()[name][-1]
        assert thinking == ("正在查……", False)
        assert ending == ("已经转到工会的人那里，由他们回答你。", True)
        assert channel.count(Message, Message.sender == Sender.BOT) == 0

    play(scenario)


def test_in_a_group_the_bots_name_is_taken_off_and_the_answer_goes_to_the_question(
    settings: Settings, gateway: Gateway
) -> None:
    async def scenario() -> None:
        async with running(settings, gateway) as channel:
            asked = gateway.say("@工会助手 工作满十二年年假有几天", chatid="group-1")
            await channel.until(lambda: bool(channel.finished()))
            assert "《职工带薪年休假条例》" in channel.finished()[0]
            assert [item.req_id for item in gateway.commands if item.cmd == RESPOND] == [asked.req_id]
            channel.turn_of("工作满十二年年假有几天")
            with channel.parts.database.read() as db:
                assert db.scalars(select(Conversation.channel)).one() == "wecom_group"

    asyncio.run(scenario())


def test_what_comes_later_in_a_group_names_whom_it_is_for(settings: Settings, gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(settings, gateway) as channel:
            gateway.refuse(RESPOND, 846608)
            gateway.say("@工会助手 工作满十二年年假有几天", chatid="group-1", userid="lisi")
            await channel.until(lambda: bool(channel.pushed()))
            (pushed,) = channel.pushed()
            assert (pushed["chatid"], pushed["chat_type"]) == ("group-1", 2)
            assert pushed["markdown"]["content"].startswith("<@lisi> ")

    asyncio.run(scenario())


def answered(channel: Channel, text: str) -> bool:
    return f"答：{text}" in channel.finished()


def at_work(channel: Channel) -> None:
    """Have an officer of the whole bank at work."""
    with channel.parts.database.write() as db:
        add_staff(
            db,
            login="wangmin",
            display_name="王敏",
            password="a long enough passphrase",
            grants=[Grant(Role.OFFICER, BANK)],
            now=channel.parts.clock.now(),
        )


def call_a_person(channel: Channel) -> None:
    with channel.parts.database.write() as db:
        chat = db.scalars(select(Conversation)).one()
        call = Call(Reason.ASKED, BANK, "说明", urgent=False, beside=False)
        request(db, chat, call, now=channel.parts.clock.now())
