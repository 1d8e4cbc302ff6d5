"""One parsing process for the tests of this folder."""

from collections.abc import Iterator

import pytest

from retrieval.documents.reading import Limits, Reader


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture(scope="session")
def no_scans() -> Iterator[Reader]:
    """As where the recognition of print is not installed."""
    with Reader(Limits(scanned_pages=0)) as reader:
        yield reader
