"""What the app says, as it reaches the platform: split by bytes, lettered, in text alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.channels.wecom.app_talk import AppTalk
from api.channels.wecom.outcomes import Done, Gone, Lost, Outcome
from api.channels.wecom.rendering import Rendering
from api.channels.wecom.troubles import Troubles
from service.clock import Clock
from service.conversations.tables import Message, Sender
from service.database import Database, migrate
from service.messengers.sending import Batch, Place
from service.messengers.tables import Provider
from tests.api.wecom.app_client import SEND, app, platform
from tests.api.wecom.platform_model import Fault, PlatformModel
from tests.knowledge import shipped_texts

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
LONG = "\n\n".join(f"第{number}条：" + "年休假天数按累计工作年限计算。" * 12 for number in range(12))
OFFER = [{"id": f"o{at}", "title": title} for at, title in enumerate(("看依据", "找工会的人", "换个问法"))]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformModel]:
    with platform(monkeypatch) as running:
        yield running


def batch(text: str, *, options: list[dict[str, str]] | None = None, left: bool = False) -> Batch:
    message = Message(
        id="m1", conversation_id="c1", turn_id="t1", seq=2, sender=Sender.BOT, text=text, citations=[],
        options=options or [], attachments=[], at=NOW,
    )  # fmt: skip
    return Batch(Place("chat", Provider.APP, "lin", None, NOW, left), ("row",), (message,), "t1", 0)


def delivered(model: PlatformModel, home: Path, folder: Path, what: Batch, *, text_only: bool) -> Outcome:
    url = f"sqlite:///{folder / 'database.sqlite3'}"
    migrate(url)
    database, texts = Database(url), shipped_texts(home)

    async def nobody(_trouble: str) -> None:
        return None

    async def scenario() -> Outcome:
        async with app(model) as api:
            troubles = Troubles(database=database, clock=Clock("Asia/Shanghai", lambda: NOW), alert=nobody)
            talk = AppTalk(
                api=api, rendering=Rendering(texts), texts=texts, troubles=troubles, text_only=text_only
            )
            return await talk.deliver(what)

    try:
        return asyncio.run(scenario())
    finally:
        database.close()


@pytest.mark.parametrize("text_only", [False, True])
def test_a_long_answer_comes_in_numbered_parts_in_order(
    model: PlatformModel, home: Path, tmp_path: Path, text_only: bool
) -> None:
    assert isinstance(delivered(model, home, tmp_path, batch(LONG), text_only=text_only), Done)
    parts = [sent.text for sent in model.sent]
    assert len(parts) > 3
    assert all(len(part.encode()) <= 2048 for part in parts)
    numbers = [f"（{at}/{len(parts)}）" for at in range(1, len(parts) + 1)]
    assert [part[: len(number)] for part, number in zip(parts, numbers, strict=True)] == numbers
    said = "".join(part.removeprefix(number) for part, number in zip(parts, numbers, strict=True))
    assert said.replace("\n", "") == LONG.replace("\n", "")
    assert {sent.kind for sent in model.sent} == {"text" if text_only else "markdown"}


def test_in_text_alone_what_is_offered_has_letters(model: PlatformModel, home: Path, tmp_path: Path) -> None:
    what = batch("**五天**。见[条例](https://example.test/a)。", options=OFFER)
    assert isinstance(delivered(model, home, tmp_path, what, text_only=True), Done)
    (sent,) = model.sent
    assert sent.kind == "text"
    assert "**" not in sent.text
    assert sent.text.endswith("回复字母选择：\nA. 看依据\nB. 找工会的人\nC. 换个问法")


def test_else_it_is_a_card_with_buttons(model: PlatformModel, home: Path, tmp_path: Path) -> None:
    what = batch("五天。", options=OFFER)
    assert isinstance(delivered(model, home, tmp_path, what, text_only=False), Done)
    (sent,) = model.sent
    assert [button["text"] for button in sent.content["button_list"]] == ["看依据", "找工会的人", "换个问法"]
    assert (sent.kind, sent.content["sub_title_text"]) == ("template_card", "五天。")


def test_a_later_part_that_surely_did_not_arrive_is_tried_again_alone(
    model: PlatformModel, home: Path, tmp_path: Path
) -> None:
    model.fail_next(Fault.FORBIDDEN, path=SEND, after=1)
    assert isinstance(delivered(model, home, tmp_path, batch(LONG), text_only=False), Done)
    parts = [sent.text for sent in model.sent]
    assert len(set(parts)) == len(parts) == model.calls[SEND] - 1


def test_a_later_part_that_is_lost_makes_the_whole_unknown(
    model: PlatformModel, home: Path, tmp_path: Path
) -> None:
    model.fail_next(Fault.BAD_GATEWAY, path=SEND, after=1)
    assert delivered(model, home, tmp_path, batch(LONG), text_only=False) == Lost("cut off")
    assert model.calls[SEND] == 2


def test_who_left_the_app_is_not_written_to(model: PlatformModel, home: Path, tmp_path: Path) -> None:
    outcome = delivered(model, home, tmp_path, batch("五天。", left=True), text_only=False)
    assert outcome == Gone("left_the_app")
    assert model.calls[SEND] == 0
