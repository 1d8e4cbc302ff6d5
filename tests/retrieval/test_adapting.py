import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.progress import Progress

from retrieval.encoder import StaticEncoder, load_encoder
from retrieval.training.adapted_folder import data_of, write_adapted
from retrieval.training.adapting import (
    Adapted,
    AdaptRecipe,
    Asked,
    Deployment,
    NotAdaptableError,
    adapt,
)
from retrieval.training.trying import FEWEST, Figures, Trial, is_held_out, trials, try_out
from tests.retrieval.material import article, card, static_folder

RECIPE = AdaptRecipe(steps=40, batch=64, rate=0.05)
MATTERS = [
    *("年休假", "加班费", "试用期", "补偿金", "工伤", "生育津贴", "会费", "职代会"),
    *("公积金", "体检", "调岗", "退休", "仲裁", "疗养", "培训"),
]
SLANG = [
    *("歇脚", "熬夜", "考察", "散伙", "磕碰", "添丁", "份子", "开会"),
    *("存房", "查身", "挪窝", "养老", "评理", "散心", "充电"),
]
HELD = 3
"""Matters whose card is among those left out to try; the first ones are not."""
_NAMES = [f"card-{at}" for at in range(500)]
_LEARNED = [name for name in _NAMES if not is_held_out(name)][: len(MATTERS) - HELD]
NAMES = _LEARNED + [name for name in _NAMES if is_held_out(name)][:HELD]
CARDS = [card(name, f"{matter}怎么算", title=matter) for name, matter in zip(NAMES, MATTERS, strict=True)]
LAW = article("样例法", "第一条", "单位安排年休假。职工对年休假有异议的，可以提出申请。")
FORMS = ("{}的事找谁", "我想问{}", "{}有什么规定", "说说{}", "{}给多少", "{}要几天", "关于{}", "{}呢怎么弄")
ASKED = [Asked(form.format(slang), name) for name, slang in zip(NAMES, SLANG, strict=True) for form in FORMS]
DEPLOYMENT = Deployment([*CARDS, LAW], ASKED)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return static_folder(tmp_path_factory.mktemp("base"), dimensions=32)


def adapted(base: Path, deployment: Deployment = DEPLOYMENT) -> Adapted:
    with Progress(disable=True) as progress:
        return adapt(base, deployment, RECIPE, progress)


def written(base: Path, root: Path, deployment: Deployment) -> Path:
    made = adapted(base, deployment)
    return write_adapted(made, deployment, RECIPE, base="the base", root=root, out=None)


@pytest.fixture(scope="module")
def made(base: Path) -> Adapted:
    return adapted(base)


@pytest.fixture(scope="module")
def folder(made: Adapted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("adapted")
    return write_adapted(made, DEPLOYMENT, RECIPE, base="the base", root=root, out=None)


def cosine(folder: Path, one: str, other: str) -> float:
    vectors = load_encoder(folder).encode([one, other])
    return float(vectors[0] @ vectors[1])


def test_words_that_were_asked_come_near_the_card_that_answers_them(base: Path, folder: Path) -> None:
    before, after = (cosine(place, "歇脚的日子怎么排", CARDS[0].questions[0]) for place in (base, folder))
    assert after > before + 0.1


def test_the_same_material_gives_the_same_files_in_any_order(
    base: Path, folder: Path, tmp_path: Path
) -> None:
    one, other = folder, written(base, tmp_path, replace(DEPLOYMENT, asked=ASKED[::-1]))
    assert one.name == other.name
    files = sorted(file.relative_to(one) for file in one.rglob("*") if file.is_file())
    assert len(files) > 4
    for file in files:
        assert (one / file).read_bytes() == (other / file).read_bytes(), file


def test_other_material_gives_another_fingerprint(base: Path, folder: Path, tmp_path: Path) -> None:
    fewer = replace(DEPLOYMENT, asked=ASKED[:-8])
    assert folder.name != written(base, tmp_path, fewer).name
    assert data_of(fewer) != data_of(DEPLOYMENT)


def test_a_token_in_no_text_keeps_its_vector(base: Path, made: Adapted) -> None:
    encoder = load_encoder(base)
    assert isinstance(encoder, StaticEncoder)
    table = made.table
    unseen, seen = (encoder.tokenizer.token_to_id(token) for token in ("鲲", "歇"))
    assert np.array_equal(table[unseen], encoder.table[unseen])
    assert not np.array_equal(table[seen], encoder.table[seen])


def test_nothing_to_learn_from_changes_nothing(base: Path, tmp_path: Path) -> None:
    folder = written(base, tmp_path, Deployment([]))
    assert cosine(folder, "年休假", "加班费") == pytest.approx(cosine(base, "年休假", "加班费"), abs=1e-2)


def test_what_was_learned_and_tried_stands_in_manifest_and_card(folder: Path) -> None:
    made = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert made["fingerprint"] == folder.name == load_encoder(folder).fingerprint
    assert (made["base"], made["counts"]["questions asked"]) == ("the base", len(ASKED))
    assert made["data_sha256"] == data_of(DEPLOYMENT)
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "${" not in text
    assert all(name in text for name in (folder.name, "union-assistant train encoder", "| reciprocal_rank |"))


def test_it_is_written_where_it_was_asked_for_over_what_was_there(made: Adapted, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "old.txt").write_text("old", encoding="utf-8")
    target = write_adapted(made, DEPLOYMENT, RECIPE, base="the base", root=tmp_path / "root", out=out)
    assert target == out
    assert not (out / "old.txt").exists()
    assert load_encoder(out).encode(["年休假"]).shape == (1, 32)


def test_a_transformer_is_not_trained_here(tmp_path: Path, transformer_folder: Path) -> None:
    with pytest.raises(NotAdaptableError), Progress(disable=True) as progress:
        adapt(transformer_folder, DEPLOYMENT, RECIPE, progress)


# Trying


def test_sources_held_out_are_tried_with_words_learned_from_the_others(made: Adapted) -> None:
    assert made.held_out >= HELD * len(FORMS) >= FEWEST
    assert made.before is not None
    assert made.after is not None
    assert len(made.before.ranks) == len(made.after.ranks) == made.held_out


def test_too_few_questions_are_no_trial(base: Path) -> None:
    made = adapted(base, Deployment(CARDS, ASKED[:3]))
    assert (made.before, made.after, made.is_better) == (None, None, None)


@pytest.mark.parametrize(
    ("before", "after", "better"),
    [
        ([5] * 20 + [1] * 20, [1] * 40, True),
        ([1] * 40, [1] * 40, False),
        ([1] * 40, [5] * 20 + [1] * 20, False),
        ([5] + [1] * 39, [1] * 40, False),
        ([11] * 40, [40] * 40, False),
    ],
    ids=["better", "the same", "worse", "by chance", "out of sight"],
)
def test_only_what_finds_more_beyond_chance_is_called_better(
    made: Adapted, before: list[int], after: list[int], better: bool
) -> None:
    tried = replace(made, before=Figures(np.array(before)), after=Figures(np.array(after)))
    assert tried.is_better is better


def test_figures_count_the_first_and_the_first_five() -> None:
    figures = Figures(np.array([1, 1, 4, 20]))
    assert (figures.first, figures.among_five) == (0.5, 0.75)
    assert figures.reciprocal_rank == pytest.approx((1 + 1 + 0.25) / 4)


def test_a_question_is_not_found_by_its_own_words(base: Path) -> None:
    own = [f"{matter}怎么算" for matter in MATTERS] * 2
    texts = [(at, card.questions[0]) for at, card in enumerate(CARDS)]
    trial = Trial([(text, at % len(CARDS)) for at, text in enumerate(own)], texts)
    found = try_out(load_encoder(base), trial)
    assert found is not None
    assert found.first == 0.0


def test_a_written_answer_is_searched_beside_the_passages() -> None:
    answer = next(text for text in (f"答案{at}" for at in range(99)) if is_held_out(text))
    trial = trials(CARDS[:2], [("问一问", None, answer), ("再问问", None, answer)])
    (target,) = {number for _, number in trial.questions}
    assert (target, answer) in trial.texts
    assert len({number for number, _ in trial.texts}) == 3
