"""The running Rasa follows the choice of a model: another goes in between two turns, without a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Protocol

import httpx
from pydantic import SecretStr

from api.models.shelf import Choice, Shelf
from api.serving.rasa_process import Notify, RasaState

LOOK = 1.0
"""Seconds between looks at the choice."""
LOADING = 60.0
"""Seconds that loading a model may take; one was seen on a quiet machine."""


class Supervised(Protocol):
    """What is known of Rasa now."""

    state: RasaState


class ModelFollower:
    """Knows with which model Rasa runs. `first` is the one to start with while nothing is chosen."""

    def __init__(
        self, shelf: Shelf, *, first: str, rasa: Supervised, url: str, secret: SecretStr, notify: Notify
    ) -> None:
        self._shelf = shelf
        self._first = first
        self._rasa = rasa
        self._url = url
        self._secret = secret
        self._notify = notify
        self._running: Choice | None = None

    def starting(self) -> Path:
        """Return the model that a Rasa which starts now is to load."""
        self._running = self._shelf.choice()
        return self._shelf.path(self._running.model if self._running else self._first)

    async def follow(self) -> None:
        """Swap whenever another model is chosen, until cancelled."""
        async with httpx.AsyncClient(timeout=LOADING, trust_env=False) as http:
            while True:
                await asyncio.sleep(LOOK)
                chosen = self._shelf.choice()
                if chosen is None or not self._rasa.state.ready or chosen == self._running:
                    continue
                if self._running is None or self._loads_anew(chosen, self._running):
                    await self._swap(http, chosen)
                self._running = chosen

    def _loads_anew(self, chosen: Choice, running: Choice) -> bool:
        """A model trained again has its old name and another file."""
        known = self._shelf.report(chosen.model)
        return chosen.model != running.model or (
            known is not None and known.examined.model_id != self._rasa.state.model
        )

    async def _swap(self, http: httpx.AsyncClient, chosen: Choice) -> None:
        """Have Rasa load the model; where it cannot, it goes on with the old one and that is said once."""
        try:
            answer = await http.put(
                self._url,
                json={"path": str(self._shelf.path(chosen.model))},
                headers={"X-Turn-Secret": self._secret.get_secret_value()},
            )
            told = answer.json()
            if answer.status_code != httpx.codes.OK:
                raise ValueError(told.get("code"))
            self._rasa.state.model = str(told["model"])
        except (httpx.HTTPError, ValueError, AttributeError, KeyError) as error:
            self._notify("not_swapped", model=chosen.model, reason=str(error) or type(error).__name__)
            return
        self._notify("swapped", model=chosen.model)
