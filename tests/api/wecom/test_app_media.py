"""Files members sent come by their name, whole, and never larger than we take."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from api.channels.wecom.app_calls import MEDIA_BYTES
from api.channels.wecom.app_failures import (
    MediaTooLarge,
    ResultUnknown,
)
from tests.api.wecom.app_client import app, done, failed, platform, refused
from tests.api.wecom.platform_model import Fault, MediaContent, PlatformModel


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformModel]:
    with platform(monkeypatch) as running:
        yield running


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="photo.jpg"', "photo.jpg"),
        ('attachment; filename="住院发票.pdf"', "住院发票.pdf"),
        ("attachment; filename*=UTF-8''%E5%8F%91%E7%A5%A8.pdf", "发票.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\x\\\\y.doc"', "y.doc"),
        ("attachment", None),
    ],
)
def test_a_file_comes_with_its_bare_name_and_type(
    model: PlatformModel, disposition: str, name: str | None
) -> None:
    model.files["m1"] = MediaContent(b"\xff\xd8 bytes", disposition=disposition)
    file = done(model, lambda api: api.media("m1"))
    assert (file.data, file.content_type, file.name) == (b"\xff\xd8 bytes", "image/jpeg", name)
    assert "bytes" not in repr(file)


def test_a_file_of_json_is_a_file_and_an_answer_in_its_place_is_not(model: PlatformModel) -> None:
    model.files["m1"] = MediaContent(b'{"errcode": 40007}', content_type="application/json; charset=UTF-8")
    assert done(model, lambda api: api.media("m1")).data == b'{"errcode": 40007}'
    assert refused(model, lambda api: api.media("gone")).errcode == 40007
    model.fail_next(Fault.GARBLED, path="media/get")
    assert isinstance(failed(model, lambda api: api.media("m1")), ResultUnknown)
    model.fail_next(Fault.DROP_AFTER, path="media/get")
    assert isinstance(failed(model, lambda api: api.media("m1")), ResultUnknown)


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_over_the_limit_is_not_taken_whether_or_not_its_length_is_told(
    model: PlatformModel, *, announced: bool
) -> None:
    model.files["just"] = MediaContent(bytes(MEDIA_BYTES), announced=announced)
    model.files["over"] = MediaContent(bytes(MEDIA_BYTES + 1), announced=announced)
    assert len(done(model, lambda api: api.media("just")).data) == MEDIA_BYTES
    assert isinstance(failed(model, lambda api: api.media("over")), MediaTooLarge)


def test_a_file_the_platform_itself_finds_too_large_is_too_large(model: PlatformModel) -> None:
    model.refuse_next(830002, path="media/get")
    assert isinstance(failed(model, lambda api: api.media("m1")), MediaTooLarge)


def test_a_file_asked_for_with_an_old_token_comes_with_a_new_one(model: PlatformModel) -> None:
    model.files["m1"] = MediaContent(b"data")

    async def scenario() -> bytes:
        async with app(model) as api:
            await api.check()
            model.expire_tokens()
            return (await api.media("m1")).data

    assert asyncio.run(scenario()) == b"data"
    assert model.tokens_issued == 2
