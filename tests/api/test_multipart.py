"""Reading the file of a form, as browsers send it and as they do not."""

from __future__ import annotations

from contextlib import suppress

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.multipart import MultipartError, read_file

FORM = "multipart/form-data; boundary=b"
FILE = 'Content-Disposition: form-data; name="file"; filename="a.png"'


def part(*headers: str, content: str = "x") -> str:
    return "\r\n".join(("--b", *headers, "", content, ""))


@given(content=st.binary(max_size=300), name=st.text(min_size=1, max_size=40), text=st.text(max_size=20))
@example(content=b"\r\n--", name='诊断"证明\\1.png', text="a")
@example(content=b"--b\r\n\r\n\r\n--b--", name="a", text="")
def test_what_a_client_sends_is_read_as_it_was(content: bytes, name: str, text: str) -> None:
    form = {"data": {"other": text}, "files": {"file": (name, content, "image/png")}}
    sent = httpx.Request("POST", "http://x", **form)  # type: ignore[arg-type]
    upload = read_file(sent.headers["Content-Type"], sent.read(), field="file")
    assert upload.content == content
    if all(char.isprintable() and char not in '"\\;' for char in name):
        assert upload.name == name


def test_the_name_may_be_in_the_encoded_form() -> None:
    body = (
        part("Content-Disposition: form-data; name=file; filename*=UTF-8''%E5%8F%91%E7%A5%A8.pdf") + "--b--"
    )
    assert read_file(FORM, body.encode(), field="file").name == "发票.pdf"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, ""),
        (FORM, part(FILE)),  # cut off
        (FORM, f"{part(FILE)}--b"),
        (FORM, f"{part(FILE)}--c--"),
        (FORM, "--b--"),
        (FORM, f"{part(FILE)}{part(FILE)}--b--"),
        (FORM, f"{part('Content-Disposition: form-data; name=file')}--b--"),
        (FORM, f"{part('Content-Disposition: form-data; name=other; filename=a')}--b--"),
        (FORM, f"{part('Content-Type: image/png')}--b--"),
        (FORM, "--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n--b--"),
        ("multipart/form-data", f"{part(FILE)}--b--"),
        ("multipart/mixed; boundary=b", f"{part(FILE)}--b--"),
        ("multipart/form-data; boundary=" + "b" * 71, ""),
        ("application/json", "{}"),
        ("", ""),
    ],
)
def test_anything_else_is_refused(content_type: str, body: str) -> None:
    with pytest.raises(MultipartError):
        read_file(content_type, body.encode(), field="file")


@given(st.binary(max_size=200))
@example(b"--b\r\n\xff: 1\r\n\r\nx\r\n--b--")
@example(b"--b\r\n\r\n--b--\r\n\r\n--b--")
def test_no_body_is_more_than_refused(body: bytes) -> None:
    with suppress(MultipartError):
        read_file(FORM, body, field="file")
