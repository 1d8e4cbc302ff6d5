"""The real product, except that an action lingers after it has done its work while `<data>/linger` exists."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI

import api.app
from api.cli import main
from api.settings import Settings

LINGER = 30.0
real_create_app = api.app.create_app


def create_app(settings: Settings, **parts: Any) -> FastAPI:
    app = real_create_app(settings, **parts)
    actions = app.state.action_executor.actions
    real_action = actions["action_answer_question"]

    async def lingering(*call: Any) -> Any:
        done = await real_action(*call)
        if (settings.data / "linger").exists():
            await asyncio.sleep(LINGER)
        return done

    actions["action_answer_question"] = lingering
    return app


if __name__ == "__main__":
    api.app.create_app = create_app
    main()
