"""A small folder in BEIR layout."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SUBJECTS = ("年休假", "加班费", "试用期", "经济补偿金", "工伤认定", "生育津贴", "会费", "职工代表大会")


def write_beir(folder: Path) -> None:
    """Eight articles; q1 (train) is answered by the first, q2 (dev) by the second."""
    passages = [
        {
            "_id": str(at),
            "title": f"样例法第{at}条",
            "text": f"{subject}由单位统筹安排。职工对{subject}有异议的，可以提出。",
            "metadata": {"law": "样例法", "article": f"第{at}条", "heading": ""},
        }
        for at, subject in enumerate(SUBJECTS, 1)
    ]
    _write(folder / "corpus.jsonl", passages)
    asked = [{"_id": "q1", "text": "年休假怎么安排"}, {"_id": "q2", "text": "加班费有异议怎么办"}]
    _write(folder / "queries.jsonl", asked)
    (folder / "qrels").mkdir(parents=True)
    head = "query-id\tcorpus-id\tscore\n"
    (folder / "qrels" / "train.tsv").write_text(head + "q1\t1\t1\nq1\t2\t0\n", encoding="utf-8")
    (folder / "qrels" / "dev.tsv").write_text(head + "q2\t2\t1\n", encoding="utf-8")


def _write(file: Path, records: Sequence[Mapping[str, Any]]) -> None:
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    file.write_text("\n".join(lines), encoding="utf-8")
