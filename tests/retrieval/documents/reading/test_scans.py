"""Pictures of pages: recognised as such, and read where the optional recognition is installed."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from retrieval.documents.model import Place
from retrieval.documents.reading import Limits, Reader, UnreadableError, can_recognise
from retrieval.documents.reading.drafts import Draft
from retrieval.documents.reading.pdf.layout import Box, Line
from retrieval.documents.reading.scans import note_uncertain
from tests.requirements import need_chinese_font
from tests.retrieval.documents.reading.material import LONG, SONG, codes, reading, texts

WIDTH, HEIGHT = 1240, 1754  # A4 at 150 dots an inch
LINES = [
    (164, "第一条 职工疗休养由所在单位工会组织，每年安排一次，"),
    (100, "时间不超过七天。"),
    (164, "第二条 所需经费在工会经费中列支，超出部分由职工承担，"),
    (100, "不得以现金形式发放。"),
]
needs_ocr = pytest.mark.skipif(
    not can_recognise(), reason="the recognition of print is not installed: make ocr"
)


@pytest.fixture(scope="module")
def scan() -> Image.Image:
    """A page as a scanner sees it."""
    font = need_chinese_font()
    page = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(page)
    draw.text((360, 100), "职工疗休养管理办法", font=ImageFont.truetype(str(font), 56), fill="black")
    for at, (x, text) in enumerate(LINES):
        draw.text((x, 240 + 60 * at), text, font=ImageFont.truetype(str(font), 32), fill="black")
    return page


def pages(folder: Path, *contents: Image.Image | str) -> Path:
    """A PDF whose pages are pictures or lines of text."""
    path = folder / "扫描.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for content in contents:
        if isinstance(content, str):
            canvas.setFont(SONG, 10.5)
            for at in range(0, len(content), 40):
                canvas.drawString(60, 700 - 18 * at / 40, content[at : at + 40])
        else:
            canvas.drawImage(ImageReader(content), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return path


def test_a_scan_is_known_as_one_and_says_what_is_missing(
    no_scans: Reader, tmp_path: Path, scan: Image.Image
) -> None:
    with pytest.raises(UnreadableError) as caught:
        no_scans.read(pages(tmp_path, scan, scan))
    assert (caught.value.code, caught.value.values) == ("needs_ocr", {"pages": "2"})
    for name in ("页.png", "页.jpg", "页.tiff"):
        scan.save(tmp_path / name)
        with pytest.raises(UnreadableError) as caught:
            no_scans.read(tmp_path / name)
        assert caught.value.code == "needs_ocr"


def test_one_scanned_page_among_others_is_doubted(
    no_scans: Reader, tmp_path: Path, scan: Image.Image
) -> None:
    result = reading(no_scans, pages(tmp_path, LONG, scan))
    assert texts(result) == [LONG]
    assert [(doubt.code, doubt.place.page) for doubt in result.doubts] == [("page_needs_ocr", 2)]


def test_text_that_another_program_recognised_is_read_and_doubted(
    no_scans: Reader, tmp_path: Path, scan: Image.Image
) -> None:
    canvas = Canvas(str(tmp_path / "双层.pdf"), pagesize=A4)
    canvas.drawImage(ImageReader(scan), 0, 0, *A4)
    layer = canvas.beginText(60, 700)
    layer.setFont(SONG, 10.5)
    layer.setTextRenderMode(3)
    for at in range(0, len(LONG), 40):
        layer.textLine(LONG[at : at + 40])
    canvas.drawText(layer)
    canvas.save()
    result = reading(no_scans, tmp_path / "双层.pdf")
    assert texts(result) == [LONG]
    assert codes(result) == ["text_layer"]


@needs_ocr
@pytest.mark.parametrize(
    "name",
    [
        "页.png",
        pytest.param("页.jpg", marks=pytest.mark.verify),
        pytest.param("页.tiff", marks=pytest.mark.verify),
    ],
)
def test_a_picture_is_read_with_its_confidence(
    reader: Reader, tmp_path: Path, scan: Image.Image, name: str
) -> None:
    scan.save(tmp_path / name)
    result = reading(reader, tmp_path / name)
    assert result.scanned
    assert [text.replace(" ", "") for text in texts(result)] == [
        "职工疗休养管理办法",
        "第一条职工疗休养由所在单位工会组织，每年安排一次，时间不超过七天。",
        "第二条所需经费在工会经费中列支，超出部分由职工承担，不得以现金形式发放。",
    ]
    assert result.blocks[0].kind.value == "heading"
    assert all(block.confidence is not None and block.confidence > 0.9 for block in result.blocks)
    assert result.blocks[2].place == Place(page=1, line=4)


@needs_ocr
def test_only_the_scanned_pages_of_a_pdf_are_recognised(
    reader: Reader, tmp_path: Path, scan: Image.Image
) -> None:
    result = reading(reader, pages(tmp_path, LONG, scan))
    assert result.scanned
    assert (result.blocks[0].text, result.blocks[0].confidence) == (LONG, None)
    assert result.blocks[1].place.page == 2
    assert result.blocks[1].confidence is not None
    assert "page_needs_ocr" not in codes(result)


@needs_ocr
def test_bad_print_is_marked_for_a_person(reader: Reader, tmp_path: Path, scan: Image.Image) -> None:
    poor = scan.resize((WIDTH // 6, HEIGHT // 6)).resize((WIDTH, HEIGHT))
    poor.save(tmp_path / "糊.png")
    result = reading(reader, tmp_path / "糊.png")
    assert "uncertain_print" in codes(result)
    doubt = next(doubt for doubt in result.doubts if doubt.code == "uncertain_print")
    assert doubt.place.page == 1
    assert doubt.place.line is not None
    assert {"text", "confidence"} == dict(doubt.values).keys()


@needs_ocr
def test_more_scanned_pages_than_allowed_are_refused(tmp_path: Path, scan: Image.Image) -> None:
    with Reader(Limits(scanned_pages=1)) as reader, pytest.raises(UnreadableError) as caught:
        reader.read(pages(tmp_path, scan, scan))
    assert caught.value.code == "too_many_scans"


def test_a_line_below_the_threshold_is_doubted_with_page_and_line() -> None:
    draft = Draft(100)
    box = Box(0, 0, 1, 1)
    lines = [
        Line("清楚", box, 10, page=1, number=1, confidence=0.99),
        Line("模糊", box, 10, page=2, number=7, confidence=0.62),
        Line("印的", box, 10, page=3, number=1),
    ]
    note_uncertain(draft, lines)
    (doubt,) = draft.doubts
    assert (doubt.code, doubt.place) == ("uncertain_print", Place(page=2, line=7))
    assert doubt.values == (("text", "模糊"), ("confidence", "0.62"))
