"""The pieces of the benchmark of turns, on the real product where they need one."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from benchmarks.bare import BareRasa
from benchmarks.load import Figures, Load, percentile, run_load
from benchmarks.product import Product
from benchmarks.side_by_side import Comparison, compare
from benchmarks.talk import SHARES, Talk
from benchmarks.turns import Report, main, render
from service.conversations.tables import Turn, TurnState
from service.database import Database
from tests.stack import Stack

# Nothing that another test of the same product could find: no case, no activity, nobody called.
HARMLESS = Talk(["年休假有几天", "加班费怎么算"], ["你能做什么"], ["你好", "谢谢"])


def test_people_ask_questions_mostly_and_use_services_and_chat_now_and_then(home: Path) -> None:
    talk = Talk.read(home)
    chance = random.Random(1)
    said = [talk.sentence(chance) for _ in range(2000)]
    kinds = Counter(
        "service" if text in talk.services else "talk" if text in talk.small_talk else "question"
        for text in said
    )
    for kind, share in zip(("question", "service", "talk"), SHARES, strict=True):
        assert kinds[kind] / len(said) == pytest.approx(share, abs=0.05)
    assert len(set(said)) > 1000


def test_a_percentile_is_one_of_the_times_and_not_exceeded_by_its_share() -> None:
    times = [float(number) for number in range(1, 101)]
    assert [percentile(times, share) for share in (0.5, 0.95)] == [50.0, 95.0]
    assert percentile([7.0], 0.95) == 7.0


def test_the_ratio_is_of_the_same_percentiles_whatever_the_order() -> None:
    comparison = Comparison.of([0.03, 0.02, 0.04], [0.03, 0.06, 0.045], failed=0)
    assert (comparison.bare_p50_ms, comparison.api_p50_ms, comparison.ratio_p50) == (30.0, 45.0, 1.5)
    assert (comparison.bare_p95_ms, comparison.api_p95_ms, comparison.ratio_p95) == (40.0, 60.0, 1.5)


def test_the_report_is_markdown_with_a_table_for_each_thing_measured() -> None:
    figures = Figures(16, 12, 3.0, 300, 85.0, 157.0, 200.0, 5.1, 0, 0, 0)
    comparison = Comparison(200, 40.0, 50.0, 1.25, 80.0, 90.0, 1.12, 0)
    whole = render(Report([figures], comparison, 28.0, 6.0, 568, 647))
    assert [table.count("\n") for table in whole.split("\n\n")] == [2, 2, 2]
    assert "| 200 | 40.0 | 50.0 | 1.25 |" in whole
    assert render(Report([figures])).count("\n") == 2


def test_only_a_server_on_this_machine_is_asked() -> None:
    with pytest.raises(SystemExit, match="not on this machine"):
        main(["--url", "http://192.0.2.1:8000"])


def test_a_load_ends_in_time_and_every_turn_is_answered(stack: Stack) -> None:
    figures = asyncio.run(run_load(stack.url, Load(2, 0.1, seconds=3.0, turns_each=3), HARMLESS))
    assert figures.turns >= 2
    assert (figures.pending, figures.without_dialogue, figures.failed) == (0, 0, 0)
    assert 0 < figures.p50_ms <= figures.p95_ms <= figures.longest_ms


@pytest.mark.verify
def test_bare_rasa_answers_by_the_actions_of_the_product(stack: Stack) -> None:
    product = Product(stack.data, stack.port, stack.rasa_port, 0.0)
    message = {"sender": "somebody", "message": "你好"}
    closed = httpx.post(
        f"http://127.0.0.1:{stack.rasa_port}/webhooks/rest/webhook", json=message, trust_env=False
    )
    assert closed.status_code == 404  # the product itself has no such door
    with BareRasa.start(product) as bare:
        comparison = asyncio.run(compare(stack.url, bare, HARMLESS, 5.0))
        assert comparison.turns >= 1
        assert comparison.failed == 0
        assert _open_turns(bare.database) == 0


def _open_turns(database: Database) -> int:
    with database.read() as db:
        query = select(func.count()).select_from(Turn).where(Turn.state == TurnState.ACCEPTED)
        return db.execute(query).scalar_one()
