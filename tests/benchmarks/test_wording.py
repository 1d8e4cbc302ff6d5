from datetime import date
from pathlib import Path

from benchmarks.wording import WORDS, figures, misspell, readers
from retrieval.encoder import Encoder, load_encoder
from retrieval.index import Index, build_index
from retrieval.training.validation import Row, Scope
from retrieval.wording.sounds import letters
from tests.retrieval.material import ARTIFACTS, card

ROWS = [
    Row("年假有几天", frozenset({"annual"}), Scope.IN, ()),
    Row("公积金怎么取", frozenset({"fund"}), Scope.IN, ()),
    Row("今晚吃什么", frozenset(), Scope.OUT, ()),
]


def test_a_slip_is_one_character_that_is_typed_the_same_and_always_the_same_slip() -> None:
    slips = misspell(ROWS)
    assert slips == misspell(ROWS)
    assert {one.written.text for one in slips} == {"年假有几天", "公积金怎么取"}
    for one in slips:
        pairs = list(zip(one.row.text, one.written.text, strict=True))
        ((wrong, right),) = [pair for pair in pairs if pair[0] != pair[1]]
        assert letters(wrong) == letters(right)
        assert any(right in word for word in WORDS)


def test_what_a_list_is_worth_shows_when_it_is_left_out(tmp_path: Path) -> None:
    encoder: Encoder = load_encoder()
    cards = [card("annual", "年休假有几天"), card("price", "年价目表在哪"), card("fund", "住房公积金提取")]
    build_index(cards, tmp_path, encoder)
    index = Index.open(tmp_path, encoder=encoder, artifacts=ARTIFACTS)
    rows = [Row("年价几天", frozenset({"annual"}), Scope.IN, ())]
    first = {
        name: figures(index.with_wording(reader), rows, as_of=date(2026, 11, 23))["right card first"]
        for name, reader in readers().items()
    }
    assert first["both lists"] == 1
    assert first["without homophones"] == 0
