"""One spelling for what people type, so that the same question looks the same everywhere."""

import re
import unicodedata

from language.characters import simplified
from language.pictures import without_pictures

# Characters that take no space: controls that are not white space, format characters (zero-width spaces and
# joiners, direction marks, byte order marks, tags), variation selectors, and lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_SPACES = re.compile(r"\s+")
# Digits are left alone: 10000元 is not 1000元.
_REPEATED = re.compile(r"([^\d\s])\1{3,}")


def normalise(text: str) -> str:
    """Return `text` in its one spelling; `normalise(normalise(text)) == normalise(text)`.

    NFKC (full-width forms become half-width), lower case, simplified characters, no emoji beside words, no
    invisible characters, single spaces, none at the ends, and at most three of the same character in a row
    unless it is a digit.
    """
    # Each step can prepare work for another (a removed zero-width space lets two characters compose), so go
    # round until nothing changes; ordinary text needs the first round only to confirm.
    while (spelt := _once(text)) != text:
        text = spelt
    return spelt


def _once(text: str) -> str:
    text = _INVISIBLE.sub("", text)
    text = without_pictures(simplified(unicodedata.normalize("NFKC", text).lower()))
    text = _SPACES.sub(" ", text).strip()
    return _REPEATED.sub(r"\1\1\1", text)
