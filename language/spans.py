"""What every finder shares: where something was found, and a view of the text that keeps its length.

Offsets always count in the text that was given, so a finder never works on normalised text: it works on
`fold(text)`, in which each character stands for exactly one character of the original.
"""

import unicodedata
from dataclasses import dataclass
from typing import Generic, TypeVar

from language.characters import simplified

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A value read from a text; `text[start:end]` is the wording it was read from."""

    value: Value
    start: int
    end: int


def fold(text: str) -> str:
    """Return `text` with each character in its plain form: half width, lower case, simplified, one kind of
    space.

    The result has the length of `text`: a character whose plain form is longer (`㎡`, `…`) stays as it is.
    """
    if text.isascii():
        return text.lower()
    return simplified("".join(map(_plain, text)))


def _plain(character: str) -> str:
    if "\u4e00" <= character <= "\u9fff":
        return character
    if character.isspace():
        return " "
    plain = unicodedata.normalize("NFKC", character).lower()
    return plain if len(plain) == 1 else character
