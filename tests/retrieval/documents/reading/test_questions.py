"""Tables of questions and answers, with the columns that unions keep them in."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from retrieval.documents.model import Place
from retrieval.documents.reading import Reader, UnreadableError
from tests.retrieval.documents.reading.material import codes, questions, workbook, written

ROWS: list[list[object]] = [
    ["工会常见问题汇总（2026年）"],
    ["序号", "业务分类", "问题*", "相似问法", "答复口径（对外）", "政策依据"],
    [
        1,
        "休假",
        "年假有几天？",
        "有几天年假；年休假多少天\n年假有几天？",
        "5天、10天或15天。",
        "职工带薪年休假条例第三条",
    ],
    [2, "会费", "会费怎么交？", None, "按工资的千分之五。", None],
]


def test_headings_say_which_column_is_what(reader: Reader, tmp_path: Path) -> None:
    table = questions(reader, workbook(tmp_path, {"问答": ROWS}))
    assert table.columns == (
        ("业务分类", "topic"),
        ("问题*", "question"),
        ("相似问法", "other"),
        ("答复口径（对外）", "answer"),
        ("政策依据", "basis"),
    )
    first, second = table.rows
    assert (first.question, first.answer, first.topic) == ("年假有几天？", "5天、10天或15天。", "休假")
    assert first.others == ("有几天年假", "年休假多少天")
    assert first.basis == "职工带薪年休假条例第三条"
    assert first.place == Place(line=3, sheet="问答")
    assert (second.others, second.basis, table.doubts) == ((), None, ())


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("问题", "答案"),
        ("标准问", "标准答案"),
        ("提问", "答复"),
        ("问", "答"),
        ("职工提问", "解答"),
        ("Question", "Answer"),
        ("员工咨询内容", "工会答复口径"),
        ("咨询事项", "部门统一答复"),
    ],
)
def test_many_words_for_questions_and_answers_are_known(
    reader: Reader, tmp_path: Path, question: str, answer: str
) -> None:
    path = workbook(tmp_path, {"a": [[answer, question], ["5天", "年假"]]})
    assert [(row.question, row.answer) for row in questions(reader, path).rows] == [("年假", "5天")]


def test_columns_without_headings_are_guessed_from_what_they_hold_and_doubted(
    reader: Reader, tmp_path: Path
) -> None:
    rows: list[list[object]] = [
        ["年假有几天？", "年假按工龄算，五天到十五天。"],
        ["会费怎么交", "会费按工资的千分之五交，每月扣。"],
        ["婚假几天？", "婚假按当地规定，三天起。"],
    ]
    table = questions(reader, workbook(tmp_path, {"a": rows}))
    assert len(table.rows) == 3
    assert table.columns == (("A", "question"), ("B", "answer"))
    assert codes(table) == ["columns_guessed"]


def test_a_title_is_no_row_and_known_headings_count_beside_guessed_columns(
    reader: Reader, tmp_path: Path
) -> None:
    rows: list[list[object]] = [["常见问题汇总"] * 3, ["来电摘要", "怎么说", "政策依据"]]
    rows += [[f"第{n}种假有几天？", f"每年有{n}天。", "休假办法"] for n in range(4)]
    table = questions(reader, workbook(tmp_path, {"a": rows}))
    assert dict(table.columns)["政策依据"] == "basis"
    assert [row.basis for row in table.rows] == ["休假办法"] * 4
    assert codes(table) == ["columns_guessed"]


def test_the_caller_may_say_which_column_is_what(reader: Reader, tmp_path: Path) -> None:
    path = workbook(tmp_path, {"a": [["事项", "口径"], ["年假", "5天"]]})
    with pytest.raises(UnreadableError) as caught:
        reader.read(path)
    assert (caught.value.code, caught.value.values["headings"]) == ("not_a_question_table", "事项、口径")
    told = {"事项": "question", "口径": "answer"}
    assert questions(reader, path, told).columns == (("事项", "question"), ("口径", "answer"))
    assert len(questions(reader, path, {"A": "question", "B": "answer"}).rows) == 2
    with pytest.raises(UnreadableError) as caught:
        reader.read(path, columns={"事项": "frage"})
    assert caught.value.code == "bad_columns"


def test_hidden_sheets_and_sheets_without_questions_are_passed_over_and_doubted(
    reader: Reader, tmp_path: Path
) -> None:
    path = workbook(tmp_path, {"问答": ROWS, "旧": ROWS, "通讯录": [["姓名", "电话"], ["王敏", "123"]]})
    book = openpyxl.load_workbook(path)
    book["旧"].sheet_state = "hidden"
    book.save(path)
    table = questions(reader, path)
    assert len(table.rows) == 2
    assert codes(table) == ["hidden_sheet", "no_questions_in_sheet"]


def test_merged_cells_count_for_all_their_rows(reader: Reader, tmp_path: Path) -> None:
    path = workbook(
        tmp_path, {"a": [["分类", "问题", "答案"], ["休假", "甲", "1"], [None, "乙", "2"], [None, "丙", "3"]]}
    )
    book = openpyxl.load_workbook(path)
    book["a"].merge_cells("A2:A3")
    book.save(path)
    assert [row.topic for row in questions(reader, path).rows] == ["休假", "休假", None]


def test_numbers_dates_and_shares_are_written_as_people_read_them(reader: Reader, tmp_path: Path) -> None:
    values = [5, 5.0, 2.5, date(2026, 5, 1), True]
    rows: list[list[object]] = [["问题", "答案"], *([f"问{at}", value] for at, value in enumerate(values))]
    path = workbook(tmp_path, {"a": rows})
    book = openpyxl.load_workbook(path)
    book["a"].append(["问5", 0.005])
    book["a"]["B7"].number_format = "0.0%"
    book.save(path)
    answers = [row.answer for row in questions(reader, path).rows]
    assert answers == ["5", "5", "2.5", "2026-05-01", "TRUE", "0.5%"]


def test_a_formula_that_was_never_calculated_is_doubted(reader: Reader, tmp_path: Path) -> None:
    path = workbook(tmp_path, {"a": [["问题", "答案"], ["甲", "=1+2"], ["乙", "2"]]})
    table = questions(reader, path)
    assert [row.question for row in table.rows] == ["乙"]
    assert codes(table) == ["formula_without_value", "row_without_answer"]
    assert table.doubts[0].place == Place(line=2, sheet="a")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_with_its_separators_and_encodings(
    reader: Reader, tmp_path: Path, delimiter: str, encoding: str
) -> None:
    lines = [["问题", "答案", "分类"], ["年假，几天？", '"5天\n或10天"', "休假"], ["婚假？", "3天", ""]]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    table = questions(reader, written(tmp_path, "问答.csv", text, encoding))
    assert [(row.question, row.answer, row.topic) for row in table.rows] == [
        ("年假，几天？", "5天\n或10天", "休假"),
        ("婚假？", "3天", None),
    ]


def test_a_web_table_that_calls_itself_xls_is_read(reader: Reader, tmp_path: Path) -> None:
    rows = "<tr><td>问题</td><td>答案</td></tr><tr><td>年假？</td><td>5天</td></tr>"
    page = f"<html><body><table>{rows}</table></body></html>"
    table = questions(reader, written(tmp_path, "导出.xls", page))
    assert [(row.question, row.answer) for row in table.rows] == [("年假？", "5天")]
    assert codes(table) == ["mislabelled"]


def test_lines_with_tabs_that_call_themselves_xls_are_read(reader: Reader, tmp_path: Path) -> None:
    table = questions(reader, written(tmp_path, "导出.xls", "问题\t答案\n年假？\t5天\n", "gb18030"))
    assert [(row.question, row.answer) for row in table.rows] == [("年假？", "5天")]
    assert codes(table) == ["mislabelled"]


def test_a_row_with_half_of_it_missing_is_doubted(reader: Reader, tmp_path: Path) -> None:
    path = workbook(tmp_path, {"a": [["问题", "答案"], ["甲", None], [None, "乙"], ["丙", "丁"]]})
    table = questions(reader, path)
    assert [row.place.line for row in table.rows] == [4]
    assert codes(table) == ["row_without_answer", "row_without_question"]
