"""Spreadsheets of questions and answers: xlsx, csv, and web tables that call themselves xls."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import Any

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from retrieval.documents.model import Place, QuestionTable
from retrieval.documents.reading.archives import open_archive
from retrieval.documents.reading.drafts import Draft
from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.limits import Limits
from retrieval.documents.reading.page_blocks import table_rows
from retrieval.documents.reading.pages import tree_of
from retrieval.documents.reading.plain import text_of
from retrieval.documents.reading.questions import Sheet, question_table

_EMPTY_ROWS = 5_000
"""After so many a sheet has ended: formatting alone can make it a million rows long."""
_WIDEST = 200
_DELIMITERS = ",;\t|"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_xlsx(path: Path, limits: Limits, columns: Mapping[str, str]) -> QuestionTable:
    """Read a workbook's visible sheets. Raises UnreadableError not_a_question_table."""
    draft = Draft(limits.characters)
    with open_archive(path, limits) as archive:
        looks = _Looks(archive)
    sheets = []
    # With formulas it is read twice side by side: one way tells them, the other their values.
    values = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    formulas = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    try:
        for sheet, same in zip(values.worksheets, formulas.worksheets, strict=True):
            if sheet.sheet_state != "visible":
                draft.doubt("hidden_sheet", Place(sheet=sheet.title))
                continue
            rows = []
            for row in _rows(sheet, same if looks.calculates(sheet.title) else None, draft, limits):
                rows.append(row)
                if len(rows) > limits.rows:
                    raise UnreadableError("too_long", Place(sheet=sheet.title), most=str(limits.rows))
            sheets.append(Sheet(sheet.title, looks.filled(sheet.title, rows)))
    finally:
        values.close()
        formulas.close()
    return question_table(sheets, columns, draft)


def read_csv(path: Path, limits: Limits, columns: Mapping[str, str]) -> QuestionTable:
    """Read comma, semicolon or tab separated values."""
    draft = Draft(limits.characters)
    text = text_of(path, draft)
    csv.field_size_limit(1_000_000)
    rows: list[tuple[int, list[str]]] = []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells):
                rows.append((lines.line_num, [cell.strip() for cell in cells[:_WIDEST]]))
                if len(rows) > limits.rows:
                    raise UnreadableError("too_long", most=str(limits.rows))
    except csv.Error as error:
        raise UnreadableError("corrupt", Place(line=lines.line_num), format="csv") from error
    return question_table([Sheet(None, rows)], columns, draft)


def read_html_sheet(path: Path, limits: Limits, columns: Mapping[str, str]) -> QuestionTable:
    """Read the tables of a web page saved under a spreadsheet's name, as many systems export them."""
    draft = Draft(limits.characters)
    tables = [table_rows(table) for table in tree_of(path, draft).iter("table")]
    sheets = [Sheet(None, list(enumerate(rows, 1))) for rows in tables]
    return question_table(sheets, columns, draft)


def _delimiter(text: str) -> str:
    """The separator that the first lines have most evenly."""
    lines = [line for line in text.split("\n")[:30] if line.strip()]

    def evenness(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max(_DELIMITERS, key=evenness)


def _rows(
    sheet: ReadOnlyWorksheet, same: ReadOnlyWorksheet | None, draft: Draft, limits: Limits
) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with their numbers."""
    empty = 0
    characters = 0
    for number, (cells, formulas) in enumerate(zip_longest(_cells(sheet), _cells(same), fillvalue=()), 1):
        texts: list[str] = []
        for at, cell in enumerate(cells[:_WIDEST]):
            text = _text(cell.value, getattr(cell, "number_format", ""))
            if not text and at < len(formulas) and formulas[at].data_type == "f":
                draft.doubt("formula_without_value", Place(line=number, sheet=sheet.title))
            texts.append(text)
        if any(texts):
            empty = 0
            characters += sum(map(len, texts))
            if characters > limits.characters:
                raise UnreadableError("too_long", Place(line=number, sheet=sheet.title))
            yield number, texts
            continue
        empty += 1
        if empty >= _EMPTY_ROWS:
            draft.doubt("empty_rows", Place(line=number, sheet=sheet.title), count=str(_EMPTY_ROWS))
            return


def _cells(sheet: ReadOnlyWorksheet | None) -> Iterator[tuple[Any, ...]]:
    if sheet is None:
        return iter(())
    sheet.reset_dimensions()  # what a file says of its size is often a million rows
    return iter(sheet.iter_rows())  # type: ignore[misc]  # its stub is the one of an ordinary sheet


def _text(value: object, number_format: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        case float() if "%" in number_format:
            return f"{round(value * 100, 6):g}%"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case float():
            return f"{value:.12g}"
        case _:
            return str(value).strip()


class _Looks:
    """What openpyxl does not tell when it reads row by row: merged cells, and whether any calculates."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._areas: dict[str, list[tuple[int, int, int, int]]] = {}
        self._calculating: set[str] = set()
        try:
            files = {
                relation.get("Id"): str(relation.get("Target"))
                for relation in _xml(archive, "xl/_rels/workbook.xml.rels")
            }
            sheets = list(_xml(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet"))
        except (KeyError, etree.XMLSyntaxError):
            return  # openpyxl says what is wrong
        for sheet in sheets:
            target = files.get(sheet.get(_RELATION) or "", "")
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if name in archive.namelist():
                self._look(archive, name, sheet.get("name") or "")

    def calculates(self, name: str) -> bool:
        """Whether a sheet has formulas."""
        return name in self._calculating

    def filled(self, name: str, rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
        """The rows with the text of merged cells in all of them."""
        by_number = dict(rows)
        for left, top, right, bottom in self._areas.get(name, ()):
            source = by_number.get(top, [])
            text = source[left - 1] if left <= len(source) else ""
            for number in range(top, min(bottom, top + len(rows) * 50) + 1) if text else ():
                cells = by_number.get(number)
                if cells is not None:
                    cells += [""] * (min(right, _WIDEST) - len(cells))
                    for at in range(left - 1, min(right, _WIDEST)):
                        cells[at] = text
        return rows

    def _look(self, archive: zipfile.ZipFile, member: str, name: str) -> None:
        """Go through a sheet's bytes; merged areas stand behind all of its rows."""
        found: dict[bytes, None] = {}
        rest, read = b"", 0
        with archive.open(member) as sheet:
            while read < _LONGEST_SHEET and (part := sheet.read(1 << 20)):
                read += len(part)
                found |= dict.fromkeys(_AREA.findall(rest + part))
                if _FORMULA.search(rest + part):
                    self._calculating.add(name)
                rest = part[-_LONGEST_AREA:]
        self._areas[name] = [area for text in found if (area := _area(text))]


def _xml(archive: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(archive.read(name), parser)


_AREA = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_LONGEST_SHEET = 512 << 20
_LONGEST_AREA = 64


def _area(text: bytes) -> tuple[int, int, int, int] | None:
    try:
        left, top, right, bottom = range_boundaries(text.decode("ascii"))
    except ValueError:
        return None
    return (left, top, right, bottom) if left and top and right and bottom else None
