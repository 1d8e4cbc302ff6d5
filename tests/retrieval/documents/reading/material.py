"""Files as people make them, and what is read from them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from retrieval.documents.model import Block, BlockKind, QuestionTable, Reading
from retrieval.documents.reading import Reader

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SONG = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(SONG))
BODY = ParagraphStyle("body", fontName=SONG, fontSize=10.5, leading=18, firstLineIndent=21, wordWrap="CJK")
TITLE = ParagraphStyle("title", fontName=SONG, fontSize=18, leading=26, alignment=1, wordWrap="CJK")
CHAPTER = ParagraphStyle("chapter", fontName=SONG, fontSize=14, leading=24, alignment=1, wordWrap="CJK")
SMALL = ParagraphStyle("small", fontName=SONG, fontSize=8, leading=11, wordWrap="CJK")
LONG = (
    "职工疗休养由所在单位工会组织，每年安排一次，时间不超过七天，所需经费在工会经费中列支，超出部分由职工本人承担，"
    "不得以现金形式发放，具体标准由各分行工会根据当地情况确定并报上级工会备案。"
)


def reading(reader: Reader, path: Path) -> Reading:
    """Read a file that is no table of questions."""
    result = reader.read(path)
    assert isinstance(result, Reading)
    return result


def questions(reader: Reader, path: Path, columns: dict[str, str] | None = None) -> QuestionTable:
    """Read a table of questions."""
    result = reader.read(path, columns=columns)
    assert isinstance(result, QuestionTable)
    return result


def texts(result: Reading) -> list[str]:
    return [block.text for block in result.blocks]


def of_kind(result: Reading, kind: BlockKind) -> list[Block]:
    return [block for block in result.blocks if block.kind is kind]


def codes(result: Reading | QuestionTable) -> list[str]:
    return [doubt.code for doubt in result.doubts]


def written(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def workbook(folder: Path, sheets: Mapping[str, Sequence[Sequence[object]]], name: str = "问答.xlsx") -> Path:
    """A workbook of sheets by their titles."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(folder / name)
    return folder / name


def word(folder: Path, fill: Callable[[Document], object], name: str = "文件.docx") -> Path:
    """A docx that `fill` has written into."""
    document = docx.Document()
    fill(document)
    path = folder / name
    document.save(str(path))
    return path


def raw_paragraph(document: Document, inside: str) -> Any:
    """Append a paragraph written in WordprocessingML."""
    return put(document, f"<w:p {W}>{inside}</w:p>")


def put(document: Document, xml: str) -> Any:
    element = parse_xml(xml)
    document.element.body.insert(len(document.element.body) - 1, element)
    return element


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def define_list(document: Document, levels: Sequence[tuple[str, str]], *, number: int = 77) -> int:
    """Define a list by (format, text) of each level, and return its number.

    The second level and what is below it start again under each outer one, except 第…条, which counts on.
    """
    numbering = document.part.numbering_part.element
    written_levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        + ('<w:lvlRestart w:val="0"/>' if "条" in text else "")
        + f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    definition = f'<w:abstractNum {W} w:abstractNumId="{number}">{written_levels}</w:abstractNum>'
    numbering.insert(0, parse_xml(definition))
    use = f'<w:num {W} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'
    numbering.append(parse_xml(use))
    return number


def listed(document: Document, text: str, list_id: int, level: int = 0) -> None:
    """Append a paragraph of a list."""
    numbering = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    raw_paragraph(document, f"<w:pPr>{numbering}</w:pPr>{run(text)}")


def add_footnotes(document: Document, notes: dict[int, str]) -> None:
    """Give a document footnotes, as Word keeps them in a part of their own."""
    inside = '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    inside += "".join(
        f'<w:footnote w:id="{at}"><w:p>{run(text)}</w:p></w:footnote>' for at, text in notes.items()
    )
    xml = f'<?xml version="1.0" encoding="UTF-8"?><w:footnotes {W}>{inside}</w:footnotes>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def pdf(folder: Path, story: list[Any], name: str = "文件.pdf", *, header: str = "", **options: Any) -> Path:
    """A PDF of flowing paragraphs and tables with page numbers, and a running header if wanted."""
    path = folder / name

    def furniture(canvas: Any, _document: Any) -> None:
        canvas.setFont(SONG, 9)
        canvas.drawString(72, 810, header)
        canvas.drawCentredString(297, 30, f"— {canvas.getPageNumber()} —")

    document = SimpleDocTemplate(str(path), pagesize=A4, **options)
    document.build(story, onFirstPage=furniture, onLaterPages=furniture)
    return path


def paragraph(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    return Paragraph(text, style)


def ruled(rows: list[list[str]], *merged: tuple[tuple[int, int], tuple[int, int]], **options: Any) -> Table:
    """A table with borders; `merged` are (column, row) corners."""
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, -1), SONG, 10)]
    return Table(rows, style=[*style, *(("SPAN", *area) for area in merged)], **options)
