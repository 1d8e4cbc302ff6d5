import shutil
from pathlib import Path

import pytest

from retrieval.shelf import Shelf
from tests.retrieval.material import article, card

PASSAGES = [
    card("leave", "年假几天", "年假多少天", not_questions=("年会几号",)),
    article("劳动法", "第一条", "为了保护劳动者的合法权益。"),
    card("pay", "加班费怎么算"),
]


def shelf(folder: Path) -> Shelf:
    Shelf.write(PASSAGES, folder)
    return Shelf(folder)


def test_passages_are_read_by_number_and_all_in_order(tmp_path: Path) -> None:
    found = shelf(tmp_path)
    assert len(found) == 3
    assert found[1] == PASSAGES[1]
    assert found[-1] == PASSAGES[2]
    assert found[:2] == PASSAGES[:2]
    assert list(found) == PASSAGES


def test_a_number_beyond_the_last_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexError):
        shelf(tmp_path)[3]


def test_whoever_holds_one_reads_on_when_the_folder_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "version"
    folder.mkdir()
    found = shelf(folder)
    shutil.rmtree(folder)
    assert found[2] == PASSAGES[2]


def test_a_shelf_may_be_empty(tmp_path: Path) -> None:
    Shelf.write([], tmp_path)
    assert list(Shelf(tmp_path)) == []
