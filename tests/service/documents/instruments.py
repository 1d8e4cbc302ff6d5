"""Instruments as they are understood from files, made here of an invented statute."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.documents.model import Article, Instrument, InstrumentKind, QuestionTable, Reading
from retrieval.documents.reading import UnreadableError
from service.knowledge.documents.rules import start_of
from service.knowledge.documents.writing import Intake, SourceFile

LAW = "示例灯塔管理条例"
OLD, NEW = date(2010, 1, 1), date(2020, 1, 1)
TEXTS = {
    "第一条": "为管理灯塔，保护看守人，制定本条例。",
    "第二条": "看守人每年有15日假期。\n（一）每年探望家人；\n（二）领取防寒用品。",
    "第三条": "灯塔夜间不得熄灭，看守人应当每二小时巡视一次灯室。",
    "第四条": "违反本条例第三条的，处五百元罚款。",
}


def articles(texts: Mapping[str, str] = TEXTS) -> tuple[Article, ...]:
    return tuple(Article(label, text, ("第一章 总则",)) for label, text in texts.items())


def law(texts: Mapping[str, str] = TEXTS, *, name: str = LAW, **fields: Any) -> Instrument:
    """A law in force since 2010, unless `fields` say otherwise."""
    fields = {"kind": InstrumentKind.LAW, "effective_from": OLD, "title": name, **fields}
    return Instrument(name=name, articles=articles(texts), **fields)


def intake(
    instrument: Instrument, *, file: str = "灯塔.docx", scope: str = "national", **fields: Any
) -> Intake:
    start = start_of(instrument)
    assert start is not None
    digest = hashlib.sha256(file.encode()).hexdigest()
    return Intake(instrument, SourceFile(file, "docx", digest), start, scope, **fields)


class Shelf:
    """Stands where files are read and understood: it knows what is in each file by its name."""

    def __init__(self, **files: tuple[Instrument, ...] | QuestionTable | UnreadableError) -> None:
        self._files = files

    def read(self, path: Path, *, columns: Mapping[str, str] | None = None) -> Reading | QuestionTable:
        del columns
        content = self._files[path.stem]
        if isinstance(content, UnreadableError):
            raise content
        return content if isinstance(content, QuestionTable) else Reading("docx", (), title=path.stem)

    def understand(self, reading: Reading) -> tuple[Instrument, ...]:
        content = self._files[reading.title or ""]
        assert isinstance(content, tuple)
        return content
