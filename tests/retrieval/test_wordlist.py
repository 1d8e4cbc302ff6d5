from pathlib import Path

import pytest

from retrieval.wording import WordListError, word_list_errors
from retrieval.wording.synonyms import Synonyms
from retrieval.wording.wordlist import entries


def test_comments_and_empty_lines_say_nothing(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("\ufeff# 说明\n\n辞退 开除\n  \n", encoding="utf-8")
    assert list(entries(file)) == [(3, "辞退 开除")]


def test_a_list_saved_in_another_encoding_is_named(tmp_path: Path) -> None:
    file = tmp_path / "synonyms.txt"
    file.write_bytes("辞退 开除\n".encode("gbk"))
    with pytest.raises(WordListError, match=r"synonyms\.txt:1: .*utf-8"):
        Synonyms.load(file)


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WordListError, match=r"none\.txt:1"):
        list(entries(tmp_path / "none.txt"))


def test_the_shipped_lists_can_be_read() -> None:
    assert word_list_errors() == []
