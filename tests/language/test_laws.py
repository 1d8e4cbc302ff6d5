from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.laws import LawNames, article_label, article_number, find_articles

HIGHEST_TESTED = 1_999


@pytest.fixture(scope="module")
def laws() -> LawNames:
    return LawNames(
        {
            "劳动法": (),
            "劳动合同法": ("劳合法",),
            "劳动合同法实施条例": ("劳动合同实施条例",),
            "工会法": (),
            "公司法": (),
            "中国工会章程": ("工会章程",),
            "职工带薪年休假条例": ("年休假条例",),
            "女职工劳动保护特别规定": (),
            "工伤保险条例": (),
            "河南省工伤保险条例": (),
            "社会保险法": ("社保法",),
            "刑法": (),
            "最高人民法院关于审理劳动争议案件适用法律问题的解释（一）": ("劳动争议司法解释（一）",),
            "最高人民法院关于在民事审判工作中适用《工会法》若干问题的解释": ("适用《工会法》若干问题的解释",),
        }
    )


FIRST_INTERPRETATION = "最高人民法院关于审理劳动争议案件适用法律问题的解释（一）"


@pytest.mark.parametrize(
    ("text", "wording", "law", "article", "paragraph"),
    [
        ("按劳动合同法39条", "劳动合同法39条", "劳动合同法", "第三十九条", None),
        ("劳动合同法第三十九条", "劳动合同法第三十九条", "劳动合同法", "第三十九条", None),
        ("劳合法４７条", "劳合法４７条", "劳动合同法", "第四十七条", None),
        ("劳动合同法 第 39 条", "劳动合同法 第 39 条", "劳动合同法", "第三十九条", None),
        ("劳动合同法的第82条", "劳动合同法的第82条", "劳动合同法", "第八十二条", None),
        ("《劳动合同法》里面的第39条", "《劳动合同法》里面的第39条", "劳动合同法", "第三十九条", None),
        (
            "《中华人民共和国劳动合同法》第三十九条第(二)项",
            "《中华人民共和国劳动合同法》第三十九条第(二)项",
            "劳动合同法",
            "第三十九条",
            "第（二）项",
        ),
        ("工会法第二十一条第二款", "工会法第二十一条第二款", "工会法", "第二十一条", "第二款"),
        ("工会法21条2款", "工会法21条2款", "工会法", "第二十一条", "第二款"),
        (
            "劳动合同法（2012修正）第三十九条第一款第三项",
            "劳动合同法（2012修正）第三十九条第一款第三项",
            "劳动合同法",
            "第三十九条",
            "第一款第（三）项",
        ),
        (
            "劳动合同法第三十九条（二）",
            "劳动合同法第三十九条（二）",
            "劳动合同法",
            "第三十九条",
            "第（二）项",
        ),
        ("刑法第133条之一第二款", "刑法第133条之一第二款", "刑法", "第一百三十三条之一", "第二款"),
        ("年休假条例第3条", "年休假条例第3条", "职工带薪年休假条例", "第三条", None),
        ("劳动合同法实施条例第27条", "劳动合同法实施条例第27条", "劳动合同法实施条例", "第二十七条", None),
        ("女职工劳动保护特别规定7条", "女职工劳动保护特别规定7条", "女职工劳动保护特别规定", "第七条", None),
        ("劳动争议司法解释一第32条", "劳动争议司法解释一第32条", FIRST_INTERPRETATION, "第三十二条", None),
        ("工会章程第一条", "工会章程第一条", "中国工会章程", "第一条", None),
        ("工会法规定第二十一条", "工会法规定第二十一条", "工会法", "第二十一条", None),
        ("河南省工伤保险条例第十条", "河南省工伤保险条例第十条", "河南省工伤保险条例", "第十条", None),
        ("劳动合同法第四章第三十九条", "第三十九条", "劳动合同法", "第三十九条", None),
        ("第39条劳动合同法怎么说", "第39条", "劳动合同法", "第三十九条", None),
        ("第三十九条之一", "第三十九条之一", None, "第三十九条之一", None),
        ("第47条", "第47条", None, "第四十七条", None),
        ("本法第三条", "第三条", None, "第三条", None),
        ("我们合同第三条和劳动合同法不一样", "第三条", None, "第三条", None),
        ("安徽省工伤保险条例第十条", "第十条", None, "第十条", None),
        ("江苏省实施《工会法》办法第五条", "第五条", None, "第五条", None),
        ("《员工手册》第五条", "第五条", None, "第五条", None),
        ("劳动法规第三条", "第三条", None, "第三条", None),
        ("《示例银行慰问办法》第三条", "《示例银行慰问办法》第三条", "示例银行慰问办法", "第三条", None),
    ],
)
def test_a_reference_is_read(
    laws: LawNames, text: str, wording: str, law: str | None, article: str, paragraph: str | None
) -> None:
    (reference,) = find_articles(text, laws)

    assert text[reference.start : reference.end] == wording
    assert (reference.law, reference.article, reference.paragraph) == (law, article, paragraph)


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("劳动合同法36、38条", [("劳动合同法", 36), ("劳动合同法", 38)]),
        ("劳动合同法第四十条和第四十七条", [("劳动合同法", 40), ("劳动合同法", 47)]),
        ("劳动合同法第三十九条至第四十一条", [("劳动合同法", 39), ("劳动合同法", 40), ("劳动合同法", 41)]),
        ("劳动合同法36条41条", [("劳动合同法", 36), ("劳动合同法", 41)]),
        ("劳动合同法第36条第41条", [("劳动合同法", 36), ("劳动合同法", 41)]),
        ("劳动合同法，那39条呢", [("劳动合同法", 39)]),
        ("我在看劳动合同法，39条是什么意思", [("劳动合同法", 39)]),
        ("劳动合同法我看了一遍，四十七条没看懂", [("劳动合同法", 47)]),
        ("39条是什么，劳动合同法里的", [("劳动合同法", 39)]),
        ("工会法看完了。21、22条怎么理解", [("工会法", 21), ("工会法", 22)]),
        ("劳动合同法39-41条", [("劳动合同法", 39), ("劳动合同法", 40), ("劳动合同法", 41)]),
        ("劳动合同法第八十七条，第四十七条", [("劳动合同法", 87), ("劳动合同法", 47)]),
        ("社保法第五十八条、工伤保险条例第十四条", [("社会保险法", 58), ("工伤保险条例", 14)]),
        ("依据劳动合同法第三十九条辞退我，合同第八条怎么说", [("劳动合同法", 39), (None, 8)]),
        ("本法第三条，劳动法第八十二条", [(None, 3), ("劳动法", 82)]),
    ],
)
def test_lists_ranges_and_several_laws_are_told_apart(
    laws: LawNames, text: str, references: list[tuple[str | None, int]]
) -> None:
    found = find_articles(text, laws)

    assert [(reference.law, reference.article) for reference in found] == [
        (law, article_label(number)) for law, number in references
    ]


NO_ARTICLES = """
我带了49条香烟 劳动法一条都没遵守 工会法的三条规定 第三人 第三方协议 第一次
一条建议 劳动合同法有98条 第零条 第9999条 82条 39条是什么 那39条呢
劳动合同法我看了，带了49条香烟 劳动合同法，一条没懂 劳动合同法讲了几条
"""


@pytest.mark.parametrize("text", NO_ARTICLES.split())
def test_counts_and_ordinals_are_no_references(laws: LawNames, text: str) -> None:
    assert find_articles(text, laws) == []


def test_an_article_far_behind_a_law_is_not_taken_to_be_its_own(laws: LawNames) -> None:
    text = "劳动合同法我大概知道。" + "后来又谈了很多别的事情，" * 8 + "第三十九条是什么"

    assert [reference.law for reference in find_articles(text, laws)] == [None]


def test_references_are_found_without_any_list_of_laws() -> None:
    quoted, bare = find_articles("《劳动合同法》第三十九条，劳动法第三条")

    assert (quoted.law, quoted.article) == ("劳动合同法", "第三十九条")
    assert bare.article == "第三条"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("劳动合同法和劳动法有什么区别", ["劳动合同法", "劳动法"]),
        ("中华人民共和国工会法", ["工会法"]),
        ("《中华人民共和国劳动法（2018修正）》", ["劳动法"]),
        (
            "适用《中华人民共和国工会法》若干问题的解释",
            ["最高人民法院关于在民事审判工作中适用《工会法》若干问题的解释"],
        ),
        ("工会法规定", ["工会法"]),
        ("劳动法规", []),
        ("公司法人", []),
        ("公司法务部", []),
        ("工会法人资格", []),
        ("劳动法律师", []),
        ("安徽省工伤保险条例", []),
        ("《关于加班的通知》", ["关于加班的通知"]),
        ("《员工手册》", []),
    ],
)
def test_laws_are_found_by_their_official_names(laws: LawNames, text: str, names: list[str]) -> None:
    assert [found.value for found in laws.find(text)] == names


def test_a_name_is_resolved_without_regard_to_brackets_state_and_version(laws: LawNames) -> None:
    for name in (
        "劳合法",
        "《劳动合同法》",
        "中华人民共和国劳动合同法",
        "劳动合同法（2012修正）",
        " 劳动 合同法",
    ):
        assert laws.resolve(name) == "劳动合同法"
    assert laws.resolve("劳动争议司法解释(一)") == FIRST_INTERPRETATION
    assert laws.resolve("银行法") is None


def test_the_rules_of_a_company_can_be_added(laws: LawNames) -> None:
    more = laws.including(["示例银行工会会员慰问办法", "劳动法"])

    (reference,) = find_articles("示例银行工会会员慰问办法第三条", more)
    assert reference.law == "示例银行工会会员慰问办法"
    assert laws.resolve("示例银行工会会员慰问办法") is None


def test_one_name_cannot_stand_for_two_laws() -> None:
    with pytest.raises(ValueError, match="仲裁法"):
        LawNames({"劳动争议调解仲裁法": ["仲裁法"], "仲裁法": []})


def test_a_list_of_laws_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "laws.txt"
    file.write_text("# 注释\n劳动合同法\t劳合法, 劳动合同\n\n工会法\n", encoding="utf-8")

    laws = LawNames.load(file)

    assert laws.official == ("劳动合同法", "工会法")
    assert laws.resolve("劳动合同") == "劳动合同法"


@pytest.mark.parametrize("label", ["第三十九条", "第39条", "39条", "第３９条", " 第 39 条 "])
def test_an_article_has_one_number_however_it_is_labelled(label: str) -> None:
    assert article_number(label) == (39, None)


@pytest.mark.parametrize(
    "label", ["", "第三十九", "三十九款", "第条", "第零条", "劳动法第三条", "第三条第二款"]
)
def test_what_is_no_label_has_no_number(label: str) -> None:
    assert article_number(label) is None


def test_labels_are_written_as_statutes_print_them() -> None:
    printed = {
        10: "第十条",
        15: "第十五条",
        20: "第二十条",
        105: "第一百零五条",
        110: "第一百一十条",
        1260: "第一千二百六十条",
    }

    assert {number: article_label(number) for number in printed} == printed
    assert article_label(133, 1) == "第一百三十三条之一"


@given(st.integers(min_value=1, max_value=HIGHEST_TESTED), st.none() | st.integers(min_value=1, max_value=20))
def test_a_printed_label_is_read_back(number: int, sub: int | None) -> None:
    assert article_number(article_label(number, sub)) == (number, sub)


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("82条咋写的", ["第八十二条"]),
        ("他说依据是41条裁员", ["第四十一条"]),
        ("hr拿三十九条吓唬我", ["第三十九条"]),
        ("我提的第三条建议为啥没采纳", []),
        ("领导拿两条烟吓唬我", []),
    ],
)
def test_an_article_may_stand_without_its_law_where_one_refers_to_it(text: str, articles: list[str]) -> None:
    assert [reference.article for reference in find_articles(text)] == articles
