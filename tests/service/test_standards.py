"""Figures that units set themselves: whose is told, of which day, and none where none is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from retrieval.artifacts import Artifacts
from retrieval.encoder import load_encoder
from retrieval.index import build_index
from retrieval.passages import Passage
from service.conversations.replies import Reply
from service.errors import SourceNotFound
from service.knowledge.answers import Answers
from service.knowledge.asked import Asked
from service.knowledge.expiring import due_standards
from service.knowledge.live_index import LiveIndex
from service.knowledge.sources import open_source
from service.knowledge.standard_words import OWN_UNION
from service.knowledge.standards import FOLDER, Standards, StandardsError, load_standards
from service.people.contacts import load_contacts
from service.people.organisations import load_organisations
from tests.knowledge import shipped_texts
from tests.retrieval.material import card

TODAY = date(2026, 11, 26)
BANK = "示例银行"
ANHUI, GUANGDONG, ZHEJIANG, HENAN = (f"{BANK}/{name}省分行" for name in ("安徽", "广东", "浙江", "河南"))
QUESTION = "生病住院工会给多少慰问金"
TEXT = "工会会来看望你。\n\n别的事问工会小组。"
VISIT = card("visit", QUESTION, text=TEXT, title="住院慰问", standards=("visit",))


def value(
    scope: str, amount: float, start: str = "2026-01-01", end: str | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "scope": scope, "figures": {"amount": amount},
        "law": f"{scope.rpartition('/')[2]}慰问办法", "article": None,
        "effective_from": date.fromisoformat(start), "effective_to": end and date.fromisoformat(end),
        "reviewed_on": TODAY, "sample": True,
    } | more  # fmt: skip


def standards(folder: Path, *values: dict[str, Any], says: str = "每次{amount}元") -> Standards:
    file = folder / FOLDER / "condolence.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    standard = {"id": "visit", "title": "住院慰问金", "says": says, "values": list(values)}
    file.write_text(yaml.safe_dump({"standards": [standard]}, allow_unicode=True), encoding="utf-8")
    return load_standards(folder)


Ask = Callable[..., Reply]


@pytest.fixture
def ask(tmp_path: Path, home: Path) -> Ask:
    """Ask for the visit's card beside these values."""
    texts = shipped_texts(home)
    contacts = load_contacts(
        home / "knowledge_base", load_organisations(home / "knowledge_base" / "organisations.yml"), texts
    )
    encoder = load_encoder(None)

    def reply(
        organisation: str | None, *values: dict[str, Any], text: str = QUESTION, of: Passage = VISIT
    ) -> Reply:
        build_index([of], tmp_path / "index", encoder)
        live = LiveIndex(tmp_path / "index", encoder, Artifacts.load(encoder.fingerprint))
        answers = Answers(live, texts, contacts, standards(tmp_path, *values))
        return answers.answer(Asked(text, TODAY, organisation=organisation))

    return reply


def first(reply: Reply) -> str:
    """What is seen before anything is opened."""
    return reply.text.split("\n\n")[0]


def test_the_figure_of_the_nearest_unit_stands_in_the_short_answer(ask: Ask) -> None:
    values = (value(BANK, 1000), value(GUANGDONG, 1200))
    assert "总行的标准（示例，2026年1月1日起）：每次1000元。" in first(ask(ANHUI, *values))
    own = ask(f"{GUANGDONG}/广州分行", *values)
    assert "广东省分行的标准（示例，2026年1月1日起）：每次1200元。" in first(own)
    assert "1000" not in own.text
    assert [(cited.law, cited.source_id) for cited in own.citations][-1] == (
        "广东省分行慰问办法",
        "law:广东省分行慰问办法",
    )


def test_a_card_may_tell_the_askers_own_union_with_its_telephone(ask: Ask) -> None:
    card = replace(VISIT, standards=(OWN_UNION,))
    assert "(tel:" in first(ask(ANHUI, of=card))
    assert "单位 合肥分行" in first(ask(None, of=card))


def test_no_figure_is_given_where_the_units_own_is_not_registered(ask: Ask) -> None:
    for organisation in (HENAN, BANK):
        told = first(ask(organisation, value(ANHUI, 800)))
        assert "没有登记住院慰问金，这里不给数字" in told
        assert "tel:" in told
        assert "800" not in told
    visitor = first(ask(None, value(BANK, 1000)))
    assert "单位 合肥分行" in visitor
    assert "1000" not in visitor


@pytest.mark.parametrize(
    ("precedence", "amount", "says"),
    [("floor", 1500, "总行定的最低标准"), ("ceiling", 800, "总行定的上限"), ("add", 300, "总行的也照算")],
)
def test_a_figure_that_refers_to_the_one_above_names_both(
    ask: Ask, precedence: str, amount: int, says: str
) -> None:
    told = first(ask(ZHEJIANG, value(BANK, 1000), value(ZHEJIANG, amount, precedence=precedence)))
    assert f"每次{amount}元" in told
    assert f"{says}（示例，2026年1月1日起）：每次1000元" in told


def test_a_figure_of_another_year_is_told_for_that_year_with_todays_beside_it(ask: Ask) -> None:
    old = replace(VISIT, effective_from=date(2024, 1, 1))
    values = (value(BANK, 800, "2024-01-01", "2025-12-31"), value(BANK, 1000))
    told = first(ask(ANHUI, *values, text="2025年的时候生病住院工会给多少慰问金", of=old))
    assert "按2025年的规定答；做法到现在没有变，数额改过。" in told
    assert "每次800元" in told
    assert "现在是（示例，2026年1月1日起）：每次1000元。" in told
    same = first(
        ask(ANHUI, value(BANK, 800, "2024-01-01"), text="2025年的时候生病住院工会给多少慰问金", of=old)
    )
    assert "这条到现在没有变" in same
    assert "现在是" not in same


def test_which_version_of_a_figure_an_answer_rested_on_is_kept(ask: Ask) -> None:
    one, other = (ask(ANHUI, value(BANK, amount)).sources[-1] for amount in (1000, 1200))
    assert one.source_id == other.source_id == f"standard:visit:{BANK}"
    assert (one.kind, one.version != other.version) == ("standard", True)


def test_the_document_of_a_figure_can_be_opened_although_no_card_cites_it(tmp_path: Path) -> None:
    encoder = load_encoder(None)
    build_index([VISIT], tmp_path / "index", encoder)
    index = LiveIndex(tmp_path / "index", encoder, Artifacts.load(encoder.fingerprint)).current()
    known = standards(tmp_path, value(BANK, 1000))
    opened = open_source(index, f"law:{BANK}慰问办法", as_of=TODAY, standards=known)
    assert (opened.law, opened.text, opened.sample) == (f"{BANK}慰问办法", None, True)
    with pytest.raises(SourceNotFound):
        open_source(index, "law:没有的办法", as_of=TODAY, standards=known)


@pytest.mark.parametrize(
    ("values", "says", "reason"),
    [
        ([value(BANK, 1), value(BANK, 2, "2026-06-01")], "每次{amount}元", "standard_overlap"),
        ([value(BANK, 1, "2026-06-01", "2026-05-01")], "每次{amount}元", "standard_days"),
        ([value(BANK, 1)], "每次{sum}元", "standard_figures"),
        ([value(ANHUI, 1, precedence="floor")], "每次{amount}元", "standard_alone"),
        ([value(BANK, 2), value(ANHUI, 1, precedence="floor")], "每次{amount}元", "standard_bound"),
        ([value(BANK, 1), value(ANHUI, 2, precedence="ceiling")], "每次{amount}元", "standard_bound"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(
    tmp_path: Path, values: list[dict[str, Any]], says: str, reason: str
) -> None:
    with pytest.raises(StandardsError, match=reason) as refused:
        standards(tmp_path, *values, says=says)
    assert "condolence.yml" in str(refused.value)


def test_every_shipped_figure_is_a_sample_of_a_listed_unit_and_every_precedence_is_shown(home: Path) -> None:
    units = {unit.path for unit in load_organisations(home / "knowledge_base" / "organisations.yml")}
    values = [one for _, one in load_standards(home / "knowledge_base").values()]
    assert {one.scope for one in values} <= units
    assert all(one.sample for one in values)
    assert {one.precedence for one in values} >= {"replace", "floor", "ceiling", "add"}


@pytest.mark.parametrize(
    ("values", "states"),
    [
        ([value(BANK, 1, "2025-01-01", "2025-12-31"), value(BANK, 2)], []),
        ([value(BANK, 1, "2025-01-01", "2025-12-31")], ["expired"]),
        ([value(BANK, 1, "2025-01-01", "2026-12-01")], ["expiring"]),
        ([value(BANK, 1, "2025-01-01", "2026-12-01"), value(BANK, 2, "2026-12-02")], []),
        ([value(BANK, 1, reviewed_on=date(2025, 1, 1))], ["review_due"]),
    ],
    ids=["followed", "ended", "ends soon", "followed in time", "unchecked"],
)
def test_figures_that_want_somebody_are_found(
    tmp_path: Path, values: list[dict[str, Any]], states: list[str]
) -> None:
    found = due_standards(standards(tmp_path, *values), today=TODAY, within=timedelta(days=30))
    assert [due.state for due in found] == states
