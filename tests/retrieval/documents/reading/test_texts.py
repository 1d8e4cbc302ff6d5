"""Plain text, Markdown and web pages."""

from pathlib import Path

import pytest

from retrieval.documents.model import BlockKind
from retrieval.documents.reading import Reader, UnreadableError
from tests.retrieval.documents.reading.material import LONG, codes, reading, texts, written

LAW = "第一条 为了保护职工的合法权益，制定本办法。\n第二条 本办法自公布之日起施行。\n"
LAWS = Path(__file__).resolve().parents[4].parent / "shared" / "laws"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "utf-32"]
)
def test_text_is_read_in_the_encodings_that_office_texts_come_in(
    reader: Reader, tmp_path: Path, encoding: str
) -> None:
    result = reading(reader, written(tmp_path, "办法.txt", LAW, encoding))
    assert texts(result) == LAW.splitlines()
    assert [block.place.line for block in result.blocks] == [1, 2]
    assert (result.title, result.doubts) == ("办法", ())


def test_a_few_broken_bytes_are_doubted_and_noise_is_refused(reader: Reader, tmp_path: Path) -> None:
    broken = (LAW * 10).encode("gb18030").replace("第二条".encode("gb18030"), b"\xff\xff", 1)
    assert codes(reading(reader, written(tmp_path, "坏.txt", broken))) == ["characters_lost"]
    with pytest.raises(UnreadableError) as caught:
        reader.read(written(tmp_path, "噪.txt", bytes(range(128, 256)) * 40))
    assert caught.value.code == "unknown_format"


def test_lines_broken_at_a_width_are_joined(reader: Reader, tmp_path: Path) -> None:
    article = (
        "职工疗休养由所在单位工会组织，每年安排一次，时间不超\n过七天，所需经费在工会经费中列支，超出部分由职工本人承担，不得以\n"
        "现金形式发放，具体标准由各分行工会根据当地情况确定并报上级工会备\n案。\n"
    )
    wrapped = f"　　第一条　{article}　　第二条　{article}"
    result = reading(reader, written(tmp_path, "办法.txt", wrapped))
    assert [text[:4] for text in texts(result)] == ["第一条　", "第二条　"]
    assert all(text.endswith("备案。") for text in texts(result))


def test_markdown_gives_headings_paragraphs_lists_and_tables(reader: Reader, tmp_path: Path) -> None:
    source = (
        "---\ntitle: 卡片\n---\n# 办法\n\n<!-- 说明 -->\n\n第一条 **为了**职工，\n制定本办法。\n\n"
        "## 第二章 标准\n\n1. 交通\n   - 火车\n"
        "2. 住宿[标准](a.md)\n\n| 项目 | 标准 |\n|---|---|\n| 交通 | 500元 |\n"
        "\n    缩进的段落。\n"
    )
    result = reading(reader, written(tmp_path, "办法.md", source))
    assert [(block.kind.value, block.level, block.text, block.place.line) for block in result.blocks] == [
        ("heading", 1, "办法", 4),
        ("paragraph", 0, "第一条 为了职工，\n制定本办法。", 8),
        ("heading", 2, "第二章 标准", 11),
        ("item", 1, "1. 交通", 13),
        ("item", 2, "• 火车", 14),
        ("item", 1, "2. 住宿标准", 15),
        ("table", 0, "| 项目 | 标准 |\n| --- | --- |\n| 交通 | 500元 |", 17),
        ("paragraph", 0, "缩进的段落。", 21),
    ]


def test_a_pipe_in_a_cell_does_not_break_the_table(reader: Reader, tmp_path: Path) -> None:
    result = reading(reader, written(tmp_path, "表.md", "| a | b |\n|---|---|\n| x \\| y | z |\n"))
    assert result.blocks[0].rows == (("a", "b"), ("x | y", "z"))
    assert "x \\| y" in result.blocks[0].text


GOVERNMENT = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>关于疗休养的通知_示例市总工会</title>
<script>alert(1)</script></head><body><div class="header"><img src="logo.png">示例市总工会</div>
<ul class="nav"><li><a href="/">首页</a></li><li><a href="/xw">新闻中心</a></li></ul>

<div class="crumbs">当前位置：<a href="/">首页</a> &gt; 通知公告</div>
<div class="main"><h1>关于疗休养的通知</h1>
<div class="TRS_Editor"><p>各分行工会：</p><p>　　第一条　职工疗休养由所在单位工会组织，<b>每年</b>安排一次，
时间不超过七天。<br/>　　第二条　所需经费在工会经费中列支。</p>
<ol start="3"><li>身份证</li><li>申请表<ul><li>一式两份</li></ul></li></ol>

<table><tr><th>项目</th><th colspan="2">标准</th></tr>
<tr><td rowspan="2">交通</td><td>总行</td><td>500元</td></tr>
<tr><td>分行</td><td>300元</td></tr></table><p style="display:none">看不见</p></div></div>
<div class="share">分享到：微信 微博</div><div id="footer">版权所有 示例市总工会</div></body></html>"""


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])  # whatever the page says of itself
def test_of_a_government_page_only_the_article_is_read(reader: Reader, tmp_path: Path, encoding: str) -> None:
    result = reading(reader, written(tmp_path, "通知.html", GOVERNMENT, encoding))
    assert [(block.kind.value, block.level, block.text) for block in result.blocks] == [
        ("heading", 1, "关于疗休养的通知"),
        ("paragraph", 0, "各分行工会："),
        ("paragraph", 0, "第一条　职工疗休养由所在单位工会组织，每年安排一次，时间不超过七天。"),
        ("paragraph", 0, "第二条　所需经费在工会经费中列支。"),
        ("item", 1, "3. 身份证"),
        ("item", 1, "4. 申请表"),
        ("item", 2, "• 一式两份"),
        (
            "table",
            0,
            "| 项目 | 标准 | 标准 |\n| --- | --- | --- |\n| 交通 | 总行 | 500元 |\n| 交通 | 分行 | 300元 |",
        ),
    ]
    assert result.title == "关于疗休养的通知"


def test_an_old_page_laid_out_by_tables_is_read_through(reader: Reader, tmp_path: Path) -> None:
    page = (
        "<html><body><table><tr><td width=200><a href=1>首页</a><a href=2>法规</a></td><td><table><tr><td>"
        + "".join(f"<p>第{number}条 职工有权参加疗休养，每年一次。</p>" for number in range(1, 6))
        + "</td></tr></table></td></tr></table></body></html>"
    )
    result = reading(reader, written(tmp_path, "老.htm", page))
    assert texts(result) == [f"第{number}条 职工有权参加疗休养，每年一次。" for number in range(1, 6)]


def test_a_page_inside_a_form_and_an_annex_with_a_misleading_name_are_read(
    reader: Reader, tmp_path: Path
) -> None:
    page = (
        '<html><body><form id="form1"><input name="q"><div class="nav"><a href="/">首页</a></div>'
        '<div class="con">'
        + "".join(f"<p>第{number}条 {LONG}</p>" for number in range(1, 9))
        + '</div><div class="bottom">'
        + "".join(f"<p>附表{number}：{LONG}</p>" for number in range(1, 6))
        + '</div><div class="footer">版权所有</div></form></body></html>'
    )
    read = texts(reading(reader, written(tmp_path, "页.aspx.html", page)))
    assert [text[:3] for text in read] == [f"第{n}条" for n in range(1, 9)] + [
        f"附表{n}" for n in range(1, 6)
    ]


def test_a_page_without_a_word_is_an_error(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError) as caught:
        reader.read(written(tmp_path, "空.html", "<html><body><nav>菜单</nav></body></html>"))
    assert caught.value.code == "no_text"


@pytest.mark.skipif(
    not LAWS.is_dir(), reason="the statute texts are not beside this checkout (../shared/laws)"
)
def test_every_word_of_the_statutes_is_read(reader: Reader) -> None:
    def words(text: str) -> str:
        return "".join(text.replace("\u200b", "").split())

    for path in sorted(LAWS.rglob("*.md")):
        lines = path.read_text(encoding="utf-8").splitlines()
        source = [line.lstrip("#") for line in lines if not line.startswith("<!--")]
        result = reading(reader, path)
        if not any(block.kind in (BlockKind.TABLE, BlockKind.ITEM) for block in result.blocks):
            assert words("".join(texts(result))) == words("".join(source)), path.name
