"""Messages that ask two or three things at once: 年假几天，没休完给钱吗. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.conversations.replies import Choice, Reply
from service.texts import Texts

MOST = 3
"""Questions answered in one reply; more of them are a story, to be understood as a whole."""
SHORTEST = 4
"""Characters of a question; less is only an echo of the one before it (行不行)."""
TEXT_KEYS = ("knowledge.several",)

_CLAUSES = re.compile("[^，,。；;？?！!\\n]+[，,。；;？?！!\\n]*")
_ASKS = re.compile(
    "[吗呢么？?]|怎么|多少|多久|多长|几[天个年岁次点倍号月]|什么|哪|谁|为啥|为何|咋|能不|可不可以|有没有|要不要"
    "|是不是|算不算|行不行|该不该|会不会|([\\u4e00-\\u9fff])不\\1"
)


def questions_in(text: str) -> tuple[str, ...]:
    """Return the questions of `text` in order, each with what is told before it; one question is `text`."""
    asked: list[str] = []
    told = ""
    for clause in _CLAUSES.findall(text):
        told += clause
        if _ASKS.search(clause) and len(clause.strip()) >= SHORTEST:
            asked.append(told)
            told = ""
    if not 1 < len(asked) <= MOST:
        return (text,)
    return tuple(part.strip("，,；;。？? \n") for part in (*asked[:-1], asked[-1] + told))


def together(replies: Sequence[tuple[str, Reply, Choice]], texts: Texts) -> Reply:
    """Return one reply that says of each question, reply and card the short answer, and offers the card.

    It is as sure as the least sure of them.
    """
    (_, first, _), *others = replies
    parts = [_short(first.text)]
    parts += [
        texts("knowledge.several", question=question, text=_short(reply.text))
        for question, reply, _ in others
    ]
    known = [reply.confidence for _, reply, _ in replies if reply.confidence is not None]
    return replace(
        first,
        text="\n\n".join(parts),
        confidence=min(known, default=None),
        citations=tuple(dict.fromkeys(cited for _, reply, _ in replies for cited in reply.citations)),
        choices=tuple(card for _, _, card in replies),
        sources=tuple(dict.fromkeys(source for _, reply, _ in replies for source in reply.sources)),
    )


def _short(text: str) -> str:
    return text.partition("\n\n")[0]
