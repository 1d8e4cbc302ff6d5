"""Questions that only name articles, to read them: “劳动合同法39条”, “工会法第二十一条第二款怎么规定”."""

import re

from language.laws import ArticleReference, LawNames, find_articles
from retrieval.ranking import Tier
from retrieval.search import Decision

# What is said around the name of an article by whoever wants to read it. 不, 吗 after a verb, a person, an
# event: whatever else is said asks something else.
_AROUND = re.compile(
    r"[\W_]+|请问|麻烦|帮忙|帮我|给我|告诉|我|想|要|知道|问|了解|学习|查|找|看|读|念|背|列|发|在|一下|下|一遍|"
    r"规定|内容|原文|全文|条文|原话|法条|具体|主要|到底|究竟|解释|理解|意思|没懂|不懂|懂|"
    r"是什么|什么|怎么样|怎么|如何|哪些|啥|是|的|了|说|讲|写|里面|里|中|关于|根据|按照|那么|那|这|其中|它|有|"
    r"和|与|及|以及|还有|条|款|项|呢|吗|吧|呀|啊|来|出"
)


def articles_asked_for(text: str, laws: LawNames) -> tuple[ArticleReference, ...]:
    """The articles that `text` asks to read, in order; none when it asks anything beyond that."""
    references = find_articles(text, laws)
    if not references or any(reference.law is None for reference in references):
        return ()
    rest = list(text)
    spans = [(one.start, one.end) for one in references] + [(law.start, law.end) for law in laws.find(text)]
    for start, end in spans:
        rest[start:end] = " " * (end - start)
    if _AROUND.sub("", "".join(rest)):
        return ()
    places = {(one.law, one.article, one.paragraph): one for one in reversed(references)}
    return tuple(sorted(places.values(), key=lambda one: (one.start, one.article)))


def to_read(tier: Tier, decision: Decision, confidence: float, *, exact: float) -> tuple[Decision, float]:
    """What to do about the wish to read an article, by the tier of what was found first for it.

    It is shown, or what cites it is offered; nothing like it takes its place. `exact` is the confidence in
    what was found by its name.
    """
    match tier:
        case Tier.NAMED:
            return Decision.ANSWER, exact
        case Tier.CITED:
            return Decision.CLARIFY, confidence
        case Tier.FOUND:
            return Decision.REFUSE, 0.0
        case Tier.EXACT:
            return decision, confidence
