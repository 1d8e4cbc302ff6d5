"""What a calculator is told: named values with kinds, any of which may still be missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

T = TypeVar("T")


class Kind(StrEnum):
    """How a value is said, read and written; `years` may be broken (3.5), the others as their unit allows."""

    DATE = "date"
    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"
    HOURS = "hours"
    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"
    CHOICE = "choice"
    YES_NO = "yes_no"
    PLACE = "place"


EARLIEST, LATEST = date(1930, 1, 1), date(2100, 12, 31)


def _no_seconds(value: object) -> object:
    """Refuse what pydantic takes for seconds since 1970: numbers, also as text."""
    if isinstance(value, int | float) or (isinstance(value, str) and "-" not in value[1:]):
        raise ValueError("not a date")
    return value


Day = Annotated[date | None, Field(ge=EARLIEST, le=LATEST), BeforeValidator(_no_seconds), Kind.DATE]
Years = Annotated[Decimal | None, Field(ge=0, le=70), Kind.YEARS]
Months = Annotated[Decimal | None, Field(ge=0, le=840), Kind.MONTHS]
Days = Annotated[Decimal | None, Field(ge=0, le=3660), Kind.DAYS]
Hours = Annotated[Decimal | None, Field(ge=0, le=9000), Kind.HOURS]
Money = Annotated[Decimal | None, Field(ge=0, le=10_000_000), Kind.MONEY]
Count = Annotated[int | None, Field(ge=0, le=100), Kind.COUNT]
Percent = Annotated[Decimal | None, Field(ge=0, le=100), Kind.PERCENT]
YesNo = Annotated[bool | None, Kind.YES_NO]
Place = Annotated[str | None, Field(min_length=2, max_length=8), Kind.PLACE]
"""A province as people call it: 安徽, 内蒙古, 上海. A choice is `Annotated[Some | None, Kind.CHOICE]`."""


class Inputs(BaseModel):
    """The values of one calculator. Every field may be None: it says itself which it needs, by `needed`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def kinds(cls) -> dict[str, Kind]:
        """Return the kind of each field, in the order of the fields."""
        return {
            name: next(part for part in field.metadata if isinstance(part, Kind))
            for name, field in cls.model_fields.items()
        }

    def given(self) -> dict[str, object]:
        """Return the values that are there, by name."""
        return {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}


class ValueMissing(Exception):
    """A calculation cannot go on without the value of this field."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def needed(value: T | None, field: str) -> T:
    """Return a value. Raises ValueMissing where it has not been told."""
    if value is None:
        raise ValueMissing(field)
    return value
