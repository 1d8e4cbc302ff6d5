from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from retrieval.passages import Citation, content_version, from_record, to_record
from tests.retrieval.material import card

texts = st.text(max_size=20)
days = st.dates(min_value=date(1949, 10, 1))


@given(st.lists(texts, max_size=3), days, st.none() | days, st.none() | texts)
def test_a_passage_survives_being_written_down(
    questions: list[str], start: date, end: date | None, article: str | None
) -> None:
    passage = card(
        "leave-annual-days",
        *questions,
        effective_from=start,
        effective_to=end,
        citations=(Citation("职工带薪年休假条例", article, document_no="国务院令第514号"),),
        reviewed_on=end,
    )
    assert from_record(to_record(passage)) == passage


def test_the_version_follows_the_content_and_nothing_else() -> None:
    passage = card("leave-annual-days", "年假几天")
    assert content_version(replace(passage, version="other")) == passage.version
    assert content_version(replace(passage, text="改过的答案。")) != passage.version
    assert content_version(replace(passage, effective_to=date(2030, 1, 1))) != passage.version


def test_the_last_day_in_force_is_included() -> None:
    passage = card("a", effective_from=date(2025, 1, 1), effective_to=date(2025, 12, 31))
    assert passage.in_force_on(date(2025, 1, 1))
    assert passage.in_force_on(date(2025, 12, 31))
    assert not passage.in_force_on(date(2024, 12, 31))
    assert not passage.in_force_on(date(2026, 1, 1))
