"""The app's menu at the foot of the conversation, in the deployment's words."""

from __future__ import annotations

from enum import StrEnum

from service.texts import Texts, TextsError

NAME_BYTES, INNER_NAME_BYTES = 16, 40
"""UTF-8 bytes of a name in the menu, and of one within another: 创建菜单, …/document/path/90231."""


class MenuKey(StrEnum):
    """What an entry stands for; the platform sends it back when somebody chooses the entry."""

    CONSULT = "consult"
    SERVICE = "service"
    PROGRESS = "progress"
    ACTIVITIES = "activities"
    PERSON = "person"


def build_menu(texts: Texts) -> dict[str, object]:
    """Return the menu as the platform takes it. Raises TextsError for a name it would not take."""
    services = [
        _entry(texts, key, limit=INNER_NAME_BYTES)
        for key in (MenuKey.SERVICE, MenuKey.PROGRESS, MenuKey.ACTIVITIES)
    ]
    return {
        "button": [
            _entry(texts, MenuKey.CONSULT, limit=NAME_BYTES),
            {"name": _name(texts, "services", limit=NAME_BYTES), "sub_button": services},
            _entry(texts, MenuKey.PERSON, limit=NAME_BYTES),
        ]
    }


def _entry(texts: Texts, key: MenuKey, *, limit: int) -> dict[str, object]:
    return {"type": "click", "name": _name(texts, key, limit=limit), "key": key.value}


def _name(texts: Texts, key: str, *, limit: int) -> str:
    name = texts(f"wecom.menu.{key}")
    if not 0 < len(name.encode()) <= limit:
        raise TextsError(f"texts: wecom.menu.{key} is empty or longer than {limit} bytes")
    return name
