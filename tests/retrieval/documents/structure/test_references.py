"""References that become links, and those that are not certain enough to be one."""

import pytest

from tests.retrieval.documents.structure.written import only

BEFORE = (
    "灯塔条例\n第一条 甲。\n第二条 乙。\n乙乙。\n（一）丙；\n（二）丁。\n第三条 戊。\n第四条 己。\n第五条 "
)


def links(text: str) -> list[tuple[str, str, str | None]]:
    article = only(BEFORE + text).articles[4]
    return [(link.law, link.article, link.paragraph) for link in article.links]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("依照本条例第三条处理。", [("灯塔条例", "第三条", None)]),
        ("依照本条例第二条第二款第（一）项处理。", [("灯塔条例", "第二条", "第二款第（一）项")]),
        ("违反本条例第一条、第二条第二款和第三条的。", [
            ("灯塔条例", "第一条", None), ("灯塔条例", "第二条", "第二款"), ("灯塔条例", "第三条", None),
        ]),
        ("依照本条例第一条至第三条处理。", [
            ("灯塔条例", "第一条", None), ("灯塔条例", "第二条", None), ("灯塔条例", "第三条", None),
        ]),
        ("有第三条规定情形的。", [("灯塔条例", "第三条", None)]),
        ("依照前条第一款处理。", [("灯塔条例", "第四条", "第一款")]),
        ("有前三条情形的。", [
            ("灯塔条例", "第二条", None), ("灯塔条例", "第三条", None), ("灯塔条例", "第四条", None),
        ]),
        ("甲。\n违反前款的。", [("灯塔条例", "第五条", "第一款")]),
        ("甲：\n（一）乙；\n（二）丙。\n丁。\n前两款的时限。", [
            ("灯塔条例", "第五条", "第一款"), ("灯塔条例", "第五条", "第二款"),
        ]),
        ("甲。\n乙。\n有前款第（一）项情形的。", [("灯塔条例", "第五条", "第二款第（一）项")]),
        ("本条第一款第三项所称的灯塔。", [("灯塔条例", "第五条", "第一款第（三）项")]),
        ("依照《工会法》第二十条处理。", [("工会法", "第二十条", None)]),
        ("依照《中华人民共和国航标法》第八条、第九条处理。", [
            ("航标法", "第八条", None), ("航标法", "第九条", None),
        ]),
        ("依照《航标条例》（国务院令第9号）第三条处理。", [("航标条例", "第三条", None)]),
        ("依照劳动合同法第三十九条处理。", [("劳动合同法", "第三十九条", None)]),
        ("《航标管理条例》（以下简称航标条例）施行后，依照航标条例第七条处理。", [
            ("航标管理条例", "第七条", None),
        ]),
    ],
)  # fmt: skip
def test_references_become_links(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert links(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "违反本条例附录第一条的。",
        "依照刑律第二条处理。",
        "依照合同第二条处理。",
        "本条例第九十九条没有。",
        "在此前条件下，以前款项不变。",
        "前款在这里没有。",
        "本条所称灯塔。",
        "看守人应当遵守二十条纪律。",
    ],
)
def test_what_is_not_certain_is_no_link(text: str) -> None:
    assert links(text) == []


def test_the_first_article_has_none_before_it() -> None:
    assert only("灯塔条例\n第一条 依照前条处理。\n第二条 乙。").articles[0].links == ()


def test_offsets_cover_the_wording() -> None:
    article = only(BEFORE + "违反本条例第一条、第二条的，依照《工会法》第二十条和前条处理。").articles[4]

    assert [article.text[link.start : link.end] for link in article.links] == [
        "本条例第一条",
        "第二条",
        "《工会法》第二十条",
        "前条",
    ]
