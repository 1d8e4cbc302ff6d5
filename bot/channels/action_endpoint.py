"""The way from Rasa to the actions, with a time limit that the turn can afford."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from rasa.utils.endpoints import EndpointConfig

DEFAULT_LIMIT_S = 3.0

# Names of the actions that failed in the turn being worked on. Rasa goes on silently after a failed action;
# the channel has to know, because a reply without its action is no reply.
failed_actions: ContextVar[list[str]] = ContextVar("failed_actions")


class ActionEndpoint(EndpointConfig):
    """An action endpoint whose calls end after `limit_s` seconds and whose failures are noted.

    Rasa asks for 300 s on every call and swallows what goes wrong. It also sends the whole domain and every
    event of the conversation with each call. No action here reads them, and the events grow with every
    turn: they are left out, and the slots, the form and the last message go.
    """

    def __init__(self, *, limit_s: float, **settings: Any) -> None:
        super().__init__(**settings)
        self.limit_s = limit_s

    @classmethod
    def limiting(cls, endpoint: EndpointConfig) -> ActionEndpoint:
        """Return `endpoint` with the limit that endpoints.yml gives as `limit_s`."""
        settings = dict(endpoint.kwargs)
        limit_s = float(settings.pop("limit_s", DEFAULT_LIMIT_S))
        return cls(
            limit_s=limit_s,
            url=endpoint.url,
            params=endpoint.params,
            headers=endpoint.headers,
            basic_auth=endpoint.basic_auth,
            token=endpoint.token,
            token_name=endpoint.token_name,
            cafile=endpoint.cafile,
            **settings,
        )

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any | None:
        kwargs["timeout"] = self.limit_s
        call = kwargs.get("json") or {}
        if "tracker" in call:
            kwargs["json"] = {**call, "domain": {}, "tracker": {**call["tracker"], "events": []}}
        try:
            return await super().request(method, subpath, content_type, compress, **kwargs)
        except Exception:
            failed_actions.get([]).append(call.get("next_action", ""))
            raise
