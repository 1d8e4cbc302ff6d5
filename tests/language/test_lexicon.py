"""The word lists that are shipped must be readable and mean what they say."""

from pathlib import Path

import pytest

from language.laws import LawNames
from language.words import load_stop_words

LEXICON = Path(__file__).resolve().parents[2] / "nlu_data" / "lexicon"


@pytest.fixture(scope="module")
def laws() -> LawNames:
    return LawNames.load(LEXICON / "laws.txt")


def test_every_law_and_short_name_on_the_list_leads_to_its_official_name(laws: LawNames) -> None:
    for line in (LEXICON / "laws.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            law, _, aliases = line.partition("\t")
            for name in (law, *filter(None, aliases.split(","))):
                assert laws.resolve(name) == law
                assert [found.value for found in laws.find(f"请问{name}怎么说")] == [law], name


def test_official_names_do_not_carry_the_name_of_the_state(laws: LawNames) -> None:
    assert [law for law in laws.official if law.startswith("中华人民共和国")] == []


def test_the_list_of_laws_is_long_enough_to_be_useful(laws: LawNames) -> None:
    assert len(laws.official) >= 100


def test_stop_words_keep_negations_and_questions_of_amount() -> None:
    stop_words = load_stop_words(LEXICON / "stopwords.txt")

    assert {"的", "了", "请问"} <= stop_words
    assert not stop_words & {"不", "没", "没有", "未", "几", "几天", "多少", "谁", "哪", "工会", "不能"}
