"""Who is in danger: the one who writes, or another."""

from __future__ import annotations

import pytest

from service.handover.in_danger import is_about_another


@pytest.mark.parametrize(
    "text",
    [
        "同事说他攒了一瓶安眠药，我该怎么办", "他说不想活了", "有人要跳楼", "柜员小李站在楼顶，快来人",
        "我朋友发消息说想自杀", "我老公要跳楼，怎么办", "隔壁网点的人要跳楼了", "她给我发了遗书，我怎么办",
        "我们同事说活够了",
    ],
)  # fmt: skip
def test_somebody_else_is_in_danger(text: str) -> None:
    assert is_about_another(text)


@pytest.mark.parametrize(
    "text",
    [
        "我不想活了", "撑不下去了，感觉没我大家都轻松", "老公走了，不想活了", "他们都不理我，我想死",
        "老公不要我了不想活了", "主管说我是累赘，我想跳楼", "遗书我都写好了", "不想活了",
        "妈妈走了我也不想活了", "他说我没用，我站在楼顶", "老公走了不想活", "孩子没了想死",
    ],
)  # fmt: skip
def test_in_doubt_it_is_the_one_who_writes(text: str) -> None:
    assert not is_about_another(text)
