"""How something is worded: what tells a refusal, a question or a stop from a description. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from service.texts import Texts
from service.tickets.drafts import ForWhom
from service.tickets.kinds import CaseKind, CaseKinds, Others

KEYS = (
    "stop", "stop_around", "filler", "correct", "change_kind", "change_text", "change_contact", "more",
    "asking", "agree", "refuse", "send", "skip", "here", "reach", "request", "withdraw", "discipline",
    "behalf", "colleague", "subject_agreed", "subject_unasked", "subject_refused", "own", "none",
    "about_contact", "adding",
)  # fmt: skip
ENOUGH = 5
"""Chinese characters beyond those of the request itself from which a sentence says what it is about."""
LEAST = 4
"""Chinese characters below which a description says nothing."""
LONGEST_CONTACT = 60

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]")
_EDGES = re.compile(r"[\s，,。.！!~～：:；;、…“”\"'‘’（）()【】?？]+")
_SOME_DIGITS = re.compile(r"[0-9０-９]{3,}")
# A mobile number, an area code with its number, or a local one.
_PHONE = r"1[3-9](?:[ -]?[0-9]){9}|0[0-9]{2,3}[ -]?[0-9]{7,8}|[2-9][0-9]{6,7}"
_NUMBER = re.compile(rf"(?<![0-9])(?:\+?86[ -]?)?(?:{_PHONE})(?![0-9])")


class Wording:
    """Looks for the words of texts/tickets.yml. Threads may share this object."""

    def __init__(self, texts: Texts, kinds: CaseKinds) -> None:
        texts.require((*(f"tickets.hearing.{key}" for key in KEYS), "tickets.hearing.noise"))
        self._words = {key: _list(texts, key) for key in KEYS}
        self._noise = frozenset(texts("tickets.hearing.noise"))
        self._names = tuple(name for kind in kinds for name in (*kind.names, kind.title))

    def stops(self, text: str) -> bool:
        """Tell whether all that is said is that one does not go on: 算了，先不办了."""
        return self._made_of(text, self._words["stop"], self._words["stop_around"])

    def only(self, text: str, key: str) -> bool:
        """Tell whether nothing but words of `key`, at least one, and fillers are said."""
        return self._made_of(text, self._words[key], self._words["filler"])

    def corrects_kind(self, text: str) -> bool:
        """Tell whether all that is said is that a case is of another kind: 不对，是投诉."""
        around = (*self._words["filler"], *self._words["request"], *self._words["correct"], *self._names)
        return self.begins(text, "correct") is not None and self._made_of(text, self._names, around)

    def for_whom(self, kind: CaseKind, text: str) -> ForWhom | None:
        """Return whose case a text tells of, as far as it says so; None where it names nobody else."""
        said = self.has(text, "behalf")
        named = kind.for_others is Others.NAMED and self.has(text, "colleague")
        if kind.for_others is Others.NEVER or not (said or named):
            return None
        return self.subject(text) or ForWhom.UNCLEAR

    def subject(self, text: str) -> ForWhom | None:
        """Return whether a colleague agrees, as far as a text says so."""
        if self.has(text, "subject_unasked"):
            return ForWhom.UNASKED
        if self.has(text, "subject_refused"):
            return None
        return ForWhom.AGREED if self.has(text, "subject_agreed") else None

    def asks(self, text: str) -> bool:
        """Tell whether the text is worded as a question."""
        return bool(_HAN.search(text)) and ("?" in text or "？" in text or self.has(text, "asking"))

    def has(self, text: str, key: str) -> bool:
        return any(word in text for word in self._words[key])

    def begins(self, text: str, key: str, *, within: int = 2) -> str | None:
        """Return the word of `key` a text begins with, at most `within` characters in."""
        return next((word for word in self._words[key] if word in text[: within + len(word)]), None)

    def after(self, text: str, word: str) -> str:
        """Return what follows `word`, None of the signs between."""
        return text[text.index(word) + len(word) :].lstrip("，,：: 。、")

    def unintelligible(self, text: str) -> bool:
        """Tell whether a text makes no sense to anybody: keys hit at random, sounds, signs."""
        han, latin = _HAN.findall(text), _LATIN.findall(text)
        if not han:
            return not _SOME_DIGITS.search(text)
        if len(latin) > LEAST and len(latin) > len(han) / 2:
            return True
        meant = [char for char in han if char not in self._noise]
        return not meant or (len(han) >= LEAST and len(set(han)) <= 2)

    def says_enough(self, text: str, *, beyond: Iterable[str] = ()) -> bool:
        """Tell whether a sentence says what a case is about, beyond that one wants to file it.

        Nor does what is said with words of the keys `beyond` count.
        """
        rest = text
        around = [word for key in beyond for word in self._words[key]]
        for word in (*self._names, *self._words["request"], *sorted(around, key=len, reverse=True)):
            rest = rest.replace(word, "")
        return len(_HAN.findall(rest)) >= ENOUGH and not self.unintelligible(text)

    def _made_of(self, text: str, core: Iterable[str], around: Iterable[str]) -> bool:
        bare = _EDGES.sub("", text)
        words = (*core, *around)
        pattern = re.compile(f"(?:{_any(around)})*(?:{_any(core)})(?:{_any(words)})*")
        return bool(bare) and pattern.fullmatch(bare) is not None


def is_long_enough(text: str) -> bool:
    """Tell whether a text may be a description at all."""
    return len(_HAN.findall(text)) >= LEAST


def number_in(unmasked: str) -> str | None:
    """Return the telephone number a message holds."""
    found = _NUMBER.search(unmasked)
    return found.group() if found else None


def has_digits(unmasked: str) -> bool:
    return _SOME_DIGITS.search(unmasked) is not None


def contact_in(unmasked: str) -> str:
    """Return how one can be reached: the whole message where it is short, else its number."""
    number = number_in(unmasked)
    if number is None or len(unmasked) <= LONGEST_CONTACT:
        return unmasked[:LONGEST_CONTACT]
    return number


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))


def _list(texts: Texts, key: str) -> tuple[str, ...]:
    words = texts.value(f"tickets.hearing.{key}")
    return tuple(sorted((str(word) for word in words), key=len, reverse=True))
