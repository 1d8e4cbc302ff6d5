"""What is said inside a form, and what it means there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from service.texts import load_texts
from service.tickets.drafts import Asking, Draft, ForWhom
from service.tickets.hearing import Listener
from service.tickets.kinds import FILE, load_kinds
from service.tickets.said import Act, Heard, Said
from service.tickets.wording import Wording

HOME = Path(__file__).resolve().parents[2]
KINDS = load_kinds(HOME / "knowledge_base" / FILE)
WORDING = Wording(load_texts(HOME / "texts" / "zh-CN"), KINDS)
LISTENER = Listener(WORDING, KINDS)

AT_KIND = Draft(key="1")
AT_TEXT = Draft(key="1", kind="suggestion")
AT_MORE = Draft(key="1", kind="harassment", text="主管总是动手动脚")
AT_SUBJECT = Draft(key="1", kind="hardship", text="同事家里失火了，房子烧没了", for_whom=ForWhom.UNCLEAR)
AT_CONSENT = Draft(key="1", kind="hardship", text="孩子考上大学，学费凑不齐")
AT_DETAILS = replace(AT_CONSENT, consent=True)
AT_CONTACT = replace(AT_TEXT, text="食堂的菜太油腻")
AT_CONFIRM = replace(AT_CONTACT, contact=False)


def hear(
    draft: Draft,
    text: str,
    *,
    intent: str | None = "nlu_fallback",
    confidence: float = 0.9,
    unmasked: str | None = None,
    found: str | None = None,
    **entities: str,
) -> Heard:
    said = Said(text, unmasked or text, intent, confidence, "turn", entities)
    return LISTENER.hear(draft, said, found=lambda: found)


def press(draft: Draft, step: str, answer: str) -> Heard:
    return hear(draft, "/fill_ticket", intent="fill_ticket", step=step, answer=answer)


def test_what_is_missing_is_asked_in_order() -> None:
    drafts = (AT_KIND, AT_TEXT, AT_MORE, AT_SUBJECT, AT_CONSENT, AT_DETAILS, AT_CONTACT, AT_CONFIRM)
    assert [draft.asking(KINDS) for draft in drafts] == list(Asking)


def test_a_draft_is_read_as_it_was_kept() -> None:
    draft = replace(AT_CONFIRM, knew_on=date(2026, 11, 20), consent=False, aside="年假几天", misses=1)
    assert Draft.read(draft.kept()) == draft


@pytest.mark.parametrize(
    "text",
    [
        "算了", "不填了", "先不办了", "取消吧", "算了，先不办了，以后再说吧", "我不想填了", "不提交了，谢谢",
        "取消这个申请", "还是算了吧", "放弃", "先放着", "太麻烦了，不弄了", "不办了取消", "停", "不想继续了",
        "我再考虑考虑", "我再想想吧",
    ],
)  # fmt: skip
@pytest.mark.parametrize("draft", [AT_KIND, AT_TEXT, AT_CONSENT, AT_DETAILS, AT_CONTACT, AT_CONFIRM])
def test_one_can_stop_by_many_wordings_wherever_one_is(draft: Draft, text: str) -> None:
    assert hear(draft, text).act is Act.DROP


@pytest.mark.parametrize("intent", ["cancel", "cancel_activity", "withdraw_ticket", "deny"])
@pytest.mark.parametrize(
    "text",
    ["活动突然取消了", "取消我的年假", "行里取消了午休", "调休被取消，没人说一声", "他让我算了别声张"],
)
def test_a_description_may_speak_of_cancelling(text: str, intent: str) -> None:
    heard = hear(AT_TEXT, text, intent=intent)
    assert (heard.act, heard.draft.text) == (Act.TAKEN, text)


@pytest.mark.parametrize(
    "text", ["asdkjh qwe 阿斯顿飞规划局考虑", "嘛呢呗咯喵呜", "哈哈哈哈", "😀👍", "，。，。", "啊啊啊啊"]
)
def test_what_makes_no_sense_is_asked_for_again_and_counted(text: str) -> None:
    once = hear(AT_TEXT, text).draft
    assert (once.text, once.misses) == (None, 1)
    assert hear(once, text).draft.misses == 2
    assert hear(once, "空调坏了一个月").draft.misses == 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("不对，是投诉", "complaint"),
        ("错了，应该是安全隐患", "hazard"),
        ("我是要申请困难帮扶", "hardship"),
        ("改成慰问吧", "condolence"),
    ],
)
@pytest.mark.parametrize("draft", [AT_TEXT, AT_CONTACT, AT_CONFIRM])
def test_the_kind_can_be_corrected_later(draft: Draft, text: str, kind: str) -> None:
    heard = hear(draft, text, intent="deny")
    assert (heard.act, heard.draft.kind, heard.draft.text) == (Act.TAKEN, kind, draft.text)


def test_a_description_that_begins_like_a_correction_is_a_description() -> None:
    text = "不是我不努力，是领导一直投诉我"
    heard = hear(AT_TEXT, text)
    assert (heard.draft.kind, heard.draft.text) == ("suggestion", text)


def test_a_consent_does_not_carry_over_to_another_kind() -> None:
    heard = hear(replace(AT_DETAILS, details=True), "不对，是互助理赔")
    assert (heard.draft.kind, heard.draft.consent, heard.draft.details) == ("mutual_aid", None, None)


def test_a_question_that_has_an_answer_is_answered_and_none_other() -> None:
    assert hear(AT_CONTACT, "年假几天", intent="ask_leave", found="answer").act is Act.QUESTION
    assert hear(AT_TEXT, "年假几天", intent="ask_leave", found="answer").act is Act.QUESTION
    for text, intent in (("仲裁时效多长", "ask_dispute"), ("会不会让我领导知道", "nlu_fallback")):
        assert hear(AT_CONTACT, text, intent=intent, found="answer").act is Act.QUESTION
    unanswered = hear(AT_CONTACT, "光谱仪怎么校准")
    assert (unanswered.act, unanswered.draft.remark) == (Act.TAKEN, "unanswered")
    told = hear(AT_TEXT, "加班费一直没给，问了几次都说再等等，怎么办", intent="inform", found="answer")
    assert (told.act, told.draft.text is not None) == (Act.TAKEN, True)


@pytest.mark.parametrize("draft", [AT_KIND, AT_TEXT, AT_CONSENT, AT_DETAILS, AT_CONTACT, AT_CONFIRM])
def test_danger_and_the_wish_for_a_person_lead_out_of_the_form(draft: Draft) -> None:
    assert hear(draft, "我不想活了", intent="urgent_help").act is Act.ASIDE
    assert hear(draft, "找人工", intent="ask_human").act is Act.ASIDE
    assert hear(draft, "领导看得到吗", intent="ask_about_assistant").act is Act.ASIDE
    assert hear(draft, "/check_ticket", intent="check_ticket").act is Act.ASIDE


def test_consent_is_given_or_refused_in_plain_words() -> None:
    for text in ("愿意", "可以，你问吧", "同意", "好的", "嗯"):
        assert hear(AT_CONSENT, text).draft.consent is True, text
    for text in ("不愿意", "不用了", "先不说", "不想说", "不同意"):
        assert hear(AT_CONSENT, text).draft.consent is False, text
    unclear = hear(AT_CONSENT, "月收入六千")
    assert (unclear.draft.consent, unclear.draft.remark) == (None, "consent_unclear")
    assert unclear.details is None


def test_details_go_out_of_the_dialogue_as_they_were_written() -> None:
    heard = hear(AT_DETAILS, "月入六千，卡〔银行卡号已隐去〕", unmasked="月入六千，卡6222021234567890123")
    assert (heard.details, heard.draft.details) == ("月入六千，卡6222021234567890123", True)
    assert "6222" not in heard.draft.kept()
    assert hear(AT_DETAILS, "先不写").draft.details is False


@pytest.mark.parametrize(
    "unmasked", ["13911112222", "下午打 139-1111-2222", "0551-12345678", "座机内线 8123", "a@b.cn"]
)
def test_a_contact_is_taken_as_it_was_written(unmasked: str) -> None:
    text = "〔手机号已隐去〕" if unmasked.endswith("2222") else unmasked
    heard = hear(AT_CONTACT, text, unmasked=unmasked)
    assert (heard.contact, heard.draft.contact) == (unmasked, True)
    assert "2222" not in heard.draft.kept()


@pytest.mark.parametrize("text", ["就在这里通知我", "不留", "不用", "没有", "这里就行"])
def test_one_need_not_leave_a_contact(text: str) -> None:
    heard = hear(AT_CONTACT, text)
    assert (heard.act, heard.draft.contact, heard.contact) == (Act.TAKEN, False, None)


def test_a_number_in_the_description_is_the_contact() -> None:
    heard = hear(AT_TEXT, "空调坏了，电话〔手机号已隐去〕", unmasked="空调坏了，电话13911112222")
    assert (heard.contact, heard.draft.contact) == ("13911112222", True)


def test_it_is_sent_by_word_and_by_button_and_only_at_the_end() -> None:
    for text in ("提交", "确认", "好的", "没问题，提交吧"):
        assert hear(AT_CONFIRM, text).act is Act.SEND, text
    assert press(AT_CONFIRM, "confirm", "send").act is Act.SEND
    stale = press(AT_CONTACT, "confirm", "send")
    assert (stale.act, stale.draft.remark) == (Act.TAKEN, "stale")
    assert hear(AT_TEXT, "好的", intent="affirm").act is Act.TAKEN


def test_before_sending_everything_can_be_changed() -> None:
    assert press(AT_CONFIRM, "confirm", "text").draft.asking(KINDS) is Asking.TEXT
    assert press(AT_CONFIRM, "confirm", "contact").draft.asking(KINDS) is Asking.CONTACT
    assert press(AT_CONFIRM, "confirm", "kind").draft.asking(KINDS) is Asking.KIND
    assert hear(AT_CONFIRM, "改情况").draft.asking(KINDS) is Asking.TEXT
    assert hear(AT_CONFIRM, "情况改成：早餐太油腻").draft.text == "早餐太油腻"
    assert hear(AT_CONFIRM, "再加一句，周一最难吃").draft.text == "食堂的菜太油腻\n周一最难吃"
    assert hear(AT_CONFIRM, "换电话").draft.asking(KINDS) is Asking.CONTACT
    assert hear(AT_CONFIRM, "电话换成13911112222").contact == "电话换成13911112222"
    assert hear(AT_CONFIRM, "不对").draft.remark == "change"


def test_a_question_may_be_made_the_description_after_all() -> None:
    asked = hear(AT_TEXT, "年假几天", intent="ask_leave", found="answer").draft
    assert press(asked, "text", "last").draft.text == "年假几天"


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("单位证明明天给", Act.SEND),
        ("算了", Act.DROP),
        ("喵喵喵喵", Act.TAKEN),
        ("/cancel", Act.DROP),
        ("/check_ticket", Act.ASIDE),
    ],
)
def test_a_note_is_kept_dropped_or_asked_for_again(text: str, act: Act) -> None:
    intent = text[1:] if text.startswith("/") else "inform"
    said = Said(text, text, intent, 1.0, "turn")
    assert LISTENER.hear_note(said, sure=False, found=lambda: None) is act


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("确定", Act.SEND),
        ("撤回吧", Act.SEND),
        ("是的", Act.SEND),
        ("不撤了", Act.DROP),
        ("算了", Act.DROP),
        ("不用", Act.DROP),
        ("天气不错", Act.TAKEN),
    ],
)
def test_taking_back_needs_a_plain_yes(text: str, act: Act) -> None:
    said = Said(text, text, "inform", 0.9, "turn")
    assert LISTENER.hear_note(said, sure=True, found=lambda: None) is act


def test_a_question_alone_is_no_description() -> None:
    heard = hear(AT_TEXT, "为什么要投诉")
    assert (heard.draft.text, heard.draft.remark, heard.draft.misses) == (None, "unanswered", 0)


def test_what_is_told_where_a_contact_is_asked_for_goes_to_the_description() -> None:
    heard = hear(AT_CONTACT, "早餐尤其油腻，提过两次了")
    assert (heard.draft.text, heard.draft.contact) == ("食堂的菜太油腻\n早餐尤其油腻，提过两次了", None)


def test_details_can_be_left_out_without_dropping_the_case() -> None:
    heard = hear(AT_DETAILS, "算了还是不写了")
    assert (heard.act, heard.draft.details) == (Act.TAKEN, False)


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("我要投诉", False),
        ("我想申请困难帮扶", False),
        ("我要提建议，食堂太难吃了", True),
        ("帮我登记一下，我们网点空调坏了一个月没人修", True),
        ("困难帮扶申请表在哪下载", False),
    ],
)
def test_an_opening_sentence_may_say_enough(text: str, enough: bool) -> None:
    assert WORDING.says_enough(text) is enough


@pytest.mark.parametrize(
    ("kind", "text", "for_whom"),
    [
        ("hardship", "同事家里失火了，房子烧没了，想帮他申请", ForWhom.UNCLEAR),
        ("hardship", "我徒弟的孩子得了重病，他同意我来报", ForWhom.AGREED),
        ("hardship", "替组员报的，还没问过他，他爱人住院了", ForWhom.UNASKED),
        ("hardship", "我妈住院花了八万，家里扛不住了", None),
        ("harassment", "同事老是对我说下流话，还动手动脚", None),
        ("harassment", "替同事说的，主管对她动手动脚，她同意我来讲", ForWhom.AGREED),
        ("suggestion", "帮同事提一个，休息室的空调坏了", None),
    ],
)
def test_a_text_says_whose_case_it_is(kind: str, text: str, for_whom: ForWhom | None) -> None:
    draft = hear(Draft(key="1", kind=kind), text).draft
    assert (draft.text, draft.for_whom) == (text, for_whom)


@pytest.mark.parametrize(
    ("answer", "for_whom"),
    [
        ("本人同意", ForWhom.AGREED), ("他同意的", ForWhom.AGREED), ("嗯", ForWhom.AGREED),
        ("还没问", ForWhom.UNASKED), ("不知道他愿不愿意", ForWhom.UNASKED), ("没跟他说呢", ForWhom.UNASKED),
        ("不是，是我自己的事", ForWhom.SELF),
    ],
)  # fmt: skip
def test_whether_a_colleague_agrees_is_heard_in_many_wordings(answer: str, for_whom: ForWhom) -> None:
    heard = hear(AT_SUBJECT, answer)
    assert (heard.act, heard.draft.for_whom) == (Act.TAKEN, for_whom)


def test_a_colleague_who_does_not_agree_is_told_of_and_nothing_is_settled() -> None:
    heard = hear(AT_SUBJECT, "他不同意")
    assert (heard.draft.remark, heard.draft.for_whom) == ("subject_refused", ForWhom.UNCLEAR)


@pytest.mark.parametrize("answer", ["agreed", "unasked"])
def test_a_colleagues_income_and_health_are_not_asked_for(answer: str) -> None:
    draft = press(AT_SUBJECT, "subject", answer).draft
    assert draft.asking(KINDS) is Asking.CONTACT
    assert press(AT_SUBJECT, "subject", "self").draft.asking(KINDS) is Asking.CONSENT


def test_what_was_told_at_once_may_be_added_to_where_the_kind_wants_more() -> None:
    more = hear(AT_MORE, "上周三在会议室，希望女同志接待")
    assert more.draft.text == "主管总是动手动脚\n上周三在会议室，希望女同志接待"
    assert more.draft.asking(KINDS) is Asking.CONTACT
    assert hear(AT_MORE, "没有了").draft.asking(KINDS) is Asking.CONTACT
    assert hear(AT_MORE, "没有了").draft.text == AT_MORE.text


def test_what_is_said_beside_not_leaving_a_number_is_kept() -> None:
    both = hear(AT_CONTACT, "希望找一位女同志接待我，别打电话").draft
    assert both.contact is False
    assert (both.text or "").endswith("希望找一位女同志接待我，别打电话")
    for only in ("不用打电话给我，就在这里说", "就在这里通知我就行，谢谢", "不留了，有消息在这儿告诉我"):
        draft = hear(AT_CONTACT, only).draft
        assert (draft.contact, draft.text) == (False, AT_CONTACT.text)


def test_a_wish_worded_as_a_question_is_a_case_while_no_kind_is_chosen() -> None:
    heard = hear(AT_KIND, "中午食堂排队太长，能不能多开一个窗口", intent="file_ticket")
    assert (heard.act, heard.draft.text) == (Act.TAKEN, "中午食堂排队太长，能不能多开一个窗口")


def test_where_one_does_not_write_freely_a_question_may_be_asked_back_about() -> None:
    asked = hear(AT_CONTACT, "慰问金多少钱", intent="ask_condolence", found="clarify")
    assert asked.act is Act.QUESTION
    assert hear(AT_TEXT, "食堂饭菜能不能改善", intent="ask_benefits", found="clarify").act is Act.TAKEN
