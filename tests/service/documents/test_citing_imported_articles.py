"""Answers quote the imported article, each organisation its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from retrieval.artifacts import Artifacts
from retrieval.encoder import load_encoder
from retrieval.index import build_index
from retrieval.passages import Citation, Passage, article_id
from service.database import Database
from service.knowledge.answers import Answers
from service.knowledge.asked import Asked
from service.knowledge.documents.operations import store
from service.knowledge.indexing import Indexable, Indexing
from service.knowledge.live_index import LiveIndex
from service.knowledge.sources import cite, open_source
from tests.knowledge import answers_from
from tests.retrieval.material import article, card
from tests.schema import make_tables
from tests.service.documents.instruments import LAW, intake, law
from tests.service.documents.test_document_operations import ADMIN
from tests.service.world import BANK, MORNING, PROVINCE

TODAY = date(2026, 11, 23)
RULE = "示例灯塔巡检办法"
OTHER = f"{BANK}/广东省分行"


def own(scope: str, text: str, *, law: str = RULE, label: str = "第二条") -> Passage:
    passage = article(law, label, text, scope=scope, citations=(Citation(RULE, "第一条"),))
    return replace(passage, id=article_id(law, label, scope))


PASSAGES = (
    article(RULE, "第一条", "为巡检灯塔，制定本办法。"),
    article(RULE, "第二条", "每天巡检一次。"),
    own(PROVINCE, "安徽每天巡检两次。"),
    own(OTHER, "广东每天巡检三次。"),
    own(PROVINCE, "夜里值班。", law="示例灯塔值班办法", label="第一条"),
    card("national", "灯塔多久巡检一次", citations=(Citation(RULE, "第二条"),)),
    card(
        "anhui", "安徽的灯塔多久巡检一次", scope=f"{PROVINCE}/合肥分行", citations=(Citation(RULE, "第二条"),)
    ),
)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> LiveIndex:
    folder, encoder = tmp_path_factory.mktemp("inspections"), load_encoder(None)
    build_index(PASSAGES, folder, encoder)
    return LiveIndex(folder, encoder, Artifacts.load(encoder.fingerprint))


@pytest.fixture(scope="module")
def answers(live: LiveIndex, home: Path) -> Answers:
    return answers_from(live, home)


@pytest.mark.parametrize(
    ("organisation", "said"),
    [
        (None, "每天巡检一次。"),
        (PROVINCE, "安徽每天巡检两次。"),
        (OTHER, "广东每天巡检三次。"),
        (BANK, "每天巡检一次。"),
    ],
)
def test_an_article_asked_for_by_name_is_that_of_the_own_organisation(
    answers: Answers, organisation: str | None, said: str
) -> None:
    reply = answers.answer(Asked(f"{RULE}第二条", TODAY, organisation=organisation))
    assert [cited.quote for cited in reply.citations] == [said]


def test_of_another_organisations_rule_nothing_is_known(answers: Answers) -> None:
    law_only_elsewhere = "示例灯塔值班办法"
    assert f"没有《{law_only_elsewhere}》" in answers.answer(Asked(f"{law_only_elsewhere}第一条", TODAY)).text
    reply = answers.answer(Asked(f"{law_only_elsewhere}第一条", TODAY, organisation=PROVINCE))
    assert [cited.quote for cited in reply.citations] == ["夜里值班。"]


@pytest.mark.parametrize(("name", "said"), [("national", "每天巡检一次。"), ("anhui", "安徽每天巡检两次。")])
def test_a_card_quotes_the_rule_of_whoever_it_is_for(live: LiveIndex, name: str, said: str) -> None:
    index = live.current()
    found = index.passage(name)
    assert found is not None
    _, cited = cite(found, index, as_of=TODAY)
    assert cited.quote == said
    opened = open_source(index, cited.source_id, as_of=TODAY)
    assert opened.text == said
    assert {one.source_id for one in opened.cited_by} == {"national", "anhui"}


def test_an_opened_article_leads_to_those_it_refers_to_which_do_not_count_as_citing_it(
    live: LiveIndex,
) -> None:
    index = live.current()
    opened = open_source(index, article_id(RULE, "第二条", PROVINCE), as_of=TODAY)
    assert [(one.source_id, one.quote) for one in opened.citations] == [
        (article_id(RULE, "第一条"), "为巡检灯塔，制定本办法。")
    ]
    assert index.citing(RULE, "第一条") == []


def test_what_another_process_stores_while_an_index_is_built_is_not_lost(tmp_path: Path, home: Path) -> None:
    url = f"sqlite:///{tmp_path / 'database.sqlite3'}"
    make_tables(url)
    database = Database(url)
    (tmp_path / "cards").mkdir()

    class Slow(Indexing):
        """Another process imports while this one builds for the first time."""

        def build(self, indexable: Indexable) -> str:
            if not indexable.passages:
                with database.write() as db:
                    store(db, intake(law()), root=BANK, viewer=ADMIN, now=MORNING)
            return super().build(indexable)

    encoder = load_encoder(None)
    Slow(cards=tmp_path / "cards", root=tmp_path / "index", encoder=encoder, database=database).refresh()
    live = LiveIndex(tmp_path / "index", encoder, Artifacts.load(encoder.fingerprint))
    assert live.current().has_law(LAW)
    live.close()
    database.close()
