"""Which unit somebody says to belong to."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.conversations import queries
from service.database import Database
from service.people.identities import PORTAL, add_employee
from service.people.naming_units import UnitNames
from service.people.organisations import load_organisations
from tests.service.world import CITY, OUTLET, World


@pytest.fixture
def names(home: Path) -> UnitNames:
    return UnitNames(load_organisations(home / "knowledge_base" / "organisations.yml"))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("单位 合肥分行", CITY),
        ("单位：合肥分行", CITY),
        ("我的单位是示例银行合肥分行。", CITY),
        ("我单位在合肥", CITY),
        ("我们单位是 蜀山支行！", OUTLET),
        ("工作单位合肥市分行", CITY),
    ],
)
def test_a_unit_is_known_by_its_names(names: UnitNames, text: str, path: str) -> None:
    assert [unit.path for unit in names.said(text)] == [path]


@pytest.mark.parametrize(
    "text", ["单位不给年假怎么办", "合肥分行", "单位合肥分行的年假几天", "单位", "我们单位是不是要交会费"]
)
def test_a_question_names_no_unit(names: UnitNames, text: str) -> None:
    assert not names.said(text)


def test_who_says_the_unit_is_answered_for_it_from_then_on(database: Database, home: Path) -> None:
    world = World(database, home)
    chat_id = world.chat(org=None)
    world.write(chat_id, "单位 合肥分行")
    with database.read() as db:
        assert queries.conversation(db, chat_id).organisation_path == CITY
        said = queries.messages_after(db, chat_id, 0)[-1]
        assert "合肥分行" in said.text
        assert queries.open_turn_count(db, chat_id) == 0


def test_the_portals_word_on_the_unit_stays(database: Database, home: Path) -> None:
    world = World(database, home)
    chat_id = world.chat(org=OUTLET)
    with database.write() as db:
        employee = add_employee(db, PORTAL, "wangmin", now=world.now)
        employee.organisation_path = OUTLET
        queries.conversation(db, chat_id).employee_id = employee.id
    world.write(chat_id, "单位 合肥分行")
    with database.read() as db:
        assert queries.conversation(db, chat_id).organisation_path == OUTLET
        assert "门户" in queries.messages_after(db, chat_id, 0)[-1].text
