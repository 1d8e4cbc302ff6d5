"""What is sealed opens with its key only, and tells nothing without it."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.privacy.sealing import SealBroken, Sealer

SEALER = Sealer("a key")


@given(st.text())
def test_a_sealed_text_opens_as_it_was(text: str) -> None:
    sealed = SEALER.seal(text)
    assert SEALER.open(sealed) == text
    assert len(text) < 4 or text not in sealed


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert SEALER.seal("13800138000") != SEALER.seal("13800138000")


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(SealBroken):
        Sealer("another key").open(SEALER.seal("13800138000"))


@pytest.mark.parametrize("broken", ["", "不是密文", "gAAAAA", SEALER.seal("13800138000")[:-4]])
def test_a_changed_text_does_not_open(broken: str) -> None:
    with pytest.raises(SealBroken):
        SEALER.open(broken)


def test_the_seal_does_not_tell_when_it_was_made() -> None:
    token = base64.urlsafe_b64decode(SEALER.seal("x"))
    assert token[1:9] == bytes(8)
