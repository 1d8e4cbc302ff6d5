"""The reasons for which employment ends, as employees tell them apart, and which of them pay."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from retrieval.passages import Citation

LAW, DETAIL = "劳动合同法", "劳动合同法实施条例"


class Reason(StrEnum):
    """Why employment ends. The employee or the officer names it; whether it is right, arbitration decides."""

    EMPLOYER_PROPOSED = "employer_proposed"
    EXPIRED = "expired"
    EXPIRED_WORSE = "expired_worse"
    LAYOFF = "layoff"
    MEDICAL = "medical"
    INCOMPETENT = "incompetent"
    MAJOR_CHANGE = "major_change"
    EMPLOYER_FAULT = "employer_fault"
    CLOSED = "closed"
    TASK_DONE = "task_done"
    UNLAWFUL = "unlawful"
    RESIGNED = "resigned"
    SELF_PROPOSED = "self_proposed"
    RENEWAL_REFUSED = "renewal_refused"
    MISCONDUCT = "misconduct"
    UNFIT = "unfit"
    RETIRED = "retired"
    PART_TIME = "part_time"


def _law(*articles: str) -> tuple[Citation, ...]:
    return tuple(Citation(LAW, article) for article in articles)


PAID: Mapping[Reason, tuple[Citation, ...]] = MappingProxyType(
    {
        Reason.EMPLOYER_PROPOSED: _law("第四十六条", "第三十六条"),
        Reason.EXPIRED: _law("第四十六条", "第四十四条"),
        Reason.EXPIRED_WORSE: _law("第四十六条", "第四十四条"),
        Reason.LAYOFF: _law("第四十六条", "第四十一条"),
        Reason.MEDICAL: _law("第四十六条", "第四十条"),
        Reason.INCOMPETENT: _law("第四十六条", "第四十条"),
        Reason.MAJOR_CHANGE: _law("第四十六条", "第四十条"),
        Reason.EMPLOYER_FAULT: _law("第四十六条", "第三十八条"),
        Reason.CLOSED: _law("第四十六条", "第四十四条"),
        Reason.TASK_DONE: (Citation(DETAIL, "第二十二条"),),
        Reason.UNLAWFUL: _law("第四十八条", "第八十七条"),
    }
)
UNPAID: Mapping[Reason, tuple[Citation, ...]] = MappingProxyType(
    {
        Reason.RESIGNED: _law("第三十七条", "第四十六条"),
        Reason.SELF_PROPOSED: _law("第三十六条", "第四十六条"),
        Reason.RENEWAL_REFUSED: _law("第四十六条"),
        Reason.MISCONDUCT: _law("第三十九条", "第四十六条"),
        Reason.UNFIT: _law("第三十九条", "第四十六条"),
        Reason.RETIRED: _law("第四十四条", "第四十六条"),
        Reason.PART_TIME: _law("第七十一条"),
    }
)
WITH_NOTICE = frozenset({Reason.MEDICAL, Reason.INCOMPETENT, Reason.MAJOR_CHANGE})
"""第四十条: 30 days' notice or a month's pay."""
PAID_BEFORE_2008 = WITH_NOTICE | {Reason.EMPLOYER_PROPOSED, Reason.LAYOFF}
"""劳动法 第二十八条: 第二十四条, 第二十六条, 第二十七条 gave compensation."""
RULES_OF_1994: Mapping[Reason, Citation] = MappingProxyType(
    {
        reason: Citation("违反和解除劳动合同的经济补偿办法", article, None, "劳部发〔1994〕481号")
        for reason, article in (
            (Reason.EMPLOYER_PROPOSED, "第五条"),
            (Reason.MEDICAL, "第六条"),
            (Reason.INCOMPETENT, "第七条"),
        )
    }
)
"""The articles of the rules in force before 2008 that could be read, on several pages that agree
(26.nj64.com open.asp?id=199202, 360docs.net/doc/0b16281062.html); those from 第八条 on could not."""
