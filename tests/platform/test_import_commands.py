"""`union-assistant import`, `documents` and `cards check`, on a knowledge base of two cards."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from docx import Document
from PIL import Image, ImageDraw, ImageFont

from api.cli import documents
from api.cli.card_checking import check
from api.cli.importing import Asked, take
from api.cli.searching import search_once
from api.indexing import indexing_of
from api.settings import Settings
from retrieval.artifacts import Artifacts
from retrieval.documents.reading import Reader
from retrieval.encoder import load_encoder
from retrieval.store import current_version
from service.database import Database
from service.knowledge.live_index import LiveIndex
from service.knowledge.sources import open_source
from tests.platform.conftest import eventually
from tests.requirements import need_chinese_font

LAW = "职工带薪年休假条例"
OLD = f"""# {LAW}

2007年12月14日 国务院令第514号公布

<!-- INFO END -->

第二条 示例：单位应当保证职工享受年休假。

第三条 示例：已满10年不满20年的，年休假10天。满1年5天，满20年15天。

国家法定休假日、休息日不计入年休假的假期。

第四条 本条例自2008年1月1日起施行。
"""
NEW = (
    OLD.replace("10天", "12天")
    .replace("2007年12月14日 国务院令第514号公布", "2030年12月1日 国务院令第999号公布")
    .replace("2008年1月1日起施行", "2031年1月1日起施行")
)
UNDATED = "# 示例银行考勤办法\n\n## 一、打卡\n\n每天上班打卡一次，由所在部门的考勤员记录。\n"


@pytest.fixture
def settings(home: Path, tmp_path: Path) -> Settings:
    knowledge = tmp_path / "knowledge_base"
    cards = knowledge / "cards" / "leave"
    cards.mkdir(parents=True)
    for name in ("leave-annual-days", "leave-marriage"):
        shutil.copy(home / "knowledge_base" / "cards" / "leave" / f"{name}.md", cards)
    shutil.copy(home / "knowledge_base" / "organisations.yml", knowledge)
    for name in ("parameters", "calendar"):
        shutil.copytree(home / "knowledge_base" / name, knowledge / name)
    (tmp_path / "texts").symlink_to(home / "texts")
    return Settings(home=tmp_path, data_dir=tmp_path / "var")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return written(tmp_path / "in" / "旧.md", OLD)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return written(tmp_path / "in" / "新.md", NEW)


def written(file: Path, text: str) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def taken(
    settings: Settings, capsys: pytest.CaptureFixture[str], *paths: Path, **asked: Any
) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    status = take(settings, paths, Asked(as_json=True, **asked))
    return status, json.loads(capsys.readouterr().out)


def quoted(settings: Settings, capsys: pytest.CaptureFixture[str], as_of: date | None = None) -> str | None:
    """What an answer about annual leave quotes from the article its card cites first."""
    capsys.readouterr()
    search_once(settings, "工作满一年有几天年假", org=None, as_of=as_of, limit=1, as_json=True)
    (hit,) = json.loads(capsys.readouterr().out)["hits"]
    (cited,) = (one for one in hit["citations"] if (one["law"], one["article"]) == (LAW, "第三条"))
    quote: str | None = cited["quote"]
    return quote


def test_an_imported_article_is_quoted_word_for_word_by_the_card_that_cites_it(
    settings: Settings, old: Path, new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, report = taken(settings, capsys, old)
    assert status == 0
    (file,) = report["files"]
    assert (file["state"], file["instruments"][0]["articles"]) == ("imported", 3)
    assert report["index_version"] == current_version(settings.index_dir)
    said = quoted(settings, capsys)
    assert said is not None
    assert said.startswith("示例：已满10年不满20年的，年休假10天。")
    assert taken(settings, capsys, new)[0] == 0
    assert "10天" in (quoted(settings, capsys) or "")
    assert "12天" in (quoted(settings, capsys, date(2031, 5, 1)) or "")


def test_importing_again_changes_nothing_and_builds_nothing(
    settings: Settings, old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken(settings, capsys, old)
    status, report = taken(settings, capsys, old)
    assert status == 0
    assert [file["state"] for file in report["files"]] == ["unchanged"]
    assert report["index_version"] is None


def test_an_import_that_was_stopped_tells_what_it_did_and_the_next_completes_the_index(
    settings: Settings,
    old: Path,
    new: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    read = Reader.read

    def stopped_at_the_second(self: Reader, path: Path, **given: Any) -> Any:
        if path == new:
            raise KeyboardInterrupt
        return read(self, path, **given)

    with monkeypatch.context() as patched:
        patched.setattr(Reader, "read", stopped_at_the_second)
        with pytest.raises(typer.Exit) as ended:
            take(settings, [old, new], Asked())
    assert ended.value.exit_code == 130
    said = capsys.readouterr()
    assert "新增" in said.out
    assert "还有 1 个文件" in said.err
    shutil.rmtree(settings.index_dir)  # as if it had been killed before the index was there
    _, report = taken(settings, capsys, old)
    assert report["files"][0]["state"] == "unchanged"
    assert report["index_version"] == current_version(settings.index_dir)


def test_a_data_folder_that_cannot_be_made_is_named(
    settings: Settings, tmp_path: Path, old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = written(tmp_path / "datei", "x")
    blocked = Settings(home=settings.home, data_dir=there / "var")
    with pytest.raises(typer.Exit):
        take(blocked, [old], Asked())
    assert "UA_DATA_DIR" in capsys.readouterr().err


def test_a_running_service_takes_up_what_is_imported(settings: Settings, old: Path) -> None:
    encoder = load_encoder(None)
    database = Database(settings.database)
    take(settings, [old], Asked(dry_run=True))  # migrates
    indexing_of(settings, encoder, database).refresh()
    live = LiveIndex(settings.index_dir, encoder, Artifacts.load(encoder.fingerprint))
    try:
        source = f"law:{LAW}:第三条"
        assert live.current().passage(source) is None
        assert take(settings, [old], Asked()) == 0
        eventually(lambda: live.current().passage(source) is not None)
        opened = open_source(live.current(), source, as_of=date(2026, 11, 23))
        assert opened.text is not None
        assert "法定休假日" in opened.text
        assert [one.source_id for one in opened.cited_by] == ["leave-annual-days"]
    finally:
        live.close()
        database.close()


def test_a_new_version_names_the_cards_to_look_at(
    settings: Settings, old: Path, new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken(settings, capsys, old)
    assert take(settings, [new], Asked()) == 0
    said = capsys.readouterr().out
    assert "2008-01-01 起的那一版用到 2030-12-31" in said
    assert "修改 2 条" in said
    assert "[leave-annual-days] 职工带薪年休假条例第三条 改了" in said
    assert "leave-annual-days.md" in said


def test_a_file_that_is_not_imported_is_named_and_the_others_are_not_spoilt(
    settings: Settings, old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (old.parent / "leer.docx").touch()
    undated = written(old.parent / "考勤.md", UNDATED)
    assert take(settings, [old.parent], Asked()) == 1
    said = capsys.readouterr().out
    assert "leer.docx：文件是空的" in said
    assert "考勤.md：" in said
    assert "--effective-from" in said
    assert "导入 1，没有变化 0，写成草稿 0，待确认 0，没有导入 2" in said
    assert take(settings, [undated], Asked(effective_from=date(2026, 1, 1), org="示例银行")) == 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"effective_from": date(2026, 1, 1)}, "一次只能用于一个文件"),
        ({"columns": "问题=frage"}, "问题=frage"),
    ],
)
def test_what_makes_no_sense_is_refused(
    settings: Settings,
    old: Path,
    new: Path,
    asked: dict[str, Any],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended:
        take(settings, [old, new], Asked(**asked))
    assert ended.value.exit_code == 2
    assert said in capsys.readouterr().err


@pytest.mark.verify
def test_of_a_scan_it_is_said_that_it_was_recognised(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    font = ImageFont.truetype(str(need_chinese_font()), 40)
    page = Image.new("RGB", (1240, 600), "white")
    for at, line in enumerate(("示例单位疗休养办法", "第一条 职工每三年休一次，每次五天。")):
        ImageDraw.Draw(page).text((120, 120 + 120 * at), line, font=font, fill="black")
    page.save(tmp_path / "扫描.png")
    assert take(settings, [tmp_path / "扫描.png"], Asked(effective_from=date(2026, 1, 1))) == 0
    assert "从图片识别" in capsys.readouterr().out


def test_a_path_that_is_not_there_is_refused(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        take(settings, [Path("/nothing/here")], Asked())
    assert ended.value.exit_code == 2
    assert "/nothing/here" in capsys.readouterr().err


def test_an_unknown_organisation_is_named(
    settings: Settings, old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        take(settings, [old], Asked(org="没有的银行"))
    assert ended.value.exit_code == 1
    assert "没有的银行" in capsys.readouterr().err


def test_a_question_table_becomes_drafts_once_its_columns_are_said(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = written(
        tmp_path / "in" / "常见问题.csv",
        "问题,答复,分类\n工作满一年有几天年假,五天,休假\n食堂几点开门,十一点半开门,联系工会\n",
    )
    out = tmp_path / "drafts"
    status, report = taken(settings, capsys, table, cards_out=out)
    assert (status, report["files"][0]["state"]) == (1, "to_confirm")
    assert take(settings, [table], Asked(columns="问题=question,答复=answer,分类=topic", cards_out=out)) == 0
    said = capsys.readouterr().out
    assert "已经有卡片回答，没有写草稿：工作满一年有几天年假  →  leave-annual-days" in said
    assert ": not_a_text 字段 owner" in said  # somebody has to own it
    (draft,) = out.rglob("*.md")
    assert draft.parent.name == "contacts"
    assert current_version(settings.index_dir) is None  # a draft answers nobody


def test_a_file_whose_name_is_in_another_encoding_is_imported_and_named(
    settings: Settings, old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old.rename(old.with_name(os.fsdecode("年休假".encode("gb18030") + b".md")))
    assert take(settings, [old.parent], Asked()) == 0
    said = capsys.readouterr().out
    assert ".md" in said
    said.encode("utf-8")
    documents.show_all(settings, as_json=True)
    json.loads(capsys.readouterr().out)


# Documents


def test_documents_are_listed_shown_compared_exported_and_removed(
    settings: Settings, old: Path, new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take(settings, [old, new], Asked())
    capsys.readouterr()
    assert documents.show_all(settings, as_json=False) == 0
    said = capsys.readouterr().out
    assert f"{LAW}（全国）" in said
    assert "2008-01-01 至 2030-12-31，3 条，旧.md" in said
    documents.show_all(settings, as_json=True)
    (row,) = json.loads(capsys.readouterr().out)
    assert [one["effective_to"] for one in row["versions"]] == ["2030-12-31", None]

    assert documents.show(settings, f"《{LAW}》", article="3条", as_of=date(2026, 1, 1), org=None) == 0
    said = capsys.readouterr().out
    assert "来自：旧.md" in said
    assert "? 第 7 行：条文从 第二条 开始" in said
    assert "年休假10天" in said
    assert "应当保证" not in said

    assert documents.compare(settings, LAW, days=(None, None), org=None, as_json=False) == 0
    assert "[-10-]{+12+}天" in capsys.readouterr().out
    days = (date(2008, 1, 1), date(2031, 1, 1))
    documents.compare(settings, LAW, days=days, org=None, as_json=True)
    assert [one["change"] for one in json.loads(capsys.readouterr().out)] == ["changed", "changed"]

    copy = tmp_path / "copy.md"
    assert documents.export(settings, LAW, as_of=date(2026, 1, 1), org=None, out=copy) == 0
    report = taken(settings, capsys, copy)[1]
    assert [one["outcome"] for one in report["files"][0]["instruments"]] == ["same_content"]

    assert documents.remove(settings, LAW, day=date(2031, 1, 1), everything=False, org=None) == 0
    documents.show_all(settings, as_json=True)
    said = capsys.readouterr().out
    assert json.loads(said[said.index("[\n") :])[0]["versions"][0]["effective_to"] is None
    assert documents.remove(settings, LAW, day=None, everything=True, org=None) == 0
    capsys.readouterr()
    documents.show_all(settings, as_json=False)
    assert "还没有导入" in capsys.readouterr().out


def test_what_is_not_there_is_said(settings: Settings, old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take(settings, [old], Asked())
    calls: list[Callable[[], int]] = [
        lambda: documents.show(settings, "没有的法", article=None, as_of=None, org=None),
        lambda: documents.show(settings, LAW, article="第九十九条", as_of=None, org=None),
        lambda: documents.show(settings, LAW, article=None, as_of=date(1999, 1, 1), org=None),
        lambda: documents.compare(settings, LAW, days=(None, None), org=None, as_json=False),
        lambda: documents.remove(settings, LAW, day=date(1999, 1, 1), everything=False, org=None),
        lambda: documents.remove(settings, LAW, day=None, everything=False, org=None),
    ]
    for call in calls:
        capsys.readouterr()
        with pytest.raises(typer.Exit) as ended:
            call()
        assert ended.value.exit_code in (1, 2)
        assert capsys.readouterr().err.startswith("✗ ")


def test_a_document_of_one_organisation_is_found_without_naming_it(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = written(tmp_path / "in" / "考勤.docx", UNDATED.replace("# ", "").replace("#", ""))
    for org in ("示例银行/安徽省分行", "示例银行/浙江省分行"):
        take(settings, [policy], Asked(org=org, effective_from=date(2026, 1, 1)))
        capsys.readouterr()
        if org.endswith("安徽省分行"):
            documents.show(settings, "示例银行考勤办法", article=None, as_of=None, org=None)
            told = capsys.readouterr().out
            assert "\n一、打卡\n每天上班打卡一次" in told
            assert "? 文件名说是 docx" in told  # what was doubtful about reading is kept too
    for name, said in (("示例银行考勤办法", "示例银行/浙江省分行"), ("考勤", "《示例银行考勤办法》")):
        with pytest.raises(typer.Exit):
            documents.show(settings, name, article=None, as_of=None, org=None)
        assert said in capsys.readouterr().err


# Cards


def test_cards_are_compared_with_what_they_cite(
    settings: Settings, old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take(settings, [old], Asked())
    card = settings.knowledge_base / "cards" / "leave" / "leave-annual-days.md"
    text = card.read_text(encoding="utf-8")
    head, _, answer = text.partition("citations:")
    _, _, rest = answer.partition("scope:")

    def citing(*places: str, said: str = "") -> tuple[int, list[tuple[str, str]]]:
        cited = "".join(f"  - {{law: {LAW}, {place}}}\n" for place in places)
        card.write_text(f"{head}citations:\n{cited}scope:{rest.rstrip()}\n{said}\n", encoding="utf-8")
        capsys.readouterr()
        status = check(settings, as_json=True)
        found = json.loads(capsys.readouterr().out)
        return status, [(one["code"], one["grade"]) for one in found if one["code"] != "law_not_imported"]

    good = ("article: 第三条, paragraph: 第二款", "article: 第三条")
    assert citing(*good) == (0, [])
    assert citing(*good, "article: 第九条") == (1, [("cited_article_missing", "wrong")])
    assert citing(*good, "article: 第三条, paragraph: 第五款") == (1, [("cited_paragraph_missing", "wrong")])
    assert citing(*good, said="满30年25天。")[1] == [("figure_not_in_articles", "wrong")] * 2
    assert citing("article: 第二条")[0] == 1  # it states no figures at all

    assert check(settings, as_json=False) == 1
    said = capsys.readouterr().out
    assert "leave-annual-days.md:" in said
    assert "figure_not_in_articles" in said
    assert "没有导入《" in said


# Real files


def in_word(file: Path) -> Path:
    """The same law as Word would hold it."""
    document = Document()
    title, *lines = [line for line in OLD.splitlines() if line and not line.startswith("<!--")]
    document.add_heading(title.removeprefix("# "), level=0)
    for line in lines:
        document.add_paragraph(line)
    file.parent.mkdir(exist_ok=True)
    document.save(str(file))
    return file


def test_the_same_text_in_another_format_is_known_as_the_same(
    settings: Settings, old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken(settings, capsys, old)
    status, report = taken(settings, capsys, in_word(old.parent / "旧.docx"))
    (file,) = report["files"]
    assert (status, file["format"]) == (0, "docx")
    assert [one["outcome"] for one in file["instruments"]] == ["same_content"]


@pytest.mark.verify
def test_all_statutes_at_hand_are_imported_in_time_and_the_cards_agree_with_them(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    laws = home.parent / "shared" / "laws"
    if not laws.is_dir():
        pytest.skip(f"no statutes in {laws}")
    settings = Settings(home=home, data_dir=tmp_path / "var")
    began = sum(os.times()[:4])
    folders = sorted(one for one in laws.iterdir() if one.is_dir())
    status, report = taken(settings, capsys, *folders)
    assert status == 0, [file for file in report["files"] if file["failure"]]
    assert sum(os.times()[:4]) - began < 60  # of a processor: the machine may be busy with something else
    assert taken(settings, capsys, *folders)[1]["index_version"] is None
    assert check(settings, as_json=False) == 0, capsys.readouterr().out
