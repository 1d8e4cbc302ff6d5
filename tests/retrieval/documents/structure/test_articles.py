"""Texts with articles: where one begins, under which headings, and what only looks like one."""

import pytest

from retrieval.documents.model import Block, BlockKind, InstrumentKind, Reading
from retrieval.documents.structure import instruments
from tests.retrieval.documents.structure.written import codes, only, understood

DATABASE_LAYOUT = """中华人民共和国灯塔法
（1994年7月5日第八届全国人民代表大会常务委员会第八次会议通过　\
根据2009年8月27日第十一届全国人民代表大会常务委员会第十次会议《关于修改部分法律的决定》第一次修正）
目　　录
第一章　总　　则
第二章　看守人
第一节　聘用
第二节　待遇
第三章　附　　则
第一章　总　　则
第一条　为了管理灯塔，制定本法。
第二条　灯塔由看守人看守。
看守人应当住在灯塔。
第二章　看守人
第一节　聘用
第三条　聘用看守人应当具备下列条件：
（一）会游泳；
（二）不怕黑：
1.夜间能独处；
2.夜间能登塔。
第二节　待遇
第三条之一　看守人每年有假期。
第三章　附　　则
第四条　本法自1995年1月1日起施行。
"""


def test_the_layout_of_the_national_database_is_read() -> None:
    law = only(DATABASE_LAYOUT)

    assert (law.name, law.title, law.kind) == ("灯塔法", "中华人民共和国灯塔法", InstrumentKind.LAW)
    assert [(article.label, article.headings) for article in law.articles] == [
        ("第一条", ("第一章 总则",)),
        ("第二条", ("第一章 总则",)),
        ("第三条", ("第二章 看守人", "第一节 聘用")),
        ("第三条之一", ("第二章 看守人", "第二节 待遇")),
        ("第四条", ("第三章 附则",)),
    ]
    assert "目" not in law.preamble
    assert [str(entry.on) for entry in law.history] == ["2009-08-27"]


def test_paragraphs_items_and_subitems_are_lines_of_their_own() -> None:
    law = only(DATABASE_LAYOUT)

    assert law.articles[1].text == "灯塔由看守人看守。\n看守人应当住在灯塔。"
    assert law.articles[2].text.splitlines()[1:] == [
        "（一）会游泳；",
        "（二）不怕黑：",
        "1.夜间能独处；",
        "2.夜间能登塔。",
    ]


def test_an_article_says_where_it_stands() -> None:
    assert [article.place.line for article in only(DATABASE_LAYOUT).articles] == [10, 11, 15, 21, 23]


def test_a_code_with_the_same_chapters_in_each_book_keeps_its_contents_apart() -> None:
    law = only(
        "中华人民共和国灯塔法典\n目录\n第一编 总则\n第一章 一般规定\n第二章 附则\n第二编 看守\n"
        "第一分编 通则\n"
        "第一章 一般规定\n第一编 总则\n第一章 一般规定\n第一条 甲。\n第二章 附则\n第二条 乙。\n第二编 看守\n"
        "第一分编 通则\n第一章\n一般规定\n第三条 丙。"
    )
    assert [article.headings for article in law.articles] == [
        ("第一编 总则", "第一章 一般规定"),
        ("第一编 总则", "第二章 附则"),
        ("第二编 看守", "第一分编 通则", "第一章 一般规定"),
    ]


def test_contents_without_a_heading_and_with_page_numbers_are_left_out() -> None:
    for contents in (
        "第一章 总则\n第二章 看守\n第三章 附则\n",
        "目 录\n第一章 总则……………1\n第二章 看守\t3\n第三章 附则 12\n",
    ):
        law = only(
            f"灯塔管理办法\n{contents}第一章 总则\n第一条 甲。\n第二章 看守\n第二条 乙。\n第三章 附则\n"
            f"第三条 丙。"
        )
        assert [article.headings for article in law.articles] == [
            ("第一章 总则",),
            ("第二章 看守",),
            ("第三章 附则",),
        ]
        assert law.preamble == ""


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("第三十九条 甲", "第三十九条"),
        ("第39条 甲", "第三十九条"),
        ("第３９条：甲", "第三十九条"),
        ("第 三十九 条　甲", "第三十九条"),
        ("第三十九条甲", "第三十九条"),
        ("第三十九条【灯】甲", "第三十九条"),
        ("第三十八条之一　甲", "第三十八条之一"),
        ("第一百零三条 甲", "第一百零三条"),
    ],
)
def test_labels_are_read_however_they_are_printed(printed: str, label: str) -> None:
    before = "第三十八条" if label.startswith("第三十") else "第一百零二条"
    law = only(f"灯塔管理办法\n第三十七条 一。\n{before} 二。\n{printed}。\n最后。")
    if before == "第三十八条":
        assert [article.label for article in law.articles] == ["第三十七条", "第三十八条", label]
    else:
        assert law.articles[-1].label == label
    assert law.articles[-1].text.endswith("甲。\n最后。")


def test_a_line_that_refers_to_an_article_begins_none() -> None:
    law = only(
        "灯塔管理办法\n第一条 甲。\n第二条 有下列情形的：\n第一条规定的情形；\n"
        "第三条至第五条所称的灯塔。\n第三条 丙。"
    )
    assert [article.label for article in law.articles] == ["第一条", "第二条", "第三条"]


def test_numbers_that_jump_or_come_again_are_doubts_with_their_place() -> None:
    law = only("灯塔管理办法\n第一条 甲。\n第二条 乙。\n第四条 丁。\n第四条 丁丁。\n第五条 戊。")

    assert [article.label for article in law.articles] == [
        "第一条",
        "第二条",
        "第四条",
        "第四条〔2〕",
        "第五条",
    ]
    doubts = {doubt.code: doubt for doubt in law.doubts}
    assert doubts["article_jumps"].place.line == 4
    assert dict(doubts["article_jumps"].values) == {"before": "第二条", "label": "第四条"}
    assert doubts["article_repeats"].place.line == 5


def test_a_part_of_a_law_is_told_by_the_second_title() -> None:
    law = only("# 中华人民共和国灯塔法典\n# 看守编\n## 第一章 总则\n第九条 甲。\n第十条 乙。\n第十一条 丙。")

    assert (law.name, law.part) == ("灯塔法典", "看守编")
    assert law.articles[0].headings == ("看守编", "第一章 总则")
    assert "articles_begin_late" not in codes(law)


def test_an_annex_is_no_part_of_the_last_article() -> None:
    law = only(
        "灯塔管理办法\n第一条 甲。\n第二条 本办法自2020年1月1日起施行。\n附件：1.补助标准表\n2.填表说明\n"
        "附件1\n补助标准表\n|灯塔|金额|\n|---|---|\n|东|500元|\n附件2：填表说明\n一、写全名。\n二、写日期。"
    )
    assert [(article.label, article.annex) for article in law.articles] == [
        ("第一条", False),
        ("第二条", False),
        ("附件1", True),
        ("附件2", True),
    ]
    table, notes = law.articles[2:]
    assert table.headings == ("附件1 补助标准表",)
    assert table.text == "|灯塔|金额|\n|---|---|\n|东|500元|"
    assert notes.text == "一、写全名。\n二、写日期。"
    assert law.articles[1].text == "本办法自2020年1月1日起施行。"


def test_a_long_annex_is_split_at_its_points() -> None:
    points = "\n".join(
        f"{number}、看守人在{number}号灯塔禁忌从事的劳动范围：\n"
        + f"（一）{'搬运灯油的作业' * 20}；\n（二）{'擦拭灯室的作业' * 20}。"
        for number in "一二三四"
    )
    law = only(f"灯塔管理办法\n第一条 甲。\n第二条 乙。\n附录：\n看守人禁忌从事的劳动范围\n{points}")

    labels = [article.label for article in law.articles if article.annex]
    assert labels[0] == "附录 一、看守人在一号灯塔禁忌从事的劳动范围"
    assert len(labels) == 4
    assert all(article.headings == ("附录 看守人禁忌从事的劳动范围",) for article in law.articles[2:])


def test_a_table_behind_the_last_article_is_an_annex_by_its_title() -> None:
    law = only(
        "灯塔税法\n第一条 甲。\n第二条 乙。\n灯塔税税率表一（看守所得适用）\n"
        "（注：本表所称所得是指年所得。）\n"
        "灯塔税税率表二\n（注：另一个注。）"
    )
    assert [article.label for article in law.articles[2:]] == [
        "灯塔税税率表一（看守所得适用）",
        "灯塔税税率表二",
    ]
    assert law.articles[3].text == "（注：另一个注。）"


def test_headings_of_a_policy_in_word_may_be_articles() -> None:
    policy = only(
        "# 灯塔值守管理办法（2023年修订）\n## 第一章 总则\n### 第一条 目的\n为规范值守，制定本办法。\n"
        "### 第二条\n"
        "看守人轮流值守。\n## 附则\n### 第三条 其他\n由工会解释。"
    )
    assert policy.name == "灯塔值守管理办法"
    assert [(one.label, one.headings, one.text) for one in policy.articles] == [
        ("第一条", ("第一章 总则",), "目的\n为规范值守，制定本办法。"),
        ("第二条", ("第一章 总则",), "看守人轮流值守。"),
        ("第三条", ("附则",), "其他\n由工会解释。"),
    ]


def test_text_below_a_heading_and_before_its_first_article_is_kept() -> None:
    law = only("灯塔管理办法\n第一章 总则\n第一条 甲。\n第二章 看守\n本章另有说明。\n第二条 乙。")

    assert [(one.label, one.text) for one in law.articles] == [
        ("第一条", "甲。"),
        ("第二章 看守", "本章另有说明。"),
        ("第二条", "乙。"),
    ]
    assert "text_outside_articles" in codes(law)


def test_several_lines_in_one_block_are_several_paragraphs() -> None:
    reading = Reading(
        "docx",
        (
            Block(BlockKind.HEADING, "灯塔管理办法", level=1),
            Block(BlockKind.PARAGRAPH, "第一条 甲：\n（一）乙；\x0b（二）丙。\u200b"),
            Block(BlockKind.NOTE, "第二条 这是脚注。"),
        ),
    )
    (law,) = instruments(reading)
    assert law.articles[0].text == "甲：\n（一）乙；\n（二）丙。\n第二条 这是脚注。"


def test_nothing_gives_no_instrument() -> None:
    assert understood("") == ()
    assert understood("\n　\n\u200b\n") == ()


def test_headings_with_nothing_under_them_are_kept_beside_the_text() -> None:
    law = only("灯塔管理办法\n第一章 总则\n第一条 甲。\n第二章 看守\n第三章 附则\n第二条 乙。\n第四章 附录")

    assert [(one.label, one.headings) for one in law.articles] == [
        ("第一条", ("第一章 总则",)),
        ("第二条", ("第三章 附则",)),
    ]
    assert law.preamble == "第二章 看守\n第四章 附录"
