"""What the doctor finds of accounts and of what is sealed, on a real database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from api.cli.doctor import kept
from api.serving.secrets import load_secrets
from service.database import Database
from service.people.operations import keep_organisations
from service.people.organisations import load_organisations
from service.privacy.mask import KINDS, Masker
from service.privacy.sealing import Sealer
from service.reports.operations import Reports
from service.reports.tables import About
from tests.commands import doctor_says
from tests.platform.test_staff_commands import PASSWORD, run
from tests.schema import make_tables
from tests.stack import HOME

BANK = "示例银行"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a database in which one report is sealed."""
    key = load_secrets(tmp_path / "secrets").seal.get_secret_value()
    make_tables(f"sqlite:///{tmp_path / 'database.sqlite3'}")
    database = Database(f"sqlite:///{tmp_path / 'database.sqlite3'}")
    reports = Reports(mask=Masker({kind: kind for kind in KINDS}), sealer=Sealer(key))
    with database.write() as db:
        keep_organisations(db, load_organisations(HOME / "knowledge_base" / "organisations.yml"))
        reports.take(
            db,
            about=About.SAFETY,
            text="插座冒火花",
            organisation=None,
            routed_to=BANK,
            today=date(2026, 11, 25),
        )
    database.close()
    return tmp_path


def examined(data: Path) -> str:
    return doctor_says(kept.seal, kept.staff, UA_DATA_DIR=str(data))


def test_the_key_that_sealed_opens_and_another_one_is_a_cross_with_its_cure(data: Path) -> None:
    assert "✓ 加密保存的联系方式和匿名反映能用现在的密钥打开" in examined(data)
    (data / "secrets" / "seal").write_text("another key", encoding="ascii")
    assert f"✗ 加密保存的内容打不开：{data / 'secrets'}/seal" in examined(data)


def test_nobody_to_hand_to_and_nobody_on_call_are_warnings_with_the_command(data: Path) -> None:
    assert "! 还没有接待的账号" in examined(data)
    run(data, "add", "wang", "--role", "officer", "--org", BANK, typed=f"{PASSWORD}\n")
    assert "! 1 个单位有人在线接待，但没有设值班人员" in examined(data)
    run(data, "add", "wang", "--role", "on_call", "--org", BANK)
    assert "✓ 1 个单位有人在线接待，1 个单位设了值班人员" in examined(data)
