"""Calculators in the chat: what begins one, what a message does to it, and what is said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from service.conversations.replies import Reply
from service.entitlements.calculation import SLOT, Calculation, Remark
from service.entitlements.calculations import Calculations
from service.entitlements.calculators import CALCULATORS
from service.entitlements.hearing import Act
from service.entitlements.parameters import load_parameters
from service.entitlements.reading import Reading
from service.entitlements.saying import CALCULATED
from service.entitlements.settling import Outcome
from service.entitlements.talking import CalculationTalk
from service.knowledge.asked import Asked
from service.knowledge.live_index import LiveIndex
from service.texts import load_texts
from service.tickets.kinds import FILE, load_kinds
from service.tickets.said import Said
from service.tickets.wording import Wording
from tests.service.entitlements.test_calculations import NoText
from tests.stack import HOME

TODAY = date(2026, 11, 26)
KNOWLEDGE_BASE = HOME / "knowledge_base"
TEXTS = load_texts(HOME / "texts" / "zh-CN")
PARAMETERS = load_parameters(KNOWLEDGE_BASE)


class NoStatutes:
    """A live index in which no statute has been imported."""

    def current(self) -> NoText:
        return NoText()


TALK = CalculationTalk(
    Calculations(TEXTS, PARAMETERS),
    Reading(TEXTS, parameters=PARAMETERS),
    Wording(TEXTS, load_kinds(KNOWLEDGE_BASE / FILE)),
    cast(LiveIndex, NoStatutes()),
    TEXTS,
)
ANHUI = "示例银行/安徽省分行/合肥分行"


def asked(text: str, calculator: str = "annual_leave", organisation: str | None = None) -> Asked:
    intent = f"calc_{calculator}"
    return Asked(text=text, as_of=TODAY, intent=intent, intent_confidence=0.9, organisation=organisation)


def begun(text: str, calculator: str = "annual_leave", before: Calculation | None = None) -> Outcome | None:
    return TALK.begin(asked(text, calculator), chosen=None, before=before)


def begin(text: str, calculator: str = "annual_leave") -> Calculation:
    outcome = begun(text, calculator)
    assert outcome
    return outcome.calculation


def hear(
    calculation: Calculation,
    text: str,
    *,
    intent: str = "inform",
    found: str | None = "refuse",
    **entities: str,
) -> tuple[Act, Calculation]:
    said = Said(text, text, intent, 0.9, "turn", entities)
    heard = Asked(text=text, as_of=TODAY, intent=intent)
    return TALK.hearing.hear(calculation, said, heard, found=lambda: found)


def told(outcome: Outcome | None) -> str:
    assert outcome
    return TALK.saying.told(outcome, asked("")).text


def test_what_is_told_in_one_sentence_is_worked_out_at_once() -> None:
    reply = TALK.saying.told(cast(Outcome, begun("我工作12年了，年假几天")), asked("我工作12年了，年假几天"))
    assert reply.text.startswith("你一年有10天年休假")
    assert [cited.title for cited in reply.citations] == ["职工带薪年休假条例第三条"]
    assert (reply.decision, reply.confidence, reply.slots[CALCULATED]) == ("answer", 0.9, True)


@pytest.mark.parametrize("text", ["一年的带薪年休假是几天呀", "一年能休几天年假", "年假几天"])
def test_what_there_is_in_each_year_is_no_year_worked(text: str) -> None:
    assert begun(text) is None


@pytest.mark.parametrize("text", ["经济补偿怎么算", "被辞退了能拿到多少补偿", "月薪8000能赔多少"])
def test_whoever_asks_how_it_is_done_is_answered_and_offered_it(text: str) -> None:
    assert begun(text, "severance") is None
    answer = TALK.offer(Reply("按工龄算。", decision="answer"), asked(text, "severance"))
    assert answer.choices[0].title.startswith("帮我算")
    offered = Calculation.read(str(answer.slots[SLOT]))
    assert not offered.begun
    pressed = TALK.begin(asked(answer.choices[0].payload), chosen="severance", before=offered)
    assert pressed
    assert pressed.calculation.values == offered.values
    assert pressed.calculation.asked == "reason"


@pytest.mark.parametrize("text", ["帮我算一下经济补偿", "我被裁员了，月薪8000，能赔多少"])
def test_who_wants_it_done_or_tells_enough_is_asked_for_the_rest(text: str) -> None:
    calculation = begin(text, "severance")
    assert calculation.asked
    question = TALK.saying.question(calculation, asked(text, "severance"))
    assert question.decision == "flow"
    assert question.choices[-1].payload == "/cancel"


def test_values_are_asked_for_one_by_one_until_nothing_is_missing() -> None:
    calculation = begin("帮我算经济补偿", "severance")
    answers = {
        "reason": "裁员",
        "started_on": "2018年3月1日",
        "ended_on": "2026年11月20日",
        "average_wage": "8000",
    }
    act = Act.TAKEN
    while act is Act.TAKEN:
        act, calculation = hear(calculation, answers[str(calculation.asked)])
        assert calculation.remark is None
    assert act is Act.DONE
    assert "72000元" in TALK.saying.finished(calculation, asked("", "severance")).text  # 8年8个多月按9个月


def test_an_option_answers_what_is_asked_and_nothing_else() -> None:
    calculation = begin("帮我算试用期", "probation")
    assert calculation.asked == "term"
    act, answered = hear(
        calculation, "/fill_calculation", intent="fill_calculation", field="term", answer="open"
    )
    assert act is Act.DONE
    assert "6个月" in TALK.saying.finished(answered, asked("", "probation")).text
    act, stale = hear(calculation, "/fill_calculation", intent="fill_calculation", field="wage", answer="yes")
    assert (act, stale.remark, dict(stale.values)) == (Act.TAKEN, Remark.STALE, {})


def test_what_cannot_be_is_refused_with_its_reason_and_asked_for_anew() -> None:
    calculation = begin("帮我算年假，我工作了12年", "annual_leave").told({"worked_years": "99"})
    outcome = TALK.pressed(calculation, "nothing", "at all", asked(""))
    assert outcome.calculation.asked == "worked_years"
    assert "worked_years" not in outcome.calculation.values
    assert "累计工龄" in TALK.saying.question(outcome.calculation, asked("")).text


@pytest.mark.parametrize(
    ("text", "remark"),
    [("十多年", Remark.VAGUE), ("不知道", Remark.UNKNOWN), ("今天好热", Remark.MISSED)],
)
def test_what_brings_nothing_is_said_to_and_after_three_times_a_person_is_offered(
    text: str, remark: Remark
) -> None:
    calculation = begin("帮我算年假")
    for _ in range(2):
        act, calculation = hear(calculation, text)
        assert (act, calculation.remark) == (Act.TAKEN, remark)
    act, calculation = hear(calculation, text)
    assert act is Act.GIVE_UP
    assert [choice.payload for choice in TALK.saying.dropped(calculation, act).choices] == ["/ask_human"]


@pytest.mark.parametrize("text", ["不算了", "算了不算了", "先不算吧"])
def test_it_is_stopped_in_any_wording(text: str) -> None:
    act, calculation = hear(begin("帮我算年假"), text)
    assert act is Act.DROP
    assert TALK.saying.dropped(calculation, act).slots == {SLOT: None, CALCULATED: False}


def test_a_question_between_is_answered_and_it_goes_on() -> None:
    act, calculation = hear(begin("帮我算年假"), "病假有工资吗", intent="ask_leave", found="answer")
    assert (act, calculation.remark) == (Act.QUESTION, Remark.BACK)
    assert TALK.saying.question(calculation, asked("")).text.startswith("接着刚才的")


@pytest.mark.parametrize("intent", ["urgent_help", "ask_human", "check_ticket"])
def test_another_matter_leads_out_of_it(intent: str) -> None:
    act, _ = hear(begin("帮我算年假"), "我要找人", intent=intent)
    assert act is Act.ASIDE


def test_a_value_that_sounds_like_a_cry_for_help_is_a_value_unless_a_danger_is_named() -> None:
    calculation = begin("我要辞职，2026年12月10号交，帮我算最后一天", "notice_period")
    act, _ = hear(calculation, "已经转正了", intent="urgent_help")
    assert act is Act.DONE
    for text in ("转正了也撑不下去了怎么办", "撑不住了"):
        act, _ = hear(calculation, text, intent="urgent_help")
        assert act is Act.ASIDE
    act, _ = hear(calculation, "已经转正了", intent="urgent_help", kind="violence")
    assert act is Act.ASIDE


def test_another_calculation_leads_out_of_it_where_it_can_begin() -> None:
    calculation = begin("帮我算年假")
    act, _ = hear(calculation, "帮我算一下经济补偿", intent="calc_severance")
    assert act is Act.ASIDE
    act, _ = hear(calculation, "经济补偿是什么意思", intent="calc_severance", found="answer")
    assert act is Act.QUESTION


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("不对，是8年", "5天"),
        ("如果是20年呢", "15天"),
        ("20年以上呢", "15天"),
        ("干了二十多年的老师傅呢", "15天"),
        ("那3年呢", "5天"),
    ],
)
def test_a_value_changed_behind_the_result_is_worked_out_again(text: str, days: str) -> None:
    before = begin("我工作12年了，年假几天")
    again = TALK.again(Asked(text=text, as_of=TODAY, intent="inform"), before)
    assert told(again).startswith(f"你一年有{days}")


@pytest.mark.parametrize("text", ["产假多少天", "谢谢", "食堂几点开门", "我同事工作8年了", "/deny"])
def test_what_changes_nothing_is_no_change(text: str) -> None:
    before = begin("我工作12年了，年假几天")
    assert TALK.again(Asked(text=text, as_of=TODAY, intent="inform"), before) is None


def behind(text: str, calculator: str, intent: str = "inform") -> Asked:
    """A message right behind a result."""
    title = TEXTS(f"entitlements.{calculator}.title")
    return Asked(text=text, as_of=TODAY, intent=intent, last_question=title)


@pytest.mark.parametrize(
    ("first", "calculator", "further", "says"),
    [
        (
            "我在湖南，在本行干了12年，医疗期多久",
            "sick_leave",
            "已经休了4个月",
            "医疗期12个月，已经休的除外，还剩8个月",
        ),
        ("我男的，1969年9月生，哪年退休", "retirement_date", "养老保险交了30年", "2030年12月到法定退休年龄"),
        ("帮我算会费，基本工资8000", "dues", "按0.4%", "每月会费32元"),
        ("工伤九级，工资6000", "work_injury", "工资是6500", "9级：一次性伤残补助金58500元"),
        ("工伤九级，工资6000，离职，河南，社平7000", "work_injury", "不走了", "9级：一次性伤残补助金54000元"),
        ("我男的，1969年9月生，哪年退休", "retirement_date", "交了30年，想提前退", "最早可以2029年9月退"),
    ],
)
def test_what_is_told_right_behind_a_result_is_added_to_it(
    first: str, calculator: str, further: str, says: str
) -> None:
    before = begin(first, calculator)
    assert told(TALK.again(behind(further, calculator), before)).startswith(says)
    elsewhere = replace(behind(further, calculator), intent="calc_overtime_pay")
    assert told(TALK.begin(elsewhere, chosen=None, before=before)).startswith(says)
    assert told(TALK.begin(replace(elsewhere, intent=f"calc_{calculator}"), chosen=None, before=before))


@pytest.mark.parametrize(
    "text", ["休了4个月，病假工资怎么发？", "我同事休了4个月", "帮我算算病假休了4个月的", "今天好热", "/deny"]
)
def test_a_question_or_another_matter_behind_a_result_adds_nothing(text: str) -> None:
    before = begin("我在湖南，在本行干了12年，医疗期多久", "sick_leave")
    assert TALK.again(behind(text, "sick_leave"), before) is None


def test_what_is_understood_as_another_matter_adds_two_values_and_not_one() -> None:
    before = begin("我同事因工去世了，帮我算工亡补助金", "work_injury")
    both = behind("配偶靠他养，还有一个孩子要养", "work_injury", "ask_family")
    assert TALK.again(replace(both, text="还有一个孩子要养"), before) is None
    more = TALK.again(both, before)
    assert more
    assert (more.calculation.asked, more.calculation.values["relatives"]) == ("wage", 1)


def test_nothing_is_added_once_something_else_was_answered() -> None:
    before = begin("我在湖南，在本行干了12年，医疗期多久", "sick_leave")
    later = replace(behind("已经休了4个月", "sick_leave"), last_source="leave-sick-pay")
    assert TALK.again(later, before) is None
    assert TALK.again(replace(later, last_source=None, last_question="食堂几点开门"), before) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [("够不上级", "choose_other_level"), ("还没鉴定呢", "urge_ticket"), ("不知道几级", "choose_other_level")],
)
def test_a_short_answer_is_no_request(text: str, intent: str) -> None:
    act, calculation = hear(begin("帮我算工伤", "work_injury"), text, intent=intent)
    assert act is Act.DONE
    assert calculation.values


def test_a_worker_is_no_request_for_a_person() -> None:
    asks = begin("帮我算退休，女，90年6月", "retirement_date")
    assert asks.asked == "post"
    assert hear(asks, "工人", intent="ask_human")[0] is Act.DONE
    assert hear(asks, "找人工", intent="ask_human")[0] is Act.ASIDE
    assert hear(begin("帮我算会费", "dues"), "转12351", intent="ask_human")[0] is Act.ASIDE


def test_that_one_does_not_know_is_no_request() -> None:
    act, calculation = hear(begin("帮我算会费", "dues"), "查不到", intent="check_ticket")
    assert (act, calculation.remark) == (Act.TAKEN, Remark.UNKNOWN)


def test_why_a_value_cannot_be_asks_for_it_once() -> None:
    act, calculation = hear(begin("帮我算工伤", "work_injury"), "12级")
    assert act is Act.TAKEN
    question = TALK.saying.question(calculation, asked("", "work_injury"))
    assert question.text == TEXTS("entitlements.work_injury.impossible.grade")
    assert [choice.payload for choice in question.choices][-1] == "/cancel"


def test_a_result_called_wrong_without_a_value_asks_which() -> None:
    said = TALK.saying.unchanged(begin("我工作12年了，年假几天"), asked("不对"))
    assert "累计工龄" in said.text


def test_the_province_is_that_of_the_askers_unit_and_said_so() -> None:
    there = asked("生孩子产假一共多少天，顺产一个", "maternity_leave", ANHUI)
    outcome = TALK.begin(there, chosen="maternity_leave", before=TALK.heard(there))
    assert outcome
    while outcome.calculation.asked is not None:
        answers: dict[str, Any] = {"case": "childbirth", "kind": "childbirth"}
        asks = outcome.calculation.asked
        assert asks != "province"
        outcome = TALK.pressed(outcome.calculation, asks, answers.get(asks, "no"), there)
    assert "安徽" in TALK.saying.result(outcome, there).text
    elsewhere = TALK.again(Asked(text="我在广东", as_of=TODAY, organisation=ANHUI), outcome.calculation)
    assert elsewhere
    assert elsewhere.calculation.values["province"] == "广东"


def test_a_calculation_is_kept_as_it_was_told() -> None:
    calculation = begin("我被裁员了，2018年3月1日入职，月薪8000.5", "severance")
    kept = Calculation.read(calculation.kept())
    assert list(kept.values) == list(calculation.values)
    assert told(TALK.begin(asked(""), chosen="severance", before=kept)) == told(
        TALK.begin(asked(""), chosen="severance", before=calculation)
    )


@pytest.mark.parametrize(
    ("text", "intent", "headline"),
    [
        ("转正后6000", "inform", "试用期最长6个月，每月工资最低4800元"),
        ("同岗位最低档4000，转正工资6000", "nlu_fallback", "试用期最长6个月，每月工资最低3200元"),
        ("约定了半年", "ask_contract", "试用期最长6个月。"),
        ("试用期给4500，转正6000", "ask_wages", "试用期每月少给了300元"),
    ],
)
def test_what_is_told_right_behind_a_result_is_reckoned_with(text: str, intent: str, headline: str) -> None:
    before = begin("帮我算试用期，三年合同", "probation")
    title = str(TEXTS("entitlements.probation.title"))
    behind = Asked(text=text, as_of=TODAY, intent=intent, last_question=title)
    assert told(TALK.again(behind, before)).startswith(headline)
    assert TALK.again(replace(behind, last_question="病假工资"), before) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("转正后6000合法吗", "inform"),
        ("帮我算试用期，两年合同", "calc_probation"),
        ("我妈住院花了6000工资", "ask_mutual_aid"),
    ],
)
def test_a_question_another_matter_or_a_new_calculation_tells_no_more_of_the_last(
    text: str, intent: str
) -> None:
    before = begin("帮我算试用期，三年合同", "probation")
    title = str(TEXTS("entitlements.probation.title"))
    assert TALK.again(Asked(text=text, as_of=TODAY, intent=intent, last_question=title), before) is None


def test_too_little_for_a_calculation_of_its_own_goes_on_with_the_last() -> None:
    before = begin("我工作12年了，年假几天")
    assert told(begun("休了3天还剩几天", before=before)).startswith("你这一年有10天年休假，还剩7天没休")
    assert begun("休了3天还剩几天") is None
    assert begun("休了3天还剩几天", before=begin("帮我算经济补偿", "severance")) is None


def test_what_cannot_be_is_asked_for_once() -> None:
    outcome = begun("帮我算年假，2016年8月1日入职，工龄3年")
    assert told(outcome) == "你说工龄3年，可是进本单位已经满10年了。别的单位的也加上，一共是多少年？"


def test_what_was_refused_is_what_is_corrected() -> None:
    calculation = begin("帮我算，合同签了3个月，试用期6个月", "probation")
    assert calculation.asked == "agreed_months"
    act, heard = hear(calculation, "看错了，1个月")
    assert (act, heard.values["contract_months"], heard.values["agreed_months"]) == (Act.DONE, 3, 1)


SHORT_CRIES = [
    text
    for text in re.findall(
        r"^ *- (.+)$",
        re.search(
            r"- intent: urgent_help\n.*?(?=\n- intent: |\Z)",
            "\n".join(file.read_text(encoding="utf-8") for file in sorted((HOME / "nlu_data").glob("*.yml"))),
            re.DOTALL,
        ).group(),  # type: ignore[union-attr]
        re.MULTILINE,
    )
    if len(text) <= 8
]


def test_no_cry_for_help_is_taken_for_a_value() -> None:
    assert len(SHORT_CRIES) > 20
    for name, calculator in CALCULATORS.items():
        for field in calculator.inputs.model_fields:
            asking = Calculation(name, asked=field, begun=True)
            for text in SHORT_CRIES:
                act, _ = hear(asking, text, intent="urgent_help")
                assert act is Act.ASIDE, f"{name}.{field}: {text}"


@pytest.mark.parametrize(("field", "text"), [("in_probation", "已经转正了"), ("place", "我在吉林")])
def test_a_few_words_that_answer_are_no_cry_for_help(field: str, text: str) -> None:
    asking = Calculation("notice_period", asked=field, begun=True)
    act, calculation = hear(asking, text, intent="urgent_help")
    assert act is not Act.ASIDE
    assert field in calculation.values
