"""`union-assistant calc` as an operator types it, at a terminal and away from one."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.cli.example_checking import check_examples, show_changes
from api.settings import Settings
from service.entitlements.calculator import calculator
from service.entitlements.calculators import CALCULATORS
from service.entitlements.inputs import Inputs
from service.entitlements.parameters import FOLDER as PARAMETERS
from service.entitlements.parameters import Parameters
from service.entitlements.worked_examples import FOLDER as EXAMPLES
from service.entitlements.working import Figure, Working, said
from tests.platform.test_cli import HOME, PROGRAM, union_assistant

THREE_YEARS = ("--give", "term=fixed", "--give", "contract_months=36")
RATE = (
    "parameters: [{{id: oil-rate, title: 油价, values: [{{figures: {{rate: {rate}}}, law: 示例油价通知, "
    "article: null, source: 读自{source}, effective_from: {since}, effective_to: null, "
    "reviewed_on: 2026-11-26}}]}}]"
)


def at_a_terminal(*arguments: str, types: str) -> tuple[int, str, str]:
    """Run the command with a terminal as its input; return its status and what it printed on both sides."""
    ours, theirs = pty.openpty()
    env = {name: value for name, value in os.environ.items() if not name.startswith("UA_")}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "calc", *arguments],
        cwd=HOME,
        env=env | {"UA_HOME": str(HOME)},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(theirs)
    os.write(ours, types.encode())
    out, err = process.communicate(timeout=60)
    os.close(ours)
    return process.returncode, out, err


def calc(*arguments: str) -> Result:
    """Run the command within this process, away from a terminal."""
    return CliRunner(env={"UA_HOME": str(HOME)}).invoke(app, ["calc", *arguments])


def test_without_a_name_everything_that_can_be_worked_out_is_listed() -> None:
    shown = calc()
    assert shown.exit_code == 0
    assert [line.split()[0] for line in shown.stdout.splitlines()] == list(CALCULATORS)
    rows = json.loads(calc("--json").stdout)
    assert [row["name"] for row in rows] == list(CALCULATORS)


def test_a_result_is_printed_with_its_basis() -> None:
    shown = union_assistant("calc", "probation", *THREE_YEARS)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("试用期最长6个月。\n")
    assert "1. 合同36个月，试用期最长6个月。〔劳动合同法第十九条第一款〕" in shown.stdout
    told = json.loads(calc("probation", *THREE_YEARS, "--json").stdout)
    assert told["figures"]["longest_months"] == {"value": 6, "unit": "months"}


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("probation",), 2, "--give term="),
        (("probation", "--give", "term=lifelong"), 2, "无固定期限合同（open）"),
        (("probation", "--give", "term"), 2, "term 不是 名字=值"),
        (("probation", "--give", "term=open", "--give", "contract_months=36"), 1, "合同上写的是哪一种？"),
        (("probation", *THREE_YEARS, "--on", "2001-01-01"), 1, "2008年1月1日"),
        (("nothing",), 2, "没有 nothing 这个计算器"),
        (("nothing", "--examples"), 2, "没有 nothing 这个计算器"),
        (("--examples", "--give", "term=open"), 2, "--examples"),
        (("--changed-from", "/nowhere"), 2, "/nowhere/parameters"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments: tuple[str, ...], status: int, said: str) -> None:
    ended = calc(*arguments)
    assert ended.exit_code == status
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""


def test_a_choice_and_a_yes_may_be_given_as_they_are_called() -> None:
    given = ("--give", "term=无固定期限合同", "--give", "second_time=是")
    assert "这次不能再约定试用期" in calc("probation", *given).stdout


def test_at_a_terminal_what_is_missing_is_asked_for_until_it_is_understood() -> None:
    status, out, err = at_a_terminal("probation", "--json", types="\n1\n很久\n三年\n")
    assert status == 0, err
    assert json.loads(out)["headline"] == "试用期最长6个月。"
    assert "1. 有到期日的合同" in err
    assert "✗ “合同多长”要填数字" in err


def test_at_a_terminal_what_cannot_be_is_asked_for_again_and_may_be_left_out() -> None:
    status, out, err = at_a_terminal(
        "probation", "--give", "term=open", "--give", "contract_months=36", types="\n"
    )
    assert status == 0, err
    assert "合同上写的是哪一种？" in err
    assert out.startswith("试用期最长6个月。")


def test_at_a_terminal_one_answers_as_one_speaks() -> None:
    status, out, _ = at_a_terminal("annual_leave", types="干了十二年半了\n")
    assert status == 0
    assert out.startswith("你一年有10天年休假")


def test_at_a_terminal_one_may_stop() -> None:
    status, out, err = at_a_terminal("probation", types="\x04")
    assert status == 2
    assert out == ""
    assert "没有算完" in err


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with the texts of the product, one dated value and one worked example."""
    home = tmp_path / "home"
    for folder in (PARAMETERS, EXAMPLES):
        (home / "knowledge_base" / folder).mkdir(parents=True)
    (home / "texts").symlink_to(HOME / "texts")
    (home / "knowledge_base" / PARAMETERS / "lights.yml").write_text(
        RATE.format(rate=1.5, source="新文件", since="2020-01-01"), encoding="utf-8"
    )
    example(home, "{given: {term: open}, gives: {longest_months: 6}, because: 第十九条}")
    return Settings(home=home, data_dir=tmp_path / "var")


def example(home: Path, text: str) -> None:
    (home / "knowledge_base" / EXAMPLES / "probation.yml").write_text(f"- {text}\n", encoding="utf-8")


def other(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "other"
    (folder / PARAMETERS).mkdir(parents=True)
    (folder / PARAMETERS / "lights.yml").write_text(text, encoding="utf-8")
    return folder


def test_the_worked_examples_of_the_product_come_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_examples(Settings(home=HOME), None, as_json=False) == 0
    assert "不对的 0 个" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{given: {term: open}, gives: {longest_months: 3}, because: 抄错}", "应当是 3，算出来是 6"),
        ("{given: {}, gives: {longest_months: 3}, because: 漏了}", "应当是 3，算出来是 没有"),
        ("{given: {shoe: 43}, asks: term, because: 没有这一项}", "算出来是 1 validation error"),
    ],
)  # fmt: skip
def test_an_example_that_does_not_come_out_is_shown(
    settings: Settings, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    example(settings.home, text)
    assert check_examples(settings, "probation", as_json=False) == 1
    shown = capsys.readouterr().out
    assert "probation 第 1 个算例" in shown
    assert said in shown
    check_examples(settings, None, as_json=True)
    assert json.loads(capsys.readouterr().out)["wrong"][0]["number"] == 1


def test_a_value_that_differs_from_another_knowledge_base_is_shown(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = other(tmp_path, RATE.format(rate=1.2, source="旧文件", since="2020-01-01"))
    assert show_changes(settings, None, folder, as_json=False) == 1
    assert capsys.readouterr().out.splitlines() == [
        "改了 oil-rate，2020-01-01 起",
        "  figures.rate：原来 1.2，现在 1.5",
        "不一样的数 1 处；1 个算例里，结果变了的 0 个。",
    ]
    show_changes(settings, None, folder, as_json=True)
    (row,) = json.loads(capsys.readouterr().out)["parameters"]
    assert row["differences"] == [{"name": "figures.rate", "before": "1.2", "after": "1.5"}]


def test_an_example_that_comes_out_otherwise_with_other_values_is_shown(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def price(_told: Inputs, parameters: Parameters, on: date) -> Working:
        rate = parameters.get("oil-rate", on).number("rate")
        return Working(said("headline"), {"rate": Figure(rate, "yuan")}, ())

    known = {"probation": calculator("probation", "safety", Inputs, price)}
    for module in ("service.entitlements.worked_examples", "api.cli.example_checking"):
        monkeypatch.setattr(f"{module}.CALCULATORS", known)
    example(settings.home, "{given: {}, gives: {rate: 1.5}, because: 新文件}")
    folder = other(tmp_path, RATE.format(rate=1.2, source="旧文件", since="2020-01-01"))
    assert show_changes(settings, "probation", folder, as_json=False) == 1
    assert capsys.readouterr().out.splitlines()[2:] == [
        "probation 第 1 个算例（新文件）",
        "  rate：原来 1.2，现在 1.5",
        "不一样的数 1 处；1 个算例里，结果变了的 1 个。",
    ]
    (folder / PARAMETERS / "lights.yml").unlink()
    show_changes(settings, None, folder, as_json=False)
    assert "  算不出：原来 no parameter oil-rate for 2026-11-26，现在 没有" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "status", "lines"),
    [
        (RATE.format(rate=1.5, source="别处", since="2020-01-01"), 0, []),
        (
            RATE.format(rate=1.5, source="别处", since="2019-01-01"),
            1,
            ["没有了 oil-rate，2019-01-01 起", "新增 oil-rate，2020-01-01 起"],
        ),
    ],
)
def test_only_values_count_not_where_they_were_read(
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    status: int,
    lines: list[str],
) -> None:
    assert show_changes(settings, None, other(tmp_path, text), as_json=False) == status
    assert capsys.readouterr().out.splitlines()[:-1] == lines
