"""Conversations over HTTP, held as people hold them, and how long each of their turns took."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from benchmarks.talk import Talk

SEED = 20261123
MOST_TURNS = 2000
TIMEOUT = 60.0
API = "/api/v1"
FALLBACKS = 'ua_turns_total{route="fallback"} '


@dataclass(frozen=True, slots=True)
class Load:
    """So many conversations for `seconds`, pausing `think` seconds (give or take half) between turns."""

    conversations: int
    think: float
    seconds: float = 60.0
    turns_each: int = 12
    """Turns after which a person is done and another begins."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one load measured; times in milliseconds.

    `pending`: the answer came later than the HTTP call waits. `without_dialogue`: the fallback answered.
    """

    conversations: int
    turns_each: int
    think_s: float
    turns: int
    p50_ms: float
    p95_ms: float
    longest_ms: float
    turns_per_s: float
    pending: int
    without_dialogue: int
    failed: int


@dataclass(frozen=True, slots=True)
class Answered:
    """One turn: how long it took, what came of it, and whether the bot answers the next one too."""

    seconds: float
    outcome: str
    goes_on: bool


class Client:
    """Conversations with the product at `url`, over connections that stay open."""

    def __init__(self, url: str, *, connections: int) -> None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._http = httpx.AsyncClient(base_url=url, timeout=TIMEOUT, trust_env=False, limits=limits)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def open(self) -> tuple[str, str]:
        """Open a conversation; return its id and its token."""
        opened = (
            (await self._http.post(f"{API}/conversations", json={"channel": "web"})).raise_for_status().json()
        )
        return opened["id"], opened["token"]

    async def say(self, chat: tuple[str, str], text: str) -> Answered:
        """Send a message and wait for its answer: `answered`, `pending` or `failed`."""
        conversation_id, token = chat
        body = {"client_id": uuid.uuid4().hex, "text": text}
        headers = {"Authorization": f"Bearer {token}"}
        began = time.perf_counter()
        answer = await self._http.post(
            f"{API}/conversations/{conversation_id}/messages", json=body, headers=headers
        )
        took = time.perf_counter() - began
        if not answer.is_success:
            return Answered(took, "failed", goes_on=False)
        told = answer.json()
        outcome = "pending" if told["pending"] else "answered" if told["messages"] else "failed"
        return Answered(took, outcome, goes_on=told["state"] == "bot")

    async def fallbacks(self) -> int:
        """Return how many turns the fallback has answered since the server started."""
        metrics = (await self._http.get("/metrics")).raise_for_status().text
        return sum(
            int(float(line.removeprefix(FALLBACKS)))
            for line in metrics.splitlines()
            if line.startswith(FALLBACKS)
        )


async def run_load(url: str, load: Load, talk: Talk) -> Figures:
    """Run one load to its end."""
    chance = random.Random(SEED + load.conversations)
    seeds = [chance.random() for _ in range(load.conversations)]
    async with Client(url, connections=load.conversations) as client:
        before = await client.fallbacks()
        began = time.monotonic()
        everyone = (converse(client, load, talk, seed, began + load.seconds) for seed in seeds)
        turns = [turn for one in await asyncio.gather(*everyone) for turn in one]
        lasted = time.monotonic() - began
        without_dialogue = await client.fallbacks() - before
    times = sorted(turn.seconds for turn in turns)
    outcomes = [turn.outcome for turn in turns]
    return Figures(
        conversations=load.conversations,
        turns_each=load.turns_each,
        think_s=load.think,
        turns=len(times),
        p50_ms=round(1000 * percentile(times, 0.50), 1),
        p95_ms=round(1000 * percentile(times, 0.95), 1),
        longest_ms=round(1000 * times[-1], 1),
        turns_per_s=round(len(times) / lasted, 1),
        pending=outcomes.count("pending"),
        without_dialogue=without_dialogue,
        failed=outcomes.count("failed"),
    )


async def converse(client: Client, load: Load, talk: Talk, seed: float, deadline: float) -> list[Answered]:
    """Hold one conversation after the other until `deadline`; return every turn."""
    chance = random.Random(seed)
    turns: list[Answered] = []
    await asyncio.sleep(load.think * chance.random())  # people do not all begin in the same second
    left = 0
    while time.monotonic() < deadline and len(turns) < MOST_TURNS // load.conversations:
        if left == 0:
            chat, left = await client.open(), load.turns_each
        turns.append(await client.say(chat, talk.sentence(chance)))
        left = left - 1 if turns[-1].goes_on else 0
        await asyncio.sleep(load.think * chance.uniform(0.5, 1.5))
    return turns


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` of `ordered` (ascending) do not exceed."""
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]
