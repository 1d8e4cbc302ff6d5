from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.normalise import normalise
from language.words import Segmenter, bigrams, load_stop_words


@pytest.fixture(scope="module")
def plain() -> Segmenter:
    return Segmenter()


def test_punctuation_and_spaces_are_no_words(plain: Segmenter) -> None:
    assert plain.words("年假，几天？ 谢谢！") == ["年", "假", "几天", "谢谢"]


def test_a_dictionary_file_keeps_its_words_whole(tmp_path: Path, plain: Segmenter) -> None:
    dictionary = tmp_path / "terms.txt"
    dictionary.write_text("# 假期\n带薪年休假 20 n\n\n疗休养\n", encoding="utf-8")

    words = Segmenter(dictionary).words("带薪年休假和疗休养")

    assert "带薪年休假" in words
    assert "疗休养" in words
    assert "疗休养" not in plain.words("疗休养")


def test_a_folder_of_dictionaries_is_read_whole_and_nothing_else_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("困难帮扶 100\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("\ufeff互助保障 100\n", encoding="utf-8")
    (tmp_path / "readme.md").write_text("保障理赔 100\n", encoding="utf-8")

    assert Segmenter(tmp_path).words("困难帮扶互助保障理赔") == ["困难帮扶", "互助保障", "理赔"]


def test_two_segmenters_do_not_share_their_dictionaries(tmp_path: Path) -> None:
    dictionary = tmp_path / "terms.txt"
    dictionary.write_text("行里的工会 1000\n", encoding="utf-8")
    Segmenter(dictionary)

    assert "行里的工会" not in Segmenter().words("行里的工会")


def test_a_missing_dictionary_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Segmenter(tmp_path / "nowhere")


def test_bigrams_overlap_and_keep_latin_words_and_numbers_whole() -> None:
    assert bigrams("工作12年，N+1怎么赔3.5万") == ["工作", "12", "年", "n+1", "怎么", "么赔", "3.5", "万"]


def test_a_lone_character_is_its_own_bigram() -> None:
    assert bigrams("假") == ["假"]
    assert bigrams("！？") == []


def test_a_word_is_not_counted_again_as_a_bigram(plain: Segmenter) -> None:
    tokens = Counter(plain.tokens("工会工会"))

    assert tokens["工会"] == 2
    assert tokens["会工"] == 1


def test_tokens_hold_every_word_and_every_bigram(plain: Segmenter) -> None:
    text = "单位不批年休假怎么办"

    tokens = plain.tokens(text)

    assert not Counter(plain.words(text)) - Counter(tokens)
    assert not Counter(bigrams(text)) - Counter(tokens)


def test_stop_words_are_left_out_of_words_and_tokens(tmp_path: Path) -> None:
    file = tmp_path / "stopwords.txt"
    file.write_text("# 虚词\n的\n请问\n\nＯＫ\n", encoding="utf-8")
    segmenter = Segmenter(stop_words=load_stop_words(file))

    assert load_stop_words(file) == {"的", "请问", "ok"}
    assert "请问" not in segmenter.tokens("请问工会的电话ok")
    assert "的" not in segmenter.words("请问工会的电话")
    assert "工会" in segmenter.words("请问工会的电话")


_SHARED = Segmenter()  # a fixture would be built anew for every example


@given(st.text(max_size=60))
def test_no_text_breaks_the_segmenter_and_every_token_is_in_the_text(text: str) -> None:
    spelt = normalise(text)
    assert all(token in spelt for token in _SHARED.tokens(text))


@given(text=st.text(max_size=60))
def test_pieces_joined_are_the_normalised_text(plain: Segmenter, text: str) -> None:
    assert "".join(plain.pieces(text)) == normalise(text)


def test_a_word_of_the_dictionary_has_a_frequency_and_a_guess_has_none(plain: Segmenter) -> None:
    assert plain.frequency("工会") > 0
    assert plain.frequency("工卉") == 0
