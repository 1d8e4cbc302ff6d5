"""Products of small matrices in the thread that asks for them."""

from __future__ import annotations

from threadpoolctl import ThreadpoolController


def use_one_thread() -> None:
    """Have every OpenBLAS that is loaded by now work in the thread that calls it.

    A search multiplies small matrices. Split over a pool, the product is no faster, and the pool's threads
    spin for some 20 ms afterwards, waiting for more: half of the process's time in a turn, taken from Rasa
    and from other turns (80 against 44 ms a turn on two busy cores).
    """
    ThreadpoolController().select(internal_api="openblas").limit(limits=1)
