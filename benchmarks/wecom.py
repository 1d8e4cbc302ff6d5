"""What WeChat Work adds to a turn, and what a burst of messages meets: `python -m benchmarks.wecom`.

Starts the product with an AI bot on a gateway of its own on the loopback interface, and then:

- asks the same questions over HTTP and over the long connection in turns, with a pause before each, so that
  whatever else the machine does slows both;
- has 50 people write 200 messages within one second, and looks at when each was stored and when it was
  answered, and whether everybody was answered in the order of their questions.

The gateway is the model that the tests use, without faults. `--turns`: so many questions each way.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.load import SEED, Client, percentile
from benchmarks.product import HOME, Product
from benchmarks.talk import Talk
from tests.api.wecom.gateway import Gateway
from tests.api.wecom.gateway_server import BOT, SECRET

PAUSE = 0.15
TURNS_EACH = 12
"""Turns after which a person is done and another begins."""
BURST, PEOPLE, WITHIN = 200, 50, 1.0
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Added:
    """The same questions over HTTP and over the gateway, milliseconds; `failed` of either."""

    turns: int
    http_p50_ms: float
    wecom_p50_ms: float
    added_p50_ms: float
    http_p95_ms: float
    wecom_p95_ms: float
    failed: int


@dataclass(frozen=True, slots=True)
class Burst:
    """Seconds from the writing of a message to its row in the database, and to the end of its answer."""

    messages: int
    people: int
    written_within_s: float
    stored_p50_s: float
    stored_longest_s: float
    answered_p50_s: float
    answered_longest_s: float
    in_order: bool
    unanswered: int


@dataclass(frozen=True, slots=True)
class Report:
    added: Added
    burst: Burst


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 0, or 1 when anything was not answered."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=200, help="questions asked each way")
    parser.add_argument("--data", type=Path, help="a data folder to keep, which spares training it anew")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    options = parser.parse_args(arguments)
    talk = Talk.read(HOME)
    with tempfile.TemporaryDirectory(prefix="union-assistant-bench-") as fresh, Gateway() as gateway:
        folder = options.data or fresh
        bot = {
            "UA_WECOM_BOT_ID": BOT,
            "UA_WECOM_BOT_SECRET": SECRET,
            "UA_WECOM_BOT_URL": gateway.url,
            "UA_PUBLIC_URL": "http://127.0.0.1",
        }
        with Product.start(Path(folder), settings=bot) as product:
            wait_for(lambda: gateway.subscribed == 1)
            report = Report(
                asyncio.run(measure_added(product.url, gateway, talk, options.turns)),
                measure_burst(product.data / "database.sqlite3", gateway, talk),
            )
    for part in (report.added, report.burst):
        figures = asdict(part)
        print(f"| {' | '.join(figures)} |")
        print("|---" * len(figures) + "|")
        print(f"| {' | '.join(str(figure) for figure in figures.values())} |\n")
    if options.json:
        options.json.write_text(json.dumps(asdict(report), indent=2), encoding="utf-8")
    return 1 if report.added.failed or report.burst.unanswered or not report.burst.in_order else 0


async def measure_added(url: str, gateway: Gateway, talk: Talk, turns: int) -> Added:
    """Hold pairs of conversations; which of the two ways is first changes with every sentence."""
    chance = random.Random(SEED)
    http_times: list[float] = []
    wecom_times: list[float] = []
    failed = left = person = 0
    async with Client(url, connections=1) as client:
        while len(http_times) + failed < turns:
            if left == 0:
                chat, person, left = await client.open(), person + 1, TURNS_EACH
            text = talk.sentence(chance)
            for over_http in (True, False) if left % 2 else (False, True):
                await asyncio.sleep(PAUSE)
                if over_http:
                    answered = await client.say(chat, text)
                else:
                    took = await asyncio.to_thread(ask, gateway, text, f"person-{person}")
            if took is None or answered.outcome != "answered":
                failed += 1
            else:
                http_times.append(answered.seconds)
                wecom_times.append(took)
            left = left - 1 if answered.goes_on and took is not None else 0
    http, wecom = sorted(http_times), sorted(wecom_times)
    return Added(
        turns=len(http),
        http_p50_ms=_ms(percentile(http, 0.5)),
        wecom_p50_ms=_ms(percentile(wecom, 0.5)),
        added_p50_ms=_ms(percentile(wecom, 0.5) - percentile(http, 0.5)),
        http_p95_ms=_ms(percentile(http, 0.95)),
        wecom_p95_ms=_ms(percentile(wecom, 0.95)),
        failed=failed,
    )


def ask(gateway: Gateway, text: str, userid: str) -> float | None:
    """Have somebody ask in the bot's chat; return the seconds until the answer came, None if none did."""
    began = time.monotonic()
    pushed = gateway.say(text, userid=userid, msgid=uuid.uuid4().hex)
    there = wait_for(lambda: pushed.req_id in answers(gateway))
    return answers(gateway)[pushed.req_id] - began if there else None


def answers(gateway: Gateway) -> dict[str, float]:
    """Return when the whole answer to each message came, by its req_id."""
    return {
        command.req_id: command.at
        for command in gateway.commands
        if command.errcode == 0 and command.body.get("stream", {}).get("finish")
    }


def measure_burst(database: Path, gateway: Gateway, talk: Talk) -> Burst:
    """Let many write at once and follow each message into the database and back."""
    chance = random.Random(SEED)
    people = [f"burst-{number % PEOPLE}" for number in range(BURST)]
    chance.shuffle(people)
    said: dict[str, float] = {}
    keys: dict[str, str] = {}
    asked_by: dict[str, list[str]] = defaultdict(list)
    stored: dict[str, float] = {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as opened:

        def look() -> None:
            rows = opened.execute("SELECT key FROM messenger_received").fetchall()
            seen_at = time.monotonic()
            for (key,) in rows:
                stored.setdefault(key, seen_at)

        began = time.monotonic()
        for number, userid in enumerate(people):
            while time.monotonic() < began + number * WITHIN / BURST:
                look()
                time.sleep(0.002)
            at = time.monotonic()
            text = chance.choice(talk.questions)
            pushed = gateway.say(text, userid=userid, msgid=uuid.uuid4().hex)
            said[pushed.req_id], keys[pushed.req_id] = at, f"m:{pushed.msgid}"
            asked_by[userid].append(pushed.req_id)
        within = time.monotonic() - began
        while keys.values() - stored.keys() and time.monotonic() < began + PATIENCE:
            look()
            time.sleep(0.002)
    wait_for(lambda: said.keys() <= answers(gateway).keys())
    answered = answers(gateway)
    stored_s = sorted(stored[key] - said[req_id] for req_id, key in keys.items() if key in stored)
    answered_s = sorted(answered[req_id] - at for req_id, at in said.items() if req_id in answered)
    orders = ([answered.get(req_id, began) for req_id in asked] for asked in asked_by.values())
    return Burst(
        messages=BURST,
        people=PEOPLE,
        written_within_s=round(within, 2),
        stored_p50_s=round(percentile(stored_s, 0.5), 2),
        stored_longest_s=round(stored_s[-1], 2),
        answered_p50_s=round(percentile(answered_s, 0.5), 2),
        answered_longest_s=round(answered_s[-1], 2),
        in_order=all(order == sorted(order) for order in orders),
        unanswered=2 * BURST - len(stored_s) - len(answered_s),
    )


def wait_for(condition: Callable[[], bool]) -> bool:
    """Wait until `condition` holds; tell whether it does within PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


if __name__ == "__main__":
    sys.exit(main())
