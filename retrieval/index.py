"""The live index, in memory: a question in, ranked passages and a decision out."""

from collections.abc import Collection, Mapping, Sequence, Set
from copy import copy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Self

from language.laws import ArticleReference, find_articles
from language.normalise import normalise
from retrieval import build
from retrieval.article_ranking import ArticleRanking, ArticleRows
from retrieval.artifacts import Artifacts
from retrieval.bm25 import Bm25, Filter
from retrieval.build import build_index
from retrieval.card_ranking import CardRanking, CardRows, Looked, Probabilities
from retrieval.catalogue import Catalogue
from retrieval.deciding import Match, judge, with_answer_first
from retrieval.dense import Dense
from retrieval.encoder import Encoder
from retrieval.engines.choice import choose_engine
from retrieval.engines.engine import VectorsMissingError
from retrieval.engines.server import MilvusServer
from retrieval.exact import CitationTable, QuestionTable, question_key
from retrieval.folding import fold
from retrieval.naming import articles_asked_for, to_read
from retrieval.passages import NATIONAL, Kind, Passage
from retrieval.precedence import Rules, Standing, with_own_rule
from retrieval.ranking import Candidate, NearMisses, Query, Tier, candidates, in_order
from retrieval.search import Decision, Hit, Question, Result
from retrieval.shelf import Shelf
from retrieval.signs import read_signs
from retrieval.store import IndexMissingError, current_version, read_manifest
from retrieval.tokens import law_names, lexicon_fingerprint
from retrieval.visibility import Visibility
from retrieval.wording import Wording, WordingReader, wording_reader

__all__ = ["Index", "IndexMismatchError", "IndexMissingError", "build_index"]

_ATTEMPTS = 3


class IndexMismatchError(Exception):
    """The live version was built with another encoder, lexicon, engine or format; build it again."""


class Index:
    """One version of the index, open for search from any number of threads; it never changes."""

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        *,
        artifacts: Artifacts,
        milvus: MilvusServer | None = None,
    ) -> None:
        manifest = read_manifest(folder)
        engine = choose_engine(manifest.get("vectors", 0), milvus)
        expected = {
            "format": build.FORMAT,
            "encoder": encoder.fingerprint,
            "lexicon": lexicon_fingerprint(),
            "engine": engine.identity,
        }
        for name, value in expected.items():
            if manifest.get(name) != value:
                raise IndexMismatchError(f"index {folder.name} was built with another {name}")
        self.version: str = manifest["version"]
        self._passages = Shelf(folder)
        self._catalogue = Catalogue(folder)
        self._words = Bm25(folder / build.WORDS)
        self._dense = Dense(folder, len(self._passages), engine=engine, version=self.version)
        self._misses = NearMisses.read(folder)
        self._encoder = encoder
        self._artifacts = artifacts
        self._questions = QuestionTable(folder)
        self._citations = CitationTable(folder)
        self._rules = Rules(
            self._passages,
            self._catalogue.numbers,
            based=self._catalogue.based,
            following=self._catalogue.following,
        )
        self._visibility = Visibility(self._catalogue)
        self._cards = CardRanking(
            self._passages, self._catalogue, self._dense, self._misses, artifacts.card_ranker
        )
        self._articles = ArticleRanking(
            folder, self._catalogue, self._words, self._dense, artifacts.article_ranker
        )
        self._laws = law_names().including(self._catalogue.laws)
        self._wording = wording_reader()

    @classmethod
    def open(
        cls,
        root: Path,
        *,
        encoder: Encoder,
        artifacts: Artifacts,
        milvus: MilvusServer | None = None,
    ) -> Self:
        """The live version below `root`, ranking and deciding by `artifacts`, which fit the encoder.

        Raises:
            IndexMissingError: nothing has been built there.
            IndexMismatchError: it was built with another encoder, lexicon, engine or format; build it again.
            EngineUnreachableError: Milvus keeps its vectors and does not answer.
        """
        for _ in range(_ATTEMPTS):
            version = current_version(root)
            if version is None:
                break
            try:
                return cls(root / version, encoder, artifacts=artifacts, milvus=milvus)
            except (FileNotFoundError, VectorsMissingError):
                continue  # two builds went by since `current` was read, and this version is gone
        raise IndexMissingError(f"no index in {root}")

    def __len__(self) -> int:
        return len(self._passages)

    @property
    def identity(self) -> str:
        """What a result rests on: the version of the index and the artifacts that weighed it."""
        return f"{self.version}.{self._artifacts.fingerprint}"

    @property
    def choice_from(self) -> float:
        """The score a card needs to be worth naming in a question back."""
        return self._artifacts.calibration.choice_from

    def with_wording(self, reader: WordingReader) -> Self:
        """The same index reading questions with other word lists; both may be used side by side."""
        other = copy(self)
        other._wording = reader
        return other

    def search(self, question: Question) -> Result:
        """What answers `question`, and whether it may be said as an answer."""
        match = self.match(question)
        if match is None:
            return Result(Decision.REFUSE, 0.0, 0.0, (), self.identity)
        judged = judge(match, self._artifacts.calibration)
        decision, confidence = judged.decision, judged.answers
        ranked = with_answer_first(match, decision)
        if match.named and self.asked_for(question.text):
            exact = self._artifacts.calibration.exact
            decision, confidence = to_read(ranked[0].tier, decision, confidence, exact=exact)
        paragraphs = {(one.law, one.article): one.paragraph for one in match.named if one.law}
        hits = tuple(self._hit(candidate, paragraphs) for candidate in ranked[: question.limit])
        return Result(decision, confidence, judged.in_scope, hits, self.identity, judged.thresholds)

    def match(self, question: Question) -> Match | None:
        """Everything found for `question` and the signs a decision rests on; None when nothing is found."""
        text = normalise(question.text)
        wording = self._wording.read(text)
        query = self._query(wording, question)
        named = find_articles(wording.text, self._laws)
        ranked, seen, probabilities = self._ranked(text, wording, query, question, named)
        if not ranked:
            return None
        passages = [self._passages[candidate.number] for candidate in ranked]
        card = next((at for at, passage in enumerate(passages) if passage.kind is Kind.CARD), None)
        signs = None
        if card is not None:
            number = ranked[card].evidence.number
            signs = read_signs(
                seen,
                probabilities,
                number,
                wording.text,
                heard=question.heard,
                words_of_scope=self._artifacts.scope_words.log_odds(wording.text),
            )
        return Match(passages, ranked, card, signs, named)

    def card_rows(self, question: Question, *, without: Collection[str] = ()) -> CardRows:
        """What the ranker of cards sees for `question` when the cards with ids in `without` are not there;
        for fitting it."""
        wording = self._wording.read(normalise(question.text))
        query = self._query(wording, question)
        found = candidates(query, self._words, self._dense, self._lexical_share)
        never = {number for name in without for number in self._catalogue.numbers(name)}
        return self._cards.rows(self._looked(wording, query, question, never=never), found)

    def article_rows(self, question: Question) -> ArticleRows:
        """What the ranker of articles sees for `question`; for fitting it."""
        query = self._query(self._wording.read(normalise(question.text)), question)
        recalled = self._articles.recall(query)
        also = filter(query.may_find, recalled.passages())
        found = candidates(query, self._words, self._dense, self._lexical_share, also=also)
        return self._articles.rows(query, recalled, found)

    def asked_for(self, text: str) -> tuple[ArticleReference, ...]:
        """The articles `text` asks to read, found or not; none when it asks anything else."""
        return articles_asked_for(self._wording.read(normalise(text)).text, self._laws)

    def has_law(self, law: str, *, organisations: Sequence[str] = ()) -> bool:
        """Whether articles of the law, by its official name, are among the passages an asker may ever see."""
        catalogue = self._catalogue
        if law not in catalogue.laws:
            return False
        visible = self._visibility.mask((NATIONAL, *organisations), None)
        of_law = catalogue.law_codes == catalogue.laws.index(law)
        return bool(of_law.any() if visible is None else (of_law & visible).any())

    def asking(self, text: str) -> list[Passage]:
        """The passages that ask `text` themselves, or for which it was confirmed, word for word."""
        return [self._passages[number] for number in sorted(self._questions.asked(question_key(text)))]

    def passage(self, source_id: str, *, as_of: date | None = None) -> Passage | None:
        """The passage with that id in force on `as_of`, or its newest version when no day is given."""
        versions = [self._passages[number] for number in self._catalogue.numbers(source_id)]
        if as_of is not None:
            versions = [passage for passage in versions if passage.in_force_on(as_of)]
        return max(versions, key=lambda passage: passage.effective_from, default=None)

    def citing(self, law: str, article: str | None) -> list[Passage]:
        """The cards that cite the article, or anything of the law when `article` is None."""
        return [self._passages[number] for number in self._citations.citing(law, article)]

    def cards_of(self, topic: str, *, as_of: date, organisations: Sequence[str] = ()) -> list[Passage]:
        """A topic's cards that an asker from `organisations` may find on a day, by id."""
        visible = self._visibility.mask((NATIONAL, *organisations), as_of)
        cards = (
            self._passages[number]
            for number in self._catalogue.cards_of(topic)
            if visible is None or visible[number]
        )
        return sorted(cards, key=lambda card: card.id)

    def versions(self, card: Passage) -> list[Passage]:
        """The card, those it follows from and those that follow from it, the oldest first."""
        return [self._passages[number] for number in self._rules.versions(self._number(card))]

    def standing(self, card: Passage, *, as_of: date, organisations: Sequence[str] = ()) -> Standing:
        """How `card` stands to the others that an asker from `organisations` may find on the day."""
        visible = self._visibility.mask((NATIONAL, *organisations), as_of)
        return self._rules.standing(
            self._number(card), lambda number: visible is None or bool(visible[number])
        )

    def _number(self, card: Passage) -> int:
        return next(number for number in self._catalogue.numbers(card.id) if self._passages[number] == card)

    def _query(self, wording: Wording, question: Question) -> Query:
        scopes = (NATIONAL, *question.organisations)
        visible = self._visibility.mask(scopes, question.as_of)
        return Query(
            tokens=wording.tokens,
            extra=wording.extra,
            vector=self._encoder.encode([wording.text])[0],
            within=Filter() if visible is None else Filter(scopes, question.as_of),
            allowed=visible,
            limit=question.limit,
        )

    def _ranked(
        self,
        text: str,
        wording: Wording,
        query: Query,
        question: Question,
        named: Sequence[ArticleReference],
    ) -> tuple[list[Candidate], CardRows, Probabilities]:
        key = question_key(text)
        refused = self._questions.refused(key) | self._questions.refused(question_key(wording.text))
        asked = self._questions.asked(key)
        tiers = {number: tier for number, tier in self._named(named).items() if query.may_find(number)}
        tiers |= {number: Tier.EXACT for number in asked if query.may_find(number)}
        links = self._rules.taking_over(query.may_find)
        recalled = self._articles.recall(query)
        also = {*tiers, *(link.own for link in links), *filter(query.may_find, recalled.passages())}
        found = candidates(query, self._words, self._dense, self._lexical_share, also=also)
        found = self._articles.score(query, recalled, found)
        seen = self._cards.rows(self._looked(wording, query, question, always=also), found)
        probabilities = self._cards.probabilities(seen)
        found = self._cards.scored(found, seen, probabilities)
        placed = (self._placed(candidate, query, tiers, refused) for candidate in found)
        ranked = fold(in_order(with_own_rule(placed, links)), self._passages, self._catalogue.numbers)
        return ranked, seen, probabilities

    def _looked(
        self,
        wording: Wording,
        query: Query,
        question: Question,
        *,
        always: Collection[int] = (),
        never: Collection[int] = (),
    ) -> Looked:
        share = self._artifacts.weights.card_lexical
        return Looked(wording.text, query, question.heard, share, always, never)

    def _lexical_share(self, number: int) -> float:
        is_card = self._catalogue.is_card(number)
        return self._artifacts.weights.card_lexical if is_card else self._artifacts.weights.article_lexical

    def _named(self, references: Sequence[ArticleReference]) -> dict[int, Tier]:
        """Passages that are, or cite, one of the articles."""
        tiers: dict[int, Tier] = {}
        for reference in references:
            if reference.law is not None:
                for number in self._citations.citing(reference.law, reference.article):
                    tiers.setdefault(number, Tier.CITED)
                for number in self._citations.articles(reference.law, reference.article):
                    tiers[number] = Tier.NAMED
        return tiers

    def _placed(
        self,
        candidate: Candidate,
        query: Query,
        tiers: Mapping[int, Tier],
        refused: Set[int],
    ) -> Candidate:
        missed = candidate.number in refused or self._misses.nearer(query.vector, candidate)
        tier = tiers.get(candidate.number, Tier.FOUND)
        if not missed and tier is candidate.tier:
            return candidate
        score = candidate.score - (self._artifacts.weights.negative if missed else 0.0)
        return replace(candidate, score=score, tier=tier)

    def _hit(self, candidate: Candidate, paragraphs: Mapping[tuple[str, str], str | None]) -> Hit:
        passage = self._passages[candidate.number]
        part = candidate.near.part
        return Hit(
            passage,
            candidate.tier + candidate.score,
            passage.asked[part] if part >= 0 else None,
            also=tuple(self._passages[number] for number in candidate.folded),
            paragraph=paragraphs.get((passage.law or "", passage.article or "")),
        )
