"""The login of the self-built app: who comes back from the platform is named, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from api.settings import Settings
from service.people.member_tokens import LASTS, MemberIdentity, read_member
from service.people.tables import Employee
from tests.api.wecom.app_client import platform
from tests.api.wecom.platform_model import AGENT_ID, CORP_ID, Fault
from tests.api.wecom.served import (
    HEFEI,
    LOGIN,
    PORTAL_SECRET,
    Served,
    portal_token,
    running,
    state_in,
)

BROKEN, OUTSIDE, UNAVAILABLE = "/#login=broken", "/#login=outside", "/#login=unavailable"


def test_the_browser_is_sent_to_the_platform_as_documented(served: Served) -> None:
    answer = served.browser.get(LOGIN, follow_redirects=False)
    address = urlsplit(answer.headers["location"])
    assert f"{address.scheme}://{address.netloc}{address.path}#{address.fragment}" == (
        "https://open.weixin.qq.com/connect/oauth2/authorize#wechat_redirect"
    )
    asked = {name: values for name, (values,) in parse_qs(address.query).items()}
    state = asked.pop("state")
    assert asked == {
        "appid": CORP_ID,
        "redirect_uri": f"https://testserver{LOGIN}/back",
        "response_type": "code",
        "scope": "snsapi_base",
        "agentid": str(AGENT_ID),
    }
    assert state.isalnum()
    assert state.isascii()
    assert len(state) <= 128
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "Secure", "SameSite=lax", "Max-Age=300"} <= set(cookie.split("; "))
    assert answer.headers["cache-control"] == "no-store"


def test_who_comes_back_is_named_by_a_token_and_opens_a_conversation(served: Served) -> None:
    token = served.log_in()
    secret = served.parts.secrets.identity.get_secret_value()
    assert read_member(token, secret=secret, now=served.now) == MemberIdentity("lin", "林晓")
    opened = served.open(token)
    assert opened.status_code == 201
    body = opened.json()
    assert (body["person"], body["org"]) == ({"known": True, "name": "林晓"}, HEFEI)


def test_the_token_lasts_ten_minutes(served: Served) -> None:
    token = served.log_in()
    served.now += LASTS
    refused = served.open(token)
    assert (refused.status_code, refused.json()["code"]) == (401, "identity_expired")


def test_neither_the_portal_nor_we_sign_for_the_other(served: Served) -> None:
    claims = jwt.decode(served.log_in(), options={"verify_signature": False})
    forged = jwt.encode(claims, PORTAL_SECRET, "HS256")
    assert served.open(forged).json()["code"] == "identity_invalid"
    secret = served.parts.secrets.identity.get_secret_value()
    portals = {"sub": "1", "name": "某人", "exp": int(served.now.timestamp()) + 300}
    assert served.open(jwt.encode(portals, secret, "HS256")).json()["code"] == "identity_invalid"
    assert served.open(portal_token(served, "1", "某人")).status_code == 201


def test_a_code_and_a_state_work_once(served: Served) -> None:
    state = served.begin()
    cookies = dict(served.browser.cookies)
    served.model.codes["c-1"] = {"userid": "lin"}
    assert served.come_back(state).headers["location"].startswith("/#identity=")
    assert served.come_back(state).headers["location"] == BROKEN
    served.browser.cookies.update(cookies)
    served.model.codes["c-1"] = {"userid": "lin"}
    assert served.come_back(state).headers["location"] == BROKEN
    assert "c-1" in served.model.codes  # it was not even asked for


def test_a_state_is_of_one_browser(served: Served) -> None:
    state = served.begin()
    served.model.codes["c-1"] = {"userid": "lin"}
    served.browser.cookies.clear()
    assert served.come_back(state).headers["location"] == BROKEN
    served.begin()
    assert served.come_back(state).headers["location"] == BROKEN
    assert "c-1" in served.model.codes


@pytest.mark.parametrize("state", ["", "x", "1" * 107, "https://elsewhere.example"])
def test_a_state_that_is_not_ours_leads_nowhere_but_to_the_chat(served: Served, state: str) -> None:
    served.begin()
    assert served.come_back(state).headers["location"] == BROKEN


def test_a_changed_state_is_refused(served: Served) -> None:
    state = served.begin()
    for at in (0, 5, 20, 60):
        changed = state[:at] + ("1" if state[at] != "1" else "2") + state[at + 1 :]
        assert served.come_back(changed).headers["location"] == BROKEN


def test_a_code_the_platform_does_not_take_begins_the_login_again_once(served: Served) -> None:
    again = served.come_back(served.begin(), code="used")
    assert again.headers["location"].startswith("https://open.weixin.qq.com/")
    assert served.come_back(state_in(again), code="used").headers["location"] == BROKEN
    served.model.codes["good"] = {"userid": "lin"}
    again = served.come_back(served.begin(), code="used")
    assert served.come_back(state_in(again), code="good").headers["location"].startswith("/#identity=")


def test_who_took_too_long_begins_again_once(served: Served) -> None:
    state = served.begin()
    served.now += timedelta(minutes=6)
    served.model.codes["c-1"] = {"userid": "lin"}
    again = served.come_back(state)
    assert again.headers["location"].startswith("https://open.weixin.qq.com/")
    assert served.come_back(state_in(again)).headers["location"].startswith("/#identity=")


@pytest.mark.parametrize(
    ("known", "member"),
    [
        ({"openid": "somebody outside"}, None),
        ({"userid": "beyond"}, None),  # outside the app's range
        ({"userid": "gone"}, {"name": "李四", "department": [1], "status": 5}),
        ({"userid": "locked"}, {"name": "李四", "department": [1], "status": 2}),
        ({"userid": "@all"}, None),
    ],
)
def test_who_is_not_of_the_apps_people_is_not_let_in(
    served: Served, known: dict[str, str], member: dict[str, object] | None
) -> None:
    served.model.codes["c-1"] = known
    if member is not None:
        served.model.members[known["userid"]] = member
    with served.write() as db:
        before = db.scalars(select(func.count()).select_from(Employee)).one()
    assert served.come_back(served.begin()).headers["location"] == OUTSIDE
    with served.write() as db:
        assert db.scalars(select(func.count()).select_from(Employee)).one() == before


@pytest.mark.parametrize("path", ["gettoken", "auth/getuserinfo", "user/get"])
def test_a_platform_that_does_not_answer_is_told_and_logged_without_the_code(
    served: Served, path: str
) -> None:
    served.model.codes["c-1"] = {"userid": "lin"}
    served.model.expire_tokens()
    served.model.fail_next(Fault.FORBIDDEN, path=path)
    with capture_logs() as logged:
        assert served.come_back(served.begin()).headers["location"] == UNAVAILABLE
    assert "login_call_failed" in [line["event"] for line in logged]
    assert "c-1" not in str(logged)
    assert "lin" not in [str(value) for line in logged for value in line.values()]


def test_without_a_code_nothing_is_asked_of_the_platform(served: Served) -> None:
    assert served.come_back(served.begin(), code="").headers["location"] == BROKEN
    assert not served.model.calls


def test_where_there_is_no_app_there_is_no_login(
    app_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with platform(monkeypatch) as model, running(app_settings, model) as served:
        for path in (LOGIN, f"{LOGIN}/back"):
            answer = served.browser.get(path, follow_redirects=False)
            assert (answer.status_code, answer.json()["code"]) == (404, "login_not_offered")
