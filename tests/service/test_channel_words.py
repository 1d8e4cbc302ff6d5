"""What is said in a group and in WeChat Work in place of what is said on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from service.conversations import queries, satisfaction
from service.conversations.answering import answer_turn
from service.conversations.channel_words import ChannelWords
from service.conversations.operations import open_conversation
from service.conversations.replies import Choice, Reply
from service.conversations.tables import GROUP_CHANNEL, MESSENGER_CHANNELS, Message
from service.database import Database
from service.handover.tables import Handover
from service.messengers.rules import channel_of
from service.messengers.tables import Provider
from tests.knowledge import shipped_texts
from tests.service.world import ASK, CITY, DANGER, OUTLET, PUBLIC_URL, REFUSAL, World

CARDS = Choice("年假", '/choose_source{"source": "leave-annual-days"}')
OFFERS = (
    CARDS,
    Choice("换个方面", "/choose_topic{}"),
    Choice("都不是", "/not_what_i_meant"),
    Choice("找人", "/ask_human"),
    Choice("办理", '/file_ticket{"case": "complaint"}'),
    Choice("算一算", '/calculate{"calculator": "annual_leave"}'),
    Choice("先不用", "/deny"),
)


class Group(World):
    """The world with a group chat."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.staff("李强", org=CITY)
        with self.database.write() as db:
            chat, _ = open_conversation(
                db, channel=GROUP_CHANNEL, organisation=OUTLET, opening=Reply("你好"), now=self.now
            )
            self.id = chat.id

    def asks(self, reply: Reply) -> Message:
        (message,) = self.turn(self.id, reply)
        return message

    def called(self) -> int:
        with self.database.read() as db:
            return len(db.scalars(select(Handover)).all())


@pytest.fixture
def group(database: Database, home: Path) -> Group:
    return Group(database, home)


@pytest.fixture
def words(home: Path) -> ChannelWords:
    return ChannelWords(shipped_texts(home), public_url=PUBLIC_URL)


def test_the_channels_of_messengers_are_those_their_conversations_have() -> None:
    begun = {channel_of(provider, group) for provider in Provider for group in (None, "g")}
    assert begun == MESSENGER_CHANNELS


def test_options_that_lead_to_knowledge_stay_in_a_group_and_no_others(group: Group) -> None:
    message = group.asks(Reply("10天", decision="answer", choices=OFFERS))
    assert [option["payload"] for option in message.options] == [offer.payload for offer in OFFERS[:3]]
    (alone,) = group.turn(group.chat(), Reply("10天", decision="answer", choices=OFFERS))
    assert len(alone.options) == len(OFFERS)


def test_nobody_is_called_into_a_group_asked_for_or_not(group: Group) -> None:
    asked = group.asks(ASK)
    assert "私聊我" in asked.text
    assert asked.decision == "flow"
    for _ in range(5):
        assert group.asks(REFUSAL).text == REFUSAL.text
    for _ in range(3):
        bad = group.asks(Reply("抱歉", intent="feedback_bad", decision="clarify"))
        assert bad.text == "抱歉"
    message = group.asks(Reply("10天", decision="answer"))
    with group.database.write() as db:
        chat = queries.conversation(db, group.id)
        for answer in (bad.id, message.id):
            satisfaction.give_feedback(
                db, chat, answer, rating="down", reason=None, comment=None, mask=group.mask, now=group.now
            )
        group.handovers.after_feedback(db, chat)
    assert (group.state(group.id), group.called()) == ("bot", 0)


def test_danger_in_a_group_is_answered_with_the_numbers_and_where_to_speak_alone(group: Group) -> None:
    message = group.asks(DANGER)
    first, second = message.text.splitlines()
    assert first == DANGER.text
    assert "私聊我" in second
    assert (group.called(), message.options) == (0, [])
    with group.database.read() as db:
        assert queries.conversation(db, group.id).sensitive


def test_no_urgent_text_is_longer_than_three_lines_in_a_group(group: Group, home: Path) -> None:
    texts = shipped_texts(home)
    for kind in ("self_harm", "self_harm_of_another", "violence", "medical", "fire", "unknown"):
        message = group.asks(Reply(texts(f"urgent.{kind}"), decision="flow", need="self_harm"))
        assert len(message.text.splitlines()) == 3


def test_the_fallback_calls_nobody_into_a_group(group: Group) -> None:
    turn = group.write(group.id, "找人工").turn.id
    with group.database.write() as db:
        messages = answer_turn(
            db, turn, [ASK], degraded=True, model_version=None, now=group.now,
            carry_out=group.handovers.carry_out,
        )  # fmt: skip
    assert messages is not None
    assert ["私聊我" in message.text for message in messages] == [True]
    assert group.called() == 0


def test_a_fixed_text_invites_a_group_to_nothing_private(words: ChannelWords) -> None:
    greeting = Reply("办事、找人，都可以直接说。", decision="flow", choices=OFFERS)
    said = words.fixed("utter_greet", GROUP_CHANNEL, greeting)
    assert "私聊我" in said.text
    assert words.fixed("utter_thank", GROUP_CHANNEL, greeting).text == greeting.text
    assert "群里大家都看得到" in words.fixed("utter_new", GROUP_CHANNEL, greeting).text
    assert words.fixed("utter_greet", "wecom_bot", greeting) == greeting


@pytest.mark.parametrize("channel", sorted(MESSENGER_CHANNELS))
def test_whoever_wants_to_be_anonymous_is_told_that_here_nobody_is(
    words: ChannelWords, home: Path, channel: str
) -> None:
    texts = shipped_texts(home)
    for key in ("tickets.anonymous.text", "services.report_anonymously.text"):
        on_page = Reply(texts(key), intent="report_anonymously", decision="flow")
        said = words.said_in(channel, on_page)
        assert f"{PUBLIC_URL}/report " in said.text
        assert all(
            part in said.text for part in ("企业微信知道你是谁", "别写在这里", "12388", "不要在企业微信里")
        )
        assert "(/report)" not in said.text
        assert words.said_in("widget", on_page) == on_page


def test_a_card_that_names_the_anonymous_page_gives_its_address_in_a_messenger(
    words: ChannelWords, home: Path
) -> None:
    card = (home / "knowledge_base/cards/contacts/contacts-anonymous-page.md").read_text(encoding="utf-8")
    reply = Reply(card, intent="ask_contacts", decision="answer")
    said = words.said_in("wecom_app", reply).text
    assert "匿名反映页面（用自己的浏览器打开 https://union.example/report ，不要在企业微信里打开）" in said
    assert "(/report)" not in said


def test_who_asks_who_reads_is_told_of_the_messenger_too(words: ChannelWords) -> None:
    reply = Reply("没有人看。", intent="ask_about_assistant", decision="flow")
    assert "经过它的服务器" in words.about_assistant("wecom_bot", reply).text
    assert words.about_assistant("widget", reply) == reply
    assert words.about_assistant(None, reply) == reply
