from decimal import Decimal

import pytest

from language.money import Money, find_money


@pytest.mark.parametrize(
    ("text", "wording", "yuan"),
    [
        ("奖金5000元", "5000元", "5000"),
        ("补贴５００元", "５００元", "500"),
        ("三块五", "三块五", "3.5"),
        ("三块五毛", "三块五毛", "3.5"),
        ("一百块零五毛", "一百块零五毛", "100.5"),
        ("12元5角8分", "12元5角8分", "12.58"),
        ("一块钱", "一块钱", "1"),
        ("五毛钱", "五毛钱", "0.5"),
        ("5角", "5角", "0.5"),
        ("1.5万元", "1.5万元", "15000"),
        ("伍仟元整", "伍仟元", "5000"),
        ("￥1,200.50", "￥1,200.50", "1200.5"),
        ("500RMB", "500RMB", "500"),
        ("一万二的工资", "一万二", "12000"),
        ("月薪一万二", "一万二", "12000"),
        ("月薪八千五", "八千五", "8500"),
        ("工资是两千六百五十", "两千六百五十", "2650"),
        ("我妈住院花了八万能补助吗", "八万", "80000"),
        ("欠薪三个月共2万4", "2万4", "24000"),
        ("每个月拿6千5", "6千5", "6500"),
        ("工资6千5百", "6千5百", "6500"),
        ("月薪8k", "8k", "8000"),
        ("年薪20w", "20w", "200000"),
        ("到手7800", "7800", "7800"),
        ("扣了我500", "500", "500"),
        ("慰问金2000", "2000", "2000"),
        ("补贴每月300", "300", "300"),
        ("少发了三百", "三百", "300"),
    ],
)
def test_a_sum_is_read(text: str, wording: str, yuan: str) -> None:
    (found,) = find_money(text)

    assert text[found.start : found.end] == wording
    assert found.value == Money(Decimal(yuan))


@pytest.mark.parametrize(
    ("text", "yuan", "upper"),
    [
        ("5000到8000元", 5000, 8000),
        ("5到8万元", 50000, 80000),
        ("8-10k", 8000, 10000),
        ("15k-20k", 15000, 20000),
        ("月薪1.2万到1.5万", 12000, 15000),
        ("工资5000-8000", 5000, 8000),
    ],
)
def test_a_range_keeps_both_ends_and_the_unit_counts_for_both(text: str, yuan: int, upper: int) -> None:
    (found,) = find_money(text)

    assert found.value == Money(Decimal(yuan), Decimal(upper))


@pytest.mark.parametrize(
    ("text", "yuan", "upper"),
    [
        ("两三千块", 2000, 3000),
        ("三五百块钱", 300, 500),
        ("十几万块", 100000, None),
        ("1万多元", 10000, None),
        ("花了两万多", 20000, None),
        ("奖金5000左右", 5000, None),
        ("大概3000元", 3000, None),
    ],
)
def test_a_rough_sum_is_marked_as_rough(text: str, yuan: int, upper: int | None) -> None:
    (found,) = find_money(text)

    assert (found.value.yuan, found.value.upper, found.value.approximate) == (yuan, upper, True)


def test_several_sums_are_found_in_order() -> None:
    text = "房租补贴800，餐补300，工资从5000涨到6000元"

    assert [found.value.yuan for found in find_money(text)] == [800, 300, 5000, 6000]


NO_MONEY = """
十分感谢 千万别签 万一 一样 一块去 两块地 那一块业务 第三块 100美元 赔了100万美元 三万人
有3万多人 元旦放假 三毛 4k电视 5km k歌 20w充电 公积金12329 打12333 工资2023年涨了
社保交了15年 工资按80%发 扣了3天工资 赔2N 补N+1 工资条 工资第39条 3.5万 5000 拿了3个月
交了12次 交付2000册
"""


@pytest.mark.parametrize("text", NO_MONEY.split())
def test_other_numbers_are_no_money(text: str) -> None:
    assert find_money(text) == []
