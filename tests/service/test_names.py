"""What is taken for a name to put on a list, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.activities.names import NameReader, Understood
from service.texts import load_texts

HOME = Path(__file__).resolve().parents[2]
READER = NameReader(load_texts(HOME / "texts" / "zh-CN"))
UNKNOWN = Understood("nlu_fallback", 0.3)


@pytest.mark.parametrize("text", ["不报了", "算了", "那就不约了吧", "我不去了，谢谢", "还是不报名了"])
def test_not_going_on_is_heard_whatever_was_understood(text: str) -> None:
    assert READER.stops(text)


@pytest.mark.parametrize("text", ["王芳", "活动取消了怎么办", "不知道写谁", "报了", ""])
def test_what_may_be_anything_else_ends_nothing(text: str) -> None:
    assert not READER.stops(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王芳", "王芳"),
        (" 欧阳娜娜。", "欧阳娜娜"),
        ("我叫李小明", "李小明"),
        ("我的名字是陈静", "陈静"),
        ("名字：赵敏", "赵敏"),
        ("就写张伟吧", "张伟"),
        ("叫我小雨就行", "小雨"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("我叫古丽米热艾合买提江", "古丽米热艾合买提江"),
        ("Lucy Wang", "Lucy Wang"),
        ("小王2", "小王2"),
        ("一个妈妈", "一个妈妈"),
        ("吴双吧", "吴双"),
        ("写", "写"),
    ],
)
def test_a_name_is_read_without_what_is_said_around_it(text: str, name: str) -> None:
    assert READER.read(text, UNKNOWN) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  。",
        "必须写真名吗",
        "为什么要名字？",
        "王芳?",
        "不报了",
        "不知道",
        "匿名",
        "随便",
        "年假有几天",
        "/join_activity",
        "asdkjh qwe 阿斯顿飞规划局考虑",
        "请帮我先把名额留着明天再说",
        "13800001111",
        "王" * 21,
        "王芳，李明",
        "〔手机号〕",
    ],
)
def test_a_question_or_anything_else_worded_so_is_no_name(text: str) -> None:
    assert READER.read(text, UNKNOWN) is None


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("转人工", Understood("ask_human", 0.99)),
        ("谢谢", Understood("thank", 0.99)),
        ("再见", Understood("goodbye", 0.99)),
        ("查进度", Understood("check_ticket", 0.99)),
        ("年假", Understood("ask_leave", 0.58, named=True)),
        ("加班费怎样算", Understood("ask_wages", 0.9)),
        ("加班工资发放", Understood("ask_wages", 0.9)),
        ("安乐", Understood("urgent_help", 1.0)),
        ("叫我去死", Understood("urgent_help", 1.0)),
    ],
)
def test_what_is_understood_as_something_else_is_no_name(text: str, understood: Understood) -> None:
    assert READER.read(text, understood) is None


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("李福利", Understood("ask_benefits", 0.99)),  # a topic by chance
        ("国庆", Understood("out_of_scope", 0.86)),
        ("田会员", Understood("ask_membership", 0.52)),
        ("平安", Understood("greet", 0.4)),
        ("我叫年假", Understood("ask_leave", 0.9)),
    ],
)
def test_a_name_that_happens_to_sound_like_a_topic_is_one(text: str, understood: Understood) -> None:
    assert READER.read(text, understood) == text.removeprefix("我叫")
