"""Reading the app's XML. It comes from outside: no document type, so no entities, and nothing is loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from api.channels.wecom.rejected import Malformed

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A callback as it arrives. Only `encrypted` is covered by the signature; `agent_id` may be ''."""

    to_user: str
    agent_id: str
    encrypted: str


def read_envelope(body: bytes) -> Envelope:
    """Return what a callback's body holds. How long it may be is the caller's to say. Raises Malformed."""
    fields = _fields(body)
    to_user, encrypted = fields.get("ToUserName"), fields.get("Encrypt")
    if not to_user:
        raise Malformed("ToUserName")
    if not encrypted:
        raise Malformed("Encrypt")
    return Envelope(to_user, fields.get("AgentID", ""), encrypted)


def read_message(xml: str) -> Mapping[str, str]:
    """Return the fields of a decrypted message by their names; what is nested in a field is left out.

    Characters that XML does not allow are left out too: employees paste them, and the platform hands them on.
    Raises Malformed.
    """
    return _fields(_NOT_XML.sub("", xml).encode())


def _fields(data: bytes) -> dict[str, str]:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed("xml") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("doctype")
    return {str(field.tag): field.text or "" for field in root}
