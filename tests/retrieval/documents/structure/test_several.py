"""Several instruments in one file, and decisions that speak about others."""

from retrieval.documents.model import InstrumentKind
from tests.retrieval.documents.structure.written import codes, only, understood

DECISION = """全国人民代表大会常务委员会
关于修改《中华人民共和国灯塔法》的决定
（2012年12月28日第十一届全国人民代表大会常务委员会第三十次会议通过）
第十一届全国人民代表大会常务委员会第三十次会议决定对《中华人民共和国灯塔法》作如下修改：
一、将第二条修改为：“第二条　灯塔由两名看守人看守：
“（一）一名日间看守人；
“（二）一名夜间看守人。
“看守人应当住在灯塔。”
二、将第四条修改为：
“第四条　看守人每年有假期。”
三、将第六条修改为两条，作为第六条、第七条：
“第六条　违反本法规定的，责令改正。
第七条　其他情形，从其规定。”
本决定自2013年7月1日起施行。
《中华人民共和国灯塔法》根据本决定作相应修改，重新公布。
"""

NOTICE = """示例银行工会关于印发灯塔慰问办法的通知
示银工〔2019〕3号
各分行工会：
现将《灯塔慰问办法》印发给你们，请认真贯彻执行。2015年印发的《灯塔慰问暂行办法》同时废止。
示例银行工会
2019年1月5日
（此件公开发布）
灯塔慰问办法
第一章 总则
第一条 为了慰问看守人，制定本办法。
第二章 附则
第二条 本办法自印发之日起施行，有效期三年。
"""


def test_articles_quoted_by_an_amending_decision_are_not_its_own() -> None:
    decision = only(DECISION)

    assert decision.kind is InstrumentKind.DECISION
    assert decision.title == "全国人民代表大会常务委员会关于修改《中华人民共和国灯塔法》的决定"
    assert [article.label for article in decision.articles] == [
        "一",
        "二",
        "三",
        "本决定自2013年7月1日起施行",
    ]
    assert decision.articles[2].text.endswith("第七条　其他情形，从其规定。”")
    assert decision.amends == ("灯塔法",)
    assert str(decision.effective_from) == "2013-07-01"
    assert decision.issuer == "全国人民代表大会常务委员会"


def test_a_decision_followed_by_the_amended_law_is_two_instruments() -> None:
    decision, law = understood(
        DECISION + "中华人民共和国灯塔法\n第一条 甲。\n第二条 灯塔由两名看守人看守。\n第三条 丙。"
    )
    assert (decision.kind, law.kind) == (InstrumentKind.DECISION, InstrumentKind.LAW)
    assert law.name == "灯塔法"
    assert [article.label for article in law.articles] == ["第一条", "第二条", "第三条"]


def test_a_notice_that_transmits_rules_lends_them_issuer_number_and_date() -> None:
    notice, rules = understood(NOTICE)

    assert notice.kind is InstrumentKind.POLICY
    assert notice.articles[0].text.startswith("现将《灯塔慰问办法》印发给你们")
    assert notice.repeals == ("灯塔慰问暂行办法",)
    assert (rules.name, rules.kind) == ("灯塔慰问办法", InstrumentKind.LAW)
    assert rules.issuer == "示例银行工会"
    assert rules.document_no == "示银工〔2019〕3号"
    assert str(rules.promulgated_on) == str(rules.effective_from) == "2019-01-05"
    assert "limited_validity" in codes(rules)


def test_rules_in_an_annex_of_a_notice_are_an_instrument() -> None:
    notice, rules = understood(
        NOTICE.replace("灯塔慰问办法\n第一章", "附件\n灯塔慰问办法\n第一章").replace(
            "示例银行工会\n2019", "附件：灯塔慰问办法\n示例银行工会\n2019"
        )
    )
    assert rules.name == "灯塔慰问办法"
    assert [article.annex for article in notice.articles] == [False]


def test_two_laws_one_after_the_other_are_two() -> None:
    first, second = understood(
        "灯塔条例\n（2001年1月1日国务院令第1号公布　自2001年2月1日起施行）\n第一条 甲。\n第二条 乙。\n"
        "航标条例\n（2002年1月1日国务院令第2号公布　自2002年2月1日起施行）\n第一条 丙。\n第二条 丁。"
    )
    assert (first.name, first.document_no, str(first.effective_from)) == (
        "灯塔条例",
        "国务院令第1号",
        "2001-02-01",
    )
    assert (second.name, second.document_no, str(second.effective_from)) == (
        "航标条例",
        "国务院令第2号",
        "2002-02-01",
    )
    assert [article.text for article in second.articles] == ["丙。", "丁。"]


def test_the_order_that_promulgates_a_law_belongs_to_it() -> None:
    law = only(
        "中华人民共和国主席令\n第二十八号\n《中华人民共和国灯塔法》已由中华人民共和国第十四届全国人民代表大会"
        "常务委员会第二十二次会议于2026年4月30日通过，现予公布，自2026年7月1日起施行。\n"
        "中华人民共和国主席　某某某\n2026年4月30日\n中华人民共和国灯塔法\n"
        "（2026年4月30日第十四届全国人民代表大会常务委员会第二十二次会议通过）\n第一条 甲。\n第二条 乙。"
    )
    assert law.title == "中华人民共和国灯塔法"
    assert law.issuer == "全国人民代表大会常务委员会"
    assert (str(law.promulgated_on), str(law.effective_from)) == ("2026-04-30", "2026-07-01")


def test_an_interpretation_with_its_announcement_is_one_instrument() -> None:
    found = only(
        "中华人民共和国最高人民法院公告\n"
        "《最高人民法院关于审理灯塔案件适用法律问题的解释（一）》已于2020年12月25日"
        "由最高人民法院审判委员会第1825次会议通过，现予公布，自2021年1月1日起施行。\n最高人民法院\n"
        "2020年12月29日\n"
        "法释〔2020〕26号\n最高人民法院\n关于审理灯塔案件适用法律问题的解释（一）\n"
        "（2020年12月25日最高人民法院审判委员会第1825次会议通过，自2021年1月1日起施行）\n"
        "为正确审理灯塔案件，制定本解释。\n第一条 甲。\n第二条 乙。"
    )
    assert found.title == "最高人民法院关于审理灯塔案件适用法律问题的解释（一）"
    assert found.name == found.title
    assert (found.issuer, found.document_no) == ("最高人民法院", "法释〔2020〕26号")
    assert (str(found.promulgated_on), str(found.effective_from)) == ("2020-12-29", "2021-01-01")
    assert found.preamble.endswith("为正确审理灯塔案件，制定本解释。")


def test_a_text_that_ceases_in_part_is_not_repealed() -> None:
    law = only(
        "灯塔条例\n第一条 甲。\n第二条 本条例自2020年1月1日起施行。1990年1月1日国务院发布的《灯塔暂行条例》、"
        "《看守人办法》同时废止。《航标条例》（国务院令第9号）第三条同时废止。《港口条例》中有关灯塔的规"
        "定同时废止。"
    )
    assert law.repeals == ("灯塔暂行条例", "看守人办法")


def test_an_order_over_two_lines_names_issuer_and_number() -> None:
    law = only(
        "中华人民共和国国务院令\n第514号\n《灯塔条例》已经2007年12月7日国务院第198次常务会议通过，现予公布，"
        "自2008年1月1日起施行。\n总理　某某某\n二○○七年十二月十四日\n灯塔条例\n第一条 甲。\n第二条 乙。"
    )
    assert (law.issuer, law.document_no) == ("国务院", "国务院令第514号")
    assert (str(law.promulgated_on), str(law.effective_from)) == ("2007-12-14", "2008-01-01")
