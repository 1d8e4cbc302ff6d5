"""How much a file may cost before reading it is given up."""

from dataclasses import dataclass
from enum import StrEnum

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take.

    `seconds` are those of a processor, so that a loaded machine does not make a file unreadable; the clock
    allows three times as many. `memory` is the address space of the process that parses; pages that have to
    be recognised get `recognition_memory` and `seconds_per_scan` more for each. Text and rows beyond the
    limits are an error, never cut off silently.
    """

    file_bytes: int = 100 * MIB
    seconds: float = 8.0
    memory: int = 448 * MIB
    characters: int = 5_000_000
    pages: int = 3_000
    rows: int = 100_000
    inflated_bytes: int = 256 * MIB
    xml_bytes: int = 48 * MIB
    """The largest XML part of an archive that is held in memory as a whole."""
    scanned_pages: int = 200
    """How many pages may be recognised; with 0 none are, as if the extra were not installed."""
    seconds_per_scan: float = 15.0
    recognition_memory: int = 4096 * MIB
    pixels: int = 60_000_000


class Scans(StrEnum):
    """What to do with a page that is only a picture."""

    READ = "read"
    DEFER = "defer"
    """Say needs_ocr: another process can read it."""
    NOTE = "note"
    """Read the other pages and note that this one was not."""
