"""PDFs in the shapes that policies come in."""

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Spacer

from retrieval.documents.model import BlockKind
from retrieval.documents.reading import Reader, UnreadableError
from tests.retrieval.documents.reading.material import (
    BODY,
    CHAPTER,
    LONG,
    SMALL,
    SONG,
    TITLE,
    codes,
    of_kind,
    paragraph,
    pdf,
    reading,
    ruled,
    texts,
)


def drawn(folder: Path, draw: Any, name: str = "文件.pdf", **options: Any) -> Path:
    """A PDF whose pages are drawn by hand."""
    canvas = Canvas(str(folder / name), pagesize=A4, **options)
    canvas.setFont(SONG, 10.5)
    draw(canvas)
    canvas.save()
    return folder / name


def test_lines_become_paragraphs_and_larger_print_headings(reader: Reader, tmp_path: Path) -> None:
    story = [
        paragraph("示例银行职工疗休养管理办法", TITLE),
        paragraph("第一章 总则", CHAPTER),
        paragraph("第一条 " + LONG),
        paragraph("前款所称职工，是指签订劳动合同的人员。"),
        paragraph("第二章 标准", CHAPTER),
        paragraph("第二条 " + LONG),
    ]
    result = reading(reader, pdf(tmp_path, story))
    assert [(block.kind.value, block.level, block.text) for block in result.blocks] == [
        ("heading", 1, "示例银行职工疗休养管理办法"),
        ("heading", 2, "第一章 总则"),
        ("paragraph", 0, "第一条 " + LONG),
        ("paragraph", 0, "前款所称职工，是指签订劳动合同的人员。"),
        ("heading", 2, "第二章 标准"),
        ("paragraph", 0, "第二条 " + LONG),
    ]
    assert (result.format, result.scanned, result.doubts) == ("pdf", False, ())
    assert result.blocks[3].place.page == 1


def test_paragraphs_go_on_over_pages_without_headers_footers_and_page_numbers(
    reader: Reader, tmp_path: Path
) -> None:
    wanted = [f"第{number}条 {LONG[number % 25 :]}" for number in range(1, 41)]
    result = reading(reader, pdf(tmp_path, [paragraph(text) for text in wanted], header="示例银行工会文件"))
    assert texts(result) == wanted
    assert max(block.place.page or 0 for block in result.blocks) >= 3


def test_lines_that_happen_to_be_the_same_on_every_page_are_no_headers(
    reader: Reader, tmp_path: Path
) -> None:
    wanted = [f"第{number}条 {LONG}" for number in range(1, 31)]
    result = reading(reader, pdf(tmp_path, [paragraph(text) for text in wanted], header="示例银行工会文件"))
    assert texts(result) == wanted


def test_the_titles_of_forms_stay(reader: Reader, tmp_path: Path) -> None:
    form = [paragraph("疗休养申请表", TITLE), paragraph(LONG), PageBreak()]
    result = reading(reader, pdf(tmp_path, form * 3))
    assert texts(result) == ["疗休养申请表", LONG] * 3


def test_a_title_in_two_lines_is_one_heading(reader: Reader, tmp_path: Path) -> None:
    title = "关于印发《示例银行股份有限公司职工疗休养管理办法（二〇二四年修订）》的通知"
    result = reading(reader, pdf(tmp_path, [paragraph(title, TITLE), paragraph(LONG), paragraph(LONG)]))
    assert (result.blocks[0].kind, result.blocks[0].text) == (BlockKind.HEADING, title)


@pytest.mark.parametrize("gutter", [8, 20, 40])
def test_two_columns_are_read_one_after_the_other(reader: Reader, tmp_path: Path, gutter: int) -> None:
    path = tmp_path / "两栏.pdf"
    document = BaseDocTemplate(str(path), pagesize=A4)
    frames = [Frame(50, 50, 240, 640), Frame(282 + gutter, 50, 240, 640)]  # each has a padding of 6
    document.addPageTemplates(PageTemplate(frames=frames))
    wanted = [f"第{number}条 {LONG}" for number in range(1, 19)]
    document.build([paragraph(text) for text in wanted])
    assert texts(reading(reader, path)) == wanted


def test_a_list_without_rules_is_read_row_by_row(reader: Reader, tmp_path: Path) -> None:
    rows = [
        ("合肥分行工会委员会办公室", "合肥市示例路一号"),
        ("黄山市分行工会委员会", "黄山市示例大道二百号东楼"),
    ] * 4

    def draw(canvas: Canvas) -> None:
        for at, (name, address) in enumerate(rows):
            canvas.drawString(60, 700 - 20 * at, name)
            canvas.drawString(300, 700 - 20 * at, address)

    result = reading(reader, drawn(tmp_path, draw))
    assert texts(result) == [f"{name} {address}" for name, address in rows]


def test_ruled_tables_keep_their_cells_and_repeat_merged_ones(reader: Reader, tmp_path: Path) -> None:
    table = ruled(
        [["项目", "标准", ""], ["交通", "一等座", "二等座"], ["", "总行", "分行"]],
        ((1, 0), (2, 0)),
        ((0, 1), (0, 2)),
    )
    result = reading(reader, pdf(tmp_path, [paragraph("标准如下："), table, paragraph("以上含税。")]))
    assert [block.kind.value for block in result.blocks] == ["paragraph", "table", "paragraph"]
    assert result.blocks[1].rows == (
        ("项目", "标准", "标准"),
        ("交通", "一等座", "二等座"),
        ("交通", "总行", "分行"),
    )


def test_a_table_that_goes_on_over_a_page_is_one_table(reader: Reader, tmp_path: Path) -> None:
    rows = [["序号", "事项"], *([str(number), f"事项{number}"] for number in range(1, 61))]
    result = reading(reader, pdf(tmp_path, [paragraph(LONG), ruled(rows, repeatRows=1)]))
    (table,) = of_kind(result, BlockKind.TABLE)
    assert [list(row) for row in table.rows] == rows


def test_a_frame_around_text_is_no_table(reader: Reader, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(60, 600, 400, 60)
        canvas.drawString(70, 630, "温馨提示：请于每月十日前提交。")
        canvas.line(60, 500, 460, 500)

    assert texts(reading(reader, drawn(tmp_path, draw))) == ["温馨提示：请于每月十日前提交。"]


def test_lists_with_hanging_indents_stay_together(reader: Reader, tmp_path: Path) -> None:
    hanging = ParagraphStyle("hanging", parent=BODY, leftIndent=42, firstLineIndent=-21)
    story = [
        paragraph("申请时提交下列材料："),
        paragraph("• " + LONG, hanging),
        paragraph("• 身份证复印件。", hanging),
        paragraph("1. " + LONG, hanging),
        paragraph("2. 银行卡号。", hanging),
    ]
    result = reading(reader, pdf(tmp_path, story))
    assert texts(result) == [
        "申请时提交下列材料：",
        "• " + LONG,
        "• 身份证复印件。",
        "1. " + LONG,
        "2. 银行卡号。",
    ]
    assert [block.text[:1] for block in of_kind(result, BlockKind.ITEM)] == ["•", "•"]


def test_footnotes_in_small_print_are_notes_and_do_not_cut_a_paragraph(
    reader: Reader, tmp_path: Path
) -> None:
    def draw(canvas: Canvas) -> None:
        for at in range(20):
            canvas.drawString(60, 780 - 18 * at, LONG[:40])
        canvas.setFont(SONG, 8)
        canvas.drawString(60, 120, "① 含劳务派遣人员。")
        canvas.showPage()
        canvas.setFont(SONG, 10.5)
        canvas.drawString(60, 780, LONG[40:80])
        canvas.drawString(60, 762, "到此为止。")

    result = reading(reader, drawn(tmp_path, draw))
    assert [block.kind.value for block in result.blocks] == ["paragraph", "note"]
    assert result.blocks[0].text == LONG[:40] * 20 + LONG[40:80] + "到此为止。"
    assert result.blocks[1].text == "① 含劳务派遣人员。"


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_turned_pages_are_read_upright(reader: Reader, tmp_path: Path, turned: int) -> None:
    path = pdf(tmp_path, [paragraph("第一条 " + LONG), ruled([["项目", "标准"], ["交通", "500元"]])])
    document = pypdfium2.PdfDocument(path)
    document[0].set_rotation(turned)
    document.save(tmp_path / "转.pdf")
    result = reading(reader, tmp_path / "转.pdf")
    assert result.blocks[0].text == "第一条 " + LONG
    assert result.blocks[1].rows == (("项目", "标准"), ("交通", "500元"))


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_text_printed_sideways_is_read_upright(reader: Reader, tmp_path: Path, turned: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(turned)
        for at, text in enumerate(["第一条 横排的表格很宽，", "所以整页转了过来。"]):
            canvas.drawString(-200, 100 - 18 * at, text)

    assert (
        "".join(texts(reading(reader, drawn(tmp_path, draw)))) == "第一条 横排的表格很宽，所以整页转了过来。"
    )


def test_a_table_beside_the_text_that_is_turned_is_doubted(reader: Reader, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for at in range(3):
            canvas.drawString(60, 700 - 18 * at, LONG[:40])
        canvas.rotate(90)
        for at in range(2):
            canvas.drawString(60, -300 - 18 * at, LONG[:40])

    result = reading(reader, drawn(tmp_path, draw))
    assert texts(result) == [LONG[:40] * 3]
    assert [(doubt.code, doubt.values) for doubt in result.doubts] == [("turned_text", (("count", "80"),))]


def test_watermarks_at_an_angle_are_left_out(reader: Reader, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "正文在这里。")
        canvas.rotate(45)
        canvas.setFont(SONG, 40)
        canvas.drawString(400, 200, "内部资料")

    assert texts(reading(reader, drawn(tmp_path, draw))) == ["正文在这里。"]


def test_bold_by_printing_twice_is_read_once(reader: Reader, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for by in (0, 0.3):
            canvas.drawString(60 + by, 700, "重要通知内容")

    assert texts(reading(reader, drawn(tmp_path, draw))) == ["重要通知内容"]


def test_words_keep_their_spaces_and_chinese_set_wide_gets_none(reader: Reader, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Annual leave is 5 days")
        canvas.drawString(60, 650, "撑开的汉字", charSpace=3)

    assert texts(reading(reader, drawn(tmp_path, draw))) == ["Annual leave is 5 days", "撑开的汉字"]


def test_a_pdf_that_only_forbids_changes_is_read_and_one_with_a_password_is_not(
    reader: Reader, tmp_path: Path
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "可以打开。")

    free = StandardEncryption("", ownerPassword="owner", canModify=0)
    assert texts(reading(reader, drawn(tmp_path, draw, encrypt=free))) == ["可以打开。"]
    closed = StandardEncryption("secret", ownerPassword="owner")
    with pytest.raises(UnreadableError) as caught:
        reader.read(drawn(tmp_path, draw, "密.pdf", encrypt=closed))
    assert caught.value.code == "encrypted"


def test_scripts_in_a_pdf_are_not_run_but_doubted(reader: Reader, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "正文。")

    plain = drawn(tmp_path, draw).read_bytes()
    script = (
        b"/Type /Catalog /Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert(1)) >>] >> >>"
    )
    path = tmp_path / "脚本.pdf"
    path.write_bytes(plain.replace(b"/Type /Catalog", script, 1))
    result = reading(reader, path)
    assert texts(result) == ["正文。"]
    assert codes(result) == ["javascript"]


def test_empty_pages_are_passed_over(reader: Reader, tmp_path: Path) -> None:
    story = [paragraph("前面的话。"), PageBreak(), Spacer(1, 10), PageBreak(), paragraph("后面的话。")]
    result = reading(reader, pdf(tmp_path, story))
    assert [(block.text, block.place.page) for block in result.blocks] == [
        ("前面的话。", 1),
        ("后面的话。", 3),
    ]


def test_small_print_alone_is_text(reader: Reader, tmp_path: Path) -> None:
    result = reading(reader, pdf(tmp_path, [paragraph(LONG, SMALL), paragraph("1. 说明。", SMALL)]))
    assert [block.kind for block in result.blocks] == [BlockKind.PARAGRAPH] * 2
