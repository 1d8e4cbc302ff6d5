"""Who an employee is, as the portal's token says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from sqlalchemy import func, select

from service.database import Database
from service.errors import IdentityExpired, IdentityInvalid
from service.people.portal import Identity, known_employee, read_identity
from service.people.tables import Employee, Organisation

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
SECRET = "a secret of many more than the thirty-two characters it must have at least"
CLAIMS: dict[str, Any] = {"sub": "100234", "name": "张三", "org": "行/皖", "exp": NOW.timestamp() + 300}


def read(
    claims: dict[str, Any], *, secret: str = SECRET, audience: str | None = None, **header: Any
) -> Identity:
    token = jwt.encode(claims, secret, algorithm=header.get("algorithm", "HS256"))
    return read_identity(token, secret=SECRET, audience=audience, now=NOW)


def test_a_signed_token_names_a_person() -> None:
    assert read(CLAIMS) == Identity("100234", "张三", "行/皖")
    assert read({**CLAIMS, "aud": "union"}, audience="union").subject == "100234"
    assert read({key: value for key, value in CLAIMS.items() if key != "org"}).organisation is None


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": None},
        {"sub": 5},
        {"sub": ""},
        {"name": "  "},
        {"name": "长" * 101},
        {"org": ["行"]},
        {"exp": "later"},
        {"nbf": NOW.timestamp() + 60},
    ],
)
def test_a_token_without_what_is_needed_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(IdentityInvalid):
        read({**CLAIMS, **claims})


def test_another_signature_audience_or_algorithm_is_refused() -> None:
    with pytest.raises(IdentityInvalid):
        read(CLAIMS, secret="another secret with more than the thirty-two characters it must have at least")
    with pytest.raises(IdentityInvalid):
        read({**CLAIMS, "aud": "payroll"}, audience="union")
    with pytest.raises(IdentityInvalid):
        read(CLAIMS, audience="union")
    with pytest.raises(IdentityInvalid):
        read(CLAIMS, algorithm="HS512")
    unsigned = jwt.encode(CLAIMS, "", algorithm="none")
    for token in (unsigned, "", "not.a.token"):
        with pytest.raises(IdentityInvalid):
            read_identity(token, secret=SECRET, audience=None, now=NOW)


def test_time_counts_by_our_clock_with_half_a_minute_of_patience() -> None:
    assert read({**CLAIMS, "exp": NOW.timestamp() - 20})
    with pytest.raises(IdentityExpired):
        read({**CLAIMS, "exp": NOW.timestamp() - 40})


def test_a_person_stays_one_employee_with_the_name_and_unit_of_now(database: Database) -> None:
    with database.write() as db:
        for path in ("行", "行/皖"):
            db.add(Organisation(path=path, name=path, short_name=path, sample=True, active=True))
    with database.write() as db:
        first = known_employee(db, Identity("1", "张三", "行"), now=NOW).id
        other = known_employee(db, Identity("2", "李四", None), now=NOW).id
    with database.write() as db:
        again = known_employee(db, Identity("1", "张三丰", "行/皖/合肥/新网点"), now=NOW)
        assert (again.id, again.display_name, again.organisation_path) == (first, "张三丰", "行/皖")
    with database.read() as db:
        assert other != first
        assert db.scalars(select(func.count()).select_from(Employee)).one() == 2
        assert db.get_one(Employee, other).organisation_path is None


def test_the_token_may_say_how_the_person_is_called_in_wechat_work() -> None:
    assert read({**CLAIMS, "wecom": "ZhangSan"}).wecom == "ZhangSan"
    assert read({**CLAIMS, "wecom": ""}).wecom is None
    for wrong in (7, "x" * 65):
        with pytest.raises(IdentityInvalid):
            read({**CLAIMS, "wecom": wrong})


def test_a_token_without_a_unit_leaves_the_one_that_is_known(database: Database) -> None:
    with database.write() as db:
        db.add(Organisation(path="行", name="行", short_name="行", sample=True, active=True))
    with database.write() as db:
        known_employee(db, Identity("1", "张三", "行"), now=NOW)
        assert known_employee(db, Identity("1", "张三", None), now=NOW).organisation_path == "行"
