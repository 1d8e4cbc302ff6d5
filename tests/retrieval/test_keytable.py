from pathlib import Path

from retrieval.keytable import KeyTable


def table(folder: Path, *entries: tuple[str, int]) -> KeyTable:
    KeyTable.write(entries, folder, "table")
    return KeyTable.open(folder, "table")


def test_numbers_under_one_key_come_in_the_order_they_were_given(tmp_path: Path) -> None:
    found = table(tmp_path, ("年假", 7), ("产假", 1), ("年假", 3), ("年假", 5))
    assert found.get("年假") == [7, 3, 5]
    assert found.get("产假") == [1]


def test_a_key_that_is_not_there_has_no_numbers(tmp_path: Path) -> None:
    assert table(tmp_path, ("年假", 7)).get("婚假") == []
    assert table(tmp_path).get("年假") == []


def test_many_keys_are_looked_up_at_once(tmp_path: Path) -> None:
    entries = table(tmp_path, ("年假", 7), ("产假", 1), ("年假", 3))
    assert entries.first(["产假", "婚假", "年假"]).tolist() == [1, -1, 7]
    assert entries.first([]).tolist() == []
    assert table(tmp_path).first(["年假"]).tolist() == [-1]
