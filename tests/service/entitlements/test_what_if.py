"""A question that changes one value of the last calculation is told from any other."""

from __future__ import annotations

import pytest

from service.entitlements.what_if import is_what_if


@pytest.mark.parametrize(
    "text",
    [
        "如果是病假呢", "那10年呢", "要是双胞胎呢", "假如我干满10年", "那要是女的呢？", "换成广东呢",
        "10年呢", "那8000怎么算", "那无固定期限的呢", "若是合同三年，试用期多长", "病假呢",
        "按一万二又是多少", "那么，如果我明年才走", "如果是病假呢！", "倘若工龄是１０年",
        "万一没有书面通知呢",
    ],
)  # fmt: skip
def test_a_change_of_one_value_is_one(text: str) -> None:
    assert is_what_if(text)


@pytest.mark.parametrize(
    "text",
    [
        "那我该怎么办呢", "为什么呢", "那找谁呢", "工龄12年", "不对，是8年", "", "谢谢", "年假怎么算",
        "这个算得对吗", "那什么时候给我呢", "8500", "我想申请补助，需要准备什么材料，在哪里交呢",
        "如果" + "我想" * 40,
    ],
)  # fmt: skip
def test_other_questions_and_statements_are_none(text: str) -> None:
    assert not is_what_if(text)
