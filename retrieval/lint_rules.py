"""What a well-formed card may still get wrong: alone, and beside the others."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from retrieval.exact import question_key
from retrieval.lint_relations import Card, compete, relations
from retrieval.passages import NATIONAL
from retrieval.problems import Problem, problem

LEAST_QUESTIONS = 8
LONGEST_FIRST_PARAGRAPH = 120
LONGEST_FIRST_SENTENCE = 40
SAMPLE_WORD = "示例"
STATE = "中华人民共和国"

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_ARTICLE = re.compile(r"第[零一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?")
_SENTENCE_END = re.compile(r"[。！？!?]")
# Amounts, shares and counts of days. Neither a year (2026年) nor a day of the year (5月20日) is one.
_FIGURE = re.compile(
    r"(?<![\d月])\d+(?:\.\d+)?\s*(?:元|万|天|日|个月|个?工作日|周|小时|倍|%|％)"
    r"|(?<![第\d月])[两二三四五六七八九十百千万]+(?:元|天|日内|个月|个工作日|周|小时|倍)"
    r"|百分之[零一二三四五六七八九十百]+"
)
_MARKUP = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*_`>#]")


def alone(card: Card, organisations: Mapping[str, bool] | None) -> list[Problem]:
    """Problems of one card by itself; `organisations` maps each known path to whether it is a sample."""
    return [
        *_naming(card),
        *_questions(card),
        *_citations(card),
        *_dates(card),
        *_scope(card, organisations),
        *_answer(card),
    ]


def together(cards: Sequence[Card]) -> list[Problem]:
    """Problems between cards: ids and questions used twice, relations that lead nowhere."""
    by_id: dict[str, Card] = {}
    problems = []
    for card in cards:
        first = by_id.setdefault(card.passage.id, card)
        if first is not card:
            problems.append(card.problem("duplicate_id", "id", id=card.passage.id, other=first.front.file))
    return [*problems, *relations(cards, by_id), *_shared_questions(cards, by_id)]


def _naming(card: Card) -> Iterator[Problem]:
    passage = card.passage
    if not _ID.fullmatch(passage.id):
        yield card.problem("bad_id", "id", id=passage.id)
    folder = card.front.file.parent.name
    if folder != passage.topic:
        yield card.problem("wrong_folder", "topic", topic=passage.topic, folder=folder)


def _questions(card: Card) -> Iterator[Problem]:
    questions = card.passage.questions
    if len(questions) < LEAST_QUESTIONS:
        yield card.problem("too_few_questions", "questions", count=len(questions), least=LEAST_QUESTIONS)
    seen: dict[str, int] = {}
    for at, question in enumerate(questions):
        first = seen.setdefault(question_key(question), at)
        if first != at:
            other = f"{card.front.file.name}:{card.front.line('questions', first)}"
            yield card.problem("duplicate_question", "questions", at, question=question, other=other)
    for at, question in enumerate(card.passage.not_questions):
        if question_key(question) in seen:
            yield card.problem("contradictory_question", "not_questions", at, question=question)


def _citations(card: Card) -> Iterator[Problem]:
    for at, citation in enumerate(card.passage.citations):
        if citation.article is not None and not _ARTICLE.fullmatch(citation.article):
            yield card.problem("bad_article", "citations", at, article=citation.article)
        if STATE in citation.law:
            yield card.problem("law_prefix", "citations", at, law=citation.law)


def _dates(card: Card) -> Iterator[Problem]:
    start, end = card.passage.effective_from, card.passage.effective_to
    if end is not None and end < start:
        yield card.problem("ends_before_start", "effective_to", **{"from": start, "to": end})


def _scope(card: Card, organisations: Mapping[str, bool] | None) -> Iterator[Problem]:
    passage = card.passage
    if passage.scope == NATIONAL:
        for field in ("base", "precedence"):
            if getattr(passage, field) is not None:
                yield card.problem("base_on_national", field)
    elif (passage.base is None) != (passage.precedence is None):
        yield card.problem("base_without_precedence", "base" if passage.base else "precedence")
    if organisations is not None and passage.scope != NATIONAL:
        if passage.scope not in organisations:
            yield card.problem("unknown_organisation", "scope", scope=passage.scope)
        elif organisations[passage.scope] and not passage.sample:
            yield card.problem("sample_flag", "sample", scope=passage.scope)
    if passage.sample and SAMPLE_WORD not in passage.title + passage.text:
        yield card.problem("sample_text", "sample")


def _answer(card: Card) -> Iterator[Problem]:
    lines = card.front.body.split("\n")
    filled = [at for at, line in enumerate(lines) if line.strip()]
    if not filled:
        yield problem(card.front.file, card.front.body_line, "empty_answer")
        return
    first = card.front.body_line + filled[0]
    paragraph = _plain("".join(_paragraph(lines[filled[0] :])))
    if len(paragraph) > LONGEST_FIRST_PARAGRAPH:
        counts = {"count": len(paragraph), "most": LONGEST_FIRST_PARAGRAPH}
        yield problem(card.front.file, first, "long_first_paragraph", **counts)
    sentence = _SENTENCE_END.split(paragraph, maxsplit=1)[0]
    if len(sentence) > LONGEST_FIRST_SENTENCE:
        counts = {"count": len(sentence), "most": LONGEST_FIRST_SENTENCE}
        yield problem(card.front.file, first, "long_first_sentence", **counts)
    if not card.passage.verified:
        for at in filled:
            if figure := _FIGURE.search(lines[at]):
                line = card.front.body_line + at
                yield problem(card.front.file, line, "unverified_figure", figure=figure.group())


def _paragraph(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if not line.strip():
            return
        yield line.strip()


def _plain(text: str) -> str:
    """Markdown as it is read: a link's words stay, marks go."""
    return _MARKUP.sub(lambda mark: mark.group(1) or "", text)


def _shared_questions(cards: Sequence[Card], by_id: Mapping[str, Card]) -> list[Problem]:
    """Questions of two cards that one asker could meet on one day, unless one is the other's base."""
    places: dict[str, list[tuple[Card, int]]] = defaultdict(list)
    problems = []
    for card in cards:
        for at, question in enumerate(card.passage.questions):
            key = question_key(question)
            for other, other_at in places[key]:
                if other is not card and compete(card.passage, other.passage, by_id):
                    where = f"{other.front.file.name}:{other.front.line('questions', other_at)}"
                    fields = {"question": question, "other": where}
                    problems.append(card.problem("duplicate_question", "questions", at, **fields))
            places[key].append((card, at))
    return problems
