"""The calculators over HTTP, at the real application without Rasa."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from api.cli.knowledge import knowledge_problems
from api.settings import Settings
from service.entitlements.calculators import CALCULATORS
from service.entitlements.parameters import FOLDER as PARAMETERS
from service.entitlements.parameters import ParametersError
from service.entitlements.worked_examples import FOLDER as EXAMPLES
from service.insights.tables import EventLog
from tests.api.deployment import NoDialogue, new_deployment

ADDRESS = "/api/v1/entitlements"
BRANCH = "示例银行/安徽省分行/合肥分行"
THREE_YEARS = {"term": "fixed", "contract_months": 36}
SECRET_WAGE = 8765.4


@pytest.fixture(scope="module")
def settings(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return new_deployment(home, tmp_path_factory.mktemp("deployment"), cards=("contract",))


@pytest.fixture(scope="module")
def app(settings: Settings) -> FastAPI:
    return create_app(settings, probe=NoDialogue())


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as opened:
        yield opened


def work_out(client: TestClient, values: dict[str, object], **more: object) -> dict[str, Any]:
    answer = client.post(f"{ADDRESS}/probation", json={"values": values, **more})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(client: TestClient, body: dict[str, object], *, name: str = "probation") -> dict[str, Any]:
    answer = client.post(f"{ADDRESS}/{name}", json=body)
    problem: dict[str, Any] = answer.json()
    assert set(problem) >= {"code", "detail", "request_id"}
    return {"status": answer.status_code, **problem}


def last_event(app: FastAPI) -> EventLog:
    with app.state.parts.database.read() as db:
        query = select(EventLog).where(EventLog.kind == "entitlement_worked_out").order_by(EventLog.id.desc())
        found = db.scalars(query.limit(1)).one()
        db.expunge(found)
        return found  # type: ignore[no-any-return]


def test_every_calculator_is_listed_and_described(client: TestClient) -> None:
    listed = client.get(ADDRESS).json()
    assert [one["name"] for one in listed] == list(CALCULATORS)
    for one in listed:
        described = client.get(f"{ADDRESS}/{one['name']}").json()
        assert {key: described[key] for key in one} == one
        assert list(described["schema"]["properties"]) == list(CALCULATORS[one["name"]].inputs.model_fields)


def test_a_result_comes_with_its_steps_figures_and_sources(client: TestClient) -> None:
    body = work_out(client, {**THREE_YEARS, "wage": 8000}, org=BRANCH)
    assert (body["name"], body["title"]) == ("probation", "试用期多长，工资最低多少")
    assert body["headline"] == "试用期最长6个月，每月工资最低6400元。"
    assert body["text"].startswith(body["headline"])
    assert body["figures"] == {
        "longest_months": {"value": 6, "unit": "months"},
        "least_pay": {"value": 6400, "unit": "yuan"},
    }
    (cited,) = body["steps"][0]["citations"]
    assert (cited["law"], cited["article"]) == ("劳动合同法", "第十九条")
    assert cited["title"] == "劳动合同法第十九条第一款"
    assert client.get(f"/api/v1/sources/{cited['source_id']}").status_code == 200
    assert body["assumed"]
    assert body["changes"]
    assert body["checks"]
    assert body["parameters"] == []


def test_a_broken_figure_leaves_as_the_number_it_is(client: TestClient) -> None:
    body = work_out(client, {**THREE_YEARS, "wage": 8000.01})
    assert body["figures"]["least_pay"] == {"value": 6400.01, "unit": "yuan"}


def test_numbers_may_come_as_text(client: TestClient) -> None:
    assert (
        work_out(client, {"term": "fixed", "contract_months": "36"})["figures"]["longest_months"]["value"]
        == 6
    )


def test_what_is_missing_is_asked_for_one_after_the_other(client: TestClient) -> None:
    asked = []
    values: dict[str, object] = {}
    for _ in range(5):
        answer = client.post(f"{ADDRESS}/probation", json={"values": values})
        if answer.status_code == 200:
            break
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "value_missing")
        schema = client.get(f"{ADDRESS}/probation").json()["schema"]
        assert problem["detail"] == schema["properties"][problem["field"]]["description"]
        asked.append(problem["field"])
        values[problem["field"]] = THREE_YEARS[problem["field"]]
    assert asked == ["term", "contract_months"]


def test_what_cannot_be_is_told_with_the_field_to_say_anew(client: TestClient) -> None:
    problem = refused(client, {"values": {"term": "open", "contract_months": 36}})
    assert (problem["status"], problem["code"]) == (422, "value_impossible")
    assert problem["field"] == "contract_months"
    assert problem["detail"].endswith("合同上写的是哪一种？")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"term": "lifelong"}, "term"),
        ({"contract_months": "三年"}, "contract_months"),
        ({"shoe": 43}, "shoe"),
    ],
)
def test_a_wrong_value_is_told_with_its_field(
    client: TestClient, values: dict[str, object], field: str
) -> None:
    problem = refused(client, {"values": values})
    assert (problem["status"], problem["code"], problem["field"]) == (422, "value_invalid", field)


@pytest.mark.parametrize(
    ("body", "name", "status", "code"),
    [
        ({"values": {}}, "nothing", 404, "entitlement_unknown"),
        ({"values": THREE_YEARS, "org": "没有的银行"}, "probation", 422, "organisation_unknown"),
        ({"values": {"term": ["fixed"]}}, "probation", 422, "invalid_body"),
        ({"values": {"t" * 41: 1}}, "probation", 422, "invalid_body"),
        ({"values": THREE_YEARS, "on": "1900-01-01"}, "probation", 422, "invalid_body"),
        ({}, "probation", 422, "invalid_body"),
        ({"values": {}, "token": "x"}, "probation", 422, "invalid_body"),
    ],
)
def test_other_errors_have_no_field(
    client: TestClient, body: dict[str, object], name: str, status: int, code: str
) -> None:
    problem = refused(client, body, name=name)
    assert (problem["status"], problem["code"]) == (status, code)
    assert "field" not in problem
    assert client.get(f"{ADDRESS}/nothing").json()["code"] == "entitlement_unknown"


def test_the_rules_of_another_day_are_asked_for_by_the_day(client: TestClient) -> None:
    assert work_out(client, THREE_YEARS, on="2020-05-01")["on"] == "2020-05-01"
    problem = refused(client, {"values": THREE_YEARS, "on": "2007-12-31"})
    assert (problem["code"], problem["field"]) == ("value_impossible", "on")


def test_what_happens_is_recorded_without_a_value(app: FastAPI, client: TestClient) -> None:
    with structlog.testing.capture_logs() as logged:
        work_out(client, {**THREE_YEARS, "wage": SECRET_WAGE}, org=BRANCH)
        event = last_event(app)
        assert event.data == {"calculator": "probation", "outcome": "worked_out", "today": True}
        assert (event.topic, event.organisation_path, event.actor) == ("contract", BRANCH, "employee")
        refused(
            client,
            {"values": {"term": "open", "wage": SECRET_WAGE, "contract_months": 7}, "on": "2020-05-01"},
        )
        event = last_event(app)
    assert event.data == {"calculator": "probation", "outcome": "value_impossible", "today": False}
    assert logged
    assert str(SECRET_WAGE) not in str(logged)


def test_a_wrong_file_of_values_stops_the_start_and_is_named_by_the_check(settings: Settings) -> None:
    file = settings.knowledge_base / PARAMETERS / "wrong.yml"
    file.parent.mkdir(exist_ok=True)
    file.write_text("parameters: [{id: rate, title: 费率, values: [{figures: {}}]}]", encoding="utf-8")
    try:
        with pytest.raises(ParametersError, match=r"wrong\.yml"):
            create_app(settings, probe=NoDialogue())
        assert ("bad_parameters", file) in [(one.code, one.file) for one in knowledge_problems(settings)]
    finally:
        file.unlink()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nothing.yml", "[]", "没有 nothing 这个计算器"),
        ("probation.yml", "- {given: {}, because: 没有结果}", "第 1 个"),
        ("probation.yml", "- {given: {", "读不了"),
    ],
)
def test_a_wrong_worked_example_is_named_by_the_check(
    settings: Settings, name: str, content: str, said: str
) -> None:
    file = settings.knowledge_base / EXAMPLES / name
    before = file.read_text(encoding="utf-8") if file.exists() else None
    file.write_text(content, encoding="utf-8")
    try:
        (problem,) = (one for one in knowledge_problems(settings) if one.code == "bad_worked_example")
        assert problem.file == file
        assert said in problem.message
    finally:
        file.unlink() if before is None else file.write_text(before, encoding="utf-8")
