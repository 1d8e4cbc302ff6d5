"""Organisations, hotlines and whom to reach."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from service.database import Database
from service.errors import OrganisationUnknown
from service.people.contacts import load_contacts
from service.people.hotlines import HotlinesError, load_hotlines
from service.people.operations import keep_organisations
from service.people.organisations import OrganisationsError, load_organisations
from service.people.queries import active_organisations, check_organisation
from service.people.roles import Role
from service.people.viewer import Grant, Viewer, is_within, lineage
from service.texts import load_texts

TODAY = date(2026, 11, 23)


def test_the_shipped_units_and_hotlines_are_read(home: Path) -> None:
    units = load_organisations(home / "knowledge_base" / "organisations.yml")
    contacts = load_contacts(home / "knowledge_base", units, load_texts(home / "texts" / "zh-CN"))
    for unit in units:
        assert contacts.union_of(unit.path) is not None
    assert contacts.fields(None, as_of=TODAY)["hotline"] == "12351"


def test_an_outlet_without_a_union_has_the_one_above(home: Path) -> None:
    units = load_organisations(home / "knowledge_base" / "organisations.yml")
    contacts = load_contacts(home / "knowledge_base", units, load_texts(home / "texts" / "zh-CN"))
    outlet = next(unit for unit in units if unit.union is None)
    assert outlet.parent is not None
    assert contacts.union_of(outlet.path) == contacts.union_of(outlet.parent)
    assert "tel:" in contacts.short(outlet.path)


def test_the_union_above_an_outlet_is_not_the_one_that_is_responsible_for_it(home: Path) -> None:
    units = load_organisations(home / "knowledge_base" / "organisations.yml")
    contacts = load_contacts(home / "knowledge_base", units, load_texts(home / "texts" / "zh-CN"))
    above = contacts.above("示例银行/广东省分行/佛山分行/禅城支行")
    assert above is not None
    assert above.name == "广东省分行工会"
    assert contacts.above("示例银行") is None
    assert contacts.above(None) is None


def test_every_number_in_the_texts_is_a_hotline_in_force(home: Path) -> None:
    hotlines = load_hotlines(home / "knowledge_base" / "parameters" / "hotlines.yml")
    known = {hotline.number for hotline in hotlines if hotline.in_force_on(TODAY)}
    for file in (*(home / "texts" / "zh-CN").glob("*.yml"), *(home / "bot" / "domain").glob("*.yml")):
        for number in re.findall(r"tel:(\d+)", file.read_text(encoding="utf-8")):
            assert number in known, f"{file.name} names {number}"


def test_unverified_hours_are_refused(tmp_path: Path, home: Path) -> None:
    content = yaml.safe_load((home / "knowledge_base" / "parameters" / "hotlines.yml").read_text("utf-8"))
    content["hotlines"][0] |= {"verified": False, "hours": "24h"}
    file = tmp_path / "hotlines.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(HotlinesError, match="verified"):
        load_hotlines(file)


@pytest.mark.parametrize(
    ("paths", "said"), [(["甲", "甲"], "twice"), (["甲", "乙/丙"], "before"), ([], "organisations")]
)
def test_a_broken_tree_of_units_is_refused(tmp_path: Path, paths: list[str], said: str) -> None:
    union = {"name": "u", "office": "o", "role": "r", "phone": "p", "hours": "h"}
    units = [
        {"path": path, "name": path, "short_name": path, "kind": "outlet", "sample": True, "union": union}
        for path in paths
    ]
    file = tmp_path / "organisations.yml"
    file.write_text(yaml.safe_dump({"organisations": units} if units else {}), encoding="utf-8")
    with pytest.raises(OrganisationsError, match=said):
        load_organisations(file)


def test_a_unit_gone_from_the_file_stays_for_the_past_and_is_not_offered(
    database: Database, home: Path
) -> None:
    units = load_organisations(home / "knowledge_base" / "organisations.yml")
    with database.write() as db:
        keep_organisations(db, units)
    with database.write() as db:
        keep_organisations(db, units[:2])
    with database.read() as db:
        assert [unit.path for unit in active_organisations(db)] == sorted(unit.path for unit in units[:2])
        check_organisation(db, units[0].path)
        with pytest.raises(OrganisationUnknown):
            check_organisation(db, units[-1].path)


def test_a_grant_reaches_down_and_not_up_or_aside() -> None:
    viewer = Viewer("s", frozenset({Grant(Role.OFFICER, "行/皖")}))
    assert viewer.may(Role.OFFICER, "行/皖")
    assert viewer.may(Role.OFFICER, "行/皖/合肥")
    assert not viewer.may(Role.OFFICER, "行")
    assert not viewer.may(Role.OFFICER, "行/皖南")
    assert not viewer.may(Role.ADMINISTRATOR, "行/皖")
    assert is_within("行/皖", "行")


def test_the_lineage_of_a_unit_runs_upwards() -> None:
    assert lineage("行/皖/合肥") == ("行/皖/合肥", "行/皖", "行")
    assert lineage(None) == ()
