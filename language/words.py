"""Words and character pairs of Chinese text: what search and intent models count."""

import logging
import re
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

import jieba

from language.normalise import normalise

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
# A run of Chinese characters, or a number or Latin word kept whole (3.5, co-op, n+1, c++).
_RUN = re.compile(rf"([{_HAN}]+)|[^\W_{_HAN}]+(?:[.+\-'][^\W_{_HAN}]+)*")
_HAS_WORD_CHARACTER = re.compile(r"[^\W_]")


class Segmenter:
    """Cuts text into words with a jieba tokenizer of its own, so that its dictionary is nobody else's.

    `dictionary` is a file in jieba's format (`word frequency? tag?` by line; a line beginning with `#` is a
    comment) or a folder of such `.txt` files; one that does not exist raises FileNotFoundError. Building
    takes about a second; cutting is safe from several threads.
    """

    def __init__(self, dictionary: Path | None = None, *, stop_words: Collection[str] = ()) -> None:
        files = _dictionary_files(dictionary)
        logging.getLogger("jieba").setLevel(logging.WARNING)  # it reports its own loading at DEBUG, to stderr
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.initialize()
        for file in files:
            with file.open(encoding="utf-8-sig") as lines:
                self._tokenizer.load_userdict(line for line in lines if not line.startswith("#"))
        self._stop_words = frozenset(stop_words)

    def pieces(self, text: str) -> list[str]:
        """Return the normalised `text` cut into words, nothing left out: joined they are that text again."""
        return list(self._tokenizer.cut(normalise(text)))

    def cut(self, text: str) -> list[str]:
        """Return `text` as it is, cut into words."""
        return list(self._tokenizer.cut(text))

    def frequency(self, word: str) -> int:
        """Return how often `word`, normalised, is used by the dictionary; 0 when it is not in it."""
        return int(self._tokenizer.FREQ.get(word) or 0)

    def words(self, text: str) -> list[str]:
        """Return the words of `text` in order, normalised, without punctuation and stop words."""
        return self._kept(self._tokenizer.cut(normalise(text)))

    def tokens(self, text: str) -> list[str]:
        """Return words ∪ bigrams, as multisets: a two-character word is not counted again as a bigram."""
        words = self.words(text)
        counted = Counter(words)
        for bigram in self._kept(bigrams(text)):
            if counted[bigram] > 0:
                counted[bigram] -= 1
            else:
                words.append(bigram)
        return words

    def _kept(self, candidates: Iterable[str]) -> list[str]:
        return [
            word for word in candidates if word not in self._stop_words and _HAS_WORD_CHARACTER.search(word)
        ]


def bigrams(text: str) -> list[str]:
    """Return the overlapping pairs of Chinese characters in `text`, normalised, in order.

    Latin words and numbers stay whole, pairs do not cross punctuation, and a Chinese character that stands
    alone is returned alone.
    """
    found: list[str] = []
    for run in _RUN.finditer(normalise(text)):
        characters = run.group()
        if run.group(1) is None or len(characters) == 1:
            found.append(characters)
        else:
            found.extend(characters[i : i + 2] for i in range(len(characters) - 1))
    return found


def load_stop_words(file: Path) -> frozenset[str]:
    """Return the stop words in `file`: one to a line, `#` begins a comment line."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return frozenset(normalise(line) for line in lines if line and not line.startswith("#"))


def _dictionary_files(dictionary: Path | None) -> list[Path]:
    if dictionary is None:
        return []
    if not dictionary.exists():
        raise FileNotFoundError(f"no dictionary at {dictionary}")
    return sorted(dictionary.glob("*.txt")) if dictionary.is_dir() else [dictionary]
