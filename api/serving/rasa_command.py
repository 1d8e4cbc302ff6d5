"""How Rasa is started here: its command line and its environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from api.models.training import bot_python
from api.serving.secrets import Secrets
from api.settings import Settings

# Of the product's environment, none of which is Rasa's.
FOREIGN = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")


def ready_url(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.rasa_port}/webhooks/turn/ready"


def model_url(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.rasa_port}/webhooks/model/"


def run_command(settings: Settings, model: Path) -> list[str]:
    """Return the command that serves `model` on the loopback interface."""
    rasa = [str(bot_python(settings.home)), "-m", "rasa", "run", "--model", str(model)]
    place = ["--interface", "127.0.0.1", "--port", str(settings.rasa_port)]
    return [*rasa, *place, "--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml"]


def rasa_environment(
    settings: Settings, secrets: Secrets, *, inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return the environment that Rasa's training and serving run in.

    Of the product's own settings it gets those it needs: no address of the database, no password.
    """
    kept = {key: value for key, value in inherited.items() if key not in FOREIGN and key[:3] != "UA_"}
    return kept | {
        "UA_HOME": str(settings.home),
        "UA_DATA_DIR": str(settings.data),
        "UA_PORT": str(settings.port),
        "UA_RASA_PORT": str(settings.rasa_port),
        "UA_TURN_SECRET": secrets.turn.get_secret_value(),
        "UA_ACTION_SECRET": secrets.action.get_secret_value(),
        "PYTHONPATH": str(settings.home),
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(settings.data / "rasa" / "cache"),
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "CUDA_VISIBLE_DEVICES": "",  # the model is small; a card would only cost start time and memory
    }
