from collections import Counter
from pathlib import Path

from benchmarks.mixed import Source, mixed, real_passages
from benchmarks.pieces import Pieces
from retrieval.cards import load_cards
from retrieval.earlier import passage_key
from retrieval.passages import Kind
from retrieval.tokens import passage_tokens


def test_mixed_passages_have_different_ids_and_texts_of_real_sentences(home: Path) -> None:
    cards, articles = real_passages(load_cards(home / "knowledge_base" / "cards")[:12], None)
    made = [*mixed(cards, 60, Kind.CARD), *mixed(articles, 90, Kind.ARTICLE)]
    assert len({passage.id for passage in made}) == 150
    real = {sentence for source in (*cards, *articles) for sentence in source.sentences}
    assert all(set(Source.of(passage).sentences) <= real for passage in made)
    assert [*mixed(cards, 60, Kind.CARD)] == made[:60]


def test_tokens_put_together_from_sentences_are_those_of_the_whole(home: Path) -> None:
    cards, articles = real_passages(load_cards(home / "knowledge_base" / "cards")[:12], None)
    made = [*mixed(cards, 20, Kind.CARD), *mixed(articles, 40, Kind.ARTICLE)]
    pieces = Pieces(made)
    for passage in made:
        bag = pieces.tokens(passage_key(passage))
        assert bag is not None
        assert dict(zip(bag.tokens, bag.counts, strict=True)) == Counter(passage_tokens(passage))
