"""Word documents in the shapes that policies and laws come in."""

import base64
from pathlib import Path

import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from retrieval.documents.model import BlockKind
from retrieval.documents.reading import Reader, UnreadableError
from retrieval.documents.reading.word.numerals import written as numeral
from tests.retrieval.documents.reading.material import (
    W,
    add_footnotes,
    codes,
    define_list,
    listed,
    of_kind,
    put,
    raw_paragraph,
    reading,
    run,
    texts,
    word,
    written,
)

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_headings_are_known_by_their_styles(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        document.add_heading("职工疗休养办法", level=0)
        document.add_heading("总则", level=1)
        document.add_heading("目的", level=2)
        document.add_paragraph("为了职工身心健康，制定本办法。")

    result = reading(reader, word(tmp_path, fill))
    assert [(block.kind, block.level, block.text) for block in result.blocks] == [
        (BlockKind.HEADING, 1, "职工疗休养办法"),
        (BlockKind.HEADING, 2, "总则"),
        (BlockKind.HEADING, 3, "目的"),
        (BlockKind.PARAGRAPH, 0, "为了职工身心健康，制定本办法。"),
    ]
    assert result.blocks[3].place.line == 4
    assert result.doubts == ()


def test_an_outline_level_makes_a_heading_without_a_style(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        raw_paragraph(document, f'<w:pPr><w:outlineLvl w:val="1"/></w:pPr>{run("二级标题")}')
        raw_paragraph(document, f'<w:pPr><w:outlineLvl w:val="9"/></w:pPr>{run("正文")}')

    heading, text = reading(reader, word(tmp_path, fill)).blocks
    assert (heading.kind, heading.level) == (BlockKind.HEADING, 2)
    assert text.kind is BlockKind.PARAGRAPH


def test_a_chinese_heading_style_is_a_heading(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        style = document.styles.add_style("标题 1", 1)
        document.add_paragraph("总则", style=style)

    (block,) = reading(reader, word(tmp_path, fill)).blocks
    assert (block.kind, block.level) == (BlockKind.HEADING, 1)


def test_a_centred_bold_line_is_a_heading_and_the_bracket_below_it_is_not(
    reader: Reader, tmp_path: Path
) -> None:
    def fill(document: Document) -> None:
        title = document.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.add_run("中华人民共和国示例法").bold = True
        note = document.add_paragraph("（1994年7月5日第八届全国人民代表大会常务委员会第八次会议通过）")
        note.alignment = WD_ALIGN_PARAGRAPH.CENTER
        large = document.add_paragraph()
        large.alignment = WD_ALIGN_PARAGRAPH.CENTER
        large.add_run("目录").font.size = Pt(22)

    title, note, contents = reading(reader, word(tmp_path, fill)).blocks
    assert (title.kind, title.level) == (BlockKind.HEADING, 0)
    assert note.kind is BlockKind.PARAGRAPH
    assert contents.kind is BlockKind.HEADING


def test_numbers_that_word_prints_are_part_of_the_text(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        law = define_list(
            document,
            [
                ("chineseCountingThousand", "第%1章"),
                ("chineseCountingThousand", "第%2条"),
                ("chineseCountingThousand", "（%3）"),
                ("decimal", "%4."),
            ],
        )
        listed(document, "总则", law)
        listed(document, "为了规范，制定本办法。", law, 1)
        listed(document, "本办法适用于下列人员：", law, 1)
        listed(document, "在编职工；", law, 2)
        listed(document, "派遣人员：", law, 2)
        listed(document, "三年以上的；", law, 3)
        listed(document, "其他。", law, 3)
        listed(document, "附则", law)
        listed(document, "本办法由工会解释：", law, 1)
        listed(document, "口头解释。", law, 2)

    result = reading(reader, word(tmp_path, fill))
    assert texts(result) == [
        "第一章 总则",
        "第一条 为了规范，制定本办法。",
        "第二条 本办法适用于下列人员：",
        "（一）在编职工；",
        "（二）派遣人员：",
        "1. 三年以上的；",
        "2. 其他。",
        "第二章 附则",
        "第三条 本办法由工会解释：",
        "（一）口头解释。",
    ]
    kinds = [(block.kind, block.level) for block in result.blocks]
    assert kinds[0] == (BlockKind.HEADING, 1)
    assert kinds[1] == (BlockKind.PARAGRAPH, 0)
    assert kinds[3] == (BlockKind.ITEM, 3)
    assert kinds[5] == (BlockKind.ITEM, 4)


def test_nested_numbers_repeat_the_outer_ones(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        nested = define_list(document, [("decimal", "%1"), ("decimal", "%1.%2"), ("lowerLetter", "%3)")])
        for text, level in [("范围", 0), ("总行", 1), ("分行", 1), ("网点", 2), ("标准", 0), ("交通", 1)]:
            listed(document, text, nested, level)

    assert texts(reading(reader, word(tmp_path, fill))) == [
        "1 范围",
        "1.1 总行",
        "1.2 分行",
        "a) 网点",
        "2 标准",
        "2.1 交通",
    ]


def test_a_list_that_starts_anew_does_and_one_that_shares_a_definition_counts_on(
    reader: Reader, tmp_path: Path
) -> None:
    from docx.oxml import parse_xml

    def fill(document: Document) -> None:
        first = define_list(document, [("decimal", "%1.")])
        numbering = document.part.numbering_part.element
        for number, more in (
            (78, ""),
            (79, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'),
        ):
            numbering.append(
                parse_xml(f'<w:num {W} w:numId="{number}"><w:abstractNumId w:val="77"/>{more}</w:num>')
            )
        for list_id in (first, first, 78, 79, 79):
            listed(document, "项", list_id)

    assert texts(reading(reader, word(tmp_path, fill))) == ["1. 项", "2. 项", "3. 项", "1. 项", "2. 项"]


def test_bullets_of_built_in_lists_are_points(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("身份证", style="List Bullet")
        document.add_paragraph("复印件", style="List Bullet 2")
        document.add_paragraph("提交申请", style="List Number")

    result = reading(reader, word(tmp_path, fill))
    assert texts(result) == ["• 身份证", "• 复印件", "1. 提交申请"]
    assert all(block.kind is BlockKind.ITEM for block in result.blocks)


@pytest.mark.parametrize(
    ("number", "form", "printed"),
    [
        (10, "chineseCounting", "十"),
        (11, "chineseCountingThousand", "十一"),
        (101, "chineseCountingThousand", "一百零一"),
        (110, "chineseCountingThousand", "一百一十"),
        (1008, "chineseCountingThousand", "一千零八"),
        (3, "chineseLegalSimplified", "叁"),
        (2, "ideographTraditional", "乙"),
        (12, "decimalEnclosedCircleChinese", "⑫"),
        (4, "lowerRoman", "iv"),
        (28, "upperLetter", "BB"),
        (5, "decimalZero", "05"),
        (7, "formatThatNobodyKnows", "7"),
    ],
)
def test_numbers_are_written_as_word_writes_them(number: int, form: str, printed: str) -> None:
    assert numeral(number, form) == printed


def test_merged_cells_are_repeated(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        table = document.add_table(rows=3, cols=3)
        for row, cells in enumerate(
            (("项目", "标准", ""), ("交通", "一等座", "二等座"), ("", "总行", "分行"))
        ):
            for column, text in enumerate(cells):
                table.cell(row, column).text = text
        table.cell(0, 1).merge(table.cell(0, 2))
        table.cell(1, 0).merge(table.cell(2, 0))

    (block,) = reading(reader, word(tmp_path, fill)).blocks
    assert block.kind is BlockKind.TABLE
    assert block.rows == (("项目", "标准", "标准"), ("交通", "一等座", "二等座"), ("交通", "总行", "分行"))
    assert block.text.splitlines()[:3] == [
        "| 项目 | 标准 | 标准 |",
        "| --- | --- | --- |",
        "| 交通 | 一等座 | 二等座 |",
    ]


def test_a_frame_around_text_is_no_table_and_a_table_in_a_cell_is_kept(
    reader: Reader, tmp_path: Path
) -> None:
    def fill(document: Document) -> None:
        frame = document.add_table(rows=1, cols=1).cell(0, 0)
        frame.text = "第一段"
        frame.add_paragraph("第二段")
        outer = document.add_table(rows=2, cols=2)
        outer.cell(0, 0).text, outer.cell(0, 1).text, outer.cell(1, 0).text = "级别", "标准", "总行"
        inner = outer.cell(1, 1).add_table(rows=1, cols=2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "住宿", "500元"

    result = reading(reader, word(tmp_path, fill))
    assert texts(result)[:2] == ["第一段", "第二段"]
    assert result.blocks[2].rows == (("级别", "标准"), ("总行", "住宿 500元"))


def test_headers_and_footers_are_left_out(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        document.sections[0].header.paragraphs[0].text = "内部资料"
        document.sections[0].footer.paragraphs[0].text = "第 1 页"
        document.add_paragraph("正文。")

    assert texts(reading(reader, word(tmp_path, fill))) == ["正文。"]


def test_footnotes_follow_the_paragraph_that_refers_to_them(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        raw_paragraph(
            document, run("职工") + '<w:r><w:footnoteReference w:id="1"/></w:r>' + run("可以申请。")
        )
        document.add_paragraph("第二段。")
        add_footnotes(document, {1: "含劳务派遣人员。"})

    result = reading(reader, word(tmp_path, fill))
    assert [(block.kind.value, block.text) for block in result.blocks] == [
        ("paragraph", "职工可以申请。"),
        ("note", "含劳务派遣人员。"),
        ("paragraph", "第二段。"),
    ]


def test_text_boxes_are_read_once(reader: Reader, tmp_path: Path) -> None:
    box = f"<w:txbxContent><w:p>{run('框中文字')}</w:p></w:txbxContent>"
    xml = (
        f'<w:p {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        f'xmlns:v="urn:schemas-microsoft-com:vml">{run("段落。")}<w:r><mc:AlternateContent>'
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    path = word(tmp_path, lambda document: put(document, xml))
    assert texts(reading(reader, path)) == ["段落。", "框中文字"]


def test_revisions_are_read_as_if_they_were_accepted_and_doubted(reader: Reader, tmp_path: Path) -> None:
    by = 'w:id="1" w:author="王敏" w:date="2026-01-01T00:00:00Z"'

    def fill(document: Document) -> None:
        document.add_paragraph("未改的段落。")
        raw_paragraph(
            document,
            run("每年")
            + f"<w:del {by}><w:r><w:delText>五</w:delText></w:r></w:del><w:ins {by}>{run('七')}</w:ins>"
            + run("天。"),
        )
        mark = f"<w:pPr><w:rPr><w:del {by}/></w:rPr></w:pPr>"
        raw_paragraph(document, mark + run("前半句，"))
        raw_paragraph(document, run("后半句。"))
        gone = f"<w:del {by}><w:r><w:delText>删去的一条。</w:delText></w:r></w:del>"
        raw_paragraph(document, mark + gone)
        raw_paragraph(document, f"<w:moveFrom {by}>{run('搬走的')}</w:moveFrom>{run('留下的')}")

    result = reading(reader, word(tmp_path, fill))
    assert texts(result) == ["未改的段落。", "每年七天。", "前半句，后半句。", "留下的"]
    assert codes(result) == ["tracked_changes"]
    assert result.doubts[0].place.line == 2


def test_a_deleted_point_is_not_counted(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        points = define_list(document, [("decimal", "%1.")])
        numbering = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{points}"/></w:numPr>'
        gone = '<w:rPr><w:del w:id="1" w:author="a"/></w:rPr>'
        listed(document, "甲", points)
        raw_paragraph(
            document,
            f"<w:pPr>{numbering}{gone}</w:pPr>"
            '<w:del w:id="2" w:author="a"><w:r><w:delText>乙</w:delText></w:r></w:del>',
        )
        listed(document, "丙", points)

    assert texts(reading(reader, word(tmp_path, fill))) == ["1. 甲", "2. 丙"]


def test_comments_and_hidden_text_are_left_out(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        paragraph = document.add_paragraph("正文。")
        document.add_comment(paragraph.runs[0], text="请核实", author="王敏")
        raw_paragraph(document, run("看得见") + run("看不见", "<w:vanish/>"))

    assert texts(reading(reader, word(tmp_path, fill))) == ["正文。", "看得见"]


def test_of_a_field_only_its_result_is_read(reader: Reader, tmp_path: Path) -> None:
    def field(code: str, result: str) -> str:
        return (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f"<w:r><w:instrText> {code} </w:instrText></w:r>"
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(result)}'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    def fill(document: Document) -> None:
        raw_paragraph(document, run("总则") + "<w:r><w:tab/></w:r>" + field("PAGEREF _Toc1 \\h", "3"))
        raw_paragraph(document, run("见第") + field("REF _Ref1 \\h", "三") + run("条。"))

    assert texts(reading(reader, word(tmp_path, fill))) == ["见第三条。"]


def test_soft_line_breaks_part_lines_of_one_paragraph(reader: Reader, tmp_path: Path) -> None:
    path = word(tmp_path, lambda document: document.add_paragraph("联系人：王敏\n电话：12351"))
    assert texts(reading(reader, path)) == ["联系人：王敏\n电话：12351"]


def test_columns_of_a_section_change_nothing(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        raw_paragraph(document, f'<w:pPr><w:sectPr><w:cols w:num="2"/></w:sectPr></w:pPr>{run("左栏先读，")}')
        raw_paragraph(document, '<w:r><w:br w:type="column"/></w:r>' + run("右栏后读。"))

    assert texts(reading(reader, word(tmp_path, fill))) == ["左栏先读，", "右栏后读。"]


def test_pictures_are_doubted_where_the_first_one_is(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("附表如下：")
        document.add_picture(str(written(tmp_path, "附表.png", PIXEL)))

    result = reading(reader, word(tmp_path, fill))
    assert codes(result) == ["pictures"]
    assert result.doubts[0].place.line == 2


def test_content_controls_links_and_tags_are_read_through(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        raw_paragraph(
            document,
            f"<w:sdt><w:sdtContent>{run('甲')}</w:sdtContent></w:sdt>"
            f"<w:hyperlink w:anchor='a'>{run('乙')}</w:hyperlink><w:smartTag>{run('丙')}</w:smartTag>",
        )
        put(document, f"<w:sdt {W}><w:sdtContent><w:p>{run('丁')}</w:p></w:sdtContent></w:sdt>")

    assert texts(reading(reader, word(tmp_path, fill))) == ["甲乙丙", "丁"]


def test_pages_are_known_where_word_noted_them(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("第一页。")
        raw_paragraph(document, "<w:r><w:lastRenderedPageBreak/><w:t>第二页。</w:t></w:r>")

    assert reading(reader, word(tmp_path, fill)).blocks[1].place.page == 2


def test_the_layout_of_the_national_law_database_is_read(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        for text in ("中华人民共和国示例法", "（2020年1月1日通过　根据2022年2月2日修正）"):
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.add_run(text).bold = text.endswith("法")
        for text in ("目　　录", "第一章　总　　则", "第一章　总　　则", "第一条　为了示例，制定本法。"):
            document.add_paragraph(text)

    result = reading(reader, word(tmp_path, fill))
    assert result.blocks[0].kind is BlockKind.HEADING
    assert texts(result)[-1] == "第一条　为了示例，制定本法。"


def test_a_document_without_a_word_is_an_error(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError) as caught:
        reader.read(word(tmp_path, lambda document: document.add_paragraph("")))
    assert caught.value.code == "no_text"


def test_the_title_in_the_properties_is_kept(reader: Reader, tmp_path: Path) -> None:
    def fill(document: Document) -> None:
        document.core_properties.title = "疗休养办法"
        document.add_paragraph("正文。")

    assert reading(reader, word(tmp_path, fill)).title == "疗休养办法"
    plain = word(tmp_path, lambda document: document.add_paragraph("正文。"), "办法.docx")
    assert of_kind(reading(reader, plain), BlockKind.PARAGRAPH)
    assert reading(reader, plain).title == "办法"
