"""What the word lists are worth: questions as they were written, and with one character chosen wrongly.

    python -m benchmarks.wording [--file benchmarks/data/answers_validation.jsonl] [--json OUT]

Prints how often the right card comes first, and among the first three, with both lists, without synonyms and
without homophones. A misspelt question has one character of one of the union's words replaced by another that
is typed the same, whatever its tone, chosen by a fixed seed among those in common use; no list was fitted to
it. The last figures are about right spelling: in how many questions a word is read as another one.
"""

import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from benchmarks.answers import judge
from language.normalise import normalise
from retrieval.artifacts import Artifacts
from retrieval.build import build_index
from retrieval.cards import load_cards
from retrieval.encoder import load_encoder
from retrieval.index import Index
from retrieval.tokens import segmenter
from retrieval.training.validation import Row, read_rows
from retrieval.wording import WordingReader, wording_reader
from retrieval.wording.homophones import HomophoneList, Homophones
from retrieval.wording.sounds import letters
from retrieval.wording.synonyms import Synonyms

WORDS = (
    "公积金", "社保", "医保", "工伤", "年假", "产假", "婚假", "病假", "事假", "丧假", "探亲假", "陪产假",
    "年休假", "调休", "加班", "加班费", "年终奖", "工资", "绩效", "补助", "慰问", "慰问金", "疗休养",
    "体检", "年金", "会费", "会员", "入会", "工会", "提案", "职代会", "互助", "劳模", "评优", "培训",
    "托管", "试用期", "劳动合同", "派遣", "辞退", "辞职", "赔偿", "经济补偿", "仲裁", "处分", "旷工",
    "调岗", "轮岗", "内退", "退休", "生育津贴", "哺乳", "法律援助", "心理咨询", "性骚扰",
)  # fmt: skip
_ROUNDS = 3
_IN_USE = 1_500
"""How often jieba's dictionary must know a character for it to be what somebody picks by mistake."""
_NOTHING = HomophoneList((), (), frozenset())


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A question with a slip, and as it was written."""

    row: Row
    written: Row


def misspell(rows: Sequence[Row], *, seed: int = 1) -> list[Misspelt]:
    """The questions that name one of the union's words, several times over, each time with another slip."""
    draw = random.Random(seed)
    typed = _typed_alike()
    found = []
    for row in [row for _ in range(_ROUNDS) for row in rows if row.cards]:
        named = [word for word in WORDS if word in row.text]
        if named:
            word = draw.choice(named)
            at = draw.randrange(len(word))
            others = [character for character in typed[letters(word[at])] if character != word[at]]
            if others:
                slip = word[:at] + draw.choice(others) + word[at + 1 :]
                found.append(Misspelt(replace(row, text=row.text.replace(word, slip)), row))
    return found


def _typed_alike() -> dict[str, list[str]]:
    typed = defaultdict(list)
    for character in map(chr, range(0x4E00, 0x9FA6)):
        if segmenter().frequency(character) >= _IN_USE:
            typed[letters(character)].append(character)
    return typed


def figures(index: Index, rows: Sequence[Row], *, as_of: date) -> dict[str, float]:
    """How often the right card comes first and among three, over questions that have one."""
    judged = judge(index, rows, as_of=as_of)
    return {
        "questions": len(judged),
        "right card first": float(np.mean([one.first for one in judged])),
        "right card among three": float(np.mean([one.among for one in judged])),
    }


def readers() -> dict[str, WordingReader]:
    """The reader that is shipped, and the same with one of its lists empty."""
    shipped = wording_reader()
    no_homophones = Homophones(_NOTHING, (), frequency=segmenter().frequency, stop_words=())
    return {
        "both lists": shipped,
        "without synonyms": shipped.with_lists(synonyms=Synonyms({})),
        "without homophones": shipped.with_lists(homophones=no_homophones),
    }


def main(
    file: Annotated[Path, typer.Option(help="questions with their card, one JSON object a line")] = Path(
        "benchmarks/data/answers_validation.jsonl"
    ),
    cards: Annotated[Path, typer.Option(help="knowledge cards")] = Path("knowledge_base/cards"),
    as_of: Annotated[str, typer.Option(help="the day the questions are asked")] = "2026-11-23",
    json_out: Annotated[Path | None, typer.Option("--json", help="write the figures there too")] = None,
) -> None:
    """Print what synonyms and homophones are worth."""
    if not file.exists():
        typer.echo(f"{file} is missing", err=True)
        sys.exit(2)
    day, passages, encoder = date.fromisoformat(as_of), load_cards(cards), load_encoder()
    rows = [row for row in read_rows(file) if row.cards]
    slips = misspell(rows)
    reader = wording_reader()
    with TemporaryDirectory() as folder:
        build_index(passages, Path(folder), encoder)
        index = Index.open(Path(folder), encoder=encoder, artifacts=Artifacts.load(encoder.fingerprint))
        report: dict[str, object] = {
            name: {
                "as written": figures(index.with_wording(other), rows, as_of=day),
                "misspelt": figures(index.with_wording(other), [one.row for one in slips], as_of=day),
                "the misspelt ones as written": figures(
                    index.with_wording(other), [one.written for one in slips], as_of=day
                ),
            }
            for name, other in readers().items()
        }
    asked = [normalise(text) for card in passages for text in (*card.questions, *card.not_questions)]
    started = time.perf_counter()
    readings = [reader.read(text) for text in asked]
    report["µs to read a question"] = (time.perf_counter() - started) / len(asked) * 1e6
    report["slips put right"] = float(
        np.mean([reader.read(normalise(one.row.text)).text == normalise(one.written.text) for one in slips])
    )
    report["card questions read as another"] = sorted(
        text for text, reading in zip(asked, readings, strict=True) if reading.text != text
    )
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    if json_out is not None:
        json_out.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
