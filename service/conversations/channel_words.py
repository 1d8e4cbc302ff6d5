"""What becomes of a reply in the channel it is said in.

In a group chat others read along: nothing personal is said or offered there. WeChat Work (企业微信) knows who
writes: what is to stay anonymous is sent to a browser of one's own.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from service.conversations.replies import Choice, Reply
from service.conversations.tables import GROUP_CHANNEL, MESSENGER_CHANNELS
from service.conversations.why import Because
from service.texts import Texts

FLOW = "flow"
FIXED_IN_GROUPS = (
    "utter_greet", "utter_help", "utter_affirm", "utter_deny", "utter_cancel", "utter_default",
)  # fmt: skip
"""Fixed texts of the dialogue that have other words in a group: theirs invite to what is private there."""
FIXED_ANYWHERE = frozenset({"utter_goodbye", "utter_thank", "utter_stay"})
OPEN_TO_GROUPS = frozenset({"choose_source", "choose_topic", "not_what_i_meant"})
"""Intents of the options that stay in a group: they lead to knowledge. Any other is left out."""
ANONYMOUS = "report_anonymously"
ROBOT = "bot_challenge"
"""Whoever asks whether it is a robot asks nothing about who reads."""
REPORT = "/report"
_TO_REPORT = re.compile(rf"\[([^\]]+)\]\({REPORT}\)")


class ChannelWords:
    """Says things as the channel has it. Threads may share this object.

    `public_url` is the address under which employees reach the page; the settings see to it that there is one
    where there is a messenger.
    """

    def __init__(self, texts: Texts, *, public_url: str | None) -> None:
        texts.require(
            (
                *(f"messenger.group.fixed.{name}" for name in FIXED_IN_GROUPS),
                *(f"messenger.group.{name}" for name in ("private", "urgent", "about")),
                *(f"messenger.{name}" for name in ("about", "report_page", "report_anonymously")),
            )
        )
        self._texts = texts
        self._page = f"{public_url or ''}{REPORT}"

    def said_in(self, channel: str, reply: Reply) -> Reply:
        """Return what is said in place of `reply` in `channel`; on the page it is `reply` itself."""
        if channel not in MESSENGER_CHANNELS:
            return reply
        return self._towards_page(self._in_group(reply) if channel == GROUP_CHANNEL else reply)

    def fixed(self, name: str | None, channel: str, reply: Reply) -> Reply:
        """Return what is said in place of the dialogue's fixed text `name`; one unknown is not for groups."""
        if channel != GROUP_CHANNEL or name in FIXED_ANYWHERE:
            return reply
        if name not in FIXED_IN_GROUPS:
            return self.private(reply)
        return replace(reply, text=self._texts(f"messenger.group.fixed.{name}"))

    def private(self, reply: Reply) -> Reply:
        """Return the refusal to speak in a group of what is one's own affair, and where to."""
        kept = Reply(
            self._texts("messenger.group.private"), intent=reply.intent, decision=FLOW, why=reply.why
        )
        return kept.because(Because.IN_GROUP)

    def about_assistant(self, channel: str | None, reply: Reply) -> Reply:
        """Return an answer about who reads and keeps what is written, with what is different there."""
        if channel not in MESSENGER_CHANNELS or reply.intent == ROBOT:
            return reply
        group = (self._texts("messenger.group.about"),) if channel == GROUP_CHANNEL else ()
        return replace(reply, text="\n\n".join((reply.text, *group, self._texts("messenger.about"))))

    def _in_group(self, reply: Reply) -> Reply:
        if reply.need is not None:
            alone = f"{reply.text}\n{self._texts('messenger.group.urgent')}"
            return replace(reply, text=alone, choices=(), handover=None)
        if reply.handover is not None:
            return self.private(reply)
        return replace(reply, choices=_leading_to(OPEN_TO_GROUPS, reply.choices))

    def _towards_page(self, reply: Reply) -> Reply:
        """Return `reply` with the way to the anonymous page, which must not be opened where one is known."""
        if reply.intent == ANONYMOUS and reply.decision == FLOW:
            return replace(reply, text=self._texts("messenger.report_anonymously", address=self._page))
        text = _TO_REPORT.sub(
            lambda link: self._texts("messenger.report_page", title=link[1], address=self._page), reply.text
        )
        return replace(reply, text=text)


def _leading_to(intents: Collection[str], choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    return tuple(
        choice for choice in choices if choice.payload.removeprefix("/").partition("{")[0] in intents
    )
