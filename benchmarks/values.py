"""How well values in a message are read: lengths of time, sums, dates, laws, articles, units, tickets, leave.

Runs in the interpreter that reads them, .venv-bot/bin/python:

python -m benchmarks.values               on nlu_data/heldout/values.jsonl: {"text", "values": [{"entity",
                                          "wording", "value"}]} a line, as of 2026-11-26
python -m benchmarks.values --show        also print what was read otherwise than annotated

A value counts as read when kind and value are those annotated and the wordings overlap. The baseline reads
what one regular expression per kind finds: digits with a unit, and the wordings of the lexicon.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

from bot.components.lexicon import read_lexicon
from bot.components.ruler import LexiconExtractor, Ruler
from bot.components.values import read_values, without_parts
from language.law_names import LawNames
from language.normalise import normalise
from language.words import Segmenter

ROOT = Path(__file__).resolve().parents[1]
TODAY = date(2026, 11, 26)
LEXICON_KINDS = ("leave_kind", "branch")
WHOLE_WORDS = LexiconExtractor.get_default_config()["whole_words"]
KINDS = ("duration", "money", "date", "law", "article", "leave_kind", "branch", "ticket")


@dataclass(frozen=True, slots=True)
class Value:
    """A value somebody annotated or a reader read; the offsets count in the normalised text."""

    kind: str
    value: str
    start: int
    end: int


Reader = Callable[[str], list[Value]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print precision, recall and F1 by kind; return 2 when there is nothing to measure on."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=ROOT / "nlu_data" / "heldout" / "values.jsonl")
    parser.add_argument("--show", action="store_true", help="print what was read otherwise")
    options = parser.parse_args(arguments)
    if not options.data.exists():
        print(f"{options.data} does not exist", file=sys.stderr)
        return 2
    rows = [json.loads(line) for line in options.data.read_text(encoding="utf-8").splitlines() if line]
    sentences = [(text := normalise(row["text"]), list(_annotated(row, text))) for row in rows]
    print(f"values: {options.data} ({len(rows)} sentences, {sum(len(v) for _, v in sentences)} values)\n")
    for name, reader in (("the product", _product()), ("baseline: one pattern a kind", _patterns())):
        _print(name, [(text, truth, reader(text)) for text, truth in sentences], show=options.show)
        options.show = False
    return 0


def _annotated(row: dict[str, Any], text: str) -> Iterator[Value]:
    position: Counter[str] = Counter()
    for item in row["values"]:
        wording = normalise(item["wording"])
        start = text.find(wording, position[item["entity"]])
        start = start if start >= 0 else text.find(wording)
        position[item["entity"]] = start + 1
        yield Value(item["entity"], _key(item["entity"], item["value"]), start, start + len(wording))


def _key(kind: str, value: Any) -> str:
    """Return the value as text; a unit of the bank is its wording."""
    return normalise(value) if kind == "branch" else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _product() -> Reader:
    laws = LawNames.load(ROOT / "nlu_data" / "lexicon" / "laws.txt")
    ruler = Ruler(read_lexicon(ROOT / "nlu_data" / "lexicon" / "entities"))
    segmenter = Segmenter(ROOT / "nlu_data" / "lexicon" / "jieba")

    def read(text: str) -> list[Value]:
        edges = {0, *accumulate(map(len, segmenter.cut(text)))}
        values = [
            {"entity": kind, "value": value, "start": start, "end": end}
            for kind, value, start, end in read_values(text, laws, TODAY)
        ]
        named = [
            {"entity": wording.entity, "value": wording.value, "start": start, "end": end}
            for wording, start, end in ruler.find(text)
            if wording.entity in LEXICON_KINDS
            and (wording.entity not in WHOLE_WORDS or not edges.isdisjoint((start, end)))
        ]
        return [
            Value(one["entity"], _key(one["entity"], one["value"]), one["start"], one["end"])
            for one in (*without_parts(named, values), *values)
        ]

    return read


def _patterns() -> Reader:
    units = {"年": "year", "个月": "month", "周": "week", "天": "day", "小时": "hour"}
    duration = re.compile(r"(\d+(?:\.\d+)?)(年|个月|周|天|小时)")
    money = re.compile(r"(\d+(?:\.\d+)?)元")
    day = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
    ticket = re.compile(r"gh\d{6}-\d{4}")
    lexicon = read_lexicon(ROOT / "nlu_data" / "lexicon" / "entities")

    def found(text: str) -> Iterable[tuple[str, Any, re.Match[str]]]:
        for match in duration.finditer(text):
            value = {"value": match[1], "unit": units[match[2]], "upper": None, "approximate": False}
            yield "duration", value, match
        for match in money.finditer(text):
            yield "money", {"yuan": match[1], "upper": None, "approximate": False}, match
        for match in day.finditer(text):
            iso = f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}"
            yield "date", {"first": iso, "last": iso}, match
        for match in ticket.finditer(text):
            yield "ticket", match[0].upper(), match

    def read(text: str) -> list[Value]:
        values = [Value(kind, _key(kind, value), *match.span()) for kind, value, match in found(text)]
        for wording in lexicon:
            start = text.find(wording.text)
            if start >= 0 and wording.entity in LEXICON_KINDS:
                key = _key(wording.entity, wording.value)
                values.append(Value(wording.entity, key, start, start + len(wording.text)))
        return values

    return read


def _print(name: str, sentences: Sequence[tuple[str, list[Value], list[Value]]], *, show: bool) -> None:
    right: Counter[str] = Counter()
    due: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for text, truth, values in sentences:
        due.update(one.kind for one in truth)
        read.update(one.kind for one in values)
        left = list(values)
        missed = []
        for one in truth:
            match = next((other for other in left if _same(one, other)), None)
            if match is None:
                missed.append(one)
            else:
                left.remove(match)
                right[one.kind] += 1
        if show and (missed or left):
            print(text)
            for mark, ones in (("-", missed), ("+", left)):
                for one in ones:
                    print(f"  {mark} {one.kind} {text[one.start : one.end]} {one.value}")
    print(f"{name}\n  {'':12}  precision  recall     F1  values")
    for kind in KINDS:
        _row(kind, right[kind], read[kind], due[kind])
    _row("all", right.total(), read.total(), due.total())
    print()


def _row(kind: str, right: int, read: int, due: int) -> None:
    precision, recall = right / read if read else 0.0, right / due if due else 0.0
    f1 = 2 * right / (read + due) if read + due else 0.0
    print(f"  {kind:12}  {precision:9.3f}  {recall:6.3f}  {f1:5.3f}  {due:6}")


def _same(one: Value, other: Value) -> bool:
    return (
        one.kind == other.kind
        and one.value == other.value
        and one.start < other.end
        and other.start < one.end
    )


if __name__ == "__main__":
    sys.exit(main())
