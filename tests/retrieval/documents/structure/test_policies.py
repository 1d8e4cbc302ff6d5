"""Texts without articles: sections by heading and point, of sizes fit to be found."""

from retrieval.documents.model import Block, BlockKind, InstrumentKind, Reading
from retrieval.documents.structure import instruments
from tests.retrieval.documents.structure.written import codes, only

PLAN = """示例银行看守人体检实施方案
为关心看守人健康，制定本方案。
一、体检对象
在岗看守人和内部退养看守人。
二、费用标准
（一）四十周岁以下，每人每年不超过800元。
（二）四十周岁以上，每人每年不超过1200元：
1.男看守人增加甲项目；
2.女看守人增加乙项目。
三、组织实施。由各级工会组织实施，经费从福利费列支。
示例银行工会
2024年5月6日
"""


def test_a_plan_is_split_at_its_points() -> None:
    plan = only(PLAN)

    assert plan.kind is InstrumentKind.POLICY
    assert [article.label for article in plan.articles] == ["一、体检对象", "二、费用标准", "三、组织实施"]
    assert plan.articles[1].text.splitlines()[0] == "（一）四十周岁以下，每人每年不超过800元。"
    assert plan.articles[2].text == "由各级工会组织实施，经费从福利费列支。"
    assert (plan.issuer, str(plan.promulgated_on)) == ("示例银行工会", "2024-05-06")
    assert "为关心看守人健康，制定本方案。" in plan.preamble


def test_long_points_are_split_below_and_keep_their_headings() -> None:
    long = "看守人凭单据报销，单据应当注明灯塔和日期。" * 20
    plan = only(
        f"灯塔报销制度\n一、总体要求\n节约。\n二、报销标准\n（一）灯油\n{long}\n（二）食品\n{long}\n"
        f"三、附则\n无。"
    )

    assert [(one.label, one.headings) for one in plan.articles] == [
        ("一、总体要求", ()),
        ("（一）灯油", ("二、报销标准",)),
        ("（二）食品", ("二、报销标准",)),
        ("三、附则", ()),
    ]


def test_points_without_a_heading_are_called_by_their_numbers() -> None:
    sentence = "看守人应当按时登塔，不得擅自离开灯塔，确需离开的应当事先报告"
    decision = only(
        f"示例银行关于灯塔值守的决定\n一、{sentence}。\n二、{sentence}；\n（一）{sentence}。\n"
        f"（二）{sentence}。"
    )

    assert decision.kind is InstrumentKind.DECISION
    assert [one.label for one in decision.articles] == ["一", "二"]
    assert decision.articles[0].text == f"{sentence}。"


def test_sections_have_sizes_fit_to_be_found() -> None:
    paragraph = "看守人每日登塔检查灯室、灯油、灯芯和玻璃，发现损坏立即报告并做好记录，记录保存三年。"
    text = "灯塔手册\n" + "\n".join(
        f"{number}、第{number}部分\n" + "\n".join([paragraph] * (count * 4))
        for number, count in zip("一二三四五六", range(1, 7), strict=True)
    )
    articles = only(text).articles
    assert max(len(one.text) for one in articles) <= 900
    assert min(len(one.text) for one in articles) >= 50
    assert [one.label for one in articles if one.label.startswith("六")] == [
        "六、第六部分",
        "六、第六部分〔2〕",
    ]


def test_headings_of_word_give_a_path() -> None:
    long = "看守人凭单据报销，单据应当注明灯塔和日期。" * 20
    policy = only(
        f"# 灯塔手册\n## 休假\n### 年休假\n{long}\n### 探亲假\n{long}\n## 补助\n### 一、灯油补助\n"
        f"每月五十元。\n"
    )
    assert [(one.label, one.headings) for one in policy.articles] == [
        ("年休假", ("休假",)),
        ("探亲假", ("休假",)),
        ("补助", ()),
    ]
    assert policy.articles[2].text == "一、灯油补助\n每月五十元。"


def test_decimal_numbers_are_headings_and_points() -> None:
    policy = only(
        "员工食堂管理制度\n1 目的\n规范食堂管理。\n2 适用范围\n2.1 本制度适用于总行机关。\n"
        "2.2 分行参照执行。\n"
        "3 职责\n3.1 后勤部\n负责食堂日常管理。\n3.2 工会\n负责监督。\n4 附则\n本制度自2023年5月1日起执行。"
    )
    assert [one.label for one in policy.articles] == ["1 目的", "2 适用范围", "3 职责", "4 附则"]
    assert policy.articles[1].text == "2.1 本制度适用于总行机关。\n2.2 分行参照执行。"
    assert str(policy.effective_from) == "2023-05-01"


def test_questions_and_answers_are_sections_called_by_the_question() -> None:
    policy = only(
        "灯塔问答\n问：能不能带家属？\n答：可以。\n问：几个人？\n答：不超过三人。",
        file_name="灯塔问答(2022-01-02)",
    )
    assert [(one.label, one.text) for one in policy.articles] == [
        ("能不能带家属？", "答：可以。"),
        ("几个人？", "答：不超过三人。"),
    ]
    assert str(policy.promulgated_on) == "2022-01-02"
    assert "date_from_file_name" in codes(policy)


def test_a_text_without_headings_is_called_by_its_first_words() -> None:
    policy = only(
        "灯塔值守通知\n各灯塔：\n台风将至，请看守人检查门窗，备足灯油，不要出海。\n示例银行工会\n2024年5月6日"
    )

    assert [(one.label, one.text) for one in policy.articles] == [
        ("台风将至", "台风将至，请看守人检查门窗，备足灯油，不要出海。")
    ]
    assert policy.preamble.splitlines() == ["各灯塔：", "示例银行工会", "2024年5月6日"]


def test_a_table_stays_a_table_and_a_huge_one_repeats_its_head() -> None:
    rows = "\n".join(f"|{number}号灯塔|{'每月五十元' * 20}|" for number in range(60))
    policy = only(f"灯塔补助标准\n一、标准\n|灯塔|金额|\n|---|---|\n{rows}")

    assert len(policy.articles) > 5
    assert all(one.text.startswith("|灯塔|金额|\n|---|---|\n|") for one in policy.articles)
    assert sum(one.text.count("号灯塔") for one in policy.articles) == 60


def test_labels_are_unique() -> None:
    policy = only("灯塔手册\n一、说明\n甲的说明。\n二、说明\n乙的说明。\n一、说明\n丙的说明。")

    assert [one.label for one in policy.articles] == ["一、说明", "二、说明", "一、说明〔2〕"]


def test_items_of_a_word_list_are_points_too() -> None:
    reading = Reading(
        "docx",
        (
            Block(BlockKind.PARAGRAPH, "灯塔值守须知"),
            Block(BlockKind.ITEM, "一、值守时间", level=1),
            Block(BlockKind.PARAGRAPH, "日落到日出。"),
            Block(BlockKind.ITEM, "二、值守要求", level=1),
            Block(BlockKind.ITEM, "1.不得饮酒；", level=2),
            Block(BlockKind.ITEM, "2.不得离岗。", level=2),
        ),
    )
    (policy,) = instruments(reading)
    assert [(one.label, one.text) for one in policy.articles] == [
        ("一、值守时间", "日落到日出。"),
        ("二、值守要求", "1.不得饮酒；\n2.不得离岗。"),
    ]


def test_a_title_over_two_lines_below_a_red_letterhead_is_one() -> None:
    policy = only(
        "示例银行文件\n示银发〔2024〕12号\n签发人：某某\n示例银行关于做好夏季灯塔\n值守工作的通知\n"
        "各分行：\n一、时间\n六月至九月。\n二、要求\n不离岗。"
    )
    assert policy.title == "示例银行关于做好夏季灯塔值守工作的通知"
    assert (policy.issuer, policy.document_no) == ("示例银行", "示银发〔2024〕12号")


def test_the_list_of_annexes_below_a_notice_is_no_annex() -> None:
    notice = only(
        "关于开展灯塔慰问的通知\n各灯塔：\n一、时间\n六月至九月\n二、要求\n"
        "每人不超过300元，不得发放现金。\n联系人：某某\n"
        "附件：\n1.慰问登记表\n2.检查表\n示例银行工会\n二○二四年五月二十日"
    )
    assert [one.label for one in notice.articles] == ["一、时间", "二、要求"]
    assert notice.articles[1].text == "每人不超过300元，不得发放现金。\n联系人：某某"
    assert (notice.issuer, str(notice.promulgated_on)) == ("示例银行工会", "2024-05-20")
