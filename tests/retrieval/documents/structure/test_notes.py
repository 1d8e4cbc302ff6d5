"""Names, issuers, numbers and days, as official texts print them."""

from datetime import date

import pytest

from retrieval.documents.structure.titles import official_name
from tests.retrieval.documents.structure.written import codes, only

BODY = "第一条 甲。\n第二条 "


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("中华人民共和国灯塔法", "灯塔法"),
        ("中华人民共和国灯塔法（2018修正）", "灯塔法"),
        ("中华人民共和国灯塔法(2018年12月29日修正)", "灯塔法"),
        ("灯塔管理办法（2023年版）（试行）", "灯塔管理办法（2023年版）（试行）"),
        ("灯塔管理办法（试行）（2023年修订）", "灯塔管理办法（试行）"),
        ("最高人民法院关于审理灯塔案件的解释（一）", "最高人民法院关于审理灯塔案件的解释（一）"),
        ("北京市实施《中华人民共和国灯塔法》办法", "北京市实施《灯塔法》办法"),
        ("《灯塔条例》", "灯塔条例"),
        ("灯塔 条例 2024 版", "灯塔条例2024版"),
        ("Lighthouse Rules", "Lighthouse Rules"),
    ],
)
def test_the_name_is_what_citations_call_a_text(title: str, name: str) -> None:
    assert official_name(title) == name


@pytest.mark.parametrize(
    ("notes", "issuer", "document_no"),
    [
        (
            "2007年12月7日 国务院第198次常务会议通过\n2007年12月14日 中华人民共和国国务院令第514号公布",
            "国务院",
            "国务院令第514号",
        ),
        (
            "（2007年12月14日中华人民共和国国务院令第514号公布　自2008年1月1日起施行）",
            "国务院",
            "国务院令第514号",
        ),
        ("1994年12月1日 劳动部 劳部发〔1994〕479号公布", "劳动部", "劳部发〔1994〕479号"),
        ("1989年9月30日 国务院批准\n1990年1月1日 国家统计局令第1号发布", "国家统计局", "国家统计局令第1号"),
        (
            "2010年3月30日 浙江省第十一届人民代表大会常务委员会第十七次会议通过\n"
            "2010年3月30日 浙江省第十一届人民代表大会常务委员会公告第49号公布",
            "浙江省人民代表大会常务委员会",
            "浙江省第十一届人民代表大会常务委员会公告第49号",
        ),
        ("2020年5月28日 第十三届全国人民代表大会第三次会议通过", "全国人民代表大会", None),
        ("2022年2月25日 中共中央、国务院发布", "中共中央、国务院", None),
        ("人社部发[2025]2号", None, "人社部发[2025]2号"),
    ],
)
def test_issuer_and_number_are_read_from_the_notes(
    notes: str, issuer: str | None, document_no: str | None
) -> None:
    law = only(f"灯塔条例\n{notes}\n{BODY}乙。")

    assert (law.issuer, law.document_no) == (issuer, document_no)
    assert law.preamble == notes


def test_a_text_in_force_from_its_promulgation_takes_that_day() -> None:
    law = only(f"灯塔条例\n2008年9月18日 中华人民共和国国务院令第535号公布\n{BODY}本条例自公布之日起施行。")

    assert law.promulgated_on == law.effective_from == law.in_force_since == date(2008, 9, 18)
    assert law.doubts == ()


def test_an_amended_text_does_not_say_from_when_it_holds() -> None:
    law = only(
        "灯塔法\n2007年6月29日 第十届全国人民代表大会常务委员会第二十八次会议通过\n"
        "2012年12月28日 第十一届全国人民代表大会常务委员会第三十次会议《关于修改<中华人民共和国灯塔法>的"
        "决定》修正\n"
        f"{BODY}本法自2008年1月1日起施行。"
    )
    assert law.promulgated_on == date(2012, 12, 28)
    assert law.effective_from is None
    assert law.in_force_since == date(2008, 1, 1)
    assert [(entry.on, entry.text[-2:]) for entry in law.history] == [(date(2012, 12, 28), "修正")]
    assert codes(law) == ["effective_of_version"]


def test_a_revised_text_that_prints_a_new_day_holds_from_then() -> None:
    law = only(
        "灯塔法\n1992年4月3日 第七届全国人民代表大会第五次会议通过\n"
        f"2022年10月30日 第十三届全国人民代表大会常务委员会第三十七次会议修订）\n"
        f"{BODY}本法自2023年1月1日起施行。"
    )
    assert law.effective_from == law.in_force_since == date(2023, 1, 1)


def test_a_note_spread_over_the_lines_of_its_bracket_is_one() -> None:
    law = only(
        "广东省灯塔条例\n"
        "（1980年2月2日广东省第五届人民代表大会常务委员会第二次会议通过　1992年11月28日广东省第七届人民"
        "代表大会常务委员会第二十九次会议第一次修订　根据\n"
        "1997年12月1日广东省第八届人民代表大会常务委员会第三十二次会议"
        f"《关于修改〈广东省灯塔条例〉有关条文的决定》第二次修正）\n{BODY}本条例自2016年1月1日起施行。"
    )
    assert [str(entry.on) for entry in law.history] == ["1992-11-28", "1997-12-01"]
    assert law.issuer == "广东省人民代表大会常务委员会"


def test_a_version_in_the_title_with_its_day_is_history() -> None:
    law = only(f"中华人民共和国灯塔法（2018年12月29日修正）\n{BODY}本法自1995年1月1日起施行。")

    assert (law.name, law.title) == ("灯塔法", "中华人民共和国灯塔法（2018年12月29日修正）")
    assert [entry.on for entry in law.history] == [date(2018, 12, 29)]
    assert law.promulgated_on == date(2018, 12, 29)


def test_chinese_dates_and_a_signature_above_the_text_are_read() -> None:
    law = only(
        "灯塔工资暂行规定\n关于印发《灯塔工资暂行规定》的通知\n劳部发〔1994〕489号\n各省劳动厅：\n"
        "特制定本规定。\n"
        f"劳动部\n一九九四年十二月六日\n{BODY}本规定自一九九五年一月一日起执行。"
    )
    assert law.name == "灯塔工资暂行规定"
    assert (law.issuer, law.document_no) == ("劳动部", "劳部发〔1994〕489号")
    assert (law.promulgated_on, law.effective_from) == (date(1994, 12, 6), date(1995, 1, 1))


def test_the_day_in_a_files_name_is_used_where_the_text_says_none() -> None:
    law = only(f"# 灯塔条例\n{BODY}本条例自2002年5月1日起施行。", file_name="灯塔条例(2001-11-15)")

    assert law.promulgated_on == date(2001, 11, 15)
    assert "date_from_file_name" in codes(law)


def test_the_meeting_of_a_committee_is_not_yet_the_promulgation() -> None:
    law = only(f"灯塔办法\n2008年7月17日 经灯塔部第6次部务会议通过\n{BODY}本办法自发布之日起施行。")

    assert (law.promulgated_on, law.effective_from) == (date(2008, 7, 17), None)
    assert "promulgated_uncertain" in codes(law)


def test_a_guessed_promulgation_is_no_stated_first_day() -> None:
    law = only(f"# 灯塔办法\n{BODY}本办法自发布之日起施行。", file_name="灯塔办法(2008-07-17)")

    assert (law.promulgated_on, law.effective_from) == (date(2008, 7, 17), None)


def test_another_texts_day_is_not_this_ones() -> None:
    law = only(f"灯塔办法\n{BODY}《航标条例》自2019年1月1日起施行。")

    assert law.effective_from is None


def test_a_file_without_a_title_is_called_by_the_files_name() -> None:
    law = only("第一条 甲。\n第二条 乙。\n第三条 丙。", file_name="灯塔条例(2001-11-15)")

    assert law.name == "灯塔条例"
    assert "title_from_file" in codes(law)


def test_impossible_days_are_no_days() -> None:
    law = only(f"灯塔条例\n2017年2月30日 国务院令第1号公布\n{BODY}本条例自2017年13月1日起施行。")

    assert (law.promulgated_on, law.effective_from) == (None, None)
