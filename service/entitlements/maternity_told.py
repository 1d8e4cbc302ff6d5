"""What is told of a birth and its leaves, and by the rules of which day they are worked out."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from retrieval.passages import Citation
from service.entitlements.inputs import Count, Day, Days, Inputs, Kind, Months, Place, YesNo

LAW, LAW_NUMBER = "女职工劳动保护特别规定", "国务院令第619号"
SPECIAL_RULES = date(2012, 4, 28)
"""女职工劳动保护特别规定 第十六条."""
LONGEST_WEEKS = 46
"""Of a pregnancy."""


class Leave(StrEnum):
    """Whose leave, and for what."""

    CHILDBIRTH = "childbirth"
    MISCARRIAGE = "miscarriage"
    PATERNITY = "paternity"
    CHILDCARE = "childcare"


class MaternityLeave(Inputs):
    """`birth_date` is the day of birth or, before it, the day expected. `child_number` is which child of the
    mother it is, `babies` how many are born at once. `local_days` is what the employee knows of the place's
    rule or the unit's: days beyond the country's for a birth, all days for the father's and childcare leave.
    """

    kind: Annotated[Leave | None, Kind.CHOICE] = None
    province: Place = None
    birth_date: Day = None
    child_number: Count = None
    babies: Count = None
    difficult: YesNo = None
    caesarean: YesNo = None
    pregnancy_months: Months = None
    pregnancy_weeks: Count = None
    start: Day = None
    local_days: Days = None


def day_of_rules(told: MaternityLeave, on: date) -> date:
    """Return the day of the birth or of the leave where it is past, else `on`."""
    return min(day for day in (on, told.birth_date, told.start) if day is not None)


def special_rule(article: str, paragraph: str | None = None) -> Citation:
    return Citation(LAW, article, paragraph, LAW_NUMBER)
