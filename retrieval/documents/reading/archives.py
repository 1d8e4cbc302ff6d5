"""Whether a zip archive may be opened: looked at by its directory alone, before anything is inflated."""

import zipfile
from pathlib import Path

from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.limits import MIB, Limits

_MEMBERS = 10_000
_RATIO = 250  # repeated table rows of a real document come to about 60, a bomb to a thousand
_SMALL = 8 * MIB  # below this no ratio matters
_STREAMED = "xl/worksheets/"  # read row by row, and left early when rows are empty


def open_archive(path: Path, limits: Limits) -> zipfile.ZipFile:
    """Open the archive. Raises UnreadableError: corrupt, encrypted, archive_bomb.

    The sizes checked are those the directory declares: `zipfile` never inflates a member beyond them.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableError("corrupt", format="zip") from error
    try:
        _check(archive, limits)
    except UnreadableError:
        archive.close()
        raise
    return archive


def _check(archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    held = [member for member in members if not member.filename.startswith(_STREAMED)]
    packed = sum(member.compress_size for member in members)
    inflated = sum(member.file_size for member in held)
    if len(members) > _MEMBERS or inflated > limits.inflated_bytes:
        raise UnreadableError("archive_bomb", size=f"{inflated // MIB} MB", members=str(len(members)))
    for member in members:
        if member.flag_bits & 1:
            raise UnreadableError("encrypted")
        streamed = member not in held
        large_xml = member.filename.endswith((".xml", ".rels")) and member.file_size > limits.xml_bytes
        swollen = member.file_size > _SMALL and member.file_size > _RATIO * max(member.compress_size, 1)
        if not streamed and (large_xml or swollen):
            raise UnreadableError("archive_bomb", size=f"{member.file_size // MIB} MB", members="1")
    if packed and any(member.file_size > 64 * limits.inflated_bytes for member in members):
        raise UnreadableError("archive_bomb", size=f"{inflated // MIB} MB", members=str(len(members)))
