"""One model for the whole folder, trained as `rasa train` does, and an agent that runs it.

Actions live in the API, in another interpreter: here an endpoint in the same process answers for them. It is
the only thing that is not the real one.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rasa", reason="runs in Rasa's environment: .venv-bot/bin/python -m pytest tests/bot")

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.model_training import TrainingResult, train
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from bot.channels.turn import TurnOutput

Sanic.test_mode = True  # it rewrites its own methods for an app, and keeps the originals only so
SESSION_START = "action_session_start"
SESSION_BEGUN: list[dict[str, Any]] = [
    {"event": "session_started"},
    {"event": "action", "name": "action_listen"},
]


@dataclass
class Project:
    """What a model is trained from; config and lexicon are copies, so that a test may change them."""

    home: Path
    folder: Path
    config: Path = field(init=False)
    lexicon: Path = field(init=False)

    def __post_init__(self) -> None:
        self.config, self.lexicon = self.folder / "config.yml", self.folder / "lexicon"
        shutil.copytree(self.home / "nlu_data" / "lexicon", self.lexicon)
        settings = (self.home / "config.yml").read_text(encoding="utf-8")
        self.config.write_text(settings.replace("nlu_data/lexicon", str(self.lexicon)), encoding="utf-8")

    def train(self, *, dry_run: bool = False) -> TrainingResult:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return train(
                domain=str(self.home / "bot" / "domain"),
                config=str(self.config),
                training_files=[str(self.home / part) for part in ("nlu_data", "bot/rules", "bot/stories")],
                output=str(self.folder / "models"),
                fixed_model_name="union",
                dry_run=dry_run,
            )


class Actions(EndpointConfig):
    """Every action says its name; `slots` says what an action sets, `events` what else it does.

    A session begins as Rasa begins one itself.

    `once` holds actions whose `events` come the first time only; `failing` says which ones break, `silent`
    which ones say nothing.
    """

    def __init__(self) -> None:
        super().__init__(url="http://127.0.0.1:8120/actions")
        self.slots: dict[str, dict[str, Any]] = {}
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.once: set[str] = set()
        self.failing: dict[str, Exception] = {}
        self.silent: set[str] = {SESSION_START}
        self.events[SESSION_START] = SESSION_BEGUN
        self.called: list[str] = []

    async def request(self, *arguments: Any, **kwargs: Any) -> Any:
        name = kwargs["json"]["next_action"]
        self.called.append(name)
        if name in self.failing:
            raise self.failing[name]
        events = [
            {"event": "slot", "name": slot, "value": value}
            for slot, value in self.slots.get(name, {}).items()
        ]
        said = [] if name in self.silent else [{"custom": {"action": name}}]
        more = self.events.pop(name, []) if name in self.once else self.events.get(name, [])
        return {"events": [*events, *more], "responses": said}


@dataclass
class Dialogue:
    """Talks to the agent in a conversation of its own."""

    agent: Agent
    actions: Actions
    sender: str = field(default_factory=lambda: uuid.uuid4().hex)

    def say(self, text: str) -> list[dict[str, Any]]:
        """Return the messages that answer `text`; an action's message is {"custom": {"action": name}}."""
        output = TurnOutput()
        asyncio.run(self.agent.handle_message(UserMessage(text, output, self.sender, input_channel="turn")))
        return output.messages

    def action(self, text: str) -> str:
        """Return the action that answered `text`, or "says" for a fixed text."""
        (message,) = self.say(text)
        return message.get("custom", {}).get("action", "says")


@pytest.fixture(scope="session")
def project(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("project")
    before = os.environ.get("RASA_CACHE_DIRECTORY")
    os.environ["RASA_CACHE_DIRECTORY"] = str(folder / "cache")
    yield Project(home, folder)
    if before is None:
        del os.environ["RASA_CACHE_DIRECTORY"]
    else:
        os.environ["RASA_CACHE_DIRECTORY"] = before


@pytest.fixture(scope="session")
def model(project: Project) -> Path:
    result = project.train()
    assert result.code == 0
    assert result.model
    return Path(result.model)


@pytest.fixture(scope="session")
def loaded(model: Path) -> Agent:
    return Agent.load(str(model))


@pytest.fixture
def actions(loaded: Agent) -> Actions:
    """Fresh actions behind the agent."""
    assert loaded.processor
    fresh = Actions()
    loaded.processor.action_endpoint = fresh
    return fresh


@pytest.fixture
def dialogue(loaded: Agent, actions: Actions) -> Dialogue:
    return Dialogue(loaded, actions)
