"""The entity lexicon: which wordings stand for which value.

One file per entity, `<entity>.txt`. A line is `value wording wording ...`; `#` starts a comment. A line
`value head head ... + tail tail ...` means every head with every tail (合肥 芜湖 + 分行 支行). The value `=`
stands for the wording itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from language.normalise import normalise

ITSELF = "="


class LexiconError(ValueError):
    """A line of the lexicon that cannot be read."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")


@dataclass(frozen=True, slots=True)
class Wording:
    """`text`, in normalised spelling, stands for `value` of `entity`."""

    entity: str
    value: str
    text: str


def read_lexicon(folder: Path) -> list[Wording]:
    """Return every wording of the lexicon; raise LexiconError for a line without any."""
    return [wording for file in sorted(folder.glob("*.txt")) for wording in _read_file(file)]


def _read_file(file: Path) -> Iterator[Wording]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        value, *parts = line.split("#", 1)[0].split() or [""]
        if not value:
            continue
        texts = [normalise(text) for text in _texts(parts)]
        if not texts:
            raise LexiconError(file, number, "a value without wordings")
        for text in texts:
            yield Wording(entity=file.stem, value=text if value == ITSELF else value, text=text)


def _texts(parts: list[str]) -> list[str]:
    if "+" not in parts:
        return parts
    split = parts.index("+")
    return [head + tail for head in parts[:split] for tail in parts[split + 1 :]]
