"""The calculators by name, and what each of them is made of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from service.entitlements import (
    annual_leave,
    dues,
    maternity_leave,
    notice_period,
    overtime_pay,
    probation,
    retirement_date,
    severance,
    sick_leave,
    work_injury,
)
from service.entitlements.calculator import Calculator

CALCULATORS: Mapping[str, Calculator] = MappingProxyType(
    {
        module.CALCULATOR.name: module.CALCULATOR
        for module in (
            annual_leave,
            overtime_pay,
            severance,
            maternity_leave,
            sick_leave,
            retirement_date,
            work_injury,
            notice_period,
            probation,
            dues,
        )
    }
)
"""Each is asked for in the dialogue by the intent `calc_<name>`. In the order in which they are offered."""
