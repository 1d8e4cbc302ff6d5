"""How messages look in WeChat Work: as markdown, as plain text, with buttons or with letters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.channels.wecom.rendering import Rendering, as_plain_text, message_of_task
from service.conversations.tables import Message, Sender
from tests.knowledge import shipped_texts


@pytest.fixture(scope="module")
def rendering(home: Path) -> Rendering:
    return Rendering(shipped_texts(home))


def message(text: str, *titles: str, sender: Sender = Sender.BOT, **fields: Any) -> Message:
    options = [{"id": f"o{place}", "title": title, "payload": "/x"} for place, title in enumerate(titles)]
    return Message(id="a" * 32, sender=sender, text=text, options=options, **{"citations": []} | fields)


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**10天**。\n\n还有：\n\n- 婚假\n- 丧假", "10天。\n\n还有：\n- 婚假\n- 丧假"),
        ("2. 二\n3. 三", "2. 二\n3. 三"),
        ("见[办事指南](https://union.example/a)。", "见办事指南 https://union.example/a 。"),
        ("<https://union.example/a>", "https://union.example/a"),
        ("一行\n又一行", "一行\n又一行"),
        ("> 引一句", "引一句"),
    ],
)
def test_plain_text_keeps_the_words_and_where_links_lead(markdown: str, plain: str) -> None:
    assert as_plain_text(markdown) == plain


def test_few_short_options_are_buttons_and_the_words_come_along_where_they_fit(rendering: Rendering) -> None:
    shown = rendering.show([message("办什么？", "困难帮扶", "慰问")])
    assert shown.markdown == "办什么？"
    assert shown.buttons is not None
    assert shown.card is not None
    assert shown.card["sub_title_text"] == "办什么？"
    assert shown.card["button_list"] == [{"text": "困难帮扶", "key": "o0"}, {"text": "慰问", "key": "o1"}]
    assert message_of_task(str(shown.card["task_id"])) == "a" * 32
    assert shown.lettered.endswith("回复字母选择：\nA. 困难帮扶\nB. 慰问")
    assert rendering.show([message("长" * 113, "慰问")]).card is None


@pytest.mark.parametrize("titles", [("一个很长很长很长的选项",), tuple("一二三四五六七")])
def test_options_that_are_no_buttons_have_letters(rendering: Rendering, titles: tuple[str, ...]) -> None:
    shown = rendering.show([message("选哪个？", *titles)])
    assert (shown.buttons, shown.card) == (None, None)
    assert f"A. {titles[0]}" in shown.plain


def test_a_pressed_card_says_what_was_chosen(rendering: Rendering) -> None:
    offered = message("办什么？", "困难帮扶", "慰问")
    card = rendering.pressed(offered, "o1")
    assert card is not None
    assert card["main_title"] == {"title": "已选：慰问"}
    assert rendering.pressed(offered, "nothing") is None


def test_sources_staff_and_telephone_numbers_are_written_out(rendering: Rendering) -> None:
    law = {"law": "劳动合同法", "article": "第四十七条"}
    shown = rendering.show([message("按年限算。", citations=[law, law])])
    assert shown.markdown == "按年限算。\n\n依据：《劳动合同法》第四十七条"
    staff = message("请打[12351](tel:12351)", sender=Sender.STAFF, sender_name="王敏")
    assert rendering.show([staff]).markdown == "**王敏**：请打12351"
