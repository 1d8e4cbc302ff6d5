"""Word lists that are edited by hand: lines with words, comments that begin with `#`."""

from collections.abc import Iterator
from pathlib import Path


class WordListError(Exception):
    """A word list, or one of its lines, cannot be read. `line` counts from 1; `text` is what stands there."""

    def __init__(self, file: Path, line: int, text: str) -> None:
        super().__init__(f"{file}:{line}: {text}")
        self.file = file
        self.line = line
        self.text = text


def entries(file: Path) -> Iterator[tuple[int, str]]:
    """The lines of `file` that say something, with their numbers.

    Raises:
        WordListError: there is no such file, or it is not UTF-8.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WordListError(file, 1, str(error)) from error
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            yield number, line
