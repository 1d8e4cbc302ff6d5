"""Emoji and the named faces of chat programs: left out beside words, read for what they mean alone."""

import re
from pathlib import Path

_FILE = Path(__file__).with_name("pictures.txt")
_NO_MEANING = "-"
# Pictographs, dingbats, flags, skin colours and key caps; variation selectors and joiners are invisible and
# gone before.
_EMOJI = "[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\u20e3\u3030\u303d\U0001f000-\U0001faff]"


def _read(file: Path) -> dict[str, str]:
    meanings = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            meaning, *pictures = line.split()
            meanings.update({picture.lower(): meaning for picture in pictures})
    return meanings


_MEANINGS = _read(_FILE)
_NAMED = "|".join(re.escape(name) for name in _MEANINGS if name.startswith("["))
_PICTURE = re.compile(f"{_EMOJI}|{_NAMED}")
_BEGINS_ONE = re.compile(_EMOJI.replace("[", r"[\[", 1))


def without_pictures(text: str) -> str:
    """Return `text`, in lower case, without its pictures; nothing but pictures becomes what they mean.

    Pictures without a meaning stay when there is nothing else: an empty message is another matter.
    """
    if _BEGINS_ONE.search(text) is None:
        return text
    pictures = _PICTURE.findall(text)
    if not pictures:
        return text
    words = _PICTURE.sub("", text)
    if any(character.isalnum() for character in words):
        return words
    said = (_MEANINGS.get(picture, _NO_MEANING) for picture in pictures)
    return next((meaning for meaning in said if meaning != _NO_MEANING), text)
