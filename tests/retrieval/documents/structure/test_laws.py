"""Every statute that lies beside the repository, against the source and against what a person read in it."""

import re
import time
from datetime import date
from pathlib import Path

import pytest

from retrieval.documents.model import Instrument, InstrumentKind, Reading
from retrieval.documents.reading import Reader
from retrieval.documents.structure import instruments
from tests.retrieval.documents.structure.written import LAWS

pytestmark = pytest.mark.skipif(
    not LAWS.is_dir(), reason="no statutes beside the repository (../shared/laws)"
)

FILES = sorted(LAWS.glob("*/*.md"))
INVISIBLE = re.compile("[\u200b\ufeff]")
MARKS = re.compile(r"[\W_]+")
PERIODS_OF_WORK = "关于职工全年月平均工作时间和工资折算问题的通知"


@pytest.fixture(scope="module")
def readings() -> dict[Path, Reading]:
    with Reader() as reader:
        found = {file: reader.read(file) for file in FILES}
    return {file: reading for file, reading in found.items() if isinstance(reading, Reading)}


@pytest.fixture(scope="module")
def laws(readings: dict[Path, Reading]) -> dict[Path, Instrument]:
    found = {}
    for file, reading in readings.items():
        (found[file],) = instruments(reading)
    return found


def called(laws: dict[Path, Instrument], name: str) -> Instrument:
    (law,) = [law for file, law in laws.items() if file.stem.partition("(")[0] == name]
    return law


def spelling(text: str) -> str:
    return "".join(INVISIBLE.sub("", text).split())


def source_lines(file: Path) -> list[str]:
    """The lines of a file without Markdown's marks and without the title."""
    text = file.read_text(encoding="utf-8")
    lines = [INVISIBLE.sub("", line).strip() for line in text.splitlines()]
    return [line.lstrip("# ") for line in lines if line and not line.startswith(("# ", "<!--"))]


def test_there_are_as_many_articles_as_lines_that_begin_one(laws: dict[Path, Instrument]) -> None:
    assert len(FILES) >= 79
    for file, law in laws.items():
        body = file.read_text(encoding="utf-8").partition("INFO END -->")[2]
        counted = sum(
            "条" in line and line[0] == "第" and not line.split("条")[0].strip("第零一二三四五六七八九十百千")
            for line in body.splitlines()
        )
        numbered = [one for one in law.articles if re.fullmatch("第.+条(之.+)?", one.label)]
        assert len(numbered) == counted, file.name


def test_articles_headings_and_preamble_give_the_source_back(laws: dict[Path, Instrument]) -> None:
    for file, law in laws.items():
        shown: list[str] = [law.preamble]
        above: tuple[str, ...] = (law.part,) if law.part else ()
        for article in (one for one in law.articles if not one.annex):
            shown += [heading for heading in article.headings if heading not in above]
            above = article.headings
            # What stands under no heading is called by its own first words.
            shown += (
                [article.text] if article.text.startswith(article.label) else [article.label, article.text]
            )
        source = "".join(source_lines(file))
        if law.kind is InstrumentKind.LAW:
            articles, annexes = spelling("".join(shown)), [one for one in law.articles if one.annex]
            assert spelling(source)[: len(articles)] == articles, file.name
            assert annexes or spelling(source) == articles, file.name
            for annex in annexes:
                assert spelling(annex.text) in spelling(source), (file.name, annex.label)
        else:
            # A signature is told with the preamble, and a point's number stands without its mark.
            assert sorted(MARKS.sub("", "".join(shown))) == sorted(MARKS.sub("", source)), file.name


def test_every_articles_text_stands_in_the_source_below_its_label(laws: dict[Path, Instrument]) -> None:
    for file, law in laws.items():
        lines = file.read_text(encoding="utf-8").splitlines()
        for article in law.articles:
            assert article.place.line is not None
            there = spelling("".join(lines[article.place.line - 1 :])).lstrip("#")
            assert there.startswith(spelling(article.label)), (file.name, article.label)
            if law.kind is InstrumentKind.LAW and not article.annex:
                assert there.startswith(spelling(article.label + article.text)), (file.name, article.label)


def test_structuring_all_of_them_takes_seconds(readings: dict[Path, Reading]) -> None:
    began = time.perf_counter()
    for reading in readings.values():
        instruments(reading)
    assert time.perf_counter() - began < 20


def test_only_what_a_person_should_look_at_is_doubted(laws: dict[Path, Instrument]) -> None:
    expected = {"date_from_file_name", "effective_of_version", "effective_missing"}
    for file, law in laws.items():
        assert {doubt.code for doubt in law.doubts} <= expected, file.name


HEADINGS = [
    ("劳动合同法", "第三十九条", ("第四章 劳动合同的解除和终止",)),
    ("劳动合同法", "第五十一条", ("第五章 特别规定", "第一节 集体合同")),
    ("劳动合同法", "第五十八条", ("第五章 特别规定", "第二节 劳务派遣")),
    ("劳动合同法", "第九十八条", ("第八章 附则",)),
    ("民法典·合同编", "第五百七十七条", ("合同编", "第一分编 通则", "第八章 违约责任")),
    ("民法典·合同编", "第七百零三条", ("合同编", "第二分编 典型合同", "第十四章 租赁合同")),
    ("民法典·合同编", "第九百八十五条", ("合同编", "第三分编 准合同", "第二十九章 不当得利")),
    ("民法典·婚姻家庭编", "第一千零七十六条", ("婚姻家庭编", "第四章 离婚")),
    ("民事诉讼法", "第二十三条", ("第一编 总则", "第二章 管辖", "第二节 地域管辖")),
    ("民事诉讼法", "第二百零六条", ("第二编 审判程序", "第十五章 特别程序", "第七节 确认调解协议案件")),
    ("公司法", "第四十六条", ("第三章 有限责任公司的设立和组织机构", "第一节 设立")),
    ("公司法", "第六十九条", ("第三章 有限责任公司的设立和组织机构", "第二节 组织机构")),
    ("工会法", "第二十一条", ("第三章 工会的权利和义务",)),
    ("劳动争议调解仲裁法", "第二十七条", ("第三章 仲裁", "第二节 申请和受理")),
    ("个人信息保护法", "第二十八条", ("第二章 个人信息处理规则", "第二节 敏感个人信息的处理规则")),
    ("社会保险法", "第四十五条", ("第五章 失业保险",)),
    ("广东省失业保险条例", "第四十九条", ("第六章 附则",)),
    ("关于工资总额组成的规定", "第四条", ("第二章 工资总额的组成",)),
    ("女职工劳动保护特别规定", "第七条", ()),
]


@pytest.mark.parametrize(("name", "label", "headings"), HEADINGS)
def test_articles_stand_under_the_headings_a_person_read(
    laws: dict[Path, Instrument], name: str, label: str, headings: tuple[str, ...]
) -> None:
    (article,) = [one for one in called(laws, name).articles if one.label == label]
    assert article.headings == headings


CONGRESS, STANDING = "全国人民代表大会", "全国人民代表大会常务委员会"
NOTES = [
    # name, issuer, number, this version's promulgation, its effect, since when the text holds
    ("劳动合同法", STANDING, None, "2012-12-28", None, "2008-01-01"),
    ("劳动争议调解仲裁法", STANDING, None, "2007-12-29", "2008-05-01", "2008-05-01"),
    ("工会法", CONGRESS, None, "2021-12-24", None, "1992-04-03"),
    ("妇女权益保障法", CONGRESS, None, "2022-10-30", "2023-01-01", "2023-01-01"),
    ("传染病防治法", STANDING, None, "2025-04-30", "2025-09-01", "2025-09-01"),
    ("民法典·总则", CONGRESS, None, "2020-05-28", "2021-01-01", "2021-01-01"),
    ("职工带薪年休假条例", "国务院", "国务院令第514号", "2007-12-14", "2008-01-01", "2008-01-01"),
    ("个人所得税法实施条例", "国务院", "国务院令第707号", "2018-12-18", "2019-01-01", "2019-01-01"),
    ("女职工劳动保护特别规定", "国务院", "国务院令第619号", "2012-04-28", "2012-04-28", "2012-04-28"),
    ("工资支付暂行规定", "劳动部", "劳部发〔1994〕489号", "1994-12-06", "1995-01-01", "1995-01-01"),
    ("关于工资总额组成的规定", "国家统计局", "国家统计局令第1号", "1990-01-01", "1990-01-01", "1990-01-01"),
    ("信访工作条例", "中共中央、国务院", None, "2022-02-25", "2022-05-01", "2022-05-01"),
    ("劳务派遣暂行规定", "人力资源社会保障部", "人力资源社会保障部令第22号",
     "2014-01-24", "2014-03-01", "2014-03-01"),
    (
        "最高人民法院关于审理劳动争议案件适用法律问题的解释（二）",
        "最高人民法院",
        "法释〔2025〕12号",
        "2025-07-31",
        "2025-09-01",
        "2025-09-01",
    ),
    (
        "最高人民法院关于审理拒不支付劳动报酬刑事案件适用法律若干问题的解释",
        "最高人民法院",
        None,
        "2013-01-16",
        "2013-01-23",
        "2013-01-23",
    ),
    ("浙江省企业民主管理条例", "浙江省人民代表大会常务委员会", "浙江省第十一届人民代表大会常务委员会公告"
    "第49号",
     "2010-03-30", "2010-10-01", "2010-10-01"),
    ("上海市人口与计划生育条例", "上海市人民代表大会常务委员会", None, "2021-11-25", None, "2004-04-15"),
    (f"人力资源社会保障部{PERIODS_OF_WORK}", "人力资源社会保障部", "人社部发〔2025〕2号",
     "2025-01-01", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "issuer", "number", "promulgated", "effective", "since"), NOTES)
def test_issuers_numbers_and_days_are_those_a_person_read(
    laws: dict[Path, Instrument],
    name: str,
    issuer: str,
    number: str | None,
    promulgated: str,
    effective: str | None,
    since: str | None,
) -> None:
    law = called(laws, name)
    assert (law.issuer, law.document_no) == (issuer, number)
    days = (law.promulgated_on, law.effective_from, law.in_force_since)
    assert days == tuple(day and date.fromisoformat(day) for day in (promulgated, effective, since))


def test_names_are_those_that_cards_cite(laws: dict[Path, Instrument]) -> None:
    for file, law in laws.items():
        assert law.name == file.stem.partition("(")[0].partition("·")[0], file.name


def test_a_notice_with_numbered_points_is_split_at_them(laws: dict[Path, Instrument]) -> None:
    notice = called(laws, f"人力资源社会保障部{PERIODS_OF_WORK}")

    assert notice.kind is InstrumentKind.POLICY
    assert [one.label for one in notice.articles][1:] == [
        "一、制度工作时间的计算",
        "二、日工资、小时工资的折算",
        "三、废止文件",
    ]
    assert notice.articles[0].text.startswith("根据《国务院关于修改")
    assert notice.repeals == (PERIODS_OF_WORK,)


def test_a_decision_in_points_has_points(laws: dict[Path, Instrument]) -> None:
    decision = called(laws, "全国人民代表大会常务委员会关于实施渐进式延迟法定退休年龄的决定")

    assert decision.kind is InstrumentKind.DECISION
    assert [one.label for one in decision.articles] == ["一", "二", "三", "四", "五"]
    assert decision.repeals == ()
    assert decision.effective_from == date(2025, 1, 1)


def test_the_annex_of_a_regulation_is_found(laws: dict[Path, Instrument]) -> None:
    annexes = [one for one in called(laws, "女职工劳动保护特别规定").articles if one.annex]

    assert annexes[0].label.startswith("附录")
    assert annexes[0].headings == ("附录 女职工禁忌从事的劳动范围",)
    assert sum(one.text.count("作业") for one in annexes) > 20


def test_amendments_are_the_history(laws: dict[Path, Instrument]) -> None:
    days = [str(entry.on) for entry in called(laws, "个人所得税法").history]

    assert days == [
        "1993-10-31", "1999-08-30", "2005-10-27", "2007-06-29", "2007-12-29", "2011-06-30", "2018-08-31",
    ]  # fmt: skip
    assert all(entry.text.endswith("修正") for entry in called(laws, "劳动法").history)


def test_links_stay_within_the_text_and_lead_to_articles_that_exist(laws: dict[Path, Instrument]) -> None:
    labels = {law.name: {one.label for one in law.articles} for law in laws.values() if not law.part}
    count = 0
    for law in laws.values():
        for article in law.articles:
            for link in article.links:
                count += 1
                assert article.text[link.start : link.end]
                # Old rules cite old numbers of others; within one text every number must be there.
                assert link.law != law.name or law.part or link.article in labels[law.name]
    assert count > 600
