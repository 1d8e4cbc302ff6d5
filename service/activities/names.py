"""Whether what somebody answers is a name to put on a list, and which. Pure.

Any two characters may be a name, so nothing is proved here: what is plainly something else is told apart by
how it is worded and by what the dialogue understood, and the rest is taken for a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.texts import Texts

LONGEST = 20
SPOKEN_FROM = 5
"""Chinese characters from which a text that is understood as something is rather that."""
SENTENCE_FROM = 9
"""Chinese characters in a row from which a text is a sentence, unless it says that it is a name."""
SURE_TALK = 0.8
"""Confidence from which small talk and requests are believed of even a short text."""
SURE_QUESTION = 0.5
"""Confidence from which a longer text is believed to be the question it looks like."""
NEVER_NAMES = frozenset({"urgent_help"})
MAYBE_NAMES = frozenset({None, "nlu_fallback", "out_of_scope", "inform"})
"""What names are usually understood as, because the classifier knows none."""

_HAN_NAME = re.compile(r"[\u4e00-\u9fff]+(?:[·•.][\u4e00-\u9fff]+)*\d{0,2}")
_OTHER_NAME = re.compile(r"[^\W\d_\u4e00-\u9fff]+(?:[ ·•.\-'][^\W\d_\u4e00-\u9fff]+)*\d{0,2}")
_EDGES = " \t\n，,。.！!~～：:；;“”\"'‘’（）()【】"
_EDGE = re.compile(f"[{re.escape(_EDGES)}]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HAN_RUN = re.compile(rf"[\u4e00-\u9fff]{{{SENTENCE_FROM}}}")


@dataclass(frozen=True, slots=True)
class Understood:
    """What the dialogue made of the text; `named` tells that a term of the lexicon is all of it (年假)."""

    intent: str | None
    confidence: float
    named: bool = False

    @property
    def about_something(self) -> bool:
        """Tell whether it was taken for a question on a topic, which names often are by chance."""
        return (
            self.intent is not None
            and self.intent.startswith(("ask_", "calc_"))
            and (self.intent not in ("ask_human", "ask_about_assistant"))
        )


class NameReader:
    """Reads names with the words of texts/; threads may share it."""

    def __init__(self, texts: Texts) -> None:
        self._before = _words(texts, "before")
        self._after = _words(texts, "after")
        self._asking = _words(texts, "asking")
        self._never_begins = _words(texts, "never_begins")
        self._not_names = frozenset(_words(texts, "not_names"))
        stops, around = _words(texts, "stops"), _words(texts, "stops_around")
        self._stops = re.compile(f"(?:{_any(around)})*(?:{_any(stops)})(?:{_any((*stops, *around))})*")

    def stops(self, text: str) -> bool:
        """Tell whether all that is said is that one does not go on (那不报了吧)."""
        return self._stops.fullmatch(_EDGE.sub("", text)) is not None

    def read(self, text: str, understood: Understood) -> str | None:
        """Return the name in `text`, or None when it is something else."""
        if understood.intent in NEVER_NAMES or text.startswith(("/", "／")) or self.asks(text):
            return None
        name = self._bare(text)
        if not 0 < len(name) <= LONGEST or name in self._not_names:
            return None
        if not _HAN_NAME.fullmatch(name) and not _OTHER_NAME.fullmatch(name):
            return None
        introduced = name != text.strip(_EDGES)
        if name.startswith(self._never_begins) or (not introduced and _HAN_RUN.search(name)):
            return None
        if understood.intent in MAYBE_NAMES or (introduced and understood.about_something):
            return name
        if not understood.about_something:
            return name if understood.confidence < SURE_TALK else None
        if understood.named:
            return None
        long = len(_HAN.findall(name)) >= SPOKEN_FROM
        return None if long and understood.confidence >= SURE_QUESTION else name

    def asks(self, text: str) -> bool:
        """Tell whether the text is worded as a question."""
        return "?" in text or "？" in text or any(word in text for word in self._asking)

    def _bare(self, text: str) -> str:
        """Return the text without what people say around a name: 我叫王芳 → 王芳."""
        name = text.strip(_EDGES)
        before = next((word for word in self._before if name.startswith(word) and name != word), "")
        name = name.removeprefix(before).strip(_EDGES)
        after = next((word for word in self._after if name.endswith(word) and name != word), "")
        return name.removesuffix(after).strip(_EDGES)


def _words(texts: Texts, key: str) -> tuple[str, ...]:
    words = texts.value(f"activities.name.{key}")
    return tuple(sorted((str(word) for word in words), key=len, reverse=True))


def _any(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, words))
