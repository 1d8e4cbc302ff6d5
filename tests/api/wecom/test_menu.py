"""The app's menu: what the platform takes, in the deployment's words, published by one command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from pydantic import SecretStr

from api.channels.wecom.app_failures import (
    CallFailed,
    NotAMember,
    NotSent,
    Refused,
    RefusedKind,
    ResultUnknown,
)
from api.channels.wecom.failure_words import failure_line
from api.channels.wecom.menu import MenuKey, build_menu
from api.cli.wecom import publish_menu
from api.settings import Settings
from service.texts import Texts, TextsError, load_texts
from tests.api.wecom.platform_model import AGENT_ID, CORP_ID, SECRET, PlatformModel


@pytest.fixture
def texts(home: Path) -> Texts:
    return load_texts(home / "texts" / "zh-CN")


@pytest.fixture
def model() -> Iterator[PlatformModel]:
    with PlatformModel() as running:
        yield running


@pytest.fixture
def settings(home: Path, tmp_path: Path, model: PlatformModel) -> Settings:
    return Settings(
        home=home, data_dir=tmp_path, public_url="https://union.example", wecom_corp_id=CORP_ID,
        wecom_agent_id=AGENT_ID, wecom_app_secret=SECRET, wecom_api_url=model.url, _env_file=None,
    )  # fmt: skip


def entries(menu: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for top in menu["button"] for entry in top.get("sub_button", [top])]


def ends(settings: Settings) -> int:
    with pytest.raises(typer.Exit) as ended:
        publish_menu(settings)
    return int(ended.value.exit_code)


def test_the_menu_has_every_key_once_and_names_the_platform_takes(texts: Texts) -> None:
    menu: dict[str, Any] = build_menu(texts)
    assert [top["name"] for top in menu["button"]] == ["我要咨询", "办事", "找人工"]
    assert [entry["key"] for entry in entries(menu)] == list(MenuKey)
    assert {entry["type"] for entry in entries(menu)} == {"click"}
    assert "type" not in menu["button"][1], "an entry with entries of its own does nothing"


@pytest.mark.parametrize(
    ("key", "name"), [("consult", "我要咨询一下"), ("activities", "活动" * 7), ("person", "")]
)
def test_a_name_the_platform_would_refuse_is_named(home: Path, key: str, name: str) -> None:
    words = yaml.safe_load((home / "texts" / "zh-CN" / "wecom.yml").read_text(encoding="utf-8"))
    words["menu"][key] = name
    with pytest.raises(TextsError, match=f"wecom.menu.{key}"):
        build_menu(Texts({"wecom": words}))


def test_the_command_publishes_the_menu(
    settings: Settings, model: PlatformModel, texts: Texts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish_menu(settings) == 0
    assert model.menu == build_menu(texts)
    assert "已经发布" in capsys.readouterr().out


def test_a_refusal_is_one_line_with_its_cure(
    settings: Settings, model: PlatformModel, capsys: pytest.CaptureFixture[str]
) -> None:
    model.refuse_next(60020, "not allow to access from your ip", path="menu/create")
    assert ends(settings) == 1
    said = capsys.readouterr().err
    assert "企业可信IP" in said
    assert "10.9.8.7" in said
    assert said.count("\n") == 1
    wrong = settings.model_copy(update={"wecom_app_secret": SecretStr("wrong")})
    assert ends(wrong) == 1
    assert "UA_WECOM_APP_SECRET" in capsys.readouterr().err
    assert model.menu is None


def test_without_an_app_there_is_nothing_to_publish(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends(Settings(home=home, data_dir=tmp_path, _env_file=None)) == 2
    assert "UA_WECOM_CORP_ID" in capsys.readouterr().err


@pytest.mark.parametrize("kind", RefusedKind)
def test_every_kind_of_refusal_has_a_sentence(texts: Texts, kind: RefusedKind) -> None:
    assert texts(f"wecom.failures.{kind}", code=1, hint="x")


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (NotSent("ConnectTimeout"), "连不上企业微信（ConnectTimeout）"),
        (ResultUnknown("ReadTimeout"), "不知道做成没有"),
        (Refused(45009, "too often"), "45009"),
        (NotAMember(), "not a member"),
    ],
)
def test_every_failure_is_said_in_a_line(texts: Texts, failure: CallFailed, said: str) -> None:
    assert said in failure_line(failure, texts)
