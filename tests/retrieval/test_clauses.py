import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.clauses import clause, paragraph_at, quote
from tests.retrieval.material import article

PLAIN = "工会会员交纳会费。\n\n会费按月交纳，\t由基层工会收取。\n用途由会员大会决定。"
WITH_ITEMS = """第九条 有下列情形之一的，可以免交会费：

（一）生活困难的；
（二）有下列原因之一离岗的：
1.生育；
2.工伤；
（十）其他情形。

免交由工会小组讨论决定。

前款所称离岗，包括：
（一）病休；
（二）脱产学习。
"""


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("第一款", "工会会员交纳会费。"),
        ("第二款", "会费按月交纳，\t由基层工会收取。"),
        ("第3款", "用途由会员大会决定。"),
        ("第四款", None),
        ("第零款", None),
        ("第（一）项", None),
        ("前款", None),
        ("", None),
    ],
)
def test_a_paragraph_is_a_line_with_words(label: str, expected: str | None) -> None:
    assert clause(PLAIN, label) == expected


@pytest.mark.parametrize(
    ("label", "begins", "ends"),
    [
        ("第一款", "有下列情形之一的", "（十）其他情形。"),
        ("第二款", "免交由", "讨论决定。"),
        ("第三款", "前款所称", "脱产学习。"),
        ("第（一）项", "（一）生活困难", "的；"),
        ("第一款第（二）项", "（二）有下列原因", "2.工伤；"),
        ("第十项", "（十）其他", "情形。"),
        ("第三款第（二）项", "（二）脱产", "学习。"),
        ("第三款第2项", "（二）脱产", "学习。"),
    ],
)
def test_items_belong_to_their_paragraph_and_the_articles_label_to_none(
    label: str, begins: str, ends: str
) -> None:
    part = clause(WITH_ITEMS, label)
    assert part is not None
    assert part.startswith(begins)
    assert part.endswith(ends)
    assert part in WITH_ITEMS


def test_an_item_is_not_found_in_a_paragraph_that_has_none() -> None:
    assert clause(WITH_ITEMS, "第二款第（一）项") is None


def test_a_paragraph_that_is_not_there_leaves_the_whole_article_to_be_quoted() -> None:
    assert quote(article("会费办法", "第八条", PLAIN), "第四款") == PLAIN
    assert quote(article("会费办法", "第八条", PLAIN)) == PLAIN


LINES = st.text(st.sampled_from("会费（）(一二三)1.2第条款 \t。"), max_size=12)


@given(st.lists(LINES, max_size=8).map("\n".join), st.integers(1, 6), st.integers(0, 4))
def test_a_quote_stands_in_the_text_letter_for_letter(text: str, paragraph: int, item: int) -> None:
    label = f"第{paragraph}款" + (f"第（{item}）项" if item else "")
    assert quote(article("会费办法", "第八条", text), label) in text
    part = clause(text, label)
    assert part is None or (part and part in text)


def test_a_position_is_in_the_paragraph_whose_lines_hold_it() -> None:
    text = "甲：\n（一）乙；\n（二）丙。\n丁。\n戊。"

    assert [paragraph_at(text, text.index(character)) for character in "甲乙丙丁戊"] == [1, 1, 1, 2, 3]
