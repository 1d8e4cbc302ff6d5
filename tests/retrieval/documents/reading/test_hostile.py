"""Files that are broken, or made to break what reads them: a clear answer within 10 seconds and 500 MB."""

import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.documents.model import QuestionTable, Reading
from retrieval.documents.reading import Limits, Reader, UnreadableError, read_file
from tests.retrieval.documents.reading.material import (
    LONG,
    codes,
    paragraph,
    pdf,
    questions,
    reading,
    ruled,
    texts,
    word,
    workbook,
    written,
)

MIB = 1 << 20
SECONDS, MEMORY = 10.0, 500 * MIB


class Cost:
    """What the parsing processes took that reading started: processor seconds, and the most memory."""

    seconds = 0.0
    memory = 0


@contextmanager
def measured() -> Iterator[Cost]:
    cost, done = Cost(), threading.Event()
    seconds: dict[int, float] = {}
    others = {child.pid for child in psutil.Process().children()}

    def watch() -> None:
        while not done.wait(0.005):
            for child in psutil.Process().children():
                try:
                    # Before it has become another program, a child counts as large as the tests are.
                    ours = "retrieval.documents.reading.worker" in child.cmdline()
                    status = Path(f"/proc/{child.pid}/status").read_text()
                    if ours and child.pid not in others and "VmHWM:" in status:
                        times = child.cpu_times()
                        seconds[child.pid] = times.user + times.system
                        held = int(status.partition("VmHWM:")[2].split()[0]) * 1024
                        cost.memory = max(cost.memory, held)
                except (psutil.Error, OSError):
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield cost
    finally:
        done.set()
        watcher.join()
        cost.seconds = sum(seconds.values())


def refused(path: Path) -> str:
    """The code with which a file is refused, within time and memory."""
    with measured() as cost, pytest.raises(UnreadableError) as caught:
        read_file(path)
    assert cost.seconds < SECONDS
    assert cost.memory < MEMORY
    return caught.value.code


def office(folder: Path, members: dict[str, bytes], name: str = "文件.docx") -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return folder / name


def changed(path: Path, member: str, content: bytes) -> Path:
    """The same archive with one member replaced."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return office(path.parent, members | {member: content}, path.name)


def plain_docx(folder: Path) -> Path:
    return word(folder, lambda document: document.add_paragraph("正文。"))


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty"), (b" \n\n", "empty"), (b"\x00" * 5000, "empty")]
)
@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.pdf", "a.xlsx", "a.csv", "a.html", "a.md"])
def test_empty_files_say_so(tmp_path: Path, content: bytes, code: str, name: str) -> None:
    assert refused(written(tmp_path, name, content)) == code


def test_truncated_files_are_corrupt(tmp_path: Path) -> None:
    whole = plain_docx(tmp_path).read_bytes()
    assert refused(written(tmp_path, "半.docx", whole[: len(whole) // 2])) == "corrupt"
    whole = workbook(tmp_path, {"a": [["问题"]]}).read_bytes()
    assert refused(written(tmp_path, "半.xlsx", whole[:-100])) == "corrupt"
    whole = pdf(tmp_path, [paragraph(LONG)] * 3).read_bytes()
    assert refused(written(tmp_path, "半.pdf", whole[:300])) == "corrupt"


def test_broken_parts_of_an_archive_are_corrupt(tmp_path: Path) -> None:
    for member in ("word/document.xml", "word/styles.xml", "[Content_Types].xml", "_rels/.rels"):
        assert refused(changed(plain_docx(tmp_path), member, b"<broken")) == "corrupt"
    assert refused(office(tmp_path, {"word/document.xml": b"<a/>"})) == "corrupt"
    assert refused(office(tmp_path, {"readme.txt": b"hello"})) == "unknown_format"


def test_files_that_need_a_password_say_so(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000
    path = written(tmp_path, "密.docx", ole + "EncryptedPackage".encode("utf-16-le"))
    assert refused(path) == "encrypted"


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "xls"),
        (b"{\\rtf1\\ansi hello}", "rtf"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "mhtml"),
    ],
)
def test_old_formats_are_to_be_saved_anew(tmp_path: Path, content: bytes, format_: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_file(written(tmp_path, "旧.doc", content))
    assert (caught.value.code, caught.value.values["format"]) == ("convert_first", format_)


def test_an_old_format_is_known_by_its_name_too(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    assert refused(written(tmp_path, "旧.wps", content)) == "convert_first"


def test_a_wrong_name_is_no_hindrance_but_a_doubt(reader: Reader, tmp_path: Path) -> None:
    path = plain_docx(tmp_path).rename(tmp_path / "其实是Word.pdf")
    result = reading(reader, path)
    assert (result.format, texts(result), codes(result)) == ("docx", ["正文。"], ["mislabelled"])
    path = pdf(tmp_path, [paragraph("正文。")]).rename(tmp_path / "其实是PDF.txt")
    assert reading(reader, path).format == "pdf"


def test_too_large_a_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "大.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.4\n")
        file.truncate(200 * MIB)
    assert refused(path) == "too_large"


@pytest.mark.parametrize("name", ["长.txt", "长.md", "长.html", "长.csv"])
def test_too_long_a_text_is_refused(tmp_path: Path, name: str) -> None:
    line = ("第一条 " + LONG + "\n").encode()
    assert refused(written(tmp_path, name, line * (90 * MIB // len(line)))) == "too_long"


def test_archives_that_swell_are_not_inflated(tmp_path: Path) -> None:
    xml = b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
    bomb = changed(plain_docx(tmp_path), "word/document.xml", xml + b" " * (300 * MIB))
    assert bomb.stat().st_size < MIB
    assert refused(bomb) == "archive_bomb"
    many = office(tmp_path, {f"word/{number}.xml": b"" for number in range(11_000)})
    assert refused(many) == "archive_bomb"


def test_an_archive_that_lies_about_its_size_is_corrupt(tmp_path: Path) -> None:
    honest = changed(plain_docx(tmp_path), "word/document.xml", b" " * (60 * MIB)).read_bytes()
    size = struct.pack("<I", 60 * MIB)
    assert refused(written(tmp_path, "谎.docx", honest.replace(size, struct.pack("<I", 1000)))) == "corrupt"


def test_entities_in_xml_are_not_expanded_and_nothing_is_fetched(tmp_path: Path) -> None:
    secret = written(tmp_path, "secret.txt", "机密")
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "哈"}">' for n in range(10))
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE d [{laughs}<!ENTITY s SYSTEM "file://{secret}">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        "<w:p><w:r><w:t>正文&a9;&s;</w:t></w:r></w:p></w:body></w:document>"
    )
    path = changed(plain_docx(tmp_path), "word/document.xml", xml.encode())
    with measured() as cost:
        try:
            result = read_file(path)
            assert isinstance(result, Reading)
            assert "机密" not in "".join(texts(result))
        except UnreadableError as error:
            assert error.code == "corrupt"  # noqa: PT017 - either answer is right
    assert cost.seconds < SECONDS
    assert cost.memory < MEMORY


@pytest.mark.verify
def test_a_document_of_endless_paragraphs_ends(tmp_path: Path) -> None:
    paragraphs = b"<w:p><w:r><w:t>" + LONG.encode() + b"</w:t></w:r></w:p>"
    xml = (
        b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>"
        + b"".join(paragraphs + b"<w:p><w:r><w:t>%d</w:t></w:r></w:p>" % n for n in range(120_000))
        + b"</w:body></w:document>"
    )
    assert len(xml) < 48 * MIB
    path = changed(plain_docx(tmp_path), "word/document.xml", xml)
    assert refused(path) in ("too_long", "out_of_memory", "timed_out")


def test_elements_nested_without_end_are_refused_or_read(tmp_path: Path) -> None:
    deep = "<div>" * 50_000 + "正文在最里面。" + "</div>" * 50_000
    with measured() as cost:
        try:
            read_file(written(tmp_path, "深.html", f"<html><body>{deep}</body></html>"))
        except UnreadableError as error:
            assert error.code in ("corrupt", "no_text", "crashed")  # noqa: PT017 - no crash of ours is right
    assert cost.seconds < SECONDS
    nested = "<w:tbl><w:tr><w:tc>" * 5000 + "</w:tc></w:tr></w:tbl>" * 5000
    xml = (
        "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>"
        f"{nested}</w:body></w:document>"
    )
    assert refused(changed(plain_docx(tmp_path), "word/document.xml", xml.encode())) == "corrupt"


@pytest.mark.parametrize(
    "text", ["[" * 60_000, "> " * 30_000, "*a_ " * 40_000, "`" * 3 + "\n" * 100_000, "- " * 20_000]
)
def test_markdown_made_to_be_slow_ends(tmp_path: Path, text: str) -> None:
    with measured() as cost:
        try:
            read_file(written(tmp_path, "慢.md", text))
        except UnreadableError as error:
            assert error.code in ("timed_out", "no_text", "corrupt")  # noqa: PT017 - either answer is right
    assert cost.seconds < SECONDS
    assert cost.memory < MEMORY


def test_a_pdf_whose_content_swells_ends(tmp_path: Path) -> None:
    stream = zlib.compress(b"BT /F1 12 Tf (aaaaaaaaaaaaaaaaaaaaaaaa) Tj ET\n" * 5_000_000, 9)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 "
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, p) for n, p in enumerate(parts, 1))
    path = written(tmp_path, "胀.pdf", body + b"trailer << /Root 1 0 R /Size 5 >>\n%%EOF")
    assert refused(path) in ("crashed", "out_of_memory", "timed_out", "too_long")


def test_a_million_empty_rows_and_a_formula_cost_nothing(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"a": [["问题", "答案"], ["年假几天？", "5天"], ["合计？", "=SUM(A1:A2)"]]})
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    rows = b"".join(
        b'<row r="%d"><c r="A%d" s="0"/><c r="B%d" s="0"/></row>' % (n, n, n) for n in range(4, 1_048_577)
    )
    changed(path, "xl/worksheets/sheet1.xml", sheet.replace(b"</sheetData>", rows + b"</sheetData>"))
    with measured() as cost, Reader() as reader:
        table = questions(reader, path)
    assert [row.question for row in table.rows] == ["年假几天？"]
    assert codes(table) == ["formula_without_value", "empty_rows", "row_without_answer"]
    assert cost.seconds < SECONDS
    assert cost.memory < MEMORY


def test_a_sheet_that_claims_to_be_endless_is_read_to_its_end(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"a": [["问题", "答案"], ["年假几天？", "5天"]]})
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    changed(path, "xl/worksheets/sheet1.xml", sheet.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    with measured() as cost, Reader() as reader:
        assert len(questions(reader, path).rows) == 1
    assert cost.seconds < SECONDS


def test_a_picture_with_too_many_pixels_is_not_inflated(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"x" * 100) + chunk(b"IEND", b"")
    assert refused(written(tmp_path, "图.png", png)) in ("too_large", "needs_ocr")


def test_the_next_file_is_read_after_one_that_killed_the_process(tmp_path: Path) -> None:
    slow = written(tmp_path, "慢.txt", "第一条 " + LONG)
    with Reader(Limits(seconds=0.0)) as reader, pytest.raises(UnreadableError) as caught:
        reader.read(slow)
    assert caught.value.code == "timed_out"
    with Reader(Limits(memory=120 * MIB, seconds=60.0)) as reader:
        with pytest.raises(UnreadableError) as caught:
            reader.read(written(tmp_path, "大.txt", "第一条职工。\n" * 300_000))
        assert caught.value.code in ("out_of_memory", "crashed")
        assert texts(reading(reader, slow)) == ["第一条 " + LONG]


def test_what_is_no_file_is_the_callers_mistake(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        reader.read(tmp_path / "没有.docx")
    with pytest.raises(IsADirectoryError):
        reader.read(tmp_path)


FUZZ = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = ["a.docx", "a.pdf", "a.xlsx", "a.csv", "a.html", "a.md", "a.txt", "a.png"]
STARTS = [
    b"",
    b"PK\x03\x04",
    b"%PDF-1.7\n",
    b"<html><body>",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xff\xfe",
    b"| a |\n",
]


def survived(reader: Reader, path: Path) -> None:
    try:
        result = reader.read(path)
    except UnreadableError:
        return
    assert isinstance(result, Reading | QuestionTable)


@FUZZ
@given(content=st.binary(max_size=400), start=st.sampled_from(STARTS), name=st.sampled_from(NAMES))
def test_any_bytes_give_a_reading_or_an_error(
    no_scans: Reader, tmp_path: Path, content: bytes, start: bytes, name: str
) -> None:
    survived(no_scans, written(tmp_path, name, start + content))


@FUZZ
@given(text=st.text(max_size=400), name=st.sampled_from(NAMES))
def test_any_text_gives_a_reading_or_an_error(no_scans: Reader, tmp_path: Path, text: str, name: str) -> None:
    survived(no_scans, written(tmp_path, name, text.encode("utf-8", errors="surrogatepass")))


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A real file of each format, to be damaged."""
    folder = tmp_path_factory.mktemp("real")
    story = [paragraph(LONG), ruled([["项目", "标准"], ["交通", "500元"]]), paragraph(LONG)]
    return {
        "docx": plain_docx(folder).read_bytes(),
        "pdf": pdf(folder, story).read_bytes(),
        "xlsx": workbook(folder, {"a": [["问题", "答案"], ["年假几天？", "5天"]]}).read_bytes(),
    }


@FUZZ
@given(data=st.data(), format_=st.sampled_from(["docx", "pdf", "xlsx"]))
def test_damaged_files_give_a_reading_or_an_error(
    no_scans: Reader, tmp_path: Path, real: dict[str, bytes], data: st.DataObject, format_: str
) -> None:
    content = bytearray(real[format_])
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.binary(max_size=8))
        content[at : at + data.draw(st.integers(0, 16))] = piece
    survived(no_scans, written(tmp_path, f"a.{format_}", bytes(content)))


@FUZZ
@given(data=st.data(), format_=st.sampled_from(["docx", "xlsx"]))
def test_damaged_xml_inside_an_archive_gives_a_reading_or_an_error(
    no_scans: Reader, tmp_path: Path, real: dict[str, bytes], data: st.DataObject, format_: str
) -> None:
    path = written(tmp_path, f"a.{format_}", real[format_])
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        member = data.draw(st.sampled_from(members))
        content = archive.read(member).decode()
    words = ["", "<w:p/>", "<w:tbl/>", '"', "-1", "999999999999", "w:val", "</w:body>", "&#0;", "正"]
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content)))
        content = (
            content[:at] + data.draw(st.sampled_from(words)) + content[at + data.draw(st.integers(0, 20)) :]
        )
    survived(no_scans, changed(path, member, content.encode()))
