"""Finds the question, the answer and what belongs to them among the columns of a table."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from retrieval.documents.model import Place, QuestionRow, QuestionTable
from retrieval.documents.reading.cleaning import clean, joined
from retrieval.documents.reading.drafts import Draft
from retrieval.documents.reading.errors import UnreadableError

FIELDS = ("question", "other", "answer", "topic", "basis")
_HEADINGS = {
    "question": r"(?:标准|常见|咨询|员工|职工|会员|用户|客户)*(?:问题|提问|问句|问法|疑问)"
    r"(?:内容|描述|名称)?|(?:员工|职工|会员|用户|客户)?(?:咨询|询问)(?:内容|事项)|问题标题|问|标准问|题目|questions?|q|query",
    "other": r"(?:相似|扩展|同义|其他|其它|别的|近似|类似)(?:问题?|问法|说法|提问|问句)(?:列表)?\d*|"
    r"similar(?:\s*questions?)?|variants?",
    "answer": r"(?:标准|参考|正确|统一|工会|部门)*(?:答案|答复|回答|解答|回复)(?:内容|要点|口径)?|"
    r"答|解答口径|处理意见|answers?|a|reply",
    "topic": r"(?:问题|业务|知识)?(?:分类|类别|类型|主题|板块|条线|栏目|目录)(?:名称)?|"
    r"[一二]级(?:分类|类别|目录)|category|topic|class",
    "basis": r"(?:政策|法律|法规|制度|文件|答复|回答)?(?:依据|出处|来源)(?:文件|条款)?|"
    r"参考文件|文件名称|basis|source|reference",
}
_KNOWN = {field: re.compile(words, re.IGNORECASE) for field, words in _HEADINGS.items()}
_ASKING = re.compile(
    r"[？?]\s*$|吗|怎么|如何|多少|什么|哪|几|能否|是否|可否|可以.*不|要不要|谁|为何|咋|呢\s*$"
)
_ASIDE = re.compile(r"[（(【\[].*?[）)】\]]|[*＊:：\s]")
_OTHERS = re.compile(r"[\n;；|｜]+")
_HEADER_WITHIN = 12
_SAMPLE = 200

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a file: its rows with their numbers."""

    name: str | None
    rows: Sequence[tuple[int, Cells]]


def question_table(sheets: Iterable[Sheet], columns: Mapping[str, str], draft: Draft) -> QuestionTable:
    """The questions in all sheets. Raises UnreadableError: not_a_question_table, bad_columns."""
    unknown = [field for field in columns.values() if field not in FIELDS]
    if unknown:
        raise UnreadableError("bad_columns", unknown="、".join(unknown), known="、".join(FIELDS))
    rows: list[QuestionRow] = []
    said: list[tuple[str, str]] = []
    headings: list[str] = []
    for sheet in sheets:
        found = _columns(sheet, columns)
        if found is None:
            headings += [cell for _, cells in sheet.rows[:1] for cell in cells if cell]
            if any(any(cells) for _, cells in sheet.rows):
                first = "、".join(headings[:8])
                draft.doubt("no_questions_in_sheet", Place(sheet=sheet.name), headings=first)
            continue
        if not found.named:
            draft.doubt("columns_guessed", Place(sheet=sheet.name))
        said += [pair for pair in found.said() if pair not in said]
        rows += _rows(sheet, found, draft)
    if not rows:
        raise UnreadableError("not_a_question_table", headings="、".join(headings[:20]))
    return QuestionTable(tuple(rows), tuple(said), tuple(draft.doubts))


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column is what; `below` is how many rows of the sheet come before the first question."""

    fields: Mapping[int, str]
    headings: Cells
    below: int
    named: bool = True

    def said(self) -> Iterable[tuple[str, str]]:
        for at, field in sorted(self.fields.items()):
            heading = self.headings[at] if at < len(self.headings) else ""
            yield heading or _letter(at), field

    def one(self, cells: Cells, field: str) -> str:
        return next((cells[at] for at, name in self.fields.items() if name == field and at < len(cells)), "")

    def several(self, cells: Cells, field: str) -> list[str]:
        return [cells[at] for at, name in self.fields.items() if name == field and at < len(cells)]


def _columns(sheet: Sheet, told: Mapping[str, str]) -> _Columns | None:
    for below, (_, cells) in enumerate(sheet.rows[:_HEADER_WITHIN], 1):
        fields = _told(cells, told) if told else _by_heading(cells)
        if "question" in fields.values() and "answer" in fields.values():
            return _Columns(fields, cells, below)
    if told:
        return _by_letters(sheet, told)
    return _by_content(sheet)


def _told(cells: Cells, told: Mapping[str, str]) -> dict[int, str]:
    return {at: told[name] for at, cell in enumerate(cells) if (name := _bare(cell, told)) is not None}


def _bare(cell: str, told: Mapping[str, str]) -> str | None:
    return next((name for name in told if name and joined(name.split()) == joined(cell.split())), None)


def _by_letters(sheet: Sheet, told: Mapping[str, str]) -> _Columns | None:
    """Columns may also be told as A, B, C … where a table has no headings."""
    at = {_letter(number): number for number in range(26)}
    if not set(told) <= set(at) or not any(any(cells) for _, cells in sheet.rows):
        return None
    fields = {at[letter]: field for letter, field in told.items()}
    return _Columns(fields, (), 0) if {"question", "answer"} <= set(fields.values()) else None


def _by_heading(cells: Cells) -> dict[int, str]:
    """What known words say. Only the first column of a kind counts, except for other ways to ask."""
    fields: dict[int, str] = {}
    for at, cell in enumerate(cells):
        name = _ASIDE.sub("", cell)
        field = next((field for field, words in _KNOWN.items() if words.fullmatch(name)), None)
        if field and (field == "other" or field not in fields.values()):
            fields[at] = field
    return fields


def _by_content(sheet: Sheet) -> _Columns | None:
    """A column that mostly asks, and beside it the one with the longest texts."""
    sample = [cells for _, cells in sheet.rows[:_SAMPLE] if _several(cells)]
    width = max(map(len, sample), default=0)
    if len(sample) < 2 or width < 2:
        return None
    texts = [[cells[at] if at < len(cells) else "" for cells in sample] for at in range(width)]
    asking = [
        sum(_ASKING.search(text) is not None and len(text) < 120 for text in column) for column in texts
    ]
    question = max(range(width), key=lambda at: asking[at])
    others = [at for at in range(width) if at != question]
    answer = max(others, key=lambda at: sum(map(len, texts[at])))
    filled = sum(bool(text) for text in texts[answer])
    if asking[question] * 10 < 6 * len(sample) or filled * 10 < 6 * len(sample):
        return None
    if sum(map(len, texts[answer])) < 4 * filled:
        return None
    first = next(at for at, (_, cells) in enumerate(sheet.rows) if _several(cells))
    head = sheet.rows[first][1]
    has_head = question < len(head) and not _ASKING.search(head[question]) and len(head[question]) < 12
    fields = {question: "question", answer: "answer"}
    if has_head:  # which words it has for these two is not known, but for the others it may be
        fields |= {
            at: field
            for at, field in _by_heading(head).items()
            if at not in fields and field not in fields.values()
        }
    return _Columns(fields, head if has_head else (), first + has_head, named=False)


def _several(cells: Cells) -> bool:
    """Whether a row has two cells or more; a title across merged ones is one."""
    return len(set(filter(None, cells))) >= 2


def _rows(sheet: Sheet, columns: _Columns, draft: Draft) -> Iterable[QuestionRow]:
    for number, cells in sheet.rows[columns.below :]:
        question = joined(clean(columns.one(cells, "question")).split("\n"))
        answer = clean(columns.one(cells, "answer"))
        place = Place(line=number, sheet=sheet.name)
        if question and answer:
            others = [
                way
                for cell in columns.several(cells, "other")
                for way in map(str.strip, _OTHERS.split(clean(cell)))
                if way and way != question
            ]
            yield QuestionRow(
                question,
                answer,
                place,
                tuple(dict.fromkeys(others)),
                joined(clean(columns.one(cells, "topic")).split("\n")) or None,
                joined(clean(columns.one(cells, "basis")).split("\n")) or None,
            )
        elif question:
            draft.doubt("row_without_answer", place, question=question[:60])
        elif answer:
            draft.doubt("row_without_question", place)


def _letter(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else f"#{at + 1}"
