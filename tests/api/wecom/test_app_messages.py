"""What the self-built app is told becomes what an employee did."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.channels.wecom.app_messages import read_app_message
from api.channels.wecom.incoming import (
    KEY_LENGTH,
    Entered,
    Incoming,
    Left,
    Media,
    MenuChosen,
    Pressed,
    Said,
    SentMedia,
    Unheard,
    What,
)
from api.channels.wecom.rejected import Malformed
from service.messengers.tables import Provider

BASE = {"ToUserName": "ww1", "FromUserName": "li", "CreateTime": "1700000000", "AgentID": "1000002"}


def written(fields: dict[str, str]) -> str:
    return (
        "<xml>" + "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in fields.items()) + "</xml>"
    )


def message(kind: str, **fields: str) -> str:
    return written({**BASE, "MsgType": kind, "MsgId": "7001", **fields})


def event(name: str, **fields: str) -> str:
    return written({**BASE, "MsgType": "event", "Event": name, **fields})


def read(xml: str) -> Incoming:
    incoming = read_app_message(xml)
    assert incoming is not None
    return incoming


def test_a_message_tells_who_wrote_and_when() -> None:
    assert read(message("text", Content=" 年假几天\n")) == Incoming(
        provider=Provider.APP,
        key="m:7001",
        userid="li",
        chatid=None,
        what=Said("年假几天", spoken=False),
        sent_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("xml", "what"),
    [
        (message("text", Content=" "), Unheard("text")),
        (
            message("voice", MediaId="m1", Format="amr", Recognition="我想问年假"),
            Said("我想问年假", spoken=True),
        ),
        (message("voice", MediaId="m1", Format="amr"), Unheard("voice")),
        (message("location", Location_X="23.1", Label="广州"), Unheard("location")),
        (message("link", Title="新闻", Url="https://example.com"), Unheard("link")),
        (message("sticker"), Unheard("sticker")),
        (
            message("image", PicUrl="https://example.com/p", MediaId="m1"),
            SentMedia((Media("image", None, "https://example.com/p", None, "m1"),), ""),
        ),
        (
            message("video", MediaId="m1", ThumbMediaId="m2"),
            SentMedia((Media("video", None, None, None, "m1"),), ""),
        ),
        (message("file", MediaId="m1"), SentMedia((Media("file", None, None, None, "m1"),), "")),
        (event("subscribe"), Entered()),
        (event("enter_agent", EventKey=""), Entered()),
        (event("unsubscribe"), Left()),
        (event("click", EventKey="calculators"), MenuChosen("calculators")),
        (
            event("template_card_event", EventKey="option-2", TaskId="T1", ResponseCode="R1"),
            Pressed("option-2", "T1", response_code="R1"),
        ),
        (
            event("template_card_event", EventKey="option-2", TaskId="T1"),
            Pressed("option-2", "T1", response_code=None),
        ),
    ],
)
def test_a_callback_is_what_an_employee_did(xml: str, what: What) -> None:
    assert read(xml).what == what


@pytest.mark.parametrize(
    "xml",
    [
        event("view", EventKey="https://example.com"),
        event("LOCATION", Latitude="23.1"),
        event("template_card_menu_event", EventKey="k", TaskId="T1"),
        "<xml><MsgType>event</MsgType><Event>change_contact</Event><ChangeType>create_user</ChangeType></xml>",
    ],
)
def test_an_event_that_asks_for_nothing_is_nothing(xml: str) -> None:
    assert read_app_message(xml) is None


def test_an_event_goes_by_who_did_what_when_and_on_which_card() -> None:
    assert read(event("click", EventKey="calculators")).key == "e:li:1700000000:click:calculators:1000002"
    assert read(event("enter_agent")).key == "e:li:1700000000:enter_agent::1000002"
    one, other = (
        read(event("template_card_event", EventKey="option-2", TaskId=task, ResponseCode=task)).key
        for task in ("T1", "T2")
    )
    assert one != other


def test_a_delivery_that_comes_again_has_the_same_name() -> None:
    for xml in (message("text", Content="年假"), event("click", EventKey="k" * 1000)):
        assert read(xml).key == read(xml).key
        assert len(read(xml).key) <= KEY_LENGTH
    assert read(event("click", EventKey="k" * 1000)).key != read(event("click", EventKey="k" * 1001)).key


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<xml></xml>",
        written({**BASE, "MsgType": "text", "Content": "年假"}),
        message("text", Content="年假", FromUserName=""),
        message("text", Content="年假", CreateTime=""),
        message("text", Content="年假", CreateTime="yesterday"),
        message("image", PicUrl="https://example.com/p"),
        message("file"),
        written({**BASE, "MsgType": "event"}),
        event("click"),
        event("template_card_event", EventKey="option-2"),
        event("template_card_event", TaskId="T1"),
        "<!DOCTYPE xml>" + message("text", Content="年假"),
    ],
)
def test_a_callback_that_lacks_what_is_needed_is_malformed(xml: str) -> None:
    with pytest.raises(Malformed):
        read_app_message(xml)


def test_a_repr_does_not_tell_what_was_written() -> None:
    told = repr(read(message("text", Content="我被欠薪了")))
    told += repr(read(event("template_card_event", EventKey="k", TaskId="T1", ResponseCode="R-secret")))
    assert "欠薪" not in told
    assert "R-secret" not in told
