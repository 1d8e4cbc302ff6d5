"""`union-assistant search` and what leaves over HTTP, on an index that holds the text of a statute."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from api.cli.searching import search_once
from api.settings import Settings
from retrieval.encoder import load_encoder
from retrieval.index import build_index
from retrieval.passages import Citation
from tests.retrieval.material import TODAY, article, card

TEXT = "灯塔夜间不得熄灭。\n\n看守人轮换的，应当交接。"
CARD = card("keeper", "灯塔换人要交接吗", citations=(Citation("示例灯塔条例", "第三条", "第二款"),))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data_dir=tmp_path)
    build_index([CARD, article("示例灯塔条例", "第三条", TEXT)], settings.index_dir, load_encoder())
    return settings


def printed(settings: Settings, text: str, capsys: pytest.CaptureFixture[str], *, as_json: bool) -> str:
    assert search_once(settings, text, org=None, as_of=TODAY, limit=3, as_json=as_json) == 0
    return capsys.readouterr().out


def test_a_search_prints_what_is_cited_word_for_word(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = printed(settings, "灯塔换人要交接吗", capsys, as_json=False).splitlines()
    at = lines.index("   示例灯塔条例第三条第二款")
    assert lines[at + 1] == "   │ 看守人轮换的，应当交接。"


def test_a_search_gives_the_paragraph_that_is_named_as_json(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(printed(settings, "示例灯塔条例3条1款", capsys, as_json=True))
    assert found["decision"] == "answer"
    cited = found["hits"][0]["citations"][0]
    assert cited["quote"] == "灯塔夜间不得熄灭。"
    assert cited["quote"] in TEXT


def test_a_search_looks_in_the_rules_of_the_time_that_is_asked_about_unless_a_day_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data_dir=tmp_path)
    old = card("lamp-old", "灯塔几点亮灯", effective_to=date(2024, 12, 31))
    new = card("lamp", "灯塔几点亮灯", effective_from=date(2025, 1, 1), supersedes="lamp-old")
    build_index([old, new, CARD], settings.index_dir, load_encoder())
    text = "2023年的时候灯塔几点亮灯有什么规定"
    for as_of, found in ((None, "lamp-old"), (TODAY, "lamp")):
        search_once(settings, text, org=None, as_of=as_of, limit=3, as_json=False)
        shown = capsys.readouterr().out
        assert f"[{found}]" in shown
        assert ("2023-12-31" in shown) == (as_of is None)
