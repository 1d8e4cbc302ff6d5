"""Simplified characters for traditional ones, one for one, so that offsets stay."""

from pathlib import Path

_FILE = Path(__file__).with_name("traditional.txt")


def simplified(text: str) -> str:
    """Return `text` with every traditional character in its simplified form; its length stays the same.

    Character by character: what differs by word only (乾坤, 著作) keeps the form it has.
    """
    return text if text.isascii() else text.translate(_TABLE)


def _read(file: Path) -> dict[int, str]:
    table = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            simple, traditional = line.split()
            table.update({ord(character): simple for character in traditional})
    return table


_TABLE = _read(_FILE)
