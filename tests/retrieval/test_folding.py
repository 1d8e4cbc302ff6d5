from collections.abc import Callable
from datetime import date

from retrieval.dense import TEXT, Near
from retrieval.folding import fold
from retrieval.passages import Passage
from retrieval.ranking import Candidate, Tier
from tests.retrieval.material import article, card

LONG = "用人单位应当按照劳动合同约定和国家规定，向劳动者及时足额支付劳动报酬，不得拖欠或者克扣。"


def folded(*passages: Passage) -> list[tuple[int, ...]]:
    """The rules of passages ranked in this order, each by its numbers, the one that is shown first."""
    return [(one.number, *one.folded) for one in fold(ranked(len(passages)), passages, numbers(passages))]


def ranked(count: int) -> list[Candidate]:
    return [Candidate(number, 1.0, Near(number, 0.5, TEXT), 1.0 / (number + 1)) for number in range(count)]


def numbers(passages: tuple[Passage, ...]) -> Callable[[str], list[int]]:
    return lambda source_id: [at for at, passage in enumerate(passages) if passage.id == source_id]


def test_a_card_is_folded_with_its_base_and_its_bases_base() -> None:
    national = card("sick-pay", "病假工资怎么发")
    head = card("sick-pay-bank", "行里病假工资", base="sick-pay")
    branch = card("sick-pay-anhui", "安徽病假工资", base="sick-pay-bank")
    other = card("annual", "年假几天")
    assert folded(branch, other, national, head) == [(0, 2, 3), (1,)]
    assert folded(national, other, head, branch) == [(0, 2, 3), (1,)]


def test_two_branches_of_one_base_are_one_rule_even_where_the_base_is_not_found() -> None:
    one = card("a", "问", base="general")
    other = card("b", "问", base="general")
    assert folded(one, other) == [(0, 1)]


def test_a_card_is_folded_with_the_one_it_follows() -> None:
    old = card("holidays-old", "法定节假日")
    new = card("holidays-new", "法定节假日", supersedes="holidays-old")
    assert folded(new, old) == [(0, 1)]


def test_a_card_that_adds_to_its_base_is_a_rule_of_its_own() -> None:
    general = card("annual", "年假几天")
    plan = card("annual-plan", "年假计划怎么报", base="annual", precedence="add")
    later = card(
        "annual-plan-2027", "年假计划怎么报", base="annual", precedence="add", supersedes="annual-plan"
    )
    assert folded(general, plan) == [(0,), (1,)]
    assert folded(later, general, plan) == [(0, 2), (1,)]


def test_cards_that_only_share_a_topic_stay_apart() -> None:
    assert folded(card("a", "年假几天", topic="leave"), card("b", "年假几天", topic="leave")) == [(0,), (1,)]


def test_a_card_and_the_article_it_is_about_stay_apart() -> None:
    about = card("wages", "工资", text=LONG)
    assert folded(about, article("劳动合同法", "第三十条", LONG)) == [(0,), (1,)]


def test_one_text_under_two_names_is_one_hit_and_spaces_make_no_difference() -> None:
    one = article("劳动合同法", "第三十条", LONG)
    other = article("劳动合同法（2012修正）", "第三十条", LONG.replace("，", "，\n"))
    assert folded(one, other) == [(0, 1)]


def test_what_every_law_says_is_not_one_rule() -> None:
    text = "本法自公布之日起施行。"
    assert folded(article("工会法", "第五十八条", text), article("公司法", "第五十八条", text)) == [
        (0,),
        (1,),
    ]


def test_one_text_under_two_labels_is_not_one_rule() -> None:
    assert folded(article("甲法", "第三条", LONG), article("甲法", "第四条", LONG)) == [(0,), (1,)]


def test_of_two_versions_in_force_the_newest_is_shown_in_the_place_of_the_best() -> None:
    old = article("工会法", "第二条", "旧的。")
    new = article("工会法", "第二条", "新的。", effective_from=date(2022, 1, 1))
    other = article("工会法", "第三条", "别的。")
    found = fold(ranked(3), (old, other, new), numbers((old, other, new)))
    assert [(one.number, one.folded, one.score) for one in found] == [(2, (0,), 1.0), (1, (), 0.5)]


def test_what_is_shown_keeps_its_rules_tier() -> None:
    first, second = ranked(2)
    old = article("工会法", "第二条", "旧的。")
    new = article("工会法", "第二条", "新的。", effective_from=date(2022, 1, 1))
    named = Candidate(first.number, 0.0, first.near, 0.1, Tier.NAMED)
    (found,) = fold([named, second], (old, new), numbers((old, new)))
    assert (found.number, found.tier) == (1, Tier.NAMED)


def test_cards_that_name_each_other_do_not_hang_the_search() -> None:
    assert folded(card("a", "问", base="b"), card("b", "问", base="a")) == [(0,), (1,)]
