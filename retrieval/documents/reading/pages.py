"""Web pages: the article without the navigation around it."""

import re
from pathlib import Path

from lxml import etree, html

from retrieval.documents.model import BlockKind, Place, Reading
from retrieval.documents.reading.cleaning import clean
from retrieval.documents.reading.drafts import Draft
from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.limits import Limits
from retrieval.documents.reading.page_blocks import PageBlocks, is_layout, local
from retrieval.documents.reading.plain import text_of

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NO_TEXT = frozenset(
    {
        "script", "style", "noscript", "template", "button", "select", "textarea", "input", "iframe",
        "object", "embed", "svg", "head", "video", "audio", "canvas", "map",
    }
)  # fmt: skip
_AROUND = frozenset({"nav", "aside", "header", "footer", "dialog", "menu"})
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary"})
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_FURNITURE = re.compile(
    r"(?:^|[-_ ])(?:nav|navbar|menu|breadcrumbs?|crumbs?|header|head|top|footer|foot|bottom|sidebar|side|"
    r"share|toolbar|pagination|pager|copyright|related|recommend|search|login|links?|banner|qrcode|comment|tags?|"
    r"dqwz|position|location|print|fontsize)(?:$|[-_ \d])",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"^(?:UCAP-CONTENT|TRS_Editor|trs_editor_view|zoom|pages_content|article|article[-_]?(?:content|body|con)|"
    r"content|main[-_]?content|detail[-_]?(?:content|con)?|con[-_]?text|text|news[-_]?content|v_news_content|"
    r"Custom_UnionStyle|view)$",
    re.IGNORECASE,
)
_HOLDERS = frozenset({"div", "section", "article", "main", "center", "td", "tr", "tbody"})
_MOST_OF_IT = 0.7
_NEARLY_ALL = 0.95
_FEW_WORDS = 300  # that are no links: a menu or a footer has fewer, an annex more
_DEEPEST = 200


def read_html(path: Path, limits: Limits) -> Reading:
    """Read a web page that was saved to a file; nothing it refers to is loaded."""
    draft = Draft(limits.characters)
    root = tree_of(path, draft)
    title = _title(root)
    _drop(root)
    headline = next((element for element in root.iter("h1") if _length(element)), None)
    article = _article(root)
    if headline is not None and not any(element is headline for element in article.iter("h1")):
        draft.add(BlockKind.HEADING, _words(headline), _place(headline), level=1, one_line=True)
    PageBlocks(draft).add(article)
    return draft.reading("html", title=title or path.stem)


def tree_of(path: Path, draft: Draft) -> html.HtmlElement:
    """The page's elements. The bytes are decoded here: what a page says of its encoding is often wrong."""
    text = _DECLARATION.sub("", text_of(path, draft))
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text, parser=parser)
    except etree.ParserError as error:
        raise UnreadableError("no_text", format="html") from error


def _title(root: html.HtmlElement) -> str | None:
    """The page's title without the site's name after it."""
    named = root.find(".//title")
    words = clean(named.text or "") if named is not None else ""
    return re.split(r"[_|]|\s-\s|--|——(?=[^——]*(?:网|政府|部)$)", words)[0].strip() or None


def _drop(root: html.HtmlElement) -> None:
    """Remove what is not the article: by its element, its role, its name, or because it is not shown."""
    for element in list(root.iter()):
        if element.getparent() is None or element.tag in ("html", "body"):
            continue
        if local(element) in _NO_TEXT or _is_unseen(element) or _is_furniture(element):
            element.drop_tree()


def _is_unseen(element: html.HtmlElement) -> bool:
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return hidden or _UNSEEN.search(element.get("style") or "") is not None


def _is_furniture(element: html.HtmlElement) -> bool:
    """Whether an element is called furniture, and is it: a name may mislead, and no text must be lost."""
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    called = (
        local(element) in _AROUND or element.get("role") in _ROLES or _FURNITURE.search(named) is not None
    )
    return called and _own_words(element) < _FEW_WORDS and not _has_headline(element)


def _has_headline(element: html.HtmlElement) -> bool:
    """Whether this is the head of an article, not of the site."""
    inside = any(local(outer) in ("article", "main") for outer in element.iterancestors())
    return inside and element.find(".//h1") is not None


def _article(root: html.HtmlElement) -> html.HtmlElement:
    """The element that holds the article: named so, or the one whose own paragraphs are most of the text."""
    body = root.find("body")
    whole = body if body is not None else root
    total = _own_words(whole)
    for element in whole.iter():
        names = [*(element.get("class") or "").split(), element.get("id") or ""]
        named = element.tag in ("article", "main") or any(_ARTICLE.match(name) for name in names)
        if named and _own_words(element) >= _MOST_OF_IT * total:
            return element
    return _narrowed(whole, _NEARLY_ALL * total)


def _narrowed(element: html.HtmlElement, least: float) -> html.HtmlElement:
    """Go down as long as one child alone still holds at least `least` characters that are no links."""
    for _ in range(_DEEPEST):
        inner = next((child for child in element if _may_hold(child) and _own_words(child) >= least), None)
        if inner is None:
            return element
        element = inner
    return element


def _may_hold(element: html.HtmlElement) -> bool:
    return local(element) in _HOLDERS or (local(element) == "table" and is_layout(element))


def _own_words(element: html.HtmlElement) -> int:
    """Characters that are not links: menus are almost nothing else."""
    links = sum(_length(link) for link in element.iter("a"))
    return max(_length(element) - links, 0)


def _length(element: html.HtmlElement) -> int:
    return len("".join("".join(element.itertext()).split()))


def _words(element: html.HtmlElement) -> str:
    return "".join(element.itertext())


def _place(element: html.HtmlElement) -> Place:
    return Place(line=element.sourceline)
