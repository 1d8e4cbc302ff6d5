"""Which encoding bytes are in: UTF-8, UTF-16 or GB18030, the three that Chinese office texts come in."""

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SAMPLE = 65_536
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\x0b\x0c\x1b")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with the encoding it was in; `replaced` characters were not legible in it and are “�”."""

    text: str
    encoding: str
    replaced: int = 0


def decode(content: bytes) -> Decoded | None:
    """Decode text, or return None for what is no text at all."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _lenient(content, encoding)
    wide = _utf16_without_mark(content)
    if wide:
        return _lenient(content, wide)
    if b"\x00" in content or _mostly_control(content):
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if encoding == "gb18030" and not _plausible(text) else Decoded(text, encoding)
    # Neither is quite right: a text with a few broken bytes is worth reading, noise is not.
    best = min((_lenient(content, encoding) for encoding in ("utf-8", "gb18030")), key=_damage)
    return best if best.replaced * 50 <= len(best.text) and _plausible(best.text) else None


def _damage(decoded: Decoded) -> int:
    return decoded.replaced


def _lenient(content: bytes, encoding: str) -> Decoded:
    text = content.decode(encoding, errors="replace")
    return Decoded(text.lstrip("\ufeff"), encoding.removesuffix("-sig"), text.count("\ufffd"))


def _utf16_without_mark(content: bytes) -> str | None:
    """UTF-16 is known by the zero bytes of its line ends and digits, and by its sense in one byte order."""
    sample = content[: _SAMPLE - _SAMPLE % 2]
    if len(sample) < 4 or len(content) % 2 or sample.count(0) * 400 < len(sample):
        return None
    readings: list[tuple[int, str]] = []
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample.decode(encoding, errors="ignore")
        usual = sum(character in _FREQUENT or " " <= character <= "~" for character in text)
        if "\0" not in text and _plausible(text) and usual * 10 >= len(text):
            readings.append((usual, encoding))
    return max(readings)[1] if readings else None


def _mostly_control(content: bytes) -> bool:
    sample = content[:_SAMPLE]
    return sum(byte in _CONTROL for byte in sample) * 100 > len(sample)


def _plausible(text: str) -> bool:
    """Almost any bytes decode as GB18030; a Chinese text then has common characters, noise has rare ones."""
    sample = text[:_SAMPLE]
    foreign = [character for character in sample if character > "\x7f"]
    common = sum(_COMMON.match(character) is not None for character in foreign)
    frequent = sum(character in _FREQUENT for character in foreign)
    return common * 10 >= len(foreign) * 9 and (len(foreign) < 40 or frequent * 50 >= len(foreign))


_COMMON = re.compile("[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef“”‘’—…·×÷℃①-⑳]")
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国工会员职法规定条第应当，。、（）：；《》年月日单用动劳"
)
