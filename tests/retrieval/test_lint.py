"""Every fault is named with its file, its line and its code."""

import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.lint import lint
from retrieval.problems import messages
from tests.retrieval.cardfile import CARD, ORGANISATIONS, write_card

BRANCH = CARD.replace("leave-annual-days", "leave-annual-anhui").replace(
    "scope: national", "scope: 示例银行/安徽省分行"
)
BRANCH = BRANCH.replace("sample: false", "sample: true").replace(
    "title: 年休假有几天", "title: 年休假有几天（示例）"
)
BRANCH = BRANCH.replace("  - 工作满一年", "  - 在安徽工作满一年").replace("  - 干了", "  - 在安徽干了")
BRANCH = (
    BRANCH.replace("  - 年休假", "  - 安徽年休假")
    .replace("  - 工龄", "  - 安徽工龄")
    .replace("  - 刚", "  - 安徽刚")
)
BRANCH = BRANCH.replace("  - 我的", "  - 安徽我的").replace("  - 老员工", "  - 安徽老员工")
RELATED = "handled_by: hr\nbase: leave-annual-days\nprecedence: floor"


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    (tmp_path / "organisations.yml").write_text(ORGANISATIONS, encoding="utf-8")
    write_card(tmp_path / "cards")
    return tmp_path


def found(knowledge: Path) -> list[tuple[str, int, str]]:
    return [(problem.file.name, problem.line, problem.code) for problem in lint(knowledge)]


def test_a_card_without_faults_has_no_problems(knowledge: Path) -> None:
    assert found(knowledge) == []


FAULTS = [
    ("id: leave-annual-days", "id: Leave_Annual", 2, "bad_id"),
    ("id: leave-annual-days\n", "", 1, "missing_field"),
    ("owner: 权益保障部", "owners: 权益保障部", 22, "unknown_field"),
    ("owner: 权益保障部", "owner: 权益保障部\nowner: 办公室", 23, "duplicate_field"),
    ("owner: 权益保障部", "owner: 12", 22, "not_a_text"),
    ("owner: 权益保障部", "owner:", 22, "not_a_text"),
    ("sample: false", "sample: 否", 23, "not_a_flag"),
    ("not_questions: [年会几号开]", "not_questions: 年会几号开", 14, "not_a_list"),
    ("  - 刚入职有年假吗", "  - 12", 10, "not_a_text"),
    ("title: 年休假有几天", "title: [年休假", 4, "yaml_error"),
    ("topic: leave", "topic: holidays", 4, "unknown_topic"),
    ("topic: leave", "topic: wages", 4, "wrong_folder"),
    ("handled_by: hr", "handled_by: boss", 24, "bad_choice"),
    ("  - 老员工年假多几天\n", "", 5, "too_few_questions"),
    ("  - 老员工年假多几天", "  - 年休假怎么算？", 13, "duplicate_question"),
    ("not_questions: [年会几号开]", "not_questions: [年休假怎么算]", 14, "contradictory_question"),
    ("effective_from: 2008-01-01", "effective_from: 2008-02-30", 19, "bad_date"),
    ("effective_from: 2008-01-01", "effective_from: 去年", 19, "bad_date"),
    ("effective_to: null", "effective_to: 2007-12-31", 20, "ends_before_start"),
    ("article: 第三条", "article: 第3条", 16, "bad_article"),
    ("article: 第三条", "article: 第三条第一款", 16, "bad_article"),
    ("article: 第三条", "aticle: 第三条", 16, "not_a_citation"),
    ("law: 职工带薪年休假条例", "law: 中华人民共和国劳动法", 16, "law_prefix"),
    ("scope: national", "scope: 没有的银行", 18, "unknown_organisation"),
    ("scope: national", "scope: 示例银行", 23, "sample_flag"),
    ("sample: false", "sample: true", 23, "sample_text"),
    ("handled_by: hr", "handled_by: hr\nprecedence: floor", 25, "base_on_national"),
    ("handled_by: hr", "supersedes: leave-old", 24, "unknown_supersedes"),
    ("工作满1年就有", "工" * 41 + "，", 26, "long_first_sentence"),
    ("工作满1年就有", "工作。" + "满" * 120, 26, "long_first_paragraph"),
    ("sample: false", "sample: false\nverified: false", 27, "unverified_figure"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "code"), FAULTS, ids=[fault[3] for fault in FAULTS])
def test_a_fault_is_named_where_it_stands(
    knowledge: Path, right: str, wrong: str, line: int, code: str
) -> None:
    assert right in CARD
    write_card(knowledge / "cards", CARD.replace(right, wrong, 1))
    assert ("annual.md", line, code) in found(knowledge)


def test_a_file_without_front_matter_is_named(knowledge: Path) -> None:
    write_card(knowledge / "cards", "年休假有几天\n")
    assert found(knowledge) == [("annual.md", 1, "no_front_matter")]


def test_a_file_in_another_encoding_is_named(knowledge: Path) -> None:
    (knowledge / "cards" / "leave" / "annual.md").write_bytes(CARD.encode("gb18030"))
    assert found(knowledge) == [("annual.md", 1, "not_utf8")]


def test_a_card_without_an_answer_is_named(knowledge: Path) -> None:
    write_card(knowledge / "cards", CARD[: CARD.rindex("---\n") + 4])
    assert found(knowledge) == [("annual.md", 26, "empty_answer")]


def test_years_and_dates_are_no_figures(knowledge: Path) -> None:
    text = CARD.replace("sample: false", "sample: false\nverified: false")
    body = text.rindex("---\n") + 4
    write_card(knowledge / "cards", text[:body] + "2026年起，5月20日前以单位规定为准，见第三条。\n")
    assert found(knowledge) == []


def test_the_same_question_in_two_cards_is_named_with_the_other_place(knowledge: Path) -> None:
    write_card(knowledge / "cards", BRANCH.replace("安徽年休假怎么算", "年休假怎么算"), name="anhui.md")
    problems = lint(knowledge)
    assert [(problem.file.name, problem.line, problem.code) for problem in problems] == [
        ("annual.md", 8, "duplicate_question")
    ]
    assert "anhui.md:8" in problems[0].message


def test_a_branch_card_may_ask_what_its_base_asks(knowledge: Path) -> None:
    branch = BRANCH.replace("安徽年休假怎么算", "年休假怎么算").replace("handled_by: hr", RELATED)
    write_card(knowledge / "cards", branch, name="zz-anhui.md")
    assert found(knowledge) == []


def test_rules_of_different_years_may_share_a_question(knowledge: Path) -> None:
    old = CARD.replace("leave-annual-days", "leave-old").replace(
        "effective_to: null", "effective_to: 2007-12-31"
    )
    old = old.replace("effective_from: 2008-01-01", "effective_from: 1995-01-01")
    write_card(knowledge / "cards", old, name="old.md")
    write_card(knowledge / "cards", CARD.replace("handled_by: hr", "supersedes: leave-old"))
    assert found(knowledge) == []


def test_a_rule_that_is_followed_must_have_ended(knowledge: Path) -> None:
    old = CARD.replace("leave-annual-days", "leave-old").replace("  - ", "  - 从前")
    write_card(knowledge / "cards", old.replace("从前{law", "{law"), name="old.md")
    write_card(knowledge / "cards", CARD.replace("handled_by: hr", "supersedes: leave-old"))
    assert found(knowledge) == [("annual.md", 24, "supersedes_overlap")]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("base: leave-annual-days", "base_without_precedence"),
        ("precedence: floor", "base_without_precedence"),
        ("base: no-such-card\nprecedence: floor", "unknown_base"),
    ],
)
def test_a_branch_card_names_what_it_changes_and_how(knowledge: Path, fields: str, code: str) -> None:
    write_card(knowledge / "cards", BRANCH.replace("handled_by: hr", fields), name="anhui.md")
    assert found(knowledge) == [("anhui.md", 24, code)]


def test_a_base_must_hold_for_the_branch(knowledge: Path) -> None:
    write_card(knowledge / "cards", BRANCH, name="anhui.md")
    other = BRANCH.replace("leave-annual-anhui", "leave-annual-bank").replace("安徽", "")
    other = other.replace("scope: 示例银行/省分行", "scope: 真实银行").replace("  - ", "  - 真")
    other = other.replace("真{law", "{law").replace(
        "handled_by: hr", "base: leave-annual-anhui\nprecedence: add"
    )
    write_card(knowledge / "cards", other, name="bank.md")
    assert found(knowledge) == [("bank.md", 24, "base_scope")]


def based(identity: str, scope: str, base: str, precedence: str = "floor") -> str:
    """A card of `scope` on `base`; its questions are nobody else's."""
    text = BRANCH.replace("leave-annual-anhui", identity).replace("示例银行/安徽省分行", scope)
    text = text.replace("  - ", f"  - {identity}").replace(f"{identity}{{law", "{law")
    return text.replace("handled_by: hr", f"base: {base}\nprecedence: {precedence}")


def test_bases_in_a_circle_are_named_with_the_way_round(knowledge: Path) -> None:
    write_card(knowledge / "cards", based("leave-a", "示例银行", "leave-b"), name="a.md")
    write_card(knowledge / "cards", based("leave-b", "示例银行/安徽省分行", "leave-a"), name="b.md")
    assert found(knowledge) == [("a.md", 24, "base_cycle"), ("b.md", 24, "base_cycle")]
    assert "leave-a → leave-b → leave-a" in lint(knowledge)[0].message


def test_a_card_is_not_its_own_base(knowledge: Path) -> None:
    write_card(knowledge / "cards", based("leave-a", "示例银行", "leave-a"), name="a.md")
    assert found(knowledge) == [("a.md", 24, "base_cycle")]


def test_a_chain_of_bases_has_no_problems(knowledge: Path) -> None:
    write_card(knowledge / "cards", based("leave-a", "示例银行", "leave-annual-days"), name="a.md")
    branch = based("leave-b", "示例银行/安徽省分行", "leave-a", "ceiling")
    shared = branch.replace("  - leave-b年休假怎么算", "  - 年休假怎么算").replace(
        "  - leave-b安徽年休假怎么算", "  - 年休假怎么算"
    )
    assert shared != branch
    write_card(knowledge / "cards", shared, name="b.md")
    assert found(knowledge) == []


def test_a_base_must_be_in_force_together_with_the_card(knowledge: Path) -> None:
    ended = CARD.replace("effective_to: null", "effective_to: 2020-12-31")
    late = based("leave-a", "示例银行", "leave-annual-days")
    late = late.replace("effective_from: 2008-01-01", "effective_from: 2021-01-01")
    write_card(knowledge / "cards", ended)
    write_card(knowledge / "cards", late, name="a.md")
    assert found(knowledge) == [("a.md", 24, "base_not_in_force")]
    newer = CARD.replace("leave-annual-days", "leave-annual-2021").replace(
        "effective_from: 2008-01-01", "effective_from: 2021-01-01"
    )
    newer = newer.replace("handled_by: hr", "supersedes: leave-annual-days")
    write_card(knowledge / "cards", newer, name="newer.md")
    assert found(knowledge) == []


def test_two_cards_of_one_branch_cannot_replace_one_rule_at_once(knowledge: Path) -> None:
    for name in ("a", "b"):
        card = based(f"leave-{name}", "示例银行", "leave-annual-days", "replace")
        write_card(knowledge / "cards", card, name=f"{name}.md")
    assert found(knowledge) == [("b.md", 24, "rival_rules")]
    write_card(
        knowledge / "cards",
        based("leave-b", "示例银行/安徽省分行", "leave-annual-days", "replace"),
        name="b.md",
    )
    assert found(knowledge) == []


def test_cards_that_follow_each_other_in_a_circle_are_named(knowledge: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        text = CARD.replace("leave-annual-days", f"leave-{one}").replace("  - ", f"  - {one}")
        text = text.replace(f"{one}{{law", "{law").replace("handled_by: hr", f"supersedes: leave-{other}")
        write_card(knowledge / "cards", text, name=f"{one}.md")
    assert ("a.md", 24, "supersedes_cycle") in found(knowledge)


def test_a_branch_cannot_end_a_rule_for_everybody(knowledge: Path) -> None:
    ended = CARD.replace("effective_to: null", "effective_to: 2020-12-31")
    write_card(knowledge / "cards", ended)
    late = BRANCH.replace("effective_from: 2008-01-01", "effective_from: 2021-01-01")
    late = late.replace("handled_by: hr", "supersedes: leave-annual-days")
    write_card(knowledge / "cards", late, name="anhui.md")
    assert found(knowledge) == [("anhui.md", 24, "supersedes_scope")]


def test_two_cards_with_one_id_are_named(knowledge: Path) -> None:
    write_card(knowledge / "cards", BRANCH.replace("leave-annual-anhui", "leave-annual-days"), name="b.md")
    assert ("b.md", 2, "duplicate_id") in found(knowledge)


def test_missing_and_broken_organisations_are_named(knowledge: Path) -> None:
    (knowledge / "organisations.yml").write_text("organisations:\n  - name: 没有路径\n", encoding="utf-8")
    assert found(knowledge) == [("organisations.yml", 1, "bad_organisations")]
    (knowledge / "organisations.yml").unlink()
    assert found(knowledge) == [("organisations.yml", 1, "no_organisations")]


def test_every_code_that_is_used_has_a_message_and_the_other_way_round(home: Path) -> None:
    code = "".join(
        (home / name).read_text(encoding="utf-8")
        for name in (
            *(
                f"retrieval/{part}.py"
                for part in ("cards", "cardfields", "frontmatter", "lint", "lint_relations", "lint_rules")
            ),
            "api/cli/knowledge.py",
            "service/knowledge/documents/checking.py",
            "service/knowledge/standards.py",
        )
    )
    assert [name for name in messages() if f'"{name}"' not in code] == []


def test_the_repository_has_no_problems(home: Path) -> None:
    assert [str(problem) for problem in lint(home / "knowledge_base")] == []


def test_the_command_prints_the_place_and_fails(knowledge: Path, home: Path) -> None:
    write_card(knowledge / "cards", CARD.replace("topic: leave", "topic: holidays"))
    command = [sys.executable, "-m", "retrieval.lint", str(knowledge)]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True)
    assert done.returncode == 1
    assert "annual.md:4: unknown_topic" in done.stdout
