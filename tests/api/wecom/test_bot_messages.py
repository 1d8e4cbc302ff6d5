"""What the AI bot is told becomes what an employee did."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.wecom.bot_messages import read_callback
from api.channels.wecom.incoming import (
    KEY_LENGTH,
    Entered,
    Incoming,
    Media,
    Pressed,
    Rated,
    Said,
    SentMedia,
    Unheard,
    What,
)
from api.channels.wecom.rejected import Malformed
from service.messengers.tables import Provider

NAME = "工会助手"
URL = "https://files.example.com/a"
GROUP = {"chattype": "group", "chatid": "wr1"}


def callback(msgtype: str, **parts: object) -> dict[str, object]:
    base = {"msgid": "M1", "aibotid": "B1", "chattype": "single", "from": {"userid": "li"}}
    return {**base, "msgtype": msgtype, **parts}


def event(eventtype: str, **parts: object) -> dict[str, object]:
    return callback("event", create_time=1_700_000_000, event={"eventtype": eventtype, **parts})


def what(body: dict[str, object], *, bot_name: str = NAME) -> What:
    incoming = read_callback(body, bot_name=bot_name)
    assert incoming is not None
    return incoming.what


def test_a_message_tells_who_wrote_where_and_when() -> None:
    body = callback("text", text={"content": "年假几天"}, create_time=1_700_000_000, response_url=URL, new=1)
    assert read_callback(body, bot_name=NAME) == Incoming(
        provider=Provider.BOT,
        key="m:M1",
        userid="li",
        chatid=None,
        what=Said("年假几天", spoken=False),
        sent_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        reply_url=URL,
    )


@pytest.mark.parametrize(
    ("where", "chatid"),
    [
        (GROUP, "wr1"),
        ({"chattype": "single", "chatid": "li"}, None),
        ({"chattype": None, "chatid": "wr1"}, "wr1"),
        ({"chattype": None}, None),
    ],
)
def test_only_a_group_has_a_chat(where: dict[str, object], chatid: str | None) -> None:
    incoming = read_callback(callback("text", text={"content": "年假"}, **where), bot_name=NAME)
    assert incoming is not None
    assert incoming.chatid == chatid


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("@工会助手 年假几天", "年假几天"),
        ("@工会助手\u2005年假几天", "年假几天"),
        ("@工会助手年假几天", "年假几天"),
        ("请问 @工会助手 年假几天", "请问 年假几天"),
        ("年假几天 @工会助手", "年假几天"),
        ("@工会助手 @工会助手 年假", "年假"),
        ("@工会 年假", "@工会 年假"),
        ("@小李 年假 a@b.com", "@小李 年假 a@b.com"),
    ],
)
def test_the_name_of_the_bot_and_nothing_else_is_taken_out_of_a_group_s_text(
    written: str, words: str
) -> None:
    assert what(callback("text", text={"content": written}, **GROUP)) == Said(words, spoken=False)
    mixed = {"msg_item": [{"msgtype": "text", "text": {"content": written}}]}
    assert what(callback("mixed", mixed=mixed, **GROUP)) == Said(words, spoken=False)


def test_a_name_is_taken_as_it_is_written_whatever_signs_are_in_it() -> None:
    assert what(callback("text", text={"content": "@A+(B). 年假"}, **GROUP), bot_name="A+(B).") == Said(
        "年假", spoken=False
    )


def test_the_name_stays_in_a_conversation_of_two_and_where_it_is_not_known() -> None:
    written = {"content": "@工会助手 年假"}
    assert what(callback("text", text=written)) == Said("@工会助手 年假", spoken=False)
    assert what(callback("text", text=written, **GROUP), bot_name="") == Said("@工会助手 年假", spoken=False)


@pytest.mark.parametrize("written", ["", "  \n", "@工会助手", " @工会助手\u2005"])
def test_a_message_without_words_is_one_to_be_typed(written: str) -> None:
    assert what(callback("text", text={"content": written}, **GROUP)) == Unheard("text")


@pytest.mark.parametrize(
    ("voice", "heard"),
    [
        ({"content": "我想问年假 "}, Said("我想问年假", spoken=True)),
        ({"content": ""}, Unheard("voice")),
        ({"content": None}, Unheard("voice")),
        ({}, Unheard("voice")),
    ],
)
def test_a_voice_is_what_the_platform_heard(voice: dict[str, object], heard: What) -> None:
    assert what(callback("voice", voice=voice)) == heard


@pytest.mark.parametrize("kind", ["image", "file", "video"])
def test_a_file_comes_with_its_address_and_its_key_if_it_has_one(kind: str) -> None:
    sent = what(callback(kind, **{kind: {"url": URL, "aeskey": "k", "filename": "a.pdf"}}))
    assert isinstance(sent, SentMedia)
    (file,) = sent.media
    assert (file.kind, file.name, file.url, file.aes_key, file.media_id) == (kind, "a.pdf", URL, "k", None)
    webhook = what(callback(kind, **{kind: {"url": URL}}))
    assert isinstance(webhook, SentMedia)
    assert webhook.media[0].aes_key is None


def test_a_mixed_message_is_its_pictures_and_its_words() -> None:
    items = [
        {"msgtype": "text", "text": {"content": "@工会助手 这张"}},
        {"msgtype": "image", "image": {"url": URL, "aeskey": "k"}},
        {"msgtype": "text", "text": {"content": "和这张"}},
        {"msgtype": "image", "image": {"url": URL}},
        {"msgtype": "sticker"},
    ]
    assert what(callback("mixed", mixed={"msg_item": items}, **GROUP)) == SentMedia(
        (Media("image", None, URL, "k", None), Media("image", None, URL, None, None)), "这张\n和这张"
    )


def test_a_mixed_message_of_nothing_is_one_to_be_typed() -> None:
    assert what(callback("mixed", mixed={"msg_item": []})) == Unheard("mixed")


def test_what_is_not_known_is_one_to_be_typed() -> None:
    assert what(callback("hologram", hologram={"url": URL})) == Unheard("hologram")


def test_opening_the_conversation_is_heard() -> None:
    assert what(event("enter_chat")) == Entered()


def test_a_button_is_pressed_whether_its_key_is_nested_or_not() -> None:
    press = {
        "card_type": "button_interaction",
        "event_key": "option-2",
        "task_id": "T1",
        "selected_items": {},
    }
    for body in (
        event("template_card_event", template_card_event=press),
        event("template_card_event", **press),
    ):
        assert what(body) == Pressed("option-2", "T1", response_code=None)


@pytest.mark.parametrize(
    ("feedback", "rated"),
    [
        ({"id": "F1", "type": 1}, Rated("F1", "up", (), "")),
        (
            {"id": "F1", "type": 2, "content": "金额不对", "inaccurate_reason_list": [2, 4]},
            Rated("F1", "down", (2, 4), "金额不对"),
        ),
        ({"id": "F1", "type": 3, "content": None, "inaccurate_reason_list": None}, Rated("F1", None, (), "")),
    ],
)
def test_a_judgement_is_up_down_or_withdrawn(feedback: dict[str, object], rated: Rated) -> None:
    assert what(event("feedback_event", feedback_event=feedback)) == rated


@pytest.mark.parametrize(
    "body",
    [
        {"msgtype": "event", "event": {"eventtype": "disconnected_event"}},
        event("something_new", thing=1),
        callback("stream", stream={"id": "S1"}),
    ],
)
def test_what_is_nobodys_doing_is_nothing(body: dict[str, object]) -> None:
    assert read_callback(body, bot_name=NAME) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        callback("text"),
        callback("text", text={}),
        callback("text", text={"content": 7}),
        callback("text", text={"content": "年假"}, msgid=""),
        callback("text", text={"content": "年假"}, **{"from": None}),
        callback("text", text={"content": "年假"}, **{"from": {"userid": ""}}),
        callback("text", text={"content": "年假"}, chattype="group"),
        callback("text", text={"content": "年假"}, chattype="crowd"),
        callback("image"),
        callback("image", image={"aeskey": "k"}),
        callback("mixed", mixed={"msg_item": [{"msgtype": "image"}]}),
        callback("voice"),
        callback("event"),
        event("template_card_event"),
        event("template_card_event", template_card_event={"event_key": "option-2"}),
        event("feedback_event"),
        event("feedback_event", feedback_event={"id": "F1", "type": 4}),
    ],
)
def test_a_callback_that_lacks_what_is_needed_is_malformed(body: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        read_callback(body, bot_name=NAME)


def test_a_long_name_of_a_delivery_is_shortened_and_stays_its_own() -> None:
    keys = set()
    for end in "ab":
        incoming = read_callback(
            callback("text", text={"content": "年假"}, msgid="M" * 500 + end), bot_name=""
        )
        assert incoming is not None
        keys.add(incoming.key)
        assert len(incoming.key) <= KEY_LENGTH
    assert len(keys) == 2


@pytest.mark.parametrize("seconds", [-1, 1_700_000_000_000, 10**30, None])
def test_a_time_that_is_none_is_not_one(seconds: int | None) -> None:
    incoming = read_callback(callback("text", text={"content": "年假"}, create_time=seconds), bot_name="")
    assert incoming is not None
    assert incoming.sent_at is None


def test_neither_a_repr_nor_an_error_tells_what_was_written() -> None:
    secrets = {"content": "我被欠薪了"}
    said = read_callback(callback("text", text=secrets, response_url=URL), bot_name="")
    press = event("template_card_event", event_key="option-2", task_id="T1")
    media = read_callback(callback("image", image={"url": URL, "aeskey": "k3y"}), bot_name="")
    rated = read_callback(
        event("feedback_event", feedback_event={"id": "F1", "type": 2, **secrets}), bot_name=""
    )
    told = f"{said}{read_callback(press, bot_name='')}{media}{rated}"
    assert not any(secret in told for secret in ("欠薪", URL, "k3y"))
    with pytest.raises(Malformed) as rejected:
        read_callback(callback("text", text=[secrets]), bot_name="")
    assert "欠薪" not in f"{rejected.value}{rejected.value.__cause__}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(["text", "image", "mixed", "voice", "event", "stream", "x"]),
    st.dictionaries(
        st.sampled_from(
            ["msgid", "from", "chattype", "chatid", "create_time", "text", "mixed", "voice", "event"]
        ),
        JSON,
    ),
)
def test_any_callback_is_read_or_rejected(msgtype: str, parts: dict[str, object]) -> None:
    with suppress(Malformed):
        read_callback(callback(msgtype, **parts), bot_name=NAME)
