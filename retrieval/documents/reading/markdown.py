"""Markdown, parsed as CommonMark with tables."""

import re
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from retrieval.documents.model import BlockKind, Place, Reading
from retrieval.documents.reading.drafts import Draft
from retrieval.documents.reading.limits import Limits
from retrieval.documents.reading.plain import text_of

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---[ ]*(?=\n|\Z)", re.DOTALL)
_BREAK = re.compile(r"<(?:br|/?p)\s*/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def read_markdown(path: Path, limits: Limits) -> Reading:
    """Read Markdown; comments and front matter are left out, what is between HTML tags stays."""
    draft = Draft(limits.characters)
    text = text_of(path, draft)
    # Blank lines instead of the front matter, so that line numbers stay true.
    text = _FRONT_MATTER.sub(lambda front: "\n" * front.group().count("\n"), text)
    _Walk(draft).blocks(MarkdownIt("commonmark").enable("table").parse(text))
    return draft.reading("md", title=path.stem)


class _Walk:
    """Goes through the tokens, which are flat, and keeps the lists it is inside of."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._markers: list[str] = []
        self._marker = ""  # of the item that has had no text yet

    def blocks(self, tokens: list[Token]) -> None:
        rows: list[list[str]] = []
        heading = 0
        for token in tokens:
            place = Place(line=token.map[0] + 1) if token.map else Place()
            match token.type:
                case "heading_open":
                    heading = int(token.tag[1])
                case "heading_close":
                    heading = 0
                case "bullet_list_open" | "ordered_list_open":
                    self._markers.append("")
                case "bullet_list_close" | "ordered_list_close":
                    self._markers.pop()
                case "list_item_open":
                    self._marker = f"{token.info}{token.markup} " if token.info else "• "
                case "table_open":
                    rows, table_place = [], place
                case "tr_open":
                    rows.append([])
                case "table_close":
                    self._draft.add_table(rows, table_place)
                    rows = []
                case "inline" if rows:
                    rows[-1].append(_inline(token))
                case "inline" if heading:
                    self._draft.add(BlockKind.HEADING, _inline(token), place, level=heading, one_line=True)
                case "inline":
                    self._paragraph(_inline(token), place)
                case "code_block" | "fence":
                    # Indented Chinese paragraphs look like code to CommonMark.
                    for at, line in enumerate(token.content.split("\n")):
                        self._paragraph(line, Place(line=(place.line or 1) + at))
                case "html_block":
                    self._paragraph(_without_tags(token.content), place)
                case _:
                    pass

    def _paragraph(self, text: str, place: Place) -> None:
        marker, self._marker = self._marker, ""
        if marker:
            self._draft.add(BlockKind.ITEM, marker + text, place, level=len(self._markers))
        else:
            self._draft.add(BlockKind.PARAGRAPH, text, place, level=0)


def _inline(token: Token) -> str:
    """The words of a line; a soft break is a break of the source only, a hard one of the text."""
    words: list[str] = []
    for child in token.children or ():
        match child.type:
            case "softbreak" | "hardbreak":
                words.append("\n")
            case "html_inline":
                words.append("\n" if _BREAK.fullmatch(child.content) else "")
            case _:
                words.append(child.content)
    return "".join(words)


def _without_tags(html: str) -> str:
    return _TAG.sub("", _BREAK.sub("\n", _COMMENT.sub("", html)))
