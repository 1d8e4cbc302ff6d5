"""Looks a question up in the rules of the day it asks about: today's, or another time's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from language.dates import DateRange
from retrieval.exact import question_key
from retrieval.index import Index
from retrieval.passages import Kind, Passage
from retrieval.precedence import successor
from retrieval.search import Decision, Hit, Question, Result
from service.knowledge.asking_when import asked_when, day_of


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question, and in the rules of which day. `text` is what was looked up.

    `period` is the time the question asks about; None: today, or the day that the caller chose. `since` is a
    card that would answer but began only after that time.
    """

    result: Result
    index: Index
    text: str
    day: date
    period: DateRange | None = None
    since: Passage | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A card that would answer but is no longer in force, and the one that holds in its place, if any.

    `confidence` is the probability that the card answers the question.
    """

    card: Passage
    successor: Passage | None
    confidence: float


def look_up(index: Index, question: Question, *, today: date, dated: bool) -> Found:
    """Search for `question`; where its words ask for another time's rule and `dated` is set, in those.

    With `dated` unset the question is looked up for its `as_of`, whatever its words say.
    """
    given = question.as_of or today
    when = asked_when(question.text, today=today)
    if when is None or (when.period is None and not dated):
        return Found(index.search(question), index, question.text, given)
    if when.period is None:
        return _of_some_time_ago(index, question, today)
    day = day_of(when.period, today=today) if dated else given
    # With the time's words too: cards on rules of the past have questions that name it.
    wordings = (replace(question, text=text, as_of=day) for text in (when.text, question.text))
    searched = [(one.text, index.search(one)) for one in wordings]
    text, result = max(searched, key=lambda one: (_answers(one[1]), one[1].confidence))
    if not dated:
        return Found(result, index, text, day)
    since = None if _answers(result) or day > today else _since(index, question, when.text, day, today)
    return Found(result, index, text, day, when.period, since)


def find_ended(index: Index, question: Question, found: Result, *, today: date) -> Ended | None:
    """Return the card that would answer `question` had it not ended before `today`.

    `found` is what was found in force. Where that begins with the card that follows, nobody speaks of the old
    one, unless in its own words.
    """
    result = index.search(replace(question, as_of=None))
    if not _answers(result):
        return None
    card = result.hits[0].passage
    if not _is_over(card, today):
        return None
    following = successor(card, index.versions(card), day=today)
    own_words = question_key(question.text) in map(question_key, card.questions)
    if not own_words and found.hits and found.hits[0].passage == following:
        return None
    return Ended(card, following, result.confidence)


def until(last: date) -> DateRange:
    """All time up to a day."""
    return DateRange(date.min, last)


def after(day: date) -> date:
    """The day after `day`."""
    return day + timedelta(days=1)


def _of_some_time_ago(index: Index, question: Question, today: date) -> Found:
    """The rule before today's, where there was one and the question is found to be about it."""
    result = index.search(replace(question, as_of=None))
    if _answers(result):
        first = result.hits[0]
        over = [card for card in (first.passage, *first.also) if _is_over(card, today)]
        if over and over[0].effective_to is not None:
            hit = Hit(over[0], first.score, None)
            found = replace(result, hits=(hit, *result.hits[1:]))
            ended_on = over[0].effective_to
            return Found(found, index, question.text, ended_on, until(ended_on))
    return Found(index.search(question), index, question.text, question.as_of or today)


def _since(index: Index, question: Question, text: str, day: date, today: date) -> Passage | None:
    """The card that answers today and was not there yet on `day`, in no version."""
    result = index.search(replace(question, text=text, as_of=today))
    if not _answers(result):
        return None
    card = result.hits[0].passage
    return None if any(one.in_force_on(day) for one in index.versions(card)) else card


def _answers(result: Result) -> bool:
    return result.decision is Decision.ANSWER and result.hits[0].passage.kind is Kind.CARD


def _is_over(card: Passage, today: date) -> bool:
    return card.kind is Kind.CARD and card.effective_to is not None and card.effective_to < today
