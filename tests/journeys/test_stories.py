"""Journeys: what employees say and what must come back, as Chinese YAML, over HTTP on the real stack.

A story is a list of steps. What is done: `说` sends a text (`字数` repeats it to that many characters),
`按` presses an option by its title, `重新打开` goes on in another conversation, `钟点` at another time.

What must hold of the answer stands beside it: 结论 (decision), 包含, 不含, 依据 (law and article), 卡片
(cards it rests on or offers), 选项, 不给 (options that must not be there), 意图, 出错 (code). Two outcomes
that are both right are written `answer|clarify`. `追问` marks what is understood only with what was said
before it; `紧急` holds the answer against the rule for emergencies.

`单位` is the employee's unit, `姓名` signs the employee in by the portal, `钟点` is when the story begins.
`准备` puts up activities and consultation times of the story's own unit first, and has an officer there
(`经办`, with `岗位` and `经办单位` if they are others). `工会` moves the conversation's ticket to a state
(`状态`, with a `说明`), and what the employee is told then is looked at.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.journeys.playing import STEP_KEYS, STORY_KEYS, Player
from tests.stack import HOME, Stack

STORIES = Path(__file__).parent / "stories"
FEWEST, FEWEST_FOLLOW_UPS = 150, 40
NOTHING_DONE = {"choose_source", "fill_ticket", "calculate", "fill_calculation", "nlu_fallback", "inform"}
"""Intents that only options send, the one that stands for none, and the one of a mere value."""


def _all() -> list[tuple[str, dict[str, Any]]]:
    return [
        (file.stem, story)
        for file in sorted(STORIES.glob("*.yml"))
        for story in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


def _stories() -> list[Any]:
    return [
        pytest.param(story, id=f"{file}-{story['故事']}", marks=() if story.get("快") else pytest.mark.verify)
        for file, story in _all()
    ]


@pytest.mark.parametrize("story", _stories())
def test_an_employee_is_answered(story: dict[str, Any], stack: Stack) -> None:
    with ExitStack() as leaving:
        player = Player(stack, story, leaving)
        for step in story["经过"]:
            player.take(step)


def test_a_story_has_a_name_of_its_own_and_no_key_that_nobody_reads() -> None:
    for file, story in _all():
        assert set(story) <= STORY_KEYS, f"{file}: {story['故事']}"
        for step in story["经过"]:
            assert set(step) <= STEP_KEYS, f"{file}: {story['故事']}: {step}"
    twice = [name for name, count in Counter(story["故事"] for _, story in _all()).items() if count > 1]
    assert not twice


def test_the_stories_cover_every_service() -> None:
    """Whatever is done and not asked: every intent of the domain but the topics of questions."""
    domain = yaml.safe_load((HOME / "bot" / "domain" / "intents.yml").read_text(encoding="utf-8"))
    wanted = {intent for intent in domain["intents"] if not intent.startswith("ask_")} - NOTHING_DONE
    wanted |= {"ask_human", "ask_about_assistant"}
    heard = {
        intent for _, story in _all() for step in story["经过"] for intent in step.get("意图", "").split("|")
    }
    assert not wanted - heard


def test_there_are_stories_enough_and_what_follows_up_says_what_it_must_bring() -> None:
    stories = _all()
    steps = [(story, place, step) for _, story in stories for place, step in enumerate(story["经过"])]
    follow_ups = [(story, place, step) for story, place, step in steps if step.get("追问")]
    assert len(stories) >= FEWEST
    assert len(follow_ups) >= FEWEST_FOLLOW_UPS
    for story, place, step in follow_ups:
        assert place > 0, f"{story['故事']} begins with a question that follows up"
        assert set(step) & {"包含", "依据", "卡片", "选项"}, f"{story['故事']}: {step}"
