"""The life of the model in one deployment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from api.models.exam import Exam
from api.models.life import Life
from api.models.shelf import Shelf
from api.models.training import Training
from api.serving.rasa_command import rasa_environment
from api.serving.secrets import load_secrets
from api.settings import Settings
from service.clock import Clock


def life_of(
    settings: Settings, *, env: Mapping[str, str], progress: Callable[[str], None] = lambda _: None
) -> Life:
    """Return the life of the models in the data folder; `env` is what Rasa's programs run in."""
    logs = settings.logs_dir
    return Life(
        shelf=Shelf(settings.models_dir),
        training=Training(settings.home, models=settings.models_dir, log=logs / "train.log", env=env),
        exam=Exam(settings.home, log=logs / "exam.log", env=env),
        clock=Clock(settings.timezone),
        progress=progress,
    )


def working_life(settings: Settings, *, progress: Callable[[str], None]) -> Life:
    """Return a life that can train and examine."""
    env = rasa_environment(settings, load_secrets(settings.data / "secrets"))
    return life_of(settings, env=env, progress=progress)
