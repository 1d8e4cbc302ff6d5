"""What is said when the dialogue cannot be asked: knowledge, urgent help, and the way to a person."""

from __future__ import annotations

import json
from dataclasses import replace

from service.conversations.replies import Reply
from service.conversations.why import Because
from service.handover.notices import Notices
from service.knowledge.answers import Answers
from service.knowledge.asked import Asked


class Fallback:
    """Answers a turn without understanding its context: one question at a time, nothing is asked back."""

    def __init__(self, answers: Answers, notices: Notices) -> None:
        self._answers = answers
        self._notices = notices

    def reply(self, asked: Asked) -> Reply:
        """Return the reply to `asked.text`, which is masked text or the command of an option."""
        reply = self._reply(asked)
        return replace(reply, why=reply.why.after(Because.DIALOGUE_DOWN))

    def _reply(self, asked: Asked) -> Reply:
        if asked.text.startswith("/"):
            return self._command(asked)
        need = self._notices.urgent_need(asked.text)
        if need is not None:
            return self._notices.urgent_help(need, asked).because(Because.URGENT_WORDS)
        if self._notices.wants_person(asked.text):
            wanted = self._notices.ask_human(replace(asked, intent="ask_human"))
            return wanted.because(Because.PERSON_WORDS)
        return self._answers.answer(asked)

    def _command(self, asked: Asked) -> Reply:
        intent, _, rest = asked.text.removeprefix("/").partition("{")
        values: dict[str, str] = json.loads("{" + rest) if rest else {}
        asked = replace(asked, intent=intent)
        if intent == "choose_source":
            return self._answers.answer_source(values.get("source", ""), asked)
        if intent == "choose_topic":
            return self._answers.choose_topic(values.get("topic"), asked)
        return self._notices.of_intent(intent, asked)
