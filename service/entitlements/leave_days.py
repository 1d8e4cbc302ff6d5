"""Days of leave of which statutory holidays are none: they put its end off."""

from __future__ import annotations

from datetime import date, timedelta

from service.entitlements.parameters import Parameter, Parameters

DAY = timedelta(days=1)


def last_without_holidays(
    first: date, days: int, parameters: Parameters
) -> tuple[date, tuple[Parameter, ...]] | None:
    """Return the last of so many days from `first` on, and the holidays of the years that were looked at.

    None where those of a year are not known.
    """
    day, left = first, days
    years: dict[str, Parameter] = {}
    while left:
        year = parameters.find("holidays", day)
        if year is None:
            return None
        years[year.version] = year
        left -= day not in year.days("statutory")
        day += DAY
    return day - DAY, tuple(years.values())
