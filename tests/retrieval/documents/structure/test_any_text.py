"""Whatever a file holds: nothing raises, labels are unique, no character of the text is lost."""

import re
import time
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.clauses import paragraph_at
from retrieval.documents.model import Block, BlockKind, Instrument, Place, Reading
from retrieval.documents.structure import instruments

PIECES = [
    "第一条 ", "第二条　", "第3条", "第四条之一 ", "第十条规定的", "第一章 总 则", "第二章", "第一编 总则"
    "", "第一节 通则",
    "附则", "附件1", "附件：", "附录：", "附表2 补助表", "一、", "（二）", "3.", "1.1 ", "（4）", "①", ""
    "目录", "目　录",
    "中华人民共和国灯塔法", "关于印发灯塔办法的通知", "《灯塔法》", "国发〔2019〕3号", "国务院令第5号",
    "2019年1月5日", "一九九五年一月一日", "2019年13月40日", "国务院", "示例银行工会", "第五次会议通过", ""
    "修正", "施行",
    "自公布之日起施行。", "同时废止。", "依照本法第三条", "前条", "前两款", "本条第二款", "以下简称灯塔法）",
    "修改为：“", "“第五条 ", "。”", "看守人", "灯塔", "，", "。", "；", "：", "\n"
    "", "\x0b", "\u200b", " ", "　", "abc", "?",
    "问：", "各灯塔：", "（2018年修正）", "税率表一", "现予公布，", "本决定自2020年1月1日起施行。",
    "\ud800", "😀",
]  # fmt: skip
LOST = re.compile("[^\u4e00-\u9fff]")
BLOCKS = st.builds(
    Block,
    st.sampled_from(list(BlockKind)),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(max_size=40),
    st.builds(Place, st.none() | st.integers(1, 9), st.none() | st.integers(1, 99)),
    st.integers(0, 5),
)
READINGS = st.builds(
    Reading,
    st.just("txt"),
    st.lists(BLOCKS, max_size=30).map(tuple),
    st.none()
    | st.sampled_from(["灯塔法(2018-12-29)", "(2018-99-99)", "", "手册", "2018"])
    | st.text(max_size=10),
)


def told(instrument: Instrument) -> Counter[str]:
    """Every Chinese character that an instrument tells, doubts included."""
    texts = [instrument.title, instrument.part or "", instrument.preamble]
    for article in instrument.articles:
        texts += [article.label, article.text, *article.headings]
    texts += [value for doubt in instrument.doubts for _, value in doubt.values]
    return Counter(LOST.sub("", "".join(texts)))


@settings(max_examples=400, deadline=None)
@given(READINGS)
def test_nothing_raises_and_labels_are_unique(reading: Reading) -> None:
    for instrument in instruments(reading):
        labels = [article.label for article in instrument.articles]
        assert len(labels) == len(set(labels))
        assert all(label.strip() for label in labels)
        for article in instrument.articles:
            for link in article.links:
                assert 0 <= link.start < link.end <= len(article.text)
                assert link.law
                assert link.article
            assert paragraph_at(article.text, len(article.text)) >= 0


@settings(max_examples=400, deadline=None)
@given(READINGS)
def test_every_character_is_told(reading: Reading) -> None:
    found = instruments(reading)
    source = "\n".join(block.text for block in reading.blocks)
    if "目" in source:
        return  # a table of contents is left out
    # Numbers of articles are told in Chinese, a number in a label stands for a number in the text.
    kept = sum((told(instrument) for instrument in found), Counter[str]())
    missing = Counter(LOST.sub("", source)) - kept
    allowed = set("问第章节编条之一二三四五六七八九十百零总则附件表录")
    assert not {character for character in missing if character not in allowed}, missing


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["一、甲。", "（一）乙。", "1.丙。", "丁。" * 50, "## 戊", "# 己"]), max_size=40)
)
def test_sections_of_any_list_keep_the_order_of_the_text(lines: list[str]) -> None:
    text = ["灯塔手册", *lines]
    blocks = tuple(
        Block(
            BlockKind.HEADING if line.startswith("#") else BlockKind.PARAGRAPH,
            line.lstrip("# "),
            level=line.count("#"),
        )
        for line in text
    )
    for instrument in instruments(Reading("docx", blocks)):
        told_in_order = "".join(re.findall("[丁]", "".join(one.text for one in instrument.articles)))
        assert len(told_in_order) + instrument.preamble.count("丁") == "".join(lines).count("丁")


def test_a_long_text_takes_no_long_time() -> None:
    lines = ["灯塔法"]
    for number in range(1, 1500):
        lines.append(f"第{number}条 依照本法第{number - 1 or 1}条和前条，" + "看守人，" * 50)
    lines += ["“第一条 没有关上的引号"] * 500 + ["第一章 总则"] * 2000
    lines += [character * 2000 for character in "（《第1部“。、年"] + [
        "部、" * 30 + "甲",
        "部、" * 2000 + "甲",
    ]
    lines += [
        "规定：“" * 20_000 + "”",
        "（2019年" * 2000,
        "《甲" * 2000,
        "1." * 2000,
        "同时废止《甲》" * 2000,
    ]
    blocks = tuple(Block(BlockKind.PARAGRAPH, line) for line in lines)

    began = time.perf_counter()
    instruments(Reading("txt", blocks))
    instruments(Reading("txt", blocks[1600:]))
    instruments(Reading("txt", (*blocks[-15:], *blocks[:3])))
    assert time.perf_counter() - began < 30
