"""A version of a document as Markdown that can be imported again. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrieval.documents.model import Article

END_OF_NOTES = "<!-- INFO END -->"


def as_markdown(title: str, articles: Sequence[Article], *, notes: Sequence[str]) -> str:
    """Return the text with `notes` above it, headings as headings, articles as they are."""
    lines = [f"# {title}", ""]
    lines += [line for note in notes for line in (note, "")]
    lines += [END_OF_NOTES, ""]
    above: tuple[str, ...] = ()
    for article in articles:
        lines += _headings(above, article.headings)
        above = article.headings
        lines += _article(article)
    return "\n".join(lines).rstrip() + "\n"


def _headings(above: Sequence[str], headings: Sequence[str]) -> Iterator[str]:
    """Those of an article's headings that are not those of the article before it."""
    new = False
    for depth, heading in enumerate(headings):
        new = new or depth >= len(above) or above[depth] != heading
        if new:
            yield f"{'#' * min(depth + 2, 6)} {heading}"
            yield ""


def _article(article: Article) -> Iterator[str]:
    first, *rest = article.text.split("\n") or [""]
    if article.label.startswith("第"):
        yield f"{article.label} {first}".rstrip()
        yield ""
    else:
        yield f"###### {article.label}"
        yield ""
        rest = [first, *rest]
    for line in rest:
        yield line
        if not line.startswith("|"):
            yield ""
