"""The same statute as Word, PDF, web page and plain text is understood alike."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from docx.document import Document

from retrieval.documents.model import Instrument, Place
from retrieval.documents.reading import Reader
from retrieval.documents.structure import instruments
from tests.retrieval.documents.reading.material import BODY, TITLE, paragraph, pdf, reading, word, written
from tests.retrieval.documents.structure.written import LAWS

pytestmark = pytest.mark.skipif(
    not LAWS.is_dir(), reason="no statutes beside the repository (../shared/laws)"
)

NAMES = ("工会法", "女职工劳动保护特别规定", "民法典·总则", "广东省失业保险条例", "工资支付暂行规定")


def as_word(folder: Path, lines: list[str]) -> Path:
    def fill(document: Document) -> None:
        for line in lines:
            document.add_paragraph(line.lstrip("# ") if line.startswith("#") else f"　　{line}")

    return word(folder, fill)


def as_pdf(folder: Path, lines: list[str]) -> Path:
    return pdf(
        folder,
        [
            paragraph(line.lstrip("# ").replace("<", "&lt;"), TITLE if line.startswith("#") else BODY)
            for line in lines
        ],
    )


def as_page(folder: Path, lines: list[str]) -> Path:
    text = "".join(f"<p>　　{line.lstrip('# ').replace('<', '&lt;')}</p>\n" for line in lines[1:])
    title = lines[0].lstrip("# ")
    return written(folder, "法.html", f"<html><body><nav>首页</nav><h1>{title}</h1>{text}</body></html>")


def as_text(folder: Path, lines: list[str]) -> Path:
    return written(folder, "法.txt", "\n".join(line.lstrip("# ") for line in lines), "gb18030")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


def without_places(law: Instrument) -> Instrument:
    articles = tuple(
        replace(article, place=Place(), text=article.text.replace("\u3000", "")) for article in law.articles
    )
    days = ("date_from_file_name", "effective_of_version", "effective_missing")
    doubts = tuple(doubt for doubt in law.doubts if doubt.code not in days)
    return replace(law, articles=articles, doubts=doubts)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("write", [as_word, as_pdf, as_page, as_text])
def test_the_same_statute_is_understood_alike_in_every_format(
    reader: Reader, tmp_path: Path, name: str, write: Callable[[Path, list[str]], Path]
) -> None:
    (file,) = [file for file in LAWS.glob("*/*.md") if file.stem.partition("(")[0] == name]
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line and not line.startswith("<!--")]

    (as_markdown,) = instruments(reading(reader, file))
    (law,) = instruments(reading(reader, write(tmp_path, lines)))

    expected, found = without_places(as_markdown), without_places(law)
    assert found.articles == expected.articles
    assert (found.name, found.part, found.title) == (expected.name, expected.part, expected.title)
    assert (found.issuer, found.document_no, found.history) == (
        expected.issuer,
        expected.document_no,
        expected.history,
    )
    assert found.effective_from == expected.effective_from
    assert found.doubts == ()
