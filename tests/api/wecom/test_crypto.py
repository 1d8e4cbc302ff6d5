"""Signing and encrypting: the vendor's published samples, any text, and what is not to be taken."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.channels.wecom.crypto import MAX_AGE, KeyMalformed, WecomCrypto, decrypt_media
from api.channels.wecom.rejected import (
    Malformed,
    PaddingWrong,
    ReceiverWrong,
    Rejected,
    SignatureWrong,
    TooOld,
)
from api.channels.wecom.xml import read_message
from tests.api.wecom.sealing import AES_KEY, RECEIVE_ID, TOKEN, VECTORS, Vector, encrypted, framed, padded

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
OURS = WecomCrypto(TOKEN, AES_KEY, RECEIVE_ID)
BOTS = WecomCrypto(TOKEN, AES_KEY, "")


def base64_of(plain: bytes) -> str:
    return base64.b64encode(encrypted(plain)).decode()


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_a_published_sample_opens_to_what_was_published(vector: Vector) -> None:
    crypto = WecomCrypto(vector["token"], vector["aes"], vector["receiveid"])
    message = crypto.open(
        signature=vector["sig"],
        timestamp=vector["ts"],
        nonce=vector["nonce"],
        encrypted=vector["enc"],
        now=datetime.fromtimestamp(int(vector["ts"]), UTC),
    )
    if "expect" in vector:
        assert message == vector["expect"]
    else:
        assert read_message(message) == vector["expect_xml"]


@given(st.text(), st.sampled_from([OURS, BOTS]))
def test_any_text_is_the_same_after_sealing_and_opening(text: str, crypto: WecomCrypto) -> None:
    sealed = crypto.seal(text, now=NOW)
    opened = crypto.open(
        signature=sealed.signature,
        timestamp=sealed.timestamp,
        nonce=sealed.nonce,
        encrypted=sealed.encrypted,
        now=NOW,
    )
    assert opened == text


@pytest.mark.parametrize("text", ["", "工" * 21_846, "👩‍👩‍👧" * 3_700])
def test_nothing_and_sixty_four_kilobytes_are_texts_too(text: str) -> None:
    assert OURS.decrypt(OURS.encrypt(text)) == text


def test_the_same_text_is_encrypted_into_another_each_time() -> None:
    assert OURS.encrypt("同一句话") != OURS.encrypt("同一句话")
    assert OURS.seal("同一句话", now=NOW).nonce != OURS.seal("同一句话", now=NOW).nonce


@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_byte_is_rejected_or_opens_but_never_fails_otherwise(at: int, change: int) -> None:
    data = bytearray(base64.b64decode(OURS.encrypt("我想问年假")))
    data[at % len(data)] ^= change
    try:
        OURS.decrypt(base64.b64encode(data).decode())
    except Rejected:
        return
    # CBC carries no seal: a change in the random bytes goes unseen, which is what the signature is for.
    assert at % len(data) < 16


@given(st.one_of(st.text(), st.binary(max_size=200).map(lambda data: base64.b64encode(data).decode())))
def test_what_was_never_encrypted_is_rejected(encrypted: str) -> None:
    with pytest.raises(Rejected):
        OURS.decrypt(encrypted)


@pytest.mark.parametrize("around", [" {}", "{}\n", "-{}", "{}工", "{}A"])
def test_what_is_not_base64_from_end_to_end_is_malformed(around: str) -> None:
    with pytest.raises(Malformed):
        OURS.decrypt(around.format(OURS.encrypt("我想问年假")))


@given(st.text(), st.text(), st.text(), st.text())
def test_what_was_never_signed_is_rejected_before_anything_else_is_looked_at(
    signature: str, timestamp: str, nonce: str, encrypted: str
) -> None:
    with pytest.raises(SignatureWrong):
        OURS.open(signature=signature, timestamp=timestamp, nonce=nonce, encrypted=encrypted, now=NOW)


@pytest.mark.parametrize("changed", ["signature", "timestamp", "nonce", "encrypted"])
def test_a_signature_covers_every_part(changed: str) -> None:
    sealed = OURS.seal("我想问年假", now=NOW)
    parts = {
        "signature": sealed.signature,
        "timestamp": sealed.timestamp,
        "nonce": sealed.nonce,
        "encrypted": sealed.encrypted,
    }
    parts[changed] = parts[changed][:-1] + ("1" if parts[changed][-1] != "1" else "2")
    with pytest.raises(SignatureWrong):
        OURS.open(**parts, now=NOW)


def test_half_a_character_in_a_signature_is_a_wrong_signature() -> None:
    with pytest.raises(SignatureWrong):
        OURS.verify("\ud800", timestamp="1", nonce="\ud800", encrypted="\udfff")


@pytest.mark.parametrize("direction", [-1, 1])
def test_a_signature_is_good_for_ten_minutes_either_way(direction: int) -> None:
    sealed = OURS.seal("我想问年假", now=NOW)

    def opened_at(now: datetime) -> str:
        return OURS.open(
            signature=sealed.signature,
            timestamp=sealed.timestamp,
            nonce=sealed.nonce,
            encrypted=sealed.encrypted,
            now=now,
        )

    assert opened_at(NOW + direction * MAX_AGE) == "我想问年假"
    with pytest.raises(TooOld):
        opened_at(NOW + direction * (MAX_AGE + timedelta(seconds=1)))


@pytest.mark.parametrize(
    "timestamp", ["", "soon", "-1", "１４７６４１６３", "1_476", " 1", "1e9", "9" * 5000]
)
def test_a_timestamp_that_is_no_number_of_seconds_is_malformed(timestamp: str) -> None:
    encrypted = OURS.encrypt("我想问年假")
    with pytest.raises(Malformed) as rejected:
        OURS.open(
            signature=OURS.signature(timestamp, "7", encrypted),
            timestamp=timestamp,
            nonce="7",
            encrypted=encrypted,
            now=NOW,
        )
    assert rejected.value.part == "timestamp"


@pytest.mark.parametrize("last", [0, 33, 255])
def test_a_padding_outside_a_block_is_wrong(last: int) -> None:
    plain = framed(b"x" * 200)
    plain = plain[: len(plain) // 32 * 32]
    with pytest.raises(PaddingWrong):
        OURS.decrypt(base64_of(plain[:-1] + bytes([last])))


def test_a_padding_that_is_not_all_the_same_is_wrong() -> None:
    plain = padded(framed(b"a message"))
    assert plain[-1] > 2
    with pytest.raises(PaddingWrong):
        OURS.decrypt(base64_of(plain[:-2] + bytes([plain[-1] - 1, plain[-1]])))


def test_a_padding_of_more_than_a_block_is_wrong_even_if_it_is_all_the_same() -> None:
    with pytest.raises(PaddingWrong):
        OURS.decrypt(base64_of(bytes(31) + bytes([33]) * 33))


def test_a_padding_longer_than_all_there_is_is_wrong() -> None:
    with pytest.raises(PaddingWrong):
        OURS.decrypt(base64_of(bytes([17]) * 16))


@pytest.mark.parametrize("length", [2**32 - 1, 2**31, 30, 28])
def test_a_length_beyond_the_data_is_malformed(length: int) -> None:
    with pytest.raises(Malformed):
        OURS.decrypt(base64_of(padded(framed(b"a message", length=length))))


def test_a_length_that_reaches_into_the_receiver_is_a_wrong_receiver() -> None:
    with pytest.raises(ReceiverWrong):
        OURS.decrypt(base64_of(padded(framed(b"a message", length=10))))


@pytest.mark.parametrize("plain", [b"", bytes(19)])
def test_what_is_too_short_for_a_length_is_malformed(plain: bytes) -> None:
    with pytest.raises(Malformed):
        OURS.decrypt(base64_of(padded(plain)))


def test_what_is_not_utf_8_is_malformed() -> None:
    with pytest.raises(Malformed):
        OURS.decrypt(base64_of(padded(framed(b"\xff\xfe"))))


def test_what_was_encrypted_for_another_company_is_rejected() -> None:
    theirs = WecomCrypto(TOKEN, AES_KEY, "ww0000000000000000")
    for crypto, sender in ((OURS, theirs), (OURS, BOTS), (BOTS, OURS)):
        with pytest.raises(ReceiverWrong):
            crypto.decrypt(sender.encrypt("x"))


@pytest.mark.parametrize(
    "key", ["", AES_KEY[:-1], AES_KEY + "A", AES_KEY[:-1] + "!", AES_KEY + "==", AES_KEY + "\n", "工" * 43]
)
def test_a_key_that_is_not_43_characters_of_base64_is_told(key: str) -> None:
    with pytest.raises(KeyMalformed):
        WecomCrypto(TOKEN, key, RECEIVE_ID)
    with pytest.raises(Malformed):
        decrypt_media(encrypted(padded(b"picture")), key)


def test_keys_and_what_they_open_stay_out_of_errors_and_reprs() -> None:
    with pytest.raises(KeyMalformed) as told:
        WecomCrypto(TOKEN, AES_KEY[:-1], RECEIVE_ID)
    assert AES_KEY[:8] not in str(told.value)
    assert TOKEN not in repr(OURS)
    assert AES_KEY not in repr(OURS)


def test_every_rejection_has_a_code_of_its_own() -> None:
    codes = [Rejected.code, *(kind.code for kind in Rejected.__subclasses__())]
    assert len(set(codes)) == len(codes) == 6


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_any_file_is_the_same_after_it_was_decrypted(file: bytes) -> None:
    assert decrypt_media(encrypted(padded(file)), AES_KEY) == file
    assert decrypt_media(encrypted(padded(file)), AES_KEY + "=") == file


@given(st.binary(max_size=200))
def test_a_file_that_was_never_encrypted_is_rejected_or_rubbish(data: bytes) -> None:
    with suppress(Rejected):
        assert len(decrypt_media(data, AES_KEY)) < len(data)
