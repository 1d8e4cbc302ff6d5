"""What a short question means behind the one before it: 10年以上呢, 需要什么材料, 那他们不给怎么办.

A question that stands alone is answered alone. One that leaves out what it is about is asked again together
with the question before it. Told apart by what the knowledge base makes of it alone, and by whether it names
a matter the question before did not: “那公积金呢” behind a question on dues is about the housing fund.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from language.normalise import normalise
from retrieval.passages import Passage
from retrieval.search import Result
from retrieval.tokens import LEXICON, dictionary_words, segmenter

LONGEST = 24
"""Characters up to which a question may rest on the one before it."""
IN_SCOPE = 0.2
"""Probability of being the union's business, alone, below which a message that does not point back is taken
for something else altogether."""
POINTING_IN_SCOPE = 0.02
"""The same for one that does."""
SURE = 0.85
"""Probability from which the answer to both questions together is given without asking back."""

_POINTS_BACK = re.compile("(?:那|这|它|他们?|她|如果|要是|万一|换[成作])")
_ASKS_OF_ANOTHER = re.compile("呢[?!。~]*$")
_ASKING = re.compile(
    "要不要|能不能|会不会|是不是|可不可以|用不用|该不该|有没有|还要|需要|[么吗呢吧啊呀嘛要会能]"
)
_MATTERS = ("topic.txt", "leave_kind.txt")


def in_context(text: str, last_question: str | None, last_card: Passage | None, alone: Result) -> str | None:
    """Return what is asked when `text` rests on what was asked and answered before it; None when it does not.

    `alone` is what was found for `text` by itself.
    """
    before = last_question or (last_card.title if last_card is not None else None)
    said = normalise(text)
    if before is None or not said or len(text) > LONGEST:
        return None
    if alone.in_scope < (POINTING_IN_SCOPE if goes_on(text) else IN_SCOPE):
        return None
    known = normalise(f"{before}\n{last_card.title}" if last_card is not None else before)
    if any(matter not in known for matter in _matters_in(said)):
        return None
    return f"{before}，{text}"


def says_nothing_new(text: str, card: Passage) -> bool:
    """Tell whether every word of a question stands in a card: 给几倍 behind the card on unused leave."""
    return _speaks_of(card, segmenter().words(_ASKING.sub(" ", normalise(text)).strip()))


def names_matter(text: str) -> bool:
    """Tell whether a question says itself what it is about."""
    return bool(_matters_in(normalise(text)))


def asked_of(card: Passage, text: str) -> str | None:
    """Return what a question that points back asks about (那要不要扣工资: 扣工资), if the card speaks of all
    of it; else None. Nothing but another matter (那企业年金呢) is no question about the card's own."""
    if not goes_on(text):
        return None
    about = _ASKING.sub(" ", _POINTS_BACK.sub("", normalise(text), count=1)).strip()
    words = segmenter().words(about)
    if not words or _matters().fullmatch(about):
        return None
    return about if _speaks_of(card, words) else None


def points_back(text: str) -> bool:
    """Tell whether a short question begins by pointing to what was said before it: 那要不要扣工资."""
    return len(text) <= LONGEST and bool(_POINTS_BACK.match(normalise(text)))


def goes_on(text: str) -> bool:
    """Tell whether a short question points back or asks of another: 那要不要扣工资, 更衣室呢."""
    asks = len(text) <= LONGEST and bool(_ASKS_OF_ANOTHER.search(normalise(text)))
    return asks or points_back(text)


def says_the_same(text: str, before: str) -> bool:
    """Tell whether two questions share at least half of the characters of the shorter one."""
    ours, theirs = set(normalise(text)), set(normalise(before))
    return 2 * len(ours & theirs) >= min(len(ours), len(theirs))


def _speaks_of(card: Passage, words: Iterable[str]) -> bool:
    held = "\n".join((card.title, *card.questions, card.text))
    return all(word in held for word in words)


def _matters_in(said: str) -> list[str]:
    return _matters().findall(said)


@cache
def _matters() -> re.Pattern[str]:
    """The names of matters: the words of the union's dictionary, of topics and of kinds of leave."""
    words = sorted({*map(normalise, dictionary_words()), *_named()}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def _named() -> Iterator[str]:
    for name in _MATTERS:
        for line in (LEXICON / "entities" / name).read_text(encoding="utf-8").splitlines():
            _, *wordings = line.split("#", 1)[0].split() or [""]
            yield from (normalise(word) for word in wordings if len(word) > 1)
