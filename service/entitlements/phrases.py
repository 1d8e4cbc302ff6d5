"""What employees say to a calculator: the words of its text file, ready to be found in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from language.normalise import normalise
from service.entitlements.calculator import Calculator
from service.entitlements.inputs import Kind
from service.entitlements.need import choice_of
from service.texts import Texts, TextsError

_NOT = re.compile("(?:不是|不算|不属于|并非|并不|没有|没|未|非|无|不)$")
_ASKS_BACK = re.compile("[了过]?(?:吗|么|没有?(?=[?]|$)|不(?=[?]|$))")
_BEGINS_WITH = {"单": 1, "双": 2, "龙凤": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_ALONE = re.compile("[我是的性呢啊吧呀,。;、!? \\d]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that say a value of a field, or, as cues, that a value near them belongs to one of `fields`."""

    start: int
    end: int
    fields: tuple[str, ...]
    value: object = None


class Phrases:
    """The words of one calculator, its cues by field in `words`. Raises TextsError if some are lacking."""

    def __init__(self, calculator: Calculator, texts: Texts) -> None:
        self.kinds: Mapping[str, Kind] = calculator.inputs.kinds()
        self._cues: dict[str, tuple[str, ...]] = {}
        self._counts: dict[str, tuple[tuple[str, ...], int]] = {}
        self._values: dict[str, dict[str, object]] = {}
        self._asks: dict[str, str] = {}
        for field, kind in self.kinds.items():
            key = f"entitlements.{calculator.name}.fields.{field}"
            self._asks[field] = normalise(texts(f"{key}.ask"))
            for cue in (texts(f"{key}.label"), *_words(texts, f"{key}.cues")):
                self._add_cue(normalise(cue), field)
            if kind is Kind.YES_NO:
                self._values[field] = {
                    phrase: said
                    for key_of, said in (("said_yes", True), ("said_no", False))
                    for word in _words(texts, f"{key}.{key_of}")
                    for phrase in {word, word.replace("没有", "没"), re.sub("没(?!有)", "没有", word)}
                }
            elif kind is Kind.CHOICE:
                self._values[field] = dict(_choices(calculator, texts, field))
        counted = tuple(field for field, kind in self.kinds.items() if kind is Kind.COUNT)
        self._counts |= {word: (counted, count) for word, count in _counts(texts, calculator.name)}
        self.words: Mapping[str, list[str]] = {
            field: [cue for cue, fields in self._cues.items() if field in fields] for field in self.kinds
        }

    def ask(self, field: str) -> str:
        """Return the question for a field, normalised."""
        return self._asks[field]

    def cues(self, text: str) -> list[Phrase]:
        """Return the cues in a text, in order, the longest first where they overlap."""
        return [Phrase(start, end, self._cues[word]) for word, start, end in _find(self._cues, text)]

    def values(self, text: str) -> list[Phrase]:
        """Return the choices, yeses and noes in a text; what is negated says the opposite, or nothing."""
        found: list[Phrase] = []
        for field, phrases in self._values.items():
            for word, start, end in _find(phrases, text):
                value = _as_said(phrases[word], text, start, end)
                if value is not None:
                    found.append(Phrase(start, end, (field,), value))
        return sorted(found, key=lambda phrase: phrase.start)

    def without_others(self, text: str, asked: str) -> str:
        """Return a text with what says a choice, yes or no of other fields than `asked` blanked out.

        还没鉴定 is no answer to the number that was asked, which 还没 would be.
        """
        for phrase in self.values(text):
            if asked not in phrase.fields:
                text = text[: phrase.start] + " " * (phrase.end - phrase.start) + text[phrase.end :]
        return text

    def counts(self, text: str) -> list[Phrase]:
        """Return the words that say a count themselves: 双胞胎 as a cue, 二胎 as the choice "2"."""
        return [Phrase(start, end, *self._counts[word]) for word, start, end in _find(self._counts, text)]

    def _add_cue(self, cue: str, field: str) -> None:
        counts = [
            count for numeral, count in _BEGINS_WITH.items() if cue.startswith(numeral) and cue != numeral
        ]
        if self.kinds[field] is Kind.COUNT and counts:
            self._counts[cue] = ((field,), counts[0])
        elif field not in self._cues.get(cue, ()):
            self._cues[cue] = (*self._cues.get(cue, ()), field)


def _words(texts: Texts, key: str) -> list[str]:
    words = texts.value(key)
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise TextsError(f"texts: {key} is not a list of words")
    return [normalise(str(word)) for word in words]


def _choices(calculator: Calculator, texts: Texts, field: str) -> Iterator[tuple[str, str]]:
    for option in choice_of(calculator, field):
        key = f"entitlements.{calculator.name}.choices.{option.value}"
        for phrase in (normalise(texts(f"{key}.label")), *_words(texts, f"{key}.heard")):
            yield phrase, str(option.value)


def _counts(texts: Texts, name: str) -> Iterator[tuple[str, int]]:
    """Yield the words for a number that the file gives as choices: `"2": {heard: [二胎]}`."""
    key = f"entitlements.{name}.choices"
    for choice in texts.section(key) if texts.has(key) else {}:
        if choice.isdecimal():
            for word in _words(texts, f"{key}.{choice}.heard"):
                yield word, int(choice)


def _find(phrases: Iterable[str], text: str) -> list[tuple[str, int, int]]:
    """Return where phrases stand in a text, in order: the longest first, then none that overlaps it."""
    spans = [
        (phrase, match.start(), match.end())
        for phrase in phrases
        if phrase in text
        for match in re.finditer(re.escape(phrase), text)
    ]
    spans.sort(key=lambda span: (span[1] - span[2], span[1]))
    taken = bytearray(len(text))
    found = []
    for phrase, start, end in spans:
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append((phrase, start, end))
    return sorted(found, key=lambda span: span[1])


def _as_said(value: object, text: str, start: int, end: int) -> object | None:
    """Return what a phrase says where it stands; None where it is asked, denied or part of another word."""
    if end - start == 1 and not _stands_alone(text, start, end):
        return None
    negation = _NOT.search(text, max(0, start - 3), start)
    # 是不是, 算不算, 有没有 and 放不放弃 leave it open.
    open_ = negation is not None and text[negation.start() - 1 : negation.start()] in {
        "有",
        negation.group()[-1],
        text[start],
    }
    if not isinstance(value, bool):
        return value if negation is None or open_ else None
    if open_ or _ASKS_BACK.match(text, end):
        return None
    return value if negation is None else not value


def _stands_alone(text: str, start: int, end: int) -> bool:
    """男 is one word in 我是男的 and in 男，1970年, and part of another in 男朋友."""
    around = (text[start - 1 : start], text[end : end + 1])
    return all(not beside or _ALONE.fullmatch(beside) for beside in around)
