"""Messages as WeChat Work shows them: markdown or plain text, with buttons or letters for what is offered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from service.conversations.tables import Message, Sender
from service.messengers.rules import LETTERS, letter_of
from service.texts import Texts

BUTTONS = 6
"""Buttons of a template card, at most."""
BUTTON_WIDTH = 10
"""Characters of a button that every client shows; what is longer is listed with letters."""
CARD_TEXT = 112
"""Characters of the text of a card that every client shows."""
CARD_TITLE = 26
TASK = "m-"
"""How a card's task id begins: the id of the message follows."""

_PHONE = re.compile(r"\[([^\]]+)\]\(tel:[^)]*\)")
_markdown = MarkdownIt("commonmark")


@dataclass(frozen=True, slots=True)
class Shown:
    """One or several messages, written out.

    `markdown` is without what is offered; `buttons` is a card with only that, None if it does not fit on
    one. `card` has the words too, None if they are too many. `lettered` has the words and what is offered,
    to choose from by letter, and `plain` is the same for clients that show no markdown.
    """

    markdown: str
    lettered: str
    plain: str
    buttons: Mapping[str, object] | None
    card: Mapping[str, object] | None


class Rendering:
    """Writes messages out. Threads may share this object."""

    def __init__(self, texts: Texts) -> None:
        texts.require(
            (
                "messenger.name",
                "messenger.sources",
                "messenger.source",
                "messenger.choose",
                "messenger.choose_by_letter",
                "messenger.letter",
                "messenger.from_staff",
                "messenger.pressed",
            )
        )
        self._texts = texts

    def show(self, messages: Sequence[Message], *, heading: str | None = None) -> Shown:
        """Return how `messages` are shown together, with what the last offers; `heading` stands above."""
        text = "\n\n".join(self._said(message) for message in messages)
        if heading is not None:
            text = f"{heading}\n{text}"
        last = messages[-1]
        options = [(str(option["id"]), str(option["title"])) for option in last.options]
        lettered = f"{text}\n\n{self._lettered(options)}" if options else text
        plain = as_plain_text(lettered)
        if not _fits_on_buttons(options):
            return Shown(text, lettered, plain, None, None)
        buttons, words = self._card(last.id, options), as_plain_text(text)
        card = {**buttons, "sub_title_text": words} if len(words) <= CARD_TEXT else None
        return Shown(text, lettered, plain, buttons, card)

    def pressed(self, message: Message, option: str) -> Mapping[str, object] | None:
        """Return the card of a message after one of its buttons was pressed."""
        options = [(str(item["id"]), str(item["title"])) for item in message.options]
        title = dict(options).get(option)
        if title is None or not _fits_on_buttons(options):
            return None
        chosen = {"title": self._texts("messenger.pressed", option=title)[:CARD_TITLE]}
        return {**self._card(message.id, options), "main_title": chosen}

    def pressed_text(self, title: str) -> str:
        """Return what stands in place of a card's buttons after `title` was pressed."""
        return self._texts("messenger.pressed", option=title)

    def _said(self, message: Message) -> str:
        text = _PHONE.sub(r"\1", message.text)  # clients find numbers themselves, and show `tel:` links bare
        if message.sender == Sender.STAFF and message.sender_name:
            text = self._texts("messenger.from_staff", name=message.sender_name, text=text)
        sources = [
            self._texts("messenger.source", law=source["law"], article=source["article"] or "")
            for source in message.citations
            if source.get("law")
        ]
        if not sources:
            return text
        listed = "；".join(dict.fromkeys(sources))
        return f"{text}\n\n{self._texts('messenger.sources', sources=listed)}"

    def _lettered(self, options: Sequence[tuple[str, str]]) -> str:
        lines = [
            self._texts("messenger.letter", letter=letter_of(place), option=title)
            for place, (_, title) in enumerate(options[: len(LETTERS)])
        ]
        return "\n".join([self._texts("messenger.choose_by_letter"), *lines])

    def _card(self, message_id: str, options: Sequence[tuple[str, str]]) -> dict[str, object]:
        return {
            "card_type": "button_interaction",
            "source": {"desc": self._texts("messenger.name")},
            "main_title": {"title": self._texts("messenger.choose")},
            "button_list": [{"text": title, "key": key} for key, title in options],
            "task_id": f"{TASK}{message_id}",
        }


def message_of_task(task_id: str) -> str | None:
    """Return the id of the message whose card has this task id."""
    return task_id.removeprefix(TASK) if task_id.startswith(TASK) else None


def as_plain_text(markdown: str) -> str:
    """Return CommonMark as plain text: the words in their lines, list items with a dash or their number."""
    lines: list[str] = []
    prefix, numbers = "", list[int | None]()
    for token in _markdown.parse(markdown):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            start = token.attrGet("start")
            numbers.append(None if token.type.startswith("bullet") else int(start or 1))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            numbers.pop()
        elif token.type == "list_item_open":
            number = numbers[-1]
            prefix = "- " if number is None else f"{number}. "
            numbers[-1] = None if number is None else number + 1
        elif token.type == "inline":
            if lines and not numbers:
                lines.append("")
            lines.append(f"{prefix}{_inline(token.children or ())}")
            prefix = ""
        elif token.type in ("fence", "code_block", "html_block"):
            lines.append(token.content.rstrip("\n"))
    return "\n".join(lines)


def _inline(tokens: Sequence[Token]) -> str:
    """Return the words of a line; behind those of a link stands where it leads."""
    words, addresses = list[str](), list[str]()
    for token in tokens:
        if token.type == "link_open":
            addresses.append(str(token.attrGet("href") or ""))
        elif token.type == "link_close":
            address = addresses.pop()
            words.append(f" {address} " if address and address not in words else "")
        else:
            words.append(_words(token.type, token.content))
    return "".join(words).rstrip()


def _words(kind: str, content: str) -> str:
    if kind in ("softbreak", "hardbreak"):
        return "\n"
    return content if kind in ("text", "code_inline", "html_inline") else ""


def _fits_on_buttons(options: Sequence[tuple[str, str]]) -> bool:
    return 0 < len(options) <= BUTTONS and all(len(title) <= BUTTON_WIDTH for _, title in options)
