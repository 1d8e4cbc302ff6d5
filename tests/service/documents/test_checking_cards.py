"""Cards are compared with what they cite: the place, its days, the figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from retrieval.cards import card_of
from retrieval.frontmatter import read_front
from retrieval.lint_relations import Card
from retrieval.passages import NATIONAL, Passage, article_id
from service.knowledge.documents.checking import Grade, check_card
from service.knowledge.documents.derived import DerivedError, load_derived
from service.knowledge.documents.figures import Figure, Measure, figures, stated
from service.knowledge.documents.library import Library
from tests.retrieval.cardfile import CARD, write_card
from tests.retrieval.material import TODAY, article

LAW = "职工带薪年休假条例"
TEXT = "职工累计工作已满1年不满10年的，年休假5天；已满10年不满20年的，年休假10天。\n国家法定休假日不计入。"
NEWER = date(2027, 1, 1)


def card(folder: Path, *changes: tuple[str, str]) -> Card:
    text = CARD.replace("  - {law: 员工手册, article: null}\n", "")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    front, problems = read_front(write_card(folder, text))
    assert front is not None
    assert not problems
    return Card(front, card_of(front))


def found(
    card: Card, passages: Sequence[Passage], *, known: Sequence[Figure] = (), today: date = TODAY
) -> list[tuple[str, Grade, int]]:
    findings = check_card(card, Library(passages), known=set(known), today=today)
    return [(one.problem.code, one.grade, one.problem.line) for one in findings]


def test_a_card_that_says_what_it_cites_is_right(tmp_path: Path) -> None:
    assert found(card(tmp_path), [article(LAW, "第三条", TEXT)]) == []


def test_an_article_that_the_law_does_not_have_is_named_by_its_line(tmp_path: Path) -> None:
    cited = "  - {law: 职工带薪年休假条例, article: 第三条}"
    wrong = card(tmp_path, (cited, f"{cited}\n{cited.replace('第三条', '第九条')}"))
    assert found(wrong, [article(LAW, "第三条", TEXT)]) == [("cited_article_missing", Grade.WRONG, 17)]


@pytest.mark.parametrize(("paragraph", "codes"), [("第二款", []), ("第三款", ["cited_paragraph_missing"])])
def test_a_paragraph_that_is_not_there_is_wrong(tmp_path: Path, paragraph: str, codes: list[str]) -> None:
    cited = "article: 第三条}"
    one = card(tmp_path, (cited, f"article: 第三条, paragraph: {paragraph}}}"))
    assert [code for code, _, _ in found(one, [article(LAW, "第三条", TEXT)])] == codes


def test_a_law_that_is_not_imported_is_apart_and_keeps_figures_from_being_judged(tmp_path: Path) -> None:
    assert found(card(tmp_path, ("10天", "11天")), []) == [("law_not_imported", Grade.ABSENT, 16)]


def test_a_law_that_has_ended_is_wrong_unless_the_card_has_ended_too(tmp_path: Path) -> None:
    ended = [article(LAW, "第三条", TEXT, effective_to=date(2020, 12, 31))]
    assert [code for code, _, _ in found(card(tmp_path), ended)] == ["cited_law_not_in_force"]
    past = card(tmp_path, ("effective_to: null", "effective_to: 2020-12-31"))
    assert found(past, ended) == []


def test_a_card_may_cite_what_ended_it(tmp_path: Path) -> None:
    past = card(tmp_path, ("effective_to: null", "effective_to: 2020-12-31"))
    assert found(past, [article(LAW, "第三条", TEXT, effective_from=date(2021, 1, 1))]) == []


def test_a_change_that_is_ahead_is_a_note(tmp_path: Path) -> None:
    versions = [
        article(LAW, "第三条", TEXT, effective_to=date(2026, 12, 31)),
        article(LAW, "第三条", TEXT.replace("10天", "12天"), effective_from=NEWER),
    ]
    assert found(card(tmp_path), versions) == [("cited_article_changes", Grade.NOTE, 16)]
    assert [code for code, _, _ in found(card(tmp_path), versions, today=NEWER)] == ["figure_not_in_articles"]


def test_a_figure_that_no_cited_article_states_is_wrong_unless_it_is_known(tmp_path: Path) -> None:
    wrong = card(tmp_path, ("10天", "11天"))
    passages = [article(LAW, "第三条", TEXT)]
    assert found(wrong, passages) == [("figure_not_in_articles", Grade.WRONG, 25)]
    assert found(wrong, passages, known=[Figure(Measure.DAYS, stated("11天")[0].figure.value)]) == []


def test_a_branch_means_its_own_rule_before_a_national_one_of_the_same_name(tmp_path: Path) -> None:
    own = article(LAW, "第三条", "满1年5天，满10年15天。", scope="示例银行")
    branch = card(tmp_path, ("scope: national", "scope: 示例银行/安徽省分行"), ("10年10天", "10年15天"))
    assert found(branch, [article(LAW, "第三条", TEXT), own]) == []
    assert found(card(tmp_path), [own]) == [("law_not_imported", Grade.ABSENT, 16)]


# Figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一年", "12个月"),
        ("两周", "14天"),
        ("百分之三百", "3倍"),
        ("1.5万元", "15000元"),
        ("每周至少休1天", "每周至少休息一日"),
        ("三十日内", "30日内"),
        ("二小时", "120分钟"),
    ],
)
def test_one_figure_however_it_is_written(one: str, other: str) -> None:
    assert {each.figure for each in stated(one)} <= figures(other)
    assert stated(one)


def test_working_days_are_no_days() -> None:
    assert not {each.figure for each in stated("15个工作日内")} & figures("15日内")


def test_examples_and_mere_words_state_nothing() -> None:
    for text in (
        "比如干了12年休10天。",
        "- 例：月工资8700元，日工资400元。",
        "（工作12年就是10天）",
        "怎么算一天",
    ):
        assert stated(text) == []
    assert [each.wording for each in stated("比如干了12年。满20年15天。")] == ["20年", "15天"]


def test_what_is_reckoned_is_kept_by_card_with_its_reason(tmp_path: Path) -> None:
    file = tmp_path / "derived_figures.yml"
    assert load_derived(file) == {}
    file.write_text("- {card: a, figures: [11个月], because: 差一天一年}\n", encoding="utf-8")
    assert load_derived(file) == {"a": {stated("11个月")[0].figure}}
    for wrong in ("- {card: a}", "- {card: a, figures: [许多], because: x}", "card: a", "- ["):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(DerivedError, match="derived_figures"):
            load_derived(file)


def test_the_figures_of_the_repository_can_be_read(home: Path) -> None:
    assert load_derived(home / "knowledge_base" / "parameters" / "derived_figures.yml")


# Ids


def test_a_rule_of_one_organisation_has_an_id_of_its_own_and_no_id_is_too_long_to_be_stored() -> None:
    assert article_id(LAW, "第三条") == f"law:{LAW}:第三条"
    assert article_id(LAW, "第三条", "示例银行") == f"law:{LAW}:第三条@示例银行"
    long = {article_id("办" * 90, "一、" + "标" * 150 + end, NATIONAL) for end in "甲乙"}
    assert len(long) == 2
    assert {len(one) for one in long} == {200}
