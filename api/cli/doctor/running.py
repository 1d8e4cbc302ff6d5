"""Checks of what runs: the API and Rasa on their ports."""

from __future__ import annotations

import httpx

from api.cli.doctor.finding import Finding, bad, good
from api.models.shelf import Shelf
from api.serving.ports import holder, in_use, local_url
from api.serving.rasa_command import ready_url
from api.settings import Settings

PATIENCE = 5.0  # seconds


def api(settings: Settings) -> Finding:
    """The API answers and is not degraded; a stranger on its port is told apart from silence."""
    url = local_url(settings.host, settings.port)
    try:
        answer = httpx.get(f"{url}/readyz", timeout=PATIENCE, trust_env=False)
        told = answer.json()
        if answer.status_code == httpx.codes.OK and told.get("ready") is True:
            return good("api", url=url)
        return bad("api", url=url)
    except (httpx.HTTPError, ValueError, AttributeError):
        return _silent(settings.host, settings.port, "api", "UA_PORT")


def rasa(settings: Settings) -> Finding:
    try:
        answer = httpx.get(ready_url(settings), timeout=PATIENCE, trust_env=False)
        if answer.status_code == httpx.codes.OK:
            return _model_of(settings, str(answer.json().get("model")))
        return bad("rasa", log=settings.logs_dir / "rasa.log")
    except (httpx.HTTPError, ValueError, AttributeError):
        return _silent("127.0.0.1", settings.rasa_port, "rasa", "UA_RASA_PORT")


def _model_of(settings: Settings, running: str) -> Finding:
    """The model that answers is the one that was chosen."""
    shelf = Shelf(settings.models_dir)
    choice = shelf.choice()
    report = shelf.report(choice.model) if choice else None
    if choice is None or report is None:
        return good("rasa", model=running)
    if report.examined.model_id != running:
        return Finding(False, "rasa.other", {"model": choice.model, "log": settings.logs_dir / "rasa.log"})
    return good("rasa", model=choice.model)


def _silent(host: str, port: int, part: str, setting: str) -> Finding:
    if in_use(host, port):
        return Finding(False, "port_taken", {"port": port, "holder": holder(port), "setting": setting})
    return Finding(False, f"{part}.stopped", {"port": port})


RUNNING = (api, rasa)
