"""The kinds of case as the file gives them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from service.people.roles import Role
from service.tickets.kinds import FILE, CaseKinds, KindsError, load_kinds

LAWS = Path(__file__).resolve().parents[3] / "shared" / "laws"


@pytest.fixture(scope="module")
def kinds(home: Path) -> CaseKinds:
    return load_kinds(home / "knowledge_base" / FILE)


def changed(home: Path, tmp_path: Path, kind: str, **values: object) -> Path:
    """Write the shipped file with one entry changed."""
    content = yaml.safe_load((home / "knowledge_base" / FILE).read_text(encoding="utf-8"))
    for entry in content["kinds"]:
        if entry["id"] == kind:
            entry.update(values)
    file = tmp_path / "case_kinds.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def test_every_intent_that_opens_a_case_has_its_kind(kinds: CaseKinds) -> None:
    opened = {kind.intent for kind in kinds.offered()}
    assert opened == {
        "file_ticket", "apply_hardship", "apply_condolence", "apply_mutual_aid", "apply_recuperation",
        "manage_membership", "submit_proposal", "request_mediation",
    }  # fmt: skip


def test_what_is_confidential_is_kept_from_officers(kinds: CaseKinds) -> None:
    assert {kind.id for kind in kinds if kind.confidential} == {"harassment", "complaint", "mediation"}
    assert kinds["mediation"].roles == (Role.MEDIATOR,)
    assert kinds["hardship"].roles == (Role.OFFICER, Role.SUPERVISOR)
    assert {kind.id for kind in kinds if kind.route == "above"} == {"harassment", "complaint"}


def test_health_income_and_bank_details_are_asked_for_only_after_a_consent(kinds: CaseKinds) -> None:
    assert {kind.id for kind in kinds if kind.sensitive} == {"hardship", "mutual_aid"}
    for kind in kinds:
        assert not any(word in kind.ask for word in ("收入多少", "诊断是", "卡号"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("上周五行里通知我不用来了，签不签", "dismissal"),
        ("我被性骚扰了，要投诉", "harassment"),
        ("我要投诉食堂", "complaint"),
        ("提个建议，希望增加休息室", "suggestion"),
        ("插座冒火花，有安全隐患", "hazard"),
        ("搬钞箱上班时受伤，单位不报工伤", "work_injury"),
        ("帮我登记一下，我们网点空调坏了一个月没人修", None),
    ],
)
def test_a_sentence_says_which_kind_it_is(kinds: CaseKinds, text: str, kind: str | None) -> None:
    heard = kinds.heard_in(text, intent="file_ticket")
    assert (heard.id if heard else None) == kind


def test_of_two_kinds_the_one_named_last_is_meant(kinds: CaseKinds) -> None:
    named = kinds.named("不是投诉，是建议")
    assert named is not None
    assert named.id == "suggestion"


def test_legal_time_limits_stand_in_the_law_they_name(kinds: CaseKinds) -> None:
    if not LAWS.is_dir():
        pytest.skip("no texts of laws beside the checkout")
    for kind in kinds:
        if kind.deadline is None:
            continue
        (file,) = LAWS.rglob(f"{kind.deadline.law}(*.md")
        text = file.read_text(encoding="utf-8")
        article = re.search(rf"(?ms)^{kind.deadline.article} .+?(?=^第|\Z)", text)
        assert article, f"{kind.id}: {kind.deadline.law} {kind.deadline.article}"
        assert re.search("一年|1年", article.group())
        assert kind.deadline.years == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"ask": "问" * 121}, "ask"),
        ({"readers": ["counsellor"]}, "readers"),
        ({"readers": []}, "readers"),
        ({"nonsense": 1}, "nonsense"),
        ({"due_days": 0}, "urgent"),
        ({"deadline": {"text": "一年", "years": 1, "law": "劳动法", "article": "27"}}, "article"),
        ({"intent": None}, "offered"),
    ],
)
def test_a_mistake_is_named_with_entry_and_field(
    home: Path, tmp_path: Path, values: dict[str, object], said: str
) -> None:
    with pytest.raises(KindsError, match=f"hardship: .*{said}"):
        load_kinds(changed(home, tmp_path, "hardship", **values))


def test_a_kind_that_stands_there_twice_or_is_missing_is_named(home: Path, tmp_path: Path) -> None:
    with pytest.raises(KindsError, match="hardship: id: stands there twice"):
        load_kinds(changed(home, tmp_path, "condolence", id="hardship"))
    with pytest.raises(KindsError, match="call_back"):
        load_kinds(changed(home, tmp_path, "call_back", id="call_later"))
    with pytest.raises(KindsError, match="nowhere"):
        load_kinds(tmp_path / "nowhere.yml")
