"""A card without faults, to be broken in one place."""

from pathlib import Path

CARD = """\
---
id: leave-annual-days
title: 年休假有几天
topic: leave
questions:
  - 工作满一年有几天年假
  - 干了十二年能休多少天年休假
  - 年休假怎么算
  - 工龄二十年年假几天
  - 刚入职有年假吗
  - 我的年假有多少
  - 年休假按工龄怎么分
  - 老员工年假多几天
not_questions: [年会几号开]
citations:
  - {law: 职工带薪年休假条例, article: 第三条}
  - {law: 员工手册, article: null}
scope: national
effective_from: 2008-01-01
effective_to: null
reviewed_on: 2026-11-01
owner: 权益保障部
sample: false
handled_by: hr
---
工作满1年就有年休假，满10年10天。

休假由单位统筹安排。
"""

ORGANISATIONS = """\
organisations:
  - {path: 示例银行, name: 示例银行总行, sample: true}
  - {path: 示例银行/安徽省分行, name: 示例银行安徽省分行, sample: true}
  - {path: 真实银行, name: 真实银行总行, sample: false}
"""


def write_card(folder: Path, text: str = CARD, *, topic: str = "leave", name: str = "annual.md") -> Path:
    file = folder / topic / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file
