"""Which of several rules for one matter comes first: national, head office's, branch's; old and new."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from retrieval.encoder import Encoder
from retrieval.index import Index, build_index
from retrieval.passages import Passage
from retrieval.precedence import Precedence, Ruling, Standing, successor
from retrieval.search import Decision, Question
from tests.retrieval.material import ARTIFACTS, TODAY, card

BANK = "示例银行"
ANHUI = (f"{BANK}/安徽省分行/合肥分行", f"{BANK}/安徽省分行", BANK)
GUANGDONG = (f"{BANK}/广东省分行", BANK)
NATIONAL = card("sick-pay", "病假工资怎么发", "病假工资最低多少", topic="leave")
OTHER = card("overtime", "加班费怎么算", topic="wages")

Opener = Callable[..., Index]


@pytest.fixture
def opened(tmp_path: Path, encoder: Encoder) -> Opener:
    def build(*passages: Passage) -> Index:
        build_index(passages, tmp_path, encoder)
        return Index.open(tmp_path, encoder=encoder, artifacts=ARTIFACTS)

    return build


def head_office(precedence: str, **fields: object) -> Passage:
    fields = {"base": "sick-pay", **fields}
    return card("sick-pay-bank", "行里病假发多少钱", scope=BANK, precedence=precedence, **fields)


def branch(precedence: str, **fields: object) -> Passage:
    fields = {"base": "sick-pay-bank", "scope": ANHUI[1], **fields}
    return card("sick-pay-anhui", "安徽分行病假待遇", precedence=precedence, **fields)


def first(index: Index, text: str, organisations: tuple[str, ...] = (), as_of: date | None = TODAY) -> str:
    return index.search(Question(text, as_of, organisations)).hits[0].passage.id


@pytest.mark.parametrize("precedence", ["replace", "floor", "ceiling"])
def test_who_asks_in_the_words_of_the_base_is_told_the_rule_of_the_own_branch(
    opened: Opener, precedence: str
) -> None:
    index = opened(NATIONAL, OTHER, branch(precedence, base="sick-pay"))
    for question in ("病假工资怎么发", "病假工资最低是多少钱", "安徽分行病假待遇"):
        assert first(index, question, ANHUI) == "sick-pay-anhui"
    assert first(index, "病假工资怎么发", GUANGDONG) == "sick-pay"
    assert first(index, "病假工资怎么发") == "sick-pay"


def test_what_adds_to_a_rule_leaves_the_first_place_to_what_was_asked_for(opened: Opener) -> None:
    index = opened(NATIONAL, OTHER, branch("add", base="sick-pay"))
    assert first(index, "病假工资怎么发", ANHUI) == "sick-pay"
    assert first(index, "安徽分行病假待遇", ANHUI) == "sick-pay-anhui"


def test_the_branchs_rule_is_as_sure_as_the_general_one_was_in_its_words(opened: Opener) -> None:
    index = opened(NATIONAL, OTHER, branch("floor", base="sick-pay"))
    plain = index.search(Question("我的病假工资最低多少", TODAY))
    own = index.search(Question("我的病假工资最低多少", TODAY, ANHUI))
    assert own.decision is plain.decision is Decision.CLARIFY
    assert own.hits[0].passage.id == "sick-pay-anhui"
    assert own.confidence == pytest.approx(plain.confidence, abs=0.01)


@pytest.mark.parametrize(
    ("of_bank", "of_branch", "expected"),
    [
        ("replace", "replace", "sick-pay-anhui"),
        ("floor", "ceiling", "sick-pay-anhui"),
        ("floor", "add", "sick-pay-bank"),
        ("add", "replace", "sick-pay"),
    ],
)
def test_a_chain_is_followed_link_by_link(
    opened: Opener, of_bank: str, of_branch: str, expected: str
) -> None:
    index = opened(branch(of_branch), OTHER, head_office(of_bank), NATIONAL)
    assert first(index, "病假工资怎么发", ANHUI) == expected
    assert first(index, "安徽分行病假待遇", ANHUI) == "sick-pay-anhui"


def test_a_chain_ends_for_others_where_the_branch_begins(opened: Opener) -> None:
    index = opened(branch("replace"), OTHER, head_office("replace"), NATIONAL)
    assert first(index, "病假工资怎么发", GUANGDONG) == "sick-pay-bank"
    assert first(index, "安徽分行病假待遇", GUANGDONG) != "sick-pay-anhui"
    assert first(index, "病假工资怎么发") == "sick-pay"


def test_a_card_stands_below_its_chain_and_above_what_rests_on_it(opened: Opener) -> None:
    national, bank, anhui = NATIONAL, head_office("floor"), branch("ceiling")
    index = opened(national, bank, anhui, OTHER)
    to_bank = Ruling(bank, national, Precedence.FLOOR)
    to_branch = Ruling(anhui, bank, Precedence.CEILING)
    for passage, standing in (
        (anhui, Standing((to_branch, to_bank), ())),
        (bank, Standing((to_bank,), (to_branch,))),
        (national, Standing((), (to_bank,))),
        (OTHER, Standing((), ())),
    ):
        assert index.standing(passage, as_of=TODAY, organisations=ANHUI) == standing
    assert index.standing(bank, as_of=TODAY, organisations=GUANGDONG) == Standing((to_bank,), ())


def test_what_is_added_is_named_by_the_rule_that_replaced_it(opened: Opener) -> None:
    index = opened(NATIONAL, OTHER, head_office("add"), branch("replace"))
    (ruling,) = index.standing(NATIONAL, as_of=TODAY, organisations=ANHUI).below
    assert (ruling.own.id, ruling.precedence) == ("sick-pay-anhui", Precedence.ADD)


def test_a_base_is_meant_in_the_version_in_force(opened: Opener) -> None:
    old = card("sick-pay", "病假工资怎么发", effective_to=date(2025, 12, 31))
    new = card(
        "sick-pay-2026",
        "病假工资怎么发",
        effective_from=date(2026, 1, 1),
        supersedes="sick-pay",
        topic="leave",
    )
    own = branch("replace", base="sick-pay")
    index = opened(old, new, own, OTHER)
    for day, base in ((date(2025, 6, 1), old), (TODAY, new)):
        assert first(index, "病假工资怎么发", ANHUI, day) == "sick-pay-anhui"
        (ruling,) = index.standing(own, as_of=day, organisations=ANHUI).above
        assert ruling.base == base


def test_a_branchs_rule_that_has_ended_takes_no_place(opened: Opener) -> None:
    index = opened(NATIONAL, branch("replace", base="sick-pay", effective_to=date(2026, 1, 31)), OTHER)
    assert first(index, "病假工资怎么发", ANHUI) == "sick-pay"
    assert first(index, "病假工资怎么发", ANHUI, date(2026, 1, 31)) == "sick-pay-anhui"


def test_bases_that_go_round_in_a_circle_do_not_hang_the_search(opened: Opener) -> None:
    one = card("one", "病假工资怎么发", base="two", precedence="replace")
    two = card("two", "病假工资多少", base="one", precedence="replace")
    index = opened(one, two)
    assert first(index, "病假工资怎么发") in ("one", "two")
    assert len(index.standing(one, as_of=TODAY).above) == 1


def test_versions_of_a_rule_come_oldest_first(opened: Opener) -> None:
    first_one = card("a", "问甲", effective_to=date(2010, 1, 1))
    second = card("b", "问乙", effective_from=date(2010, 1, 2), effective_to=date(2020, 1, 1), supersedes="a")
    third = card("c", "问丙", effective_from=date(2020, 1, 2), supersedes="b")
    index = opened(third, OTHER, first_one, second)
    versions = index.versions(second)
    assert versions == [first_one, second, third]
    assert index.versions(OTHER) == [OTHER]
    assert successor(first_one, versions, day=TODAY) == third
    assert successor(first_one, versions, day=date(2015, 1, 1)) == second
    assert successor(third, versions, day=TODAY) is None


def test_without_a_day_what_has_ended_is_found_too_but_not_of_other_branches(opened: Opener) -> None:
    ended = card("ended", "取暖补贴怎么领", effective_to=date(2020, 1, 1))
    hidden = card("hidden", "取暖补贴怎么发", scope=GUANGDONG[0])
    index = opened(ended, hidden, OTHER)
    assert first(index, "取暖补贴怎么领", ANHUI, None) == "ended"
    found = index.search(Question("取暖补贴怎么领", None, ANHUI)).hits
    assert "hidden" not in {hit.passage.id for hit in found}
    assert first(index, "取暖补贴怎么领", ANHUI) == "overtime"
