"""What if: questions that change a value of the last calculation: 如果是病假呢, 那10年呢, 要是双胞胎呢."""

from __future__ import annotations

import re

from language.normalise import normalise

_IF = re.compile("^(?:那么?|哎|诶|请问)?,?(?:如果|要是|假如|假设|假使|倘若|若是?|万一|换成|改成|换作|要换成)")
_AND_THAT = re.compile(
    "(?:那么?|换|按)?.{1,20}呢[?。!]?|(?:那么?|换|按).{1,20}(?:怎么算|怎么样|会怎样|又?是?多少|几天|行吗)[?。!]?"
)
_OPEN_QUESTION = re.compile("怎么办|为什么|为啥|什么|哪|谁|如何|多久|咋|凭啥")
_LONGEST_WHAT_IF = 60


def is_what_if(text: str) -> bool:
    """Return whether a sentence may ask to change a value of the last calculation: 如果是病假呢.

    It does if a value can be read from it: 那工资呢 names none.
    """
    text = normalise(text)
    if len(text) > _LONGEST_WHAT_IF:
        return False
    if _IF.match(text):
        return True
    return _AND_THAT.fullmatch(text) is not None and _OPEN_QUESTION.search(text) is None
