import time
from pathlib import Path

import pytest

from retrieval.tokens import LEXICON
from retrieval.wording import WordListError, wording_reader
from retrieval.wording.synonyms import Meaning, Synonyms


def synonyms(tmp_path: Path, content: str) -> Synonyms:
    file = tmp_path / "synonyms.txt"
    file.write_text(content, encoding="utf-8")
    return Synonyms.load(file)


def test_the_words_of_a_group_lead_to_each_other(tmp_path: Path) -> None:
    listed = synonyms(tmp_path, "# 说明\n辞退 开除\n")
    assert listed.find(["被", "开除"]) == [Meaning(1, 3, ("辞退",))]
    assert listed.find(["辞退"]) == [Meaning(0, 2, ("开除",))]


def test_an_arrow_leads_one_way(tmp_path: Path) -> None:
    listed = synonyms(tmp_path, "奶假 喂奶 > 哺乳时间\n")
    assert listed.find(["奶假"]) == [Meaning(0, 2, ("哺乳时间",))]
    assert listed.find(["哺乳时间"]) == []


def test_a_word_in_two_groups_leads_to_both(tmp_path: Path) -> None:
    listed = synonyms(tmp_path, "五险 社保\n五险 > 公积金\n")
    assert listed.find(["五险"]) == [Meaning(0, 2, ("社保", "公积金"))]


def test_the_longest_word_counts_and_a_short_one_only_as_a_whole_word(tmp_path: Path) -> None:
    listed = synonyms(tmp_path, "派遣 > 外派\n劳务派遣 > 派遣工\n内退 > 退养\n")
    assert listed.find(["劳务", "派遣"]) == [Meaning(0, 4, ("派遣工",))]
    assert listed.find(["国内", "退休"]) == []


def test_full_width_and_capitals_make_no_difference(tmp_path: Path) -> None:
    assert synonyms(tmp_path, "Ｎ＋1 > 经济补偿\n").find(["n+1"]) == [Meaning(0, 3, ("经济补偿",))]


@pytest.mark.parametrize("line", ["辞退", "辞退 >", "> 辞退", "一 > 二 > 三"])
def test_a_line_that_leads_nowhere_is_reported_with_its_place(tmp_path: Path, line: str) -> None:
    with pytest.raises(WordListError, match=r"synonyms\.txt:2"):
        synonyms(tmp_path, f"# 说明\n{line}\n")


@pytest.mark.parametrize(
    ("asked", "official"),
    [
        ("被炒鱿鱼了", "解除劳动合同"), ("奶假怎么休", "哺乳时间"), ("男方陪产假", "护理假"),
        ("疗养名额", "疗休养"),
        ("我是派遣的", "劳务派遣"), ("双倍工资", "二倍工资"), ("能拿n+1吗", "经济补偿"),
        ("五险一金没交", "社会保险"),
        ("退养条件", "内部退养"), ("遣散费", "经济补偿"), ("职代会", "职工代表大会"), ("大姨妈", "经期"),
        ("厂务公开", "行务公开"), ("eap", "心理咨询"), ("十三薪", "年终奖"), ("孕检", "产前检查"),
    ],
)  # fmt: skip
def test_what_employees_say_is_also_asked_for_as_the_rules_say_it(asked: str, official: str) -> None:
    wording = wording_reader().read(asked)
    missing = [token for token in wording_reader().read(official).tokens if token not in wording.tokens]
    assert missing
    assert all(0 < wording.extra[token] < 1 for token in missing)


def test_the_shipped_list_is_long_and_every_word_stands_once_in_a_line() -> None:
    lines = [line.split() for line in (LEXICON / "synonyms.txt").read_text(encoding="utf-8").splitlines()]
    groups = [line for line in lines if line and not line[0].startswith("#")]
    assert len(groups) >= 150
    assert [line for line in groups if any(len(word) < 2 for word in line if word != ">")] == []


def test_reading_a_question_costs_a_millisecond_or_so() -> None:
    texts = [
        "单位社宝一直没有给我交怎么办，生玉津贴还能领吗",
        "休产假期间端午节慰问品还有没有，被炒鱿鱼赔多少",
    ]
    read = wording_reader().read
    best = min(_seconds(read, texts) for _ in range(20))
    assert best / len(texts) < 0.003  # 0.7 ms on a quiet machine, twice that beside other work


def _seconds(read: object, texts: list[str]) -> float:
    assert callable(read)
    started = time.perf_counter()
    for text in texts:
        read(text)
    return time.perf_counter() - started
