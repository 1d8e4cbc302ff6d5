"""What the doctor finds of WeChat Work: against the modelled platform and gateway, and a running service."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from api.channels.wecom.app_failures import NotSent
from api.channels.wecom.failure_words import failure_line
from api.cli.doctor import wecom, wecom_addresses
from api.cli.doctor.finding import Check, Finding
from api.settings import Settings
from service.clock import Clock
from service.database import Database, migrate
from service.messengers.arrivals import Arrival, keep
from service.messengers.tables import Provider
from service.texts import Texts, load_texts
from tests.api.wecom import gateway_server
from tests.api.wecom.app_client import platform, unused_port
from tests.api.wecom.authority import self_signed
from tests.api.wecom.gateway import Gateway
from tests.api.wecom.platform_model import AGENT_ID, CORP_ID, SECRET, PlatformModel

TOKEN, AES_KEY = SecretStr("a token"), SecretStr("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
PUBLIC = "https://union.example"
AGO = timedelta(minutes=1)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformModel]:
    with platform(monkeypatch) as running:
        running.about = {
            "home_url": f"{PUBLIC}/api/v1/wecom/login",
            "redirect_domain": "union.example",
        }
        yield running


@pytest.fixture
def texts(home: Path) -> Texts:
    return load_texts(home / "texts" / "zh-CN")


class Deployment:
    """Settings of a deployment of which nothing runs, and what the doctor says of them."""

    def __init__(self, home: Path, data: Path, texts: Texts) -> None:
        self._home, self._data, self._texts = home, data, texts
        self.port = unused_port()

    def settings(self, **changes: Any) -> Settings:
        return Settings(home=self._home, data_dir=self._data, port=self.port, _env_file=None, **changes)

    def app(self, url: str, **changes: Any) -> Settings:
        given = {
            "public_url": PUBLIC, "wecom_corp_id": CORP_ID, "wecom_agent_id": AGENT_ID,
            "wecom_app_secret": SECRET, "wecom_api_url": url,
        }  # fmt: skip
        return self.settings(**(given | changes))

    def line(self, url: str, **changes: Any) -> Settings:
        given = {
            "public_url": PUBLIC, "wecom_bot_id": gateway_server.BOT,
            "wecom_bot_secret": SecretStr(gateway_server.SECRET), "wecom_bot_url": url,
        }  # fmt: skip
        return self.settings(**(given | changes))

    def says(self, check: Check, settings: Settings) -> str | None:
        return said(check(settings), self._texts)


def said(finding: Finding | None, texts: Texts) -> str | None:
    """The line that is printed; None for none."""
    if finding is None:
        return None
    return f"{finding.mark} {texts(f'doctor.{finding.key}', **finding.fields)}"


@pytest.fixture
def deployment(home: Path, tmp_path: Path, texts: Texts) -> Deployment:
    return Deployment(home, tmp_path, texts)


def test_where_nothing_is_set_up_one_line_says_so(deployment: Deployment) -> None:
    settings = deployment.settings()
    found = [deployment.says(check, settings) for check in (*wecom.WECOM, *wecom_addresses.WECOM_ADDRESSES)]
    assert [line for line in found if line] == ["✓ 没有接企业微信"]


def test_every_way_in_is_named_and_limits_above_the_platforms_are_warned_of(deployment: Deployment) -> None:
    bot = {"wecom_bot_id": None, "wecom_bot_secret": None, "wecom_bot_token": TOKEN,
           "wecom_bot_aes_key": AES_KEY}  # fmt: skip
    app = {"wecom_corp_id": CORP_ID, "wecom_agent_id": AGENT_ID, "wecom_app_secret": SECRET}
    for settings, ways in (
        (deployment.app("http://127.0.0.1:1"), "自建应用；"),
        (deployment.line("ws://127.0.0.1:1"), "智能机器人（长连接）；"),
        (deployment.line("ws://127.0.0.1:1", **bot), "智能机器人（回调）；"),
        (deployment.line("ws://127.0.0.1:1", **app), "智能机器人（长连接）和自建应用；"),
        (deployment.line("ws://127.0.0.1:1", **app, **bot), "智能机器人（回调）和自建应用；"),
    ):
        assert (deployment.says(wecom.channel, settings) or "").startswith(f"✓ 企业微信：{ways}")
    much = deployment.line("ws://127.0.0.1:1", wecom_per_minute=60)
    assert "! 发送上限设成了每分钟 60 条" in (deployment.says(wecom.channel, much) or "")


def test_an_app_that_works_is_named(deployment: Deployment, model: PlatformModel) -> None:
    line = deployment.says(wecom.app, deployment.app(model.url))
    assert line == "✓ 自建应用「工会助手」能用，应用主页和可信域名都已设好"


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"wecom_corp_id": "wwother"}, "UA_WECOM_CORP_ID"),
        ({"wecom_app_secret": SecretStr("wrong")}, "UA_WECOM_APP_SECRET"),
        ({"wecom_agent_id": 7}, "UA_WECOM_AGENT_ID"),
        ({"wecom_proxy": SecretStr("http://127.0.0.1:9")}, "UA_WECOM_PROXY"),
        ({"wecom_api_url": "http://127.0.0.1:9"}, "UA_WECOM_API_URL"),
    ],
)
def test_a_setting_that_is_wrong_is_named(
    deployment: Deployment, model: PlatformModel, changes: dict[str, Any], part: str
) -> None:
    line = deployment.says(wecom.app, deployment.app(model.url, **changes)) or ""
    assert line.startswith("✗ 自建应用不能用：")
    assert part in line
    assert "wrong" not in line


def test_an_address_that_is_not_trusted_is_said_as_the_platform_sees_it(
    deployment: Deployment, model: PlatformModel
) -> None:
    model.refuse_next(60020, "not allow to access from your ip", path="agent/get")
    line = deployment.says(wecom.app, deployment.app(model.url)) or ""
    assert "企业可信IP" in line
    assert "10.9.8.7" in line


def test_an_app_that_is_switched_off_or_opens_no_page_of_ours_says_how_to_set_it(
    deployment: Deployment, model: PlatformModel
) -> None:
    model.about = {}
    line = deployment.says(wecom.app, deployment.app(model.url)) or ""
    assert line.startswith("! ")
    assert f"{PUBLIC}/api/v1/wecom/login" in line
    assert "可信域名设成 union.example" in line
    model.about = {"close": 1}
    assert (deployment.says(wecom.app, deployment.app(model.url)) or "").startswith("✗ 自建应用「工会助手」")


def test_an_app_without_keys_for_its_callback_only_sends(
    deployment: Deployment, model: PlatformModel
) -> None:
    assert "收不到职工的消息" in (deployment.says(wecom.app_hears, deployment.app(model.url)) or "")
    keys = {"wecom_app_token": TOKEN, "wecom_app_aes_key": AES_KEY}
    assert deployment.says(wecom.app_hears, deployment.app(model.url, **keys)) is None


def test_what_was_kept_and_is_not_taken_in_is_counted(deployment: Deployment) -> None:
    settings = deployment.app("http://127.0.0.1:1")
    assert deployment.says(wecom.kept, settings) is None  # there is no database yet
    migrate(settings.database)
    assert (deployment.says(wecom.kept, settings) or "").startswith("✓")
    opened = Database(settings.database)
    with opened.write() as db:
        now = Clock(settings.timezone).now()
        keep(db, [Arrival(Provider.APP, "new", "sealed", now), Arrival(Provider.APP, "old", "s", now - AGO)])
    opened.close()
    assert "有 1 条收下了还没有处理" in (deployment.says(wecom.kept, settings) or "")


def test_while_the_service_is_stopped_the_gateway_is_reached_and_nobody_is_thrown_out(
    deployment: Deployment,
) -> None:
    with Gateway() as gateway:
        line = deployment.says(wecom.line, deployment.line(gateway.url)) or ""
        assert line.startswith("✓ 服务没有运行；企业微信的长连接网关连得上")
        assert len(gateway.connections) == 1
        assert gateway.subscriptions == []


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ('{"leading": true, "connected": true, "troubles": []}', "✓ 智能机器人的长连接已接通"),
        ('{"leading": false, "troubles": []}', "! 智能机器人的长连接由另一个进程负责"),
        ('{"leading": true, "connected": false, "troubles": []}', "✗ 智能机器人的长连接还没有接通"),
        (
            '{"leading": true, "connected": false, "troubles": ["bot_bad_secret"]}',
            "✗ 企业微信不认智能机器人的凭证",
        ),
        (
            '{"leading": true, "connected": false, "troubles": ["bot_kicked", "untrusted_ip"]}',
            "✗ 智能机器人的长连接被别处顶掉了",
        ),
        ("null", "✗ 正在运行的服务还没有接企业微信"),
    ],
)
def test_what_a_running_service_says_is_put_into_words(deployment: Deployment, state: str, line: str) -> None:
    with Gateway() as gateway, Page(200, f'{{"ready": true, "wecom": {state}}}'.encode()) as service:
        deployment.port = int(service.url.rpartition(":")[2])
        assert (deployment.says(wecom.line, deployment.line(gateway.url)) or "").startswith(line)
        assert gateway.subscriptions == []


def test_a_gateway_that_a_running_service_cannot_reach_is_explained(deployment: Deployment) -> None:
    state = b'{"wecom": {"leading": true, "connected": false, "troubles": ["bot_unreachable"]}}'
    with Page(200, state) as service:
        deployment.port = int(service.url.rpartition(":")[2])
        line = deployment.says(wecom.line, deployment.line(f"ws://127.0.0.1:{unused_port()}")) or ""
    assert "请检查防火墙放行了这个地址" in line


def test_why_the_gateway_cannot_be_reached(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wecom, "PATIENCE", 0.5)

    def why(url: str, **changes: Any) -> str | None:
        finding = wecom.line(deployment.line(url, **changes))
        return finding.key if finding else None

    closed = f"ws://127.0.0.1:{unused_port()}"
    assert why(closed) == "wecom.gateway.refused"
    assert why("wss://no-such-host.invalid") == "wecom.gateway.name"
    assert why(closed, wecom_proxy=SecretStr(f"http://127.0.0.1:{unused_port()}")) in (
        "wecom.gateway.refused", "wecom.gateway.proxy",
    )  # fmt: skip
    with Page(403) as page:
        assert why(page.url.replace("http", "ws", 1)) == "wecom.gateway.no_gateway"
        assert why("wss://gateway.example", wecom_proxy=SecretStr(page.url)) == "wecom.gateway.proxy"
    with Gateway() as gateway:
        gateway.freeze()
        assert why(gateway.url) == "wecom.gateway.silent"
    _, context = self_signed(tmp_path)
    with Gateway(tls=context) as gateway:
        assert why(gateway.url) == "wecom.gateway.tls"


def test_every_line_of_the_doctor_says_what_to_do(texts: Texts) -> None:
    fields = {"address": "a", "url": "u", "reason": "r", "status": 1, "seconds": 1, "failed": 1, "unknown": 1,
              "name": "n", "home": "h", "domain": "d", "minute": 1, "hour": 1, "count": 1}  # fmt: skip
    troubles = [*(f"line.{name}" for name in ("not_loaded", "connecting", *wecom.TROUBLES)),
                *(f"gateway.{name}" for name in ("name", "refused", "silent", "tls", "proxy", "no_gateway")),
                "public.bad", "callback.bad", "callback.rejected", "callback.not_loaded", "clock.bad",
                "kept.warning", "sends.warning", "limits.warning", "app.no_login",
                "app.disabled"]  # fmt: skip
    for trouble in troubles:
        assert "请" in texts(f"doctor.wecom.{trouble}", **fields), trouble
    assert "UA_WECOM_PROXY" in failure_line(NotSent("ConnectError"), texts)


class Page:
    """A web server on this machine that answers everything alike; `clock` is the Date it says."""

    def __init__(self, status: int, content: bytes = b"<html>hello</html>", *, clock: str = "") -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response_only(status)
                self.send_header("Date", clock or self.date_time_string())
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_CONNECT(self) -> None:
                self.do_GET()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Page:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_a_clock_that_is_wrong_is_only_looked_at_where_callbacks_come_in(deployment: Deployment) -> None:
    keys = {"wecom_app_token": TOKEN, "wecom_app_aes_key": AES_KEY}
    with Page(200) as right, Page(200, clock="Tue, 01 Jan 2030 00:00:00 GMT") as wrong:
        assert deployment.says(wecom_addresses.clock, deployment.app(right.url)) is None
        assert "对得上" in (deployment.says(wecom_addresses.clock, deployment.app(right.url, **keys)) or "")
        line = deployment.says(wecom_addresses.clock, deployment.app(wrong.url, **keys)) or ""
        assert line.startswith("✗ 系统时间和企业微信差 ")
    gone = deployment.app(f"http://127.0.0.1:{unused_port()}", **keys)
    assert deployment.says(wecom_addresses.clock, gone) is None


def test_an_address_that_is_another_servers_or_this_machines_alone(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wecom_addresses, "is_loopback", lambda host: host == "localhost")
    keys = {"wecom_app_token": TOKEN, "wecom_app_aes_key": AES_KEY}

    def lines(url: str) -> list[str]:
        settings = deployment.app("http://127.0.0.1:1", public_url=url, **keys)
        return [
            deployment.says(check, settings) or ""
            for check in (wecom_addresses.public, wecom_addresses.app_address)
        ]

    with Page(200) as page:
        public, callback = lines(page.url)
        assert public.startswith("✗ 对外地址")
        assert callback.startswith("✗ 回调地址")
    public, callback = lines(f"http://127.0.0.1:{unused_port()}")
    assert public.startswith("! 从这台机器打不开")
    assert callback.startswith("! 从这台机器打不开")
    assert lines("http://localhost:8000")[0].startswith("! 对外地址 http://localhost:8000 只有这台机器自己")
