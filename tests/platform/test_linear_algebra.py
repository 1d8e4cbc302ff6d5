"""Matrices are multiplied in the thread that asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

from api.serving.linear_algebra import use_one_thread


@pytest.fixture
def several_threads() -> Iterator[None]:
    """OpenBLAS with threads of its own, as it is after loading on a machine with several cores."""
    assert np.ones(2) @ np.ones(2) == 2.0  # numpy's OpenBLAS is loaded
    with ThreadpoolController().select(internal_api="openblas").limit(limits=2):
        yield


def _threads() -> set[int]:
    return {
        library["num_threads"] for library in ThreadpoolController().select(internal_api="openblas").info()
    }


def test_every_loaded_library_works_in_the_thread_that_calls_it(several_threads: None) -> None:
    assert _threads() == {2}
    use_one_thread()
    assert _threads() == {1}
