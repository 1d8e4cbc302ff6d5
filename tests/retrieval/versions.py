"""Versions of a small collection that can be told apart: whatever a version says, it says its number."""

from pathlib import Path

from retrieval.build import build_index
from retrieval.encoder import Encoder
from retrieval.engines.server import MilvusServer
from retrieval.index import Index
from retrieval.passages import Passage
from retrieval.search import Question
from tests.retrieval.material import TODAY, article, card

SUBJECTS = ("年假", "加班费", "产假", "婚假", "病假工资", "困难补助", "工会会费", "退休手续")
UNCHANGING = 40


def passages_of(version: int) -> list[Passage]:
    """A card on every subject that names the version, and articles that are the same in all of them."""
    cards = [
        card(f"card-{at}", f"{subject}怎么算", f"{subject}有多少", text=f"{subject}按{version}版执行。")
        for at, subject in enumerate(SUBJECTS)
    ]
    articles = [article("劳动法", f"第{at}条", f"用人单位应当遵守第{at}项规定。") for at in range(UNCHANGING)]
    return [*cards, *articles]


def build_version(version: int, root: Path, encoder: Encoder, milvus: MilvusServer | None = None) -> str:
    return build_index(passages_of(version), root, encoder, milvus=milvus, memory=())


def version_said(index: Index, subject: str) -> int:
    """The version that the card found for `subject` names, every other card found naming the same."""
    hits = index.search(Question(f"{subject}怎么算", TODAY, limit=20)).hits
    cards = [hit.passage for hit in hits if hit.passage.questions]
    assert cards[0].questions[0] == f"{subject}怎么算"
    said = {int(found.text.split("按")[1].split("版")[0]) for found in cards}
    assert len(said) == 1, "a mixture of versions"
    return said.pop()
