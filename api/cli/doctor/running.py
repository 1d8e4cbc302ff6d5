"""Checks of what runs: the API and Rasa on their ports."""

from __future__ import annotations

import httpx

from api.cli.doctor.finding import Finding, bad, good
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
            return good("rasa", model=answer.json().get("model"))
        return bad("rasa", log=settings.logs_dir / "rasa.log")
    except (httpx.HTTPError, ValueError, AttributeError):
        return _silent("127.0.0.1", settings.rasa_port, "rasa", "UA_RASA_PORT")


def _silent(host: str, port: int, part: str, setting: str) -> Finding:
    if in_use(host, port):
        return Finding(False, "port_taken", {"port": port, "holder": holder(port), "setting": setting})
    return Finding(False, f"{part}.stopped", {"port": port})


RUNNING = (api, rasa)
