"""Messages that ask several things at once."""

from __future__ import annotations

import pytest

from service.knowledge.several import questions_in


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("年假几天，没休完给钱吗", ("年假几天", "没休完给钱吗")),
        ("派遣的能加入你们工会吗，加班费你们管不管", ("派遣的能加入你们工会吗", "加班费你们管不管")),
        ("我怀孕了，单位要辞退我，合法吗？产检扣钱吗？", ("我怀孕了，单位要辞退我，合法吗", "产检扣钱吗")),
        ("产假多少天？谢谢", ("产假多少天？谢谢",)),
        ("我工作12年了，年假几天", ("我工作12年了，年假几天",)),
        ("上周五行里通知我不用来了，签不签", ("上周五行里通知我不用来了，签不签",)),
        ("这样行吗，行不行", ("这样行吗，行不行",)),
        ("工资多少，年假几天，产假几天，社保怎么交", ("工资多少，年假几天，产假几天，社保怎么交",)),
    ],
)
def test_a_message_is_taken_apart_where_it_asks_two_or_three_things(
    text: str, parts: tuple[str, ...]
) -> None:
    assert questions_in(text) == parts
