"""The rules of a conversation."""

from __future__ import annotations

import pytest

from service.conversations import rules
from service.conversations.tables import State
from service.errors import ConversationClosed, TextEmpty, TextTooLong, TokenInvalid


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200d", "\x00\x07"])
def test_an_empty_text_is_refused(text: str) -> None:
    with pytest.raises(TextEmpty):
        rules.check_text(text)


def test_the_limit_is_two_thousand_characters() -> None:
    assert len(rules.check_text("年" * 2000)) == 2000
    with pytest.raises(TextTooLong) as caught:
        rules.check_text("年" * 2001)
    assert caught.value.fields == {"length": 2001, "limit": 2000}


def test_emoji_and_newlines_are_kept_and_control_characters_are_not() -> None:
    assert rules.check_text("  年假😀\n几天\x00？ ") == "年假😀\n几天？"


@pytest.mark.parametrize(
    ("text", "given"), [("/restart", "／restart"), ("//x", "／/x"), ("年假/产假", "年假/产假")]
)
def test_a_leading_slash_is_text_for_the_dialogue(text: str, given: str) -> None:
    assert rules.as_dialogue_text(text) == given


def test_only_the_bots_own_conversations_are_answered_by_the_bot() -> None:
    assert rules.bot_answers(State.BOT)
    assert not rules.bot_answers(State.QUEUED)
    assert not rules.bot_answers(State.STAFF)
    with pytest.raises(ConversationClosed):
        rules.bot_answers(State.CLOSED)


def test_text_and_option_of_the_same_letters_are_different_bodies() -> None:
    assert rules.body_hash(text="a", option=None) != rules.body_hash(text=None, option="a")
    assert rules.body_hash(text="a", option=None) == rules.body_hash(text="a", option=None)


def test_a_token_is_known_by_its_hash_only() -> None:
    token = rules.new_token()
    rules.check_token(token, rules.token_hash(token))
    with pytest.raises(TokenInvalid):
        rules.check_token(token + "x", rules.token_hash(token))
