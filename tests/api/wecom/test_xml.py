"""The app's XML is read as data from outside: no document type, nothing loaded, nothing expanded."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.wecom.rejected import Malformed
from api.channels.wecom.xml import Envelope, read_envelope, read_message

ENVELOPE = (
    "<xml><ToUserName><![CDATA[ww1]]></ToUserName><Encrypt><![CDATA[{}]]></Encrypt>"
    "<AgentID><![CDATA[1000002]]></AgentID></xml>"
)
LAUGHS = "".join(
    f'<!ENTITY lol{level} "{f"&lol{level - 1};" * 10}">' if level else '<!ENTITY lol0 "lol">'
    for level in range(10)
)
DOCUMENT_TYPES = {
    "a billion laughs": f"<!DOCTYPE xml [{LAUGHS}]><xml><Encrypt>&lol9;</Encrypt></xml>",
    "laughs in an attribute": f"<!DOCTYPE xml [{LAUGHS}]><xml a='&lol9;'><Encrypt>x</Encrypt></xml>",
    "an external entity": '<!DOCTYPE xml [<!ENTITY x SYSTEM "file://{}">]><xml><Encrypt>&x;</Encrypt></xml>',
    "a parameter entity": '<!DOCTYPE xml [<!ENTITY % x SYSTEM "file://{}"> %x;]><xml><Encrypt>x</Encrypt>'
    "</xml>",
    "an external subset": '<!DOCTYPE xml SYSTEM "file://{}"><xml><Encrypt>x</Encrypt></xml>',
    "nothing but a name": "<!DOCTYPE xml><xml><ToUserName>ww1</ToUserName><Encrypt>x</Encrypt></xml>",
}


def test_an_envelope_holds_whom_it_is_for_and_what_is_encrypted() -> None:
    assert read_envelope(ENVELOPE.format("abc=").encode()) == Envelope("ww1", "1000002", "abc=")


def test_an_envelope_without_an_agent_is_one_of_the_company() -> None:
    body = b"<xml><ToUserName>ww1</ToUserName><Encrypt>abc=</Encrypt></xml>"
    assert read_envelope(body).agent_id == ""


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"<xml><Encrypt>abc=</Encrypt></xml>", "ToUserName"),
        (b"<xml><ToUserName>ww1</ToUserName></xml>", "Encrypt"),
        (b"<xml><ToUserName>ww1</ToUserName><Encrypt/></xml>", "Encrypt"),
        (b"<xml><a><ToUserName>ww1</ToUserName><Encrypt>x</Encrypt></a></xml>", "ToUserName"),
        (b"", "xml"),
        (b"<xml>", "xml"),
        (b'{"encrypt": "abc="}', "xml"),
        (b"<xml>&unknown;</xml>", "xml"),
        ("<?xml version='1.0' encoding='utf-16'?><xml><Encrypt>x</Encrypt></xml>".encode("utf-16"), "xml"),
        (b"<xml>\xff\xfe</xml>", "xml"),
        (b"<a>" * 100_000, "xml"),
    ],
)
def test_an_envelope_that_lacks_something_is_malformed(body: bytes, part: str) -> None:
    with pytest.raises(Malformed) as rejected:
        read_envelope(body)
    assert rejected.value.part == part


@pytest.mark.parametrize("attack", DOCUMENT_TYPES)
def test_a_document_type_is_refused_at_once_and_what_it_names_is_not_read(
    attack: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("<!ENTITY lol 'secret'>", encoding="utf-8")
    xml, began = DOCUMENT_TYPES[attack].replace("{}", str(tmp_path / "secret")), time.monotonic()
    with pytest.raises(Malformed):
        read_envelope(xml.encode())
    with pytest.raises(Malformed):
        read_message(xml)
    assert time.monotonic() - began < 1


def test_an_employee_may_write_of_document_types_and_markup() -> None:
    written = "<!DOCTYPE html> <b>&amp; ]] > &lol;"
    assert read_message(f"<xml><Content><![CDATA[{written}]]></Content></xml>") == {"Content": written}


def test_a_body_of_a_megabyte_is_read() -> None:
    encrypted = "x" * 1_000_000
    assert read_envelope(ENVELOPE.format(encrypted).encode()).encrypted == encrypted
    assert read_message(f"<xml><Content>{encrypted}</Content></xml>")["Content"] == encrypted


def test_what_xml_does_not_allow_in_a_text_is_left_out_of_it() -> None:
    assert read_message("<xml><Content><![CDATA[a\x00\x0b\x1f\ufffe工\n\t👍]]></Content></xml>") == {
        "Content": "a工\n\t👍"
    }


def test_a_field_is_its_whole_text_without_comments_and_what_is_nested_is_left_out() -> None:
    xml = "<xml><!-- a --><A>x<!-- b -->y</A><?p i?><B><C>no</C></B><D><![CDATA[1]]>2</D></xml>"
    assert read_message(xml) == {"A": "xy", "B": "", "D": "12"}


@given(st.one_of(st.text(), st.text("<>&;!/[]'\"=xA \n", max_size=80)))
def test_any_text_is_read_or_malformed(xml: str) -> None:
    for read in (lambda: read_message(xml), lambda: read_envelope(xml.encode())):
        with suppress(Malformed):
            read()


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"])).filter(lambda text: "]]>" not in text))
def test_any_words_come_out_as_they_went_in(text: str) -> None:
    assert read_message(f"<xml><Content><![CDATA[{text}]]></Content></xml>")["Content"] == text
