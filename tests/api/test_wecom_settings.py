"""Settings of WeChat Work are whole or refused at start, by the names of the variables."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from api.settings import Settings
from api.wecom_settings import CallbackKeys, LongConnection, Webhook

AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
PUBLIC = {"public_url": "https://union.example"}
APP = PUBLIC | {"wecom_corp_id": "ww1", "wecom_agent_id": "1000002", "wecom_app_secret": "app-secret"}
LONG = PUBLIC | {"wecom_bot_id": "bot-1", "wecom_bot_secret": "bot-secret"}
WEBHOOK = PUBLIC | {"wecom_bot_token": "bot-token", "wecom_bot_aes_key": AES_KEY}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"UA_{name.upper()}", raising=False)


def read(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"UA_{name.upper()}", value)
    return Settings(_env_file=None)


def test_without_settings_there_is_neither_app_nor_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, {})
    assert (settings.wecom_app, settings.wecom_bot) == (None, None)
    assert settings.wecom_userid_is_portal_sub is False
    assert (settings.wecom_per_minute, settings.wecom_per_hour) == (30, 1000)


def test_an_app_that_only_sends_has_no_callback(monkeypatch: pytest.MonkeyPatch) -> None:
    app = read(monkeypatch, APP).wecom_app
    assert app is not None
    assert (app.corp_id, app.agent_id, app.callback, app.proxy) == ("ww1", 1000002, None, None)
    assert app.api_url == "https://qyapi.weixin.qq.com"


def test_an_app_with_a_callback_and_a_proxy_tells_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {
        "wecom_app_token": "app-token",
        "wecom_app_aes_key": AES_KEY,
        "wecom_proxy": "http://someone:proxy-password@10.0.0.3:3128",
        "wecom_api_url": "http://127.0.0.1:9000/",
    }
    settings = read(monkeypatch, APP | more)
    app = settings.wecom_app
    assert app is not None
    assert isinstance(app.callback, CallbackKeys)
    assert app.callback.aes_key.get_secret_value() == AES_KEY
    assert app.proxy == "http://someone:proxy-password@10.0.0.3:3128"
    assert app.api_url == "http://127.0.0.1:9000"
    for secret in ("app-secret", "app-token", AES_KEY, "proxy-password"):
        assert secret not in repr(settings) + repr(app)


def test_a_bot_has_one_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    bot = read(monkeypatch, LONG | {"wecom_bot_name": "工会助手"}).wecom_bot
    assert isinstance(bot, LongConnection)
    assert (bot.bot_id, bot.url, bot.name) == ("bot-1", "wss://openws.work.weixin.qq.com", "工会助手")
    assert "bot-secret" not in repr(bot)


def test_a_webhook_bot_needs_no_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    bot = read(monkeypatch, WEBHOOK).wecom_bot
    assert isinstance(bot, Webhook)
    assert (bot.bot_id, bot.callback.token.get_secret_value()) == (None, "bot-token")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (PUBLIC | {"wecom_corp_id": "ww1"}, "missing: UA_WECOM_AGENT_ID, UA_WECOM_APP_SECRET"),
        (PUBLIC | {"wecom_app_secret": "s"}, "missing: UA_WECOM_CORP_ID, UA_WECOM_AGENT_ID"),
        (APP | {"wecom_app_token": "t"}, "missing: UA_WECOM_APP_AES_KEY"),
        (APP | {"wecom_app_aes_key": AES_KEY}, "missing: UA_WECOM_APP_TOKEN"),
        (
            PUBLIC | {"wecom_app_token": "t", "wecom_app_aes_key": AES_KEY},
            "UA_WECOM_APP_TOKEN needs UA_WECOM_CORP_ID",
        ),
        (APP | {"wecom_app_token": "t", "wecom_app_aes_key": AES_KEY[1:]}, "43 characters"),
        (PUBLIC | {"wecom_bot_token": "t"}, "missing: UA_WECOM_BOT_AES_KEY"),
        (PUBLIC | {"wecom_bot_secret": "s"}, "UA_WECOM_BOT_SECRET needs UA_WECOM_BOT_ID"),
        (PUBLIC | {"wecom_bot_id": "bot-1"}, "UA_WECOM_BOT_ID needs UA_WECOM_BOT_SECRET"),
        (LONG | WEBHOOK, "exclude each other"),
        (APP | {"public_url": ""}, "public_url"),
        ({name: APP[name] for name in APP if name not in PUBLIC}, "UA_WECOM_CORP_ID needs UA_PUBLIC_URL"),
        (
            {name: LONG[name] for name in LONG if name not in PUBLIC},
            "UA_WECOM_BOT_SECRET needs UA_PUBLIC_URL",
        ),
        ({"public_url": "https://union.example/chat"}, "without a path"),
        ({"public_url": "http://union.example"}, "https://"),
        ({"wecom_api_url": "http://qyapi.weixin.qq.com"}, "https://"),
        ({"wecom_api_url": "http://127.0.0.1.example"}, "https://"),
        ({"wecom_api_url": "https://someone:secret@qyapi.example"}, "without a name"),
        ({"wecom_bot_url": "ws://openws.work.weixin.qq.com"}, "wss://"),
        ({"wecom_bot_url": "https://openws.work.weixin.qq.com"}, "wss://"),
        ({"wecom_proxy": "10.0.0.3:3128"}, "wecom_proxy"),
        ({"wecom_proxy": "http://10.0.0.3:port"}, "wecom_proxy"),
        (APP | {"wecom_agent_id": "app"}, "wecom_agent_id"),
        ({"wecom_per_minute": "0"}, "wecom_per_minute"),
    ],
)
def test_what_is_not_whole_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        read(monkeypatch, values)


@pytest.mark.parametrize("address", ["ws://127.0.0.1:7000", "ws://localhost:7000", "ws://[::1]:7000"])
def test_on_this_machine_plain_connections_will_do(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    assert read(monkeypatch, {"wecom_bot_url": address}).wecom_bot_url == address


def test_a_refused_setting_does_not_show_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError) as refused:
        read(monkeypatch, APP | {"wecom_app_token": "t", "wecom_app_aes_key": "nearly-a-key"})
    assert "nearly-a-key" not in str(refused.value)
    with pytest.raises(ValidationError) as refused:
        read(monkeypatch, LONG | WEBHOOK)
    assert "bot-secret" not in str(refused.value)
