"""The product's API and bare Rasa, told the same sentences in turns."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

import httpx

from benchmarks.bare import BareRasa
from benchmarks.load import MOST_TURNS, SEED, TIMEOUT, Client, percentile
from benchmarks.talk import Talk

TURNS_EACH = 12
PAUSE = 0.1
"""Seconds before each turn, so that what one leaves to do behind its answer does not slow the other."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Times of the same turns in milliseconds, and how often the API's is bare Rasa's. `failed` of either."""

    turns: int
    bare_p50_ms: float
    api_p50_ms: float
    ratio_p50: float
    bare_p95_ms: float
    api_p95_ms: float
    ratio_p95: float
    failed: int

    @classmethod
    def of(cls, bare: list[float], api: list[float], *, failed: int) -> Comparison:
        """Return the comparison of seconds that belong together."""
        bare, api = sorted(bare), sorted(api)
        at = {share: (percentile(bare, share), percentile(api, share)) for share in (0.50, 0.95)}
        return cls(
            turns=len(api),
            bare_p50_ms=round(1000 * at[0.50][0], 1),
            api_p50_ms=round(1000 * at[0.50][1], 1),
            ratio_p50=round(at[0.50][1] / at[0.50][0], 2),
            bare_p95_ms=round(1000 * at[0.95][0], 1),
            api_p95_ms=round(1000 * at[0.95][1], 1),
            ratio_p95=round(at[0.95][1] / at[0.95][0], 2),
            failed=failed,
        )


async def compare(url: str, bare: BareRasa, talk: Talk, seconds: float) -> Comparison:
    """Hold pairs of conversations for `seconds`; who is asked first changes with every sentence."""
    chance = random.Random(SEED)
    times: list[tuple[float, float]] = []
    failed = 0
    deadline = time.monotonic() + seconds
    async with (
        Client(url, connections=1) as client,
        httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as http,
    ):
        left = 0
        while time.monotonic() < deadline and len(times) < MOST_TURNS:
            if left == 0:
                chat, (bare_chat, _), left = await client.open(), await client.open(), TURNS_EACH
            text = talk.sentence(chance)
            for ours in (True, False) if left % 2 else (False, True):
                await asyncio.sleep(PAUSE)
                if ours:
                    answered = await client.say(chat, text)
                else:
                    took = await bare.say(http, bare_chat, text)
            if took is None or answered.outcome != "answered":
                failed += 1
            else:
                times.append((took, answered.seconds))
            left = left - 1 if answered.goes_on else 0
    return Comparison.of([one for one, _ in times], [one for _, one in times], failed=failed)
