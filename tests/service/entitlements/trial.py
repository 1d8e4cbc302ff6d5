"""A calculator with a field of every kind, and its words, for the tests of reading."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from service.entitlements.calculator import calculator
from service.entitlements.inputs import (
    Count,
    Day,
    Days,
    Hours,
    Inputs,
    Kind,
    Money,
    Months,
    Percent,
    Place,
    Years,
    YesNo,
    needed,
)
from service.entitlements.parameters import Parameters
from service.entitlements.working import Working, said
from service.texts import Texts, Value


class Leave(StrEnum):
    SICK = "sick"
    PERSONAL = "personal"
    CHILDBIRTH = "childbirth"


class Sex(StrEnum):
    MAN = "man"
    WOMAN = "woman"


class Trial(Inputs):
    leave: Annotated[Leave | None, Kind.CHOICE] = None
    sex: Annotated[Sex | None, Kind.CHOICE] = None
    born_on: Day = None
    started_on: Day = None
    left_on: Day = None
    worked_years: Years = None
    contract_months: Months = None
    sick_months: Months = None
    took_days: Days = None
    overtime_hours: Hours = None
    wage: Money = None
    local_average: Money = None
    children: Count = None
    weeks: Count = None
    grade: Count = None
    rate: Percent = None
    province: Place = None
    gave_up: YesNo = None


def _work_out(told: Trial, _parameters: Parameters, _on: date) -> Working:
    """Every leave needs the years, childbirth the day of birth too; a wage is needed last."""
    needed(told.leave, "leave")
    needed(told.worked_years, "worked_years")
    if told.leave is Leave.CHILDBIRTH:
        needed(told.born_on, "born_on")
    needed(told.wage, "wage")
    return Working(said("headline"), {}, ())


TRIAL = calculator("trial", "leave", Trial, _work_out)


def _field(label: str, cues: str = "", ask: str = "是多少？", **more: str) -> Value:
    lists: dict[str, Value] = {key: list(words.split()) for key, words in {"cues": cues, **more}.items()}
    return {"label": label, "ask": ask, "examples": [], **lists}


def _choice(label: str, heard: str) -> Value:
    return {"label": label, "heard": list(heard.split())}


FIELDS: dict[str, Value] = {
    "leave": _field("假的种类"),
    "sex": _field("性别", "性别"),
    "born_on": _field("出生日期", "出生 生日 生的 生 生于 预产期"),
    "started_on": _field("入职的日子", "入职 参加工作 来的 从 进行"),
    "left_on": _field("离职的日子", "离职 干到 到 最后一天"),
    "worked_years": _field("工龄", "工龄 工作 工作了 干了 行龄"),
    "contract_months": _field("合同期限", "合同 签了"),
    "sick_months": _field("病假", "病假 看病"),
    "took_days": _field("已休年假", "年假 休了", ask="已经休了几天？"),
    "overtime_hours": _field("加班小时", "加班"),
    "wage": _field("月工资", "月工资 工资 月薪 收入"),
    "local_average": _field("社平工资", "社平 社平工资 当地平均工资"),
    "children": _field("孩子几个", "孩子 娃 双胞胎 三胞胎 龙凤胎 单胎"),
    "weeks": _field("怀孕几周", "孕 周"),
    "grade": _field("伤残等级", "级 伤残 等级"),
    "rate": _field("会费比例", "比例 费率"),
    "province": _field("在哪个省", "户口"),
    "gave_up": _field(
        "书面放弃",
        ask="你书面放弃过年假吗？",
        said_yes="放弃了 写了放弃 签了字",
        said_no="没放弃 没写过 没签字 满一年没休",
    ),
}  # fmt: skip
CHOICES: dict[str, Value] = {
    "sick": _choice("病假", "生病 看病 住院 病休"),
    "personal": _choice("事假", "家里有事 私事"),
    "childbirth": _choice("产假", "生孩子 生小孩 分娩"),
    "man": _choice("男职工", "男 男的 男同志"),
    "woman": _choice("女职工", "女 女的 女同志"),
    "2": {"heard": ["二胎", "一对"]},
}


def texts(*, fields: dict[str, Value] | None = None, choices: dict[str, Value] | None = None) -> Texts:
    """Return the text file of the calculator, or one with other fields or choices."""
    own: dict[str, Value] = {"fields": fields or FIELDS, "choices": choices or CHOICES}
    return Texts({"entitlements": {"trial": own}})
