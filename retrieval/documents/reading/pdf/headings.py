"""Which paragraphs are headings: set larger than the text, or bold and short."""

import re
from collections import Counter
from collections.abc import Iterable

from retrieval.documents.reading.pdf.layout import Page
from retrieval.documents.reading.pdf.paragraphs import Paragraph

_LARGER = 1.1
_LONGEST = 90
_LONGEST_BOLD = 40
_ENDS = tuple("。；，、：！？;,")
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千\d]+条")


def body_size(pages: Iterable[Page]) -> float:
    """The size most characters are printed in."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.5


def heading_levels(paragraphs: list[Paragraph], body: float) -> dict[int, int]:
    """Levels from 1 for the paragraphs, by position, that are headings: the larger the print the outer."""
    texts = [(at, paragraph) for at, paragraph in enumerate(paragraphs) if _is_text(paragraph)]
    larger = {at: paragraph.size for at, paragraph in texts if _is_larger(paragraph, body)}
    sizes: list[float] = []
    for size in sorted(set(larger.values()), reverse=True):
        if not sizes or sizes[-1] - size > 0.6:
            sizes.append(size)
    levels = {at: 1 + sum(size < other - 0.6 for other in sizes) for at, size in larger.items()}
    bold = [(at, paragraph) for at, paragraph in texts if at not in levels and _is_bold(paragraph, body)]
    bold_length = sum(len(p.text) for _, p in texts if all(line.bold for line in p.lines))
    if bold_length * 3 < sum(len(paragraph.text) for _, paragraph in texts):
        levels |= {at: len(sizes) + 1 for at, _ in bold}
    return levels


def _is_text(paragraph: Paragraph) -> bool:
    return not paragraph.note and not paragraph.lines[0].rows


def _is_larger(paragraph: Paragraph, body: float) -> bool:
    text = paragraph.text
    return paragraph.size >= _LARGER * body and len(text) <= _LONGEST and not text.endswith(_ENDS)


def _is_bold(paragraph: Paragraph, body: float) -> bool:
    text = paragraph.text
    short = len(text) <= _LONGEST_BOLD and not text.endswith(_ENDS) and not _ARTICLE.match(text)
    return short and paragraph.size >= 0.9 * body and all(line.bold for line in paragraph.lines)
