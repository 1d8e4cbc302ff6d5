import pytest

from language.ticket_numbers import find_ticket_numbers


@pytest.mark.parametrize(
    "text",
    [
        "GH261120-0042到哪了",
        "gh261120-0042",
        "工单ＧＨ２６１１２０－００４２",
        "帮我查GH2611200042",
        "GH 261120 0042 催一下",
        "我的单号是GH261120—0042。",
    ],
)
def test_a_ticket_number_is_read_however_it_is_written(text: str) -> None:
    (found,) = find_ticket_numbers(text)
    assert found.value == "GH261120-0042"
    assert text[found.start : found.end].upper().startswith(("GH", "ＧＨ"))


@pytest.mark.parametrize("text", ["261120-0042", "GH261120-00421", "XGH261120-0042", "GH26112-0042", ""])
def test_other_numbers_are_none(text: str) -> None:
    assert find_ticket_numbers(text) == []


def test_two_numbers_are_two() -> None:
    found = find_ticket_numbers("GH261120-0042和GH261121-0001哪个先办")
    assert [one.value for one in found] == ["GH261120-0042", "GH261121-0001"]
