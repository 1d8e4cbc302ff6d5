"""The platform's `cgi-bin` on this machine, as far as a self-built app uses it, with its faults on demand.

    with PlatformModel() as model:
        model.fail_next(Fault.DROP_AFTER, path="message/send")
        ... AppApi(CORP_ID, SECRET, agent_id=AGENT_ID, base_url=model.url, proxy=None) ...
        assert model.sent == []

It checks what the platform checks: the token, the agent, the addressee, and that JSON has no `\\uXXXX`.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

CORP_ID, AGENT_ID = "ww0123456789abcdef", 1000002
SECRET = SecretStr("the-secret-of-the-app-in-the-model")
JSON = "application/json; charset=UTF-8"
ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")

Query = dict[str, str]
Body = dict[str, Any]


class Fault(StrEnum):
    """What may happen to a call on its way."""

    SLOW = "slow"  # done, and answered after `model.slowness` seconds
    DROP_BEFORE = "drop_before"  # the connection ends, nothing is done
    DROP_AFTER = "drop_after"  # it is done, the connection ends without an answer
    CUT = "cut"  # it is done, and the answer breaks off in its middle
    BAD_GATEWAY = "bad_gateway"  # something in between gives up: nobody knows
    FORBIDDEN = "forbidden"  # something in between says no: nothing is done
    GARBLED = "garbled"  # it is done, and the answer is a page of HTML


@dataclass(frozen=True, slots=True)
class Refusal:
    errcode: int
    errmsg: str


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that reached a member."""

    userid: str
    kind: str
    content: dict[str, Any]
    msgid: str
    response_code: str | None

    @property
    def text(self) -> str:
        return str(self.content["content"])


@dataclass(frozen=True, slots=True)
class MediaContent:
    data: bytes
    content_type: str = "image/jpeg"
    disposition: str = 'attachment; filename="photo.jpg"'
    announced: bool = True  # with its length; else in chunks


@dataclass
class PlatformModel:
    """Everything that happened, and what is to happen; may be changed at any time."""

    token_lifetime: float = 7200
    slowness: float = 1.0
    token_delay: float = 0.0  # seconds gettoken takes
    members: dict[str, dict[str, Any]] = field(default_factory=dict)  # by UserID; all are within the range
    departments: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)  # of logins: what is answered, once
    files: dict[str, MediaContent] = field(default_factory=dict)  # by media id
    unreachable: set[str] = field(default_factory=set)  # answered with 0 and `invaliduser`
    unlicensed: set[str] = field(default_factory=set)  # answered with 0 and `unlicenseduser`
    rejects_every_token: bool = False

    sent: list[SentMessage] = field(default_factory=list)
    updated: list[dict[str, Any]] = field(default_factory=list)
    menu: dict[str, Any] | None = None
    about: dict[str, Any] = field(default_factory=dict)  # of the app, as the console has it
    calls: Counter[str] = field(default_factory=Counter)  # by path
    tokens_issued: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._valid: set[str] = set()
        self._expired: set[str] = set()
        self._planned: list[tuple[str, Fault | Refusal | None]] = []
        self._response_codes: set[str] = set()
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> PlatformModel:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def tokens(self) -> set[str]:
        """Every token there ever was."""
        return self._valid | self._expired

    def fail_next(self, fault: Fault, *, path: str, times: int = 1, after: int = 0) -> None:
        """Let the next calls of `path` go wrong on their way, `after` some that do not."""
        self._planned += [(path, None)] * after + [(path, fault)] * times

    def refuse_next(self, errcode: int, errmsg: str = "refused", *, path: str, times: int = 1) -> None:
        """Let the next calls of `path` be answered with an error code, and not be done."""
        self._planned += [(path, Refusal(errcode, errmsg))] * times

    def expire_tokens(self) -> None:
        """Answer 42001 to every token there is."""
        with self._lock:
            self._expired |= self._valid
            self._valid.clear()

    # What the server asks.

    def plan(self, path: str) -> Fault | Refusal | None:
        with self._lock:
            self.calls[path] += 1
            for at, (planned, what) in enumerate(self._planned):
                if planned == path:
                    del self._planned[at]
                    return what
        return None

    def answer(self, path: str, query: Query, body: bytes) -> Body | MediaContent:
        """Do what is asked, and return what the platform would."""
        if path == "gettoken":
            time.sleep(self.token_delay)
            return self._gettoken(query)
        with self._lock:
            refused = self._refused(query, body)
            if refused:
                return refused
            return self._handlers()[path](query, json.loads(body or b"{}"))

    def _handlers(self) -> dict[str, Callable[[Query, Body], Body | MediaContent]]:
        return {
            "message/send": self._message_send,
            "message/update_template_card": self._update_card,
            "auth/getuserinfo": self._getuserinfo,
            "user/get": self._user_get,
            "department/list": self._department_list,
            "agent/get": self._agent_get,
            "menu/create": self._menu_create,
            "media/get": self._media_get,
        }

    def _refused(self, query: Query, body: bytes) -> Body | None:
        token = query.get("access_token", "")
        if not token:
            return _error(41001, "access_token missing")
        if token in self._expired:
            return _error(42001, f"access_token expired: {token}")
        if token not in self._valid or self.rejects_every_token:
            return _error(40014, f"invalid access_token: {token}")
        if ESCAPED.search(body):
            return _error(40033, "invalid request char")
        return None

    def _gettoken(self, query: Query) -> Body:
        with self._lock:
            if query.get("corpid") != CORP_ID:
                return _error(40013, "invalid corpid")
            if query.get("corpsecret") != SECRET.get_secret_value():
                return _error(40001, f"invalid credential: {query.get('corpsecret')}")
            self.tokens_issued += 1
            token = f"token-{self.tokens_issued}-of-the-model"
            self._valid.add(token)
            return _done(access_token=token, expires_in=self.token_lifetime)

    def _message_send(self, _query: Query, body: Body) -> Body:
        userid, kind = str(body["touser"]), str(body["msgtype"])
        if body["agentid"] != AGENT_ID:
            return _error(301002, "not allow operate another agent")
        if userid not in self.members and userid not in self.unreachable | self.unlicensed:
            return _error(81013, "user & party & tag all invalid")
        msgid = f"msg-{self.calls['message/send']}-{len(self.sent)}"
        if userid in self.unreachable:
            return _done(invaliduser=userid.lower(), msgid=msgid)
        if userid in self.unlicensed:
            return _done(unlicenseduser=userid.lower(), msgid=msgid)
        code = f"response-code-{msgid}" if kind == "template_card" else None
        if code:
            self._response_codes.add(code)
        self.sent.append(SentMessage(userid, kind, body[kind], msgid, code))
        return _done(invaliduser="", msgid=msgid, **({"response_code": code} if code else {}))

    def _update_card(self, _query: Query, body: Body) -> Body:
        if body["response_code"] not in self._response_codes:
            return _error(41048, "invalid response_code")
        self._response_codes.discard(body["response_code"])
        self.updated.append(body)
        return _done(invaliduser=[])

    def _getuserinfo(self, query: Query, _body: Body) -> Body:
        known = self.codes.pop(query["code"], None)
        return _done(**known) if known else _error(40029, "invalid code")

    def _user_get(self, query: Query, _body: Body) -> Body:
        known = self.members.get(query["userid"])
        return _done(userid=query["userid"], **known) if known else _error(60111, "userid not found")

    def _department_list(self, _query: Query, _body: Body) -> Body:
        return _done(department=self.departments)

    def _agent_get(self, query: Query, _body: Body) -> Body:
        if query.get("agentid") != str(AGENT_ID):
            return _error(301002, "not allow operate another agent")
        return _done(**{"agentid": AGENT_ID, "name": "工会助手", "close": 0, **self.about})

    def _menu_create(self, query: Query, body: Body) -> Body:
        if query.get("agentid") != str(AGENT_ID):
            return _error(301002, "not allow operate another agent")
        self.menu = body
        return _done()

    def _media_get(self, query: Query, _body: Body) -> Body | MediaContent:
        return self.files.get(query["media_id"]) or _error(40007, "invalid media_id")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, model: PlatformModel) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = model

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that did not wait for its answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._handle(b"")

    def do_POST(self) -> None:
        self._handle(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing: addresses hold tokens."""

    def _handle(self, body: bytes) -> None:
        model, parts = self.server.model, urlsplit(self.path)
        path = parts.path.removeprefix("/cgi-bin/")
        planned = model.plan(path)
        if planned is Fault.DROP_BEFORE:
            self._drop()
            return
        if planned is Fault.FORBIDDEN:
            self._reply(403, b"<html>proxy says no</html>", "text/html")
            return
        if isinstance(planned, Refusal):
            self._reply_json(_error(planned.errcode, planned.errmsg))
            return
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        answer = model.answer(path, query, body)
        if planned is Fault.SLOW:
            time.sleep(model.slowness)
        if planned is Fault.DROP_AFTER:
            self._drop()
        elif planned is Fault.BAD_GATEWAY:
            self._reply(502, b"<html>bad gateway</html>", "text/html")
        elif planned is Fault.GARBLED:
            self._reply(200, b"<html>welcome to this network</html>", "text/html")
        elif isinstance(answer, MediaContent):
            self._reply_file(answer)
        elif planned is Fault.CUT:
            content = json.dumps(answer).encode()
            self._head(200, JSON, {"Content-Length": str(len(content))})
            self.wfile.write(content[: len(content) // 2])
            self._drop()
        else:
            self._reply_json(answer)

    def _reply_json(self, answer: Body) -> None:
        self._reply(200, json.dumps(answer, ensure_ascii=False).encode(), JSON)

    def _reply(self, status: int, content: bytes, content_type: str) -> None:
        self._head(status, content_type, {"Content-Length": str(len(content))})
        self.wfile.write(content)

    def _reply_file(self, file: MediaContent) -> None:
        length = {"Content-Length": str(len(file.data))} if file.announced else {"Connection": "close"}
        self._head(200, file.content_type, {"Content-Disposition": file.disposition, **length})
        self.wfile.write(file.data)
        if not file.announced:
            self.close_connection = True

    def _head(self, status: int, content_type: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        for name, value in headers.items():
            self.send_header(name, value.encode().decode("latin-1"))  # as it is, in UTF-8
        self.end_headers()

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _error(errcode: int, errmsg: str) -> Body:
    return {"errcode": errcode, "errmsg": f"{errmsg}, hint: [1655882753], from ip: 10.9.8.7"}


def _done(**fields: Any) -> Body:
    return {"errcode": 0, "errmsg": "ok", **fields}
