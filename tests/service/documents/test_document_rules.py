"""When versions hold, when texts are the same, and what one changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.model import Amendment, Article
from retrieval.passages import Citation, Passage
from service.knowledge.documents.citing import Effect, affected_by, affected_by_end
from service.knowledge.documents.differences import (
    Change,
    Mark,
    differences,
    word_difference,
)
from service.knowledge.documents.rules import (
    Basis,
    Relation,
    Start,
    ends_of,
    in_order,
    relation,
    start_of,
    starts_of,
)
from tests.retrieval.material import card
from tests.service.documents.instruments import LAW, NEW, OLD, TEXTS, articles, law

DAY = timedelta(days=1)
DAYS = st.dates(date(1950, 1, 1), date(2050, 1, 1))


def test_a_text_holds_from_the_day_it_states() -> None:
    assert start_of(law(promulgated_on=date(2009, 11, 1))) == Start(OLD, Basis.STATED)


def test_an_amended_text_that_states_only_when_its_first_version_began_holds_from_its_amendment() -> None:
    history = (Amendment(NEW, "修正"),)
    amended = law(effective_from=None, promulgated_on=NEW, in_force_since=OLD, history=history)
    assert start_of(amended) == Start(NEW, Basis.AMENDED)


def test_a_text_that_states_nothing_holds_from_its_promulgation() -> None:
    assert start_of(law(effective_from=None, promulgated_on=NEW)) == Start(NEW, Basis.PROMULGATED)
    assert start_of(law(effective_from=None)) is None


def test_who_imports_a_text_knows_better() -> None:
    assert start_of(law(), given=NEW) == Start(NEW, Basis.GIVEN)


def test_an_instrument_without_a_day_takes_that_of_the_other_in_its_file() -> None:
    notice = law(effective_from=None, name="关于印发的通知")
    assert starts_of([notice, law()]) == [Start(OLD, Basis.TOGETHER), Start(OLD, Basis.STATED)]
    assert starts_of([notice]) == [None]


def test_a_version_holds_until_the_day_before_the_next_or_before_it_is_repealed() -> None:
    assert ends_of([OLD, NEW]) == [NEW - DAY, None]
    assert ends_of([OLD], {NEW}) == [NEW - DAY]
    assert ends_of([NEW], {NEW, OLD}) == [None]  # enacted anew on that day


@given(st.sets(DAYS, max_size=8), st.sets(DAYS, max_size=3))
def test_on_no_day_two_versions_hold_and_none_ends_before_it_begins(
    starts: set[date], repealed: set[date]
) -> None:
    rising = sorted(starts)
    ends = ends_of(rising, repealed)
    for start, end in zip(rising, ends, strict=True):
        assert end is None or end >= start
    for end, following in zip(ends, rising[1:], strict=False):
        assert end is not None
        assert end < following


def test_spaces_and_lines_make_no_other_text() -> None:
    spaced = {label: text.replace("，", "， ").replace("\n", "\n\n") for label, text in TEXTS.items()}
    assert relation(law(spaced), articles()) is Relation.SAME
    assert relation(law({**TEXTS, "第一条": "为了灯塔。"}), articles()) is Relation.DIFFERENT
    assert relation(law(dict(list(TEXTS.items())[:2])), articles()) is Relation.DIFFERENT


def test_only_what_says_so_is_a_part() -> None:
    rest = {"第五条": "本条例自公布之日起施行。"}
    assert relation(law(rest, part="附则编"), articles()) is Relation.PART
    assert relation(law(rest), articles()) is Relation.DIFFERENT
    assert relation(law(dict(list(TEXTS.items())[:2]), part="总则编"), articles()) is Relation.SAME


def test_the_parts_of_a_law_are_put_in_order_annexes_last() -> None:
    labels = ["第十一条", "附件1", "第二条", "第二条之一", "第一条"]
    listed = [Article(label, "字", annex=label.startswith("附")) for label in labels]
    assert [one.label for one in in_order(listed)] == ["第一条", "第二条", "第二条之一", "第十一条", "附件1"]
    sections = [Article("三、报销", "字"), Article("一、总则", "字")]
    assert in_order(sections) == sections


def test_every_change_of_an_article_is_told() -> None:
    after = articles(
        {
            "第一条": TEXTS["第一条"],
            "第二条": TEXTS["第二条"].replace("15日", "20日"),
            "第三条": "灯塔由所在地的海事机构设置，任何人不得擅自移动。",
            "第四条": TEXTS["第三条"],
            "第五条": TEXTS["第四条"].replace("第三条", "第四条").replace("五百元", "一千元"),
        }
    )
    found = differences(articles(), after)
    assert [(one.change, one.after.label if one.after else None) for one in found] == [
        (Change.CHANGED, "第二条"),
        (Change.ADDED, "第三条"),
        (Change.MOVED, "第四条"),
        (Change.MOVED_AND_CHANGED, "第五条"),
    ]
    assert [piece.text for piece in found[0].words if piece.mark is not Mark.SAME] == ["15", "20"]
    removed = differences(after, articles())
    assert [one.change for one in removed].count(Change.REMOVED) == 1


TEXT = st.text("甲乙丙丁第一二条，。", max_size=30)
LABELLED = st.dictionaries(st.sampled_from([f"第{n}条" for n in "一二三四五六七八九十"]), TEXT, max_size=8)


@given(LABELLED, LABELLED)
def test_every_article_before_and_after_is_accounted_for_once(
    before: dict[str, str], after: dict[str, str]
) -> None:
    found = differences(articles(before), articles(after))
    gone = [one.before.label for one in found if one.before is not None]
    come = [one.after.label for one in found if one.after is not None]
    assert len(gone) == len(set(gone))
    assert len(come) == len(set(come))
    untouched = {label for label in before if label not in gone}
    assert untouched == {label for label in after if label not in come}


@given(TEXT, TEXT)
def test_the_difference_of_words_holds_both_texts(before: str, after: str) -> None:
    pieces = word_difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.IN) == before
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.OUT) == after


def test_a_law_written_anew_is_compared_in_time() -> None:
    before = articles({f"第{n}条": f"{n}" * 40 for n in range(1300)})
    after = articles({f"第{n}条": f"{n}{n + 1}" * 40 for n in range(1300)})
    assert differences(before, after)


def cards_on(*places: tuple[str, str | None], **fields: object) -> list[Passage]:
    citations = tuple(Citation(name, article) for name, article in places)
    return [card("keeper", "看守人有什么待遇", citations=citations, **fields)]


def test_cards_that_cite_what_is_not_as_it_was_are_named_with_what_happened() -> None:
    after = {
        "第一条": TEXTS["第一条"],
        "第三条": TEXTS["第二条"],
        "第四条": TEXTS["第四条"] + "拒不改正的除外。",
    }
    found = differences(articles(), articles(after))
    named = affected_by(
        cards_on((LAW, "第一条"), (LAW, "第二条"), (LAW, "第三条"), (LAW, "第四条"), ("劳动法", "第四条")),
        LAW,
        found,
        scope="national",
        day=NEW,
    )
    assert [(one.citation.article, one.effect, one.moved_to) for one in named] == [
        ("第二条", Effect.MOVED, "第三条"),
        ("第三条", Effect.REMOVED, None),
        ("第四条", Effect.CHANGED, None),
    ]


@pytest.mark.parametrize(
    ("fields", "scope", "count"),
    [
        ({}, "national", 1),
        ({"effective_to": NEW - DAY}, "national", 0),
        ({"scope": "示例银行/安徽省分行"}, "示例银行", 1),
        ({"scope": "示例银行/广东省分行"}, "示例银行/安徽省分行", 0),
        ({}, "示例银行", 0),
    ],
    ids=["in-force", "ended-before", "of-a-branch", "of-another-branch", "a-bank-rule-for-a-national-card"],
)
def test_only_cards_that_can_mean_the_document_are_named(
    fields: dict[str, object], scope: str, count: int
) -> None:
    named = affected_by_end(cards_on((LAW, None), **fields), LAW, scope=scope, day=NEW)
    assert len(named) == count
