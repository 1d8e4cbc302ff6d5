"""Frames of the long connection, as they are read and written."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.channels.wecom.bot_frames import Ack, Callback, FrameMalformed, new_req_id, read_frame, write_frame

MESSAGE = {
    "cmd": "aibot_msg_callback",
    "headers": {"req_id": "r1"},
    "body": {"msgid": "m1", "from": {"userid": "lisi"}, "msgtype": "text", "text": {"content": "你好"}},
}


def test_a_message_names_the_member_or_the_group_it_comes_from() -> None:
    single = read_frame(json.dumps(MESSAGE))
    assert single == Callback("aibot_msg_callback", "r1", MESSAGE["body"])  # type: ignore[arg-type]
    assert isinstance(single, Callback)
    assert single.sender == "lisi"
    assert Callback("aibot_msg_callback", "r", {**single.body, "chatid": "g1"}).sender == "g1"
    assert Callback("aibot_event_callback", "r", {"from": "nobody"}).sender == ""


def test_an_acknowledgement_has_no_cmd_and_may_have_no_text() -> None:
    ack = {"headers": {"req_id": "r2"}, "errcode": 846605, "errmsg": "invalid req_id"}
    assert read_frame(json.dumps(ack)) == Ack("r2", 846605, "invalid req_id")
    assert read_frame(b'{"headers": {"req_id": "r3", "more": 1}, "errcode": 0}') == Ack("r3", 0, "")


def test_control_characters_inside_a_text_do_no_harm() -> None:
    raw = json.dumps(MESSAGE, ensure_ascii=False).replace("你好", "你\x01\x0b好")
    frame = read_frame(raw)
    assert isinstance(frame, Callback)
    assert frame.body["text"] == {"content": "你\x01\x0b好"}


def test_a_command_that_is_not_known_is_passed_over() -> None:
    assert read_frame('{"cmd": "ping", "headers": {"req_id": "r"}}') is None


@pytest.mark.parametrize(
    "data",
    [
        "",
        "你好",
        "[]",
        "null",
        b"\xff\xfe\xfd",
        "[" * 100_000,
        '{"cmd": "aibot_msg_callback"}',
        '{"cmd": "aibot_msg_callback", "headers": {"req_id": "r"}, "body": []}',
        '{"cmd": "aibot_event_callback", "headers": {"req_id": 5}, "body": {}}',
        '{"headers": {}, "errcode": 0}',
        '{"headers": {"req_id": "r"}, "errcode": "a lot"}',
    ],
)
def test_what_is_no_frame_is_one_error_without_what_came(data: str | bytes) -> None:
    with pytest.raises(FrameMalformed) as failure:
        read_frame(data)
    assert failure.value.args == ()
    assert failure.value.__context__ is None or failure.value.__suppress_context__


@settings(deadline=None)
@given(st.text() | st.binary())
def test_nothing_that_comes_raises_another_error(data: str | bytes) -> None:
    with suppress(FrameMalformed):
        read_frame(data)


def test_somebody_elses_subscription_is_told_from_other_events() -> None:
    kick = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
    enter = {"msgtype": "event", "event": {"eventtype": "enter_chat"}}
    assert Callback("aibot_event_callback", "r", kick).kicks
    assert not Callback("aibot_event_callback", "r", enter).kicks
    assert not Callback("aibot_msg_callback", "r", {"event": "disconnected_event"}).kicks


def test_a_ping_has_no_body_and_text_is_written_as_it_is() -> None:
    assert json.loads(write_frame("ping", None, req_id="p")) == {"cmd": "ping", "headers": {"req_id": "p"}}
    assert "工会" in write_frame("aibot_send_msg", {"markdown": {"content": "工会"}}, req_id="s")


def test_no_two_req_ids_are_the_same() -> None:
    assert len({new_req_id("ping") for _ in range(1000)}) == 1000
