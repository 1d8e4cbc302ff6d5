"""A Word document as blocks: headings, numbered paragraphs, tables, notes and text boxes in reading order."""

import re
from pathlib import Path

from docx.opc.part import Part
from docx.package import Package
from lxml import etree

from retrieval.documents.model import BlockKind, Place, Reading
from retrieval.documents.reading.archives import open_archive
from retrieval.documents.reading.cleaning import clean
from retrieval.documents.reading.drafts import Draft
from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.limits import Limits
from retrieval.documents.reading.word.names import Element, child, content, number, value, w
from retrieval.documents.reading.word.numbering import Label, Numbering
from retrieval.documents.reading.word.paragraphs import Words, words_of
from retrieval.documents.reading.word.styles import Style, Styles
from retrieval.documents.reading.word.tables import cells_of, is_frame

_STRICT = "http://purl.oclc.org/ooxml/"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
_CHAPTER = re.compile(r"第[〇零一二三四五六七八九十百千\d]+[编章节]|第[〇零一二三四五六七八九十百\d]+分编")
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千\d]+条")
_LONGEST_HEADING = 60
_ORDINARY_ENDS = "。；：，、;:"


def read_docx(path: Path, limits: Limits) -> Reading:
    """Read a docx. Raises UnreadableError for archives that must not be opened or are none of Word's."""
    open_archive(path, limits).close()  # everything is loaded below: sizes first
    package = Package.open(str(path))
    main = package.main_document_part
    body = child(_root(main), "body")
    if body is None:
        strict = _STRICT.encode() in main.blob[:4096]
        raise UnreadableError("convert_first" if strict else "corrupt", format="docx")
    draft = Draft(limits.characters)
    document = _Document(draft, {name: _part(main, name) for name in ("styles", "numbering")}, _notes(main))
    document.blocks(body)
    document.finish()
    return draft.reading("docx", title=_title(package) or path.stem)


class _Document:
    """Walks through a document and keeps what spans paragraphs: page, list numbers, a text that goes on."""

    def __init__(
        self, draft: Draft, parts: dict[str, Element | None], notes: dict[tuple[str, str], Element]
    ) -> None:
        self._draft = draft
        self._styles = Styles(parts["styles"])
        self._numbering = Numbering(parts["numbering"])
        self._notes = notes
        self._page, self._line = 1, 0
        self._paged = False
        self._carried = ""
        self._pending_notes: list[tuple[str, str]] = []
        self._titles: set[int] = set()  # positions in the draft
        self._seen: dict[str, tuple[Place, int]] = {}

    def blocks(self, container: Element) -> None:
        """Add the blocks of the body, a text box or a framing cell."""
        for part in content(container):
            if part.tag == w("p"):
                self._paragraph(part)
            elif part.tag == w("tbl") and is_frame(part):
                cell = next(part.iter(w("tc")))
                self.blocks(cell)
            elif part.tag == w("tbl"):
                self._table(part)
            elif part.tag == w("altChunk"):
                self._note_seen("objects", 1)

    def finish(self) -> None:
        """Say what was left out or decided, once for the file, at the first place where it was seen."""
        for code, (place, count) in self._seen.items():
            self._draft.doubt(code, place, count=str(count))
        for at, block in enumerate(self._draft.blocks if self._titles else ()):
            # A title is the outermost heading; the others stand below it, as in Markdown.
            if at in self._titles:
                self._draft.retitle(at, BlockKind.HEADING, 1)
            elif block.kind is BlockKind.HEADING and block.level:
                self._draft.retitle(at, BlockKind.HEADING, block.level + 1)

    def _paragraph(self, paragraph: Element) -> None:
        words, style, label = self._words(paragraph)
        place = self._place()
        if not (words.contents or style.contents):
            self._add(paragraph, words, style, label, place)
        self._flush_notes(place)
        for box in words.boxes:
            self.blocks(box)

    def _add(self, paragraph: Element, words: Words, style: Style, label: Label | None, place: Place) -> None:
        text = clean(words.text)
        if not text:
            return
        printed = label.before(text) if label else text
        level = _outline(paragraph, style)
        if style.title and level is None:
            self._titles.add(len(self._draft.blocks))
            self._draft.add(BlockKind.HEADING, printed, place, one_line=True)
        elif level is not None and _could_head(printed):
            self._draft.add(BlockKind.HEADING, printed, place, level=level, one_line=True)
        elif label and _CHAPTER.match(label.text) and len(printed) <= _LONGEST_HEADING:
            self._draft.add(BlockKind.HEADING, printed, place, level=label.level + 1)
        elif label and label.text and not _ARTICLE.match(label.text):
            self._draft.add(BlockKind.ITEM, printed, place, level=label.level + 1)
        elif _looks_like_heading(paragraph, words, style, printed, self._styles.size):
            self._draft.add(BlockKind.HEADING, printed, place)
        else:
            self._draft.add(BlockKind.PARAGRAPH, printed, place)

    def _words(self, paragraph: Element) -> tuple[Words, Style, Label | None]:
        """Read a paragraph and count it, in its list too."""
        style_id = value(paragraph, "pPr", "pStyle")
        style = self._styles.of(style_id)
        words = words_of(paragraph, bold=style.bold, hidden=style.hidden)
        self._line += 1
        self._page += words.pages
        self._paged = self._paged or bool(words.pages)
        self._note_seen("tracked_changes", int(words.revised))
        self._note_seen("pictures", words.pictures)
        self._note_seen("objects", words.objects)
        self._pending_notes += words.notes
        words.text, self._carried = self._carried + words.text, ""
        if words.mark_deleted:
            words.text, self._carried = "", words.text
            return words, style, None
        return words, style, self._label(paragraph, style, style_id)

    def _label(self, paragraph: Element, style: Style, style_id: str | None) -> Label | None:
        own = child(paragraph, "pPr", "numPr")
        list_id = number(own, "numId")
        level = number(own, "ilvl")
        if list_id is None:
            list_id = style.numbering[0]
            level = style.numbering[1] if level is None else level
        elif level is None:
            level = style.numbering[1]
        return self._numbering.label(list_id, level, style_id) if list_id else None

    def _table(self, table: Element) -> None:
        place = Place(self._page if self._paged else None, self._line + 1)
        self._draft.add_table(cells_of(table, self._cell), place)
        self._flush_notes(place)

    def _cell(self, cell: Element) -> str:
        lines: list[str] = []
        for part in content(cell):
            if part.tag == w("p"):
                words, _, label = self._words(part)
                text = clean(words.text)
                lines.append(label.before(text) if label else text)
                lines += [self._cell(box) for box in words.boxes]
            elif part.tag == w("tbl"):
                lines += [" ".join(filter(None, row)) for row in cells_of(part, self._cell)]
        return "\n".join(line for line in lines if line.strip())

    def _flush_notes(self, place: Place) -> None:
        notes, self._pending_notes = self._pending_notes, []
        for note in notes:
            element = self._notes.get(note)
            if element is not None:
                text = "\n".join(words_of(paragraph).text for paragraph in element.iter(w("p")))
                self._draft.add(BlockKind.NOTE, text, place)

    def _note_seen(self, code: str, count: int) -> None:
        if count:
            place, earlier = self._seen.get(code, (self._place(), 0))
            self._seen[code] = place, earlier + count

    def _place(self) -> Place:
        return Place(self._page if self._paged else None, max(self._line, 1))


def _outline(paragraph: Element, style: Style) -> int | None:
    """The heading's level from 1: what the paragraph says itself, else its style."""
    own = number(paragraph, "pPr", "outlineLvl")
    if own is not None:
        return own + 1 if 0 <= own < 9 else None
    return style.heading


def _could_head(text: str) -> bool:
    """Whole paragraphs get a heading's style by mistake; an article's text is none, whatever its style."""
    return len(text) <= 2 * _LONGEST_HEADING and not (_ARTICLE.match(text) and len(text) > 30)


def _looks_like_heading(paragraph: Element, words: Words, style: Style, text: str, ordinary: float) -> bool:
    """Whether a paragraph without a heading's style is set like one: short, centred, and bold or larger."""
    if len(text) > _LONGEST_HEADING or text[-1] in _ORDINARY_ENDS or text[0] in "（(" or _ARTICLE.match(text):
        return False
    aligned = value(paragraph, "pPr", "jc")
    centred = aligned == "center" if aligned else style.centred
    size = words.size or style.size or ordinary
    return centred and (words.bold or size > ordinary + 1)


def _root(part: Part) -> Element:
    """A part's XML, parsed here when python-docx keeps the part as bytes."""
    element = getattr(part, "element", None)
    if isinstance(element, etree._Element):
        return element
    return etree.fromstring(part.blob, _PARSER)


def _part(main: Part, name: str) -> Element | None:
    for relation in main.rels.values():
        if relation.reltype.endswith(f"/{name}") and not relation.is_external:
            return _root(relation.target_part)
    return None


def _notes(main: Part) -> dict[tuple[str, str], Element]:
    """Footnotes and endnotes by kind and id, without the lines that separate them from the text."""
    notes: dict[tuple[str, str], Element] = {}
    for kind in ("footnote", "endnote"):
        root = _part(main, f"{kind}s")
        for note in () if root is None else root.findall(w(kind)):
            if note.get(w("type")) in (None, "normal"):
                notes[kind, note.get(w("id"), "")] = note
    return notes


def _title(package: Package) -> str:
    return str(package.core_properties.title).strip()
