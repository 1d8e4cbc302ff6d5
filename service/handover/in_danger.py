"""Who is in danger of self-harm: the one who writes, or somebody the one who writes worries about. Pure."""

from __future__ import annotations

import re

from language.normalise import normalise

_RELATION = (
    "(?:同事|朋友|闺蜜|室友|徒弟|师傅|老公|老婆|丈夫|妻子|爱人|对象|男友|女友|儿子|女儿|孩子|弟弟|妹妹|哥哥|姐姐"
    "|妈妈?|爸爸?|母亲|父亲)"
)
_OTHER = f"(?:{_RELATION}|客户|大堂|柜员|组长|主管|有人|的人|他|她)"
_DOES = "(?:说|讲|发|要|想|攒|站|坐|留|写|吃|吞|喝|割|闹|准备|爬|买|跳)"
_HARM = re.compile(
    "不想活|活不下去|活够了|想死|去死|自杀|轻生|寻死|跳楼|跳下|跳河|割腕|安眠药|遗书|上吊|想不开|结束生命|楼顶|自残"
)
_ANOTHER = re.compile(f"{_OTHER}(?!们)[^不没走死]{{0,4}}?{_DOES}")
_BESIDE = re.compile(f"我们|[跟给对和向问]我|告诉我|我(?={_RELATION})|我(?:该|应该|要|能)?(?:怎么|咋)")
_SELF = re.compile("我|俺|本人")
_CLAUSES = re.compile("[，。！？；,.!?;\\s]+")


def is_about_another(text: str) -> bool:
    """Tell whether it is somebody else who may harm themselves: 同事说他攒了一瓶安眠药，我该怎么办.

    In doubt it is the one who writes: whoever is told to stay with another while wanting to die is lost.
    """
    said = normalise(text)
    if _SELF.search(_BESIDE.sub("", said)):
        return False
    return any(_ANOTHER.search(clause) and _HARM.search(clause) for clause in _CLAUSES.split(said))
