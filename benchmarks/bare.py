"""Rasa by itself: its own REST channel, asked directly, with the product's model, patches and actions.

It is a second Rasa beside the product's, started as the product starts its own but for a credentials file
that opens the REST channel as well, and a memory of conversations of its own. Its actions run where those
of the product's Rasa run, in the API process. An action acts in turns that are open, so each turn is put
into the product's database before it is asked and closed afterwards; neither counts as its time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import update

from api.serving.rasa_command import rasa_environment, run_command
from api.serving.secrets import Secrets, load_secrets
from api.settings import Settings
from benchmarks.product import HOME, STOP, Product, free_ports, wait_until_ready
from service.conversations.rules import body_hash
from service.conversations.tables import Turn, TurnState
from service.database import Database, new_id

SECRET_HEADER = "X-Turn-Secret"  # noqa: S105 - the name of the header


@dataclass(frozen=True, slots=True)
class BareRasa:
    """A running Rasa with its REST channel open to this machine, and the database its actions work on."""

    port: int
    database: Database
    zone: ZoneInfo

    @classmethod
    @contextmanager
    def start(cls, product: Product) -> Iterator[BareRasa]:
        """Run Rasa beside `product` while the block lasts."""
        (port,) = free_ports(1)
        settings = Settings(_env_file=None, data_dir=product.data, port=product.port, rasa_port=port)
        secrets = load_secrets(product.data / "secrets")
        folder = product.data / "bare"
        (folder / "rasa").mkdir(parents=True)
        model = max(settings.models_dir.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)  # in use
        command = [*run_command(settings, model), "--credentials", str(_credentials(folder))]
        log = folder / "rasa.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=HOME,
                env=rasa_environment(settings, secrets, inherited=os.environ) | {"UA_DATA_DIR": str(folder)},
                stdout=output,
                stderr=output,
            )
        database = Database(settings.database)
        try:
            wait_until_ready(process, f"http://127.0.0.1:{port}/webhooks/turn/ready", log)
            _call_actions_as_the_product(port, secrets)
            yield cls(port, database, ZoneInfo(settings.timezone))
        finally:
            database.close()
            process.send_signal(signal.SIGTERM)
            process.wait(STOP)

    async def say(self, http: httpx.AsyncClient, conversation_id: str, text: str) -> float | None:
        """Return the seconds that Rasa takes to answer `text`, or None when nothing is answered."""
        turn_id = self._open_turn(conversation_id, text)
        metadata = {
            "turn_id": turn_id,
            "organisation": None,
            "channel": "web",
            "today": datetime.now(self.zone).date().isoformat(),
        }
        body = {"sender": conversation_id, "message": text, "metadata": metadata}
        began = time.perf_counter()
        answer = await http.post(f"http://127.0.0.1:{self.port}/webhooks/rest/webhook", json=body)
        took = time.perf_counter() - began
        self._close_turn(turn_id)
        return took if answer.is_success and answer.json() else None

    def _open_turn(self, conversation_id: str, text: str) -> str:
        turn = Turn(
            id=new_id(),
            conversation_id=conversation_id,
            client_id=new_id(),
            body_hash=body_hash(text=text, option=None),
            seq=0,
            payload=text,
            state=TurnState.ACCEPTED,
            accepted_at=datetime.now(UTC),
        )
        with self.database.write() as db:
            db.add(turn)
        return turn.id

    def _close_turn(self, turn_id: str) -> None:
        with self.database.write() as db:
            db.execute(update(Turn).where(Turn.id == turn_id).values(state=TurnState.ANSWERED))


def _credentials(folder: Path) -> Path:
    """Write the product's credentials with the REST channel opened beside its own channel."""
    own = (HOME / "bot" / "credentials.yml").read_text(encoding="utf-8")
    opened = folder / "credentials.yml"
    opened.write_text(f"{own}\nrest:\n", encoding="utf-8")
    return opened


def _call_actions_as_the_product(port: int, secrets: Secrets) -> None:
    """Say hello through the product's channel, which gives Rasa its way of calling actions."""
    hello = {"sender": "bare", "message": "你好", "metadata": {}}
    headers = {SECRET_HEADER: secrets.turn.get_secret_value()}
    url = f"http://127.0.0.1:{port}/webhooks/turn/webhook"
    httpx.post(url, json=hello, headers=headers, trust_env=False, timeout=30)
