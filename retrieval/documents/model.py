"""What a document is between a file and the index: blocks as they were read, instruments as understood.

`reading` turns a file of any format into blocks; `structure` turns blocks into instruments (a law, a bank's
policy); a table of questions and answers becomes `QuestionTable` instead. Nothing here knows a file format.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    """A point of a list; its number or bullet is part of the text."""
    TABLE = "table"
    NOTE = "note"
    """A footnote or endnote."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file, both counted from 1; None where the format has no such thing.

    `sheet` is the name of a spreadsheet's sheet, whose `line` is then the row.
    """

    page: int | None = None
    line: int | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, table or note, in reading order.

    `level` counts from 1 (1 is the outermost heading or list), 0 when the format says nothing about it.
    `rows` holds a table's cells as texts, merged cells repeated; `text` is then its CommonMark. `confidence`
    is that of recognised print, 0 to 1, None for text the file itself holds.
    """

    kind: BlockKind
    text: str
    place: Place = Place()
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person should look at: `code` is a key of texts/zh-CN/documents.yml, `values` fill it."""

    code: str
    place: Place = Place()
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's content. `format` is what it really is, whatever its name says: docx, pdf, md, html, txt …"""

    format: str
    blocks: tuple[Block, ...]
    title: str | None = None
    """What the file's own properties or its name say, to fall back on."""
    doubts: tuple[Doubt, ...] = ()
    scanned: bool = False
    """Whether any of it was recognised from pictures."""


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to an article of this instrument or another law, by offsets into the article's text."""

    start: int
    end: int
    law: str
    article: str
    paragraph: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One 条, or one section of a text without articles, verbatim.

    `label` is 第三十九条之一 in Chinese numerals however printed, a section's heading (“三、报销标准”),
    the number of a point that is a paragraph (“三”), or an annex (附件1); a repeated one is made unique by
    〔2〕. A section under no heading is called by its first words. `headings` are those it stands under,
    outermost first (第二编 …, 第三章 …). `text` does not begin with the label, save for those first words;
    its paragraphs (款) are separated by newlines, items (项, 目) are lines of their own, tables CommonMark.
    """

    label: str
    text: str
    headings: tuple[str, ...] = ()
    place: Place = Place()
    links: tuple[Link, ...] = ()
    annex: bool = False
    """Whether it stands in an annex (附件, 附表)."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """One entry of the history a preamble gives: 2012年12月28日 …第三十次会议《关于修改…的决定》修正."""

    on: date
    text: str


class InstrumentKind(StrEnum):
    LAW = "law"
    """With articles 第…条 and an issuing body."""
    DECISION = "decision"
    """Changes other instruments, or decides in numbered points."""
    POLICY = "policy"
    """A text without articles: split by headings and lists."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """One law, rule, decision or policy; a file may hold several.

    `name` is the official one without 中华人民共和国 (劳动合同法): what citations call it. `title` is as
    printed. `part` is set where a file holds one part of a law (侵权责任编 of 民法典): name and part together
    tell documents apart. Dates are None when the text does not say them. `promulgated_on` is that of this
    version (its last amendment), `effective_from` the day from which this version holds, `in_force_since` the
    day from which the instrument has held in any version; an amended text states only the latter.
    `preamble` is what stands before the first article, and a signature. `amends` names the instruments that
    a decision changes, `repeals` those it says cease to hold.
    """

    name: str
    title: str
    kind: InstrumentKind
    articles: tuple[Article, ...]
    part: str | None = None
    issuer: str | None = None
    document_no: str | None = None
    promulgated_on: date | None = None
    effective_from: date | None = None
    in_force_since: date | None = None
    history: tuple[Amendment, ...] = ()
    preamble: str = ""
    amends: tuple[str, ...] = ()
    repeals: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question with its answer from a table; `others` are further ways of asking, `basis` as written."""

    question: str
    answer: str
    place: Place
    others: tuple[str, ...] = ()
    topic: str | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionTable:
    """A table of questions and answers. `columns` says which heading was taken for what, by sheet."""

    rows: tuple[QuestionRow, ...]
    columns: tuple[tuple[str, str], ...]
    doubts: tuple[Doubt, ...] = ()
