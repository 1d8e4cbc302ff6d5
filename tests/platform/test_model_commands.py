"""`union-assistant train` and `union-assistant model`, over a stand-in for Rasa's programs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from api.cli import models
from api.cli.doctor.kept import model as examine_model
from api.cli.doctor.running import rasa as examine_rasa
from api.cli.training import REFUSED, train_dialogue
from api.models.reports import Worse
from api.models.verdict import FLOORS, MARGINS
from api.models.wording import SHOWN, reasons
from api.settings import Settings
from service.texts import load_texts
from tests.platform.conftest import serving_model
from tests.platform.trainable import Trainable

HOME = Path(__file__).resolve().parents[2]
TEXTS = load_texts(HOME / "texts" / "zh-CN")


@pytest.fixture
def tree(tmp_path: Path) -> Trainable:
    tree = Trainable.make(tmp_path)
    (tree.home / "texts").symlink_to(HOME / "texts")
    return tree


@pytest.fixture
def settings(tree: Trainable, port: int) -> Settings:
    """A deployment whose service does not run."""
    return Settings(home=tree.home, data_dir=tree.folder / "var", rasa_port=port, _env_file=None)


def train(settings: Settings, *, force: bool = False, anyway: bool = False) -> int:
    return train_dialogue(settings, force=force, anyway=anyway)


def ends(command: Callable[[], int]) -> int:
    """Return the exit status of a command that stops."""
    with pytest.raises(typer.Exit) as ended:
        command()
    return int(ended.value.exit_code)


def test_training_says_the_figures_and_when_the_model_is_used(
    tree: Trainable, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    name = tree.write("a")
    assert train(settings) == 0
    said = capsys.readouterr().out
    assert "意图正确率 .850" in said
    assert "求救听出 48/50" in said
    assert name in said
    assert "下次启动" in said
    assert train(settings) == 0
    assert "已是最新" in capsys.readouterr().out
    assert tree.trainings == 1


def test_a_refusal_has_its_own_status_and_says_every_reason_and_the_way_out(
    tree: Trainable, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tree.write("a")
    train(settings)
    tree.write("b", accuracy=0.8, urgent_missed=5, failed=("填表时不填了",))
    capsys.readouterr()
    assert ends(lambda: train(settings)) == REFUSED
    said = capsys.readouterr().err
    assert "意图正确率从 .850 变成 .800（最多允许差 .010）" in said
    assert "漏听的求救从 2 变成 5（最多允许差 1）" in said
    assert "“填表时不填了”" in said
    assert old in said
    assert "union-assistant train --anyway" in said
    assert ends(lambda: train(settings)) == REFUSED  # asked again, nothing is trained again
    assert tree.trainings == 2


def test_anyway_takes_it_and_names_the_way_back(
    tree: Trainable, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.write("a")
    train(settings)
    new = tree.write("b", accuracy=0.8)
    assert train(settings, anyway=True) == 0
    assert "union-assistant model back" in capsys.readouterr().err
    choice = tree.shelf.choice()
    assert choice is not None
    assert choice.model == new


def test_training_that_fails_names_its_log_and_what_serves(
    tree: Trainable, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree.home / "broken").touch()
    assert ends(lambda: train(settings)) == 1
    assert "train.log" in capsys.readouterr().err
    (tree.home / "broken").unlink()
    old = tree.write("a")
    train(settings)
    tree.write("b")
    (tree.home / "broken").touch()
    assert ends(lambda: train(settings)) == 1
    assert old in capsys.readouterr().err


def test_the_list_shows_what_is_in_use_what_was_and_why_one_was_refused(
    tree: Trainable, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert models.show(settings, as_json=False) == 0
    assert "还没有对话模型" in capsys.readouterr().out
    first = tree.write("a")
    train(settings)
    second = tree.write("b")
    train(settings)
    third = tree.write("c", accuracy=0.7, failed=("转人工",))
    ends(lambda: train(settings))
    capsys.readouterr()
    models.show(settings, as_json=False)
    said = capsys.readouterr().out
    states = dict(re.findall(r"(union-\w+)  (\S+)", said))
    assert states == {second: "正在用", first: "以前用过", third: "没有换上"}
    assert "意图正确率从 .850 变成 .700" in said
    assert "没通过的对话：转人工" in said
    models.show(settings, as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows if row["active"]] == [second]
    assert [row["name"] for row in rows if row["report"]["worse"]] == [third]


def test_back_goes_to_the_model_before_and_back_again(
    tree: Trainable, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends(lambda: models.back(settings)) == 1
    first = tree.write("a")
    train(settings)
    second = tree.write("b")
    train(settings)
    for name in (first, second, first):
        assert models.back(settings) == 0
        choice = tree.shelf.choice()
        assert choice is not None
        assert choice.model == name
    assert models.use(settings, first) == 0
    assert "正在用的就是" in capsys.readouterr().out
    assert models.use(settings, f"{second}.tar.gz") == 0


def test_a_model_that_is_not_there_or_does_not_load_is_not_chosen(
    tree: Trainable, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tree.write("a")
    train(settings)
    new = tree.write("b")
    train(settings)
    assert ends(lambda: models.use(settings, "union-nothing")) == 1
    assert "union-nothing" in capsys.readouterr().err
    tree.examine_otherwise()
    tree.unloadable("a")
    assert ends(lambda: models.use(settings, old)) == 1
    assert "exam.log" in capsys.readouterr().err
    choice = tree.shelf.choice()
    assert choice is not None
    assert choice.model == new


def test_a_running_service_is_waited_for_until_it_answers_with_the_model(
    tree: Trainable, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.write("a")
    with serving_model(settings.rasa_port, tmp_path / "rasa", "id of before") as rasa:
        rasa.becomes("id of a", after=1.0)
        assert train(settings) == 0
    assert "正在运行的服务已经换上" in capsys.readouterr().out


def test_a_running_service_that_keeps_the_old_model_is_an_error(
    tree: Trainable,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tree.write("a")
    monkeypatch.setattr(models, "PATIENCE", 0.5)
    with serving_model(settings.rasa_port, tmp_path / "rasa", "id of before"):
        assert ends(lambda: train(settings)) == 1
    assert "rasa.log" in capsys.readouterr().err


# The doctor


def test_the_doctor_tells_each_state_of_the_model_with_its_cure(tree: Trainable, settings: Settings) -> None:
    assert examine_model(settings).key == "model.missing"
    first = tree.write("a")
    train(settings)
    assert examine_model(settings).key == "model.good"
    tree.write("b", accuracy=0.8)
    assert examine_model(settings).key == "model.bad"
    ends(lambda: train(settings))
    refused = examine_model(settings)
    assert (refused.good, refused.key) == (False, "model.refused")
    assert "意图正确率" in TEXTS(f"doctor.{refused.key}", **refused.fields)
    train(settings, anyway=True)
    assert examine_model(settings).key == "model.good"
    models.use(settings, first)
    chosen = examine_model(settings)
    assert (chosen.good, chosen.warning, chosen.key) == (True, True, "model.chosen")


def test_the_doctor_tells_a_model_that_is_alone_and_bad(tree: Trainable, settings: Settings) -> None:
    tree.write("a", accuracy=0.3)
    train(settings)
    alone = examine_model(settings)
    assert (alone.good, alone.key) == (False, "model.alone")
    assert "底线" in TEXTS(f"doctor.{alone.key}", **alone.fields)


def test_the_doctor_sees_a_service_that_runs_with_another_model(
    tree: Trainable, settings: Settings, tmp_path: Path
) -> None:
    name = tree.write("a")
    train(settings)
    with serving_model(settings.rasa_port, tmp_path / "rasa", "id of another") as rasa:
        other = examine_rasa(settings)
        assert (other.good, other.key, other.fields["model"]) == (False, "rasa.other", name)
        assert name in TEXTS(f"doctor.{other.key}", **other.fields)
        rasa.becomes("id of a", after=0.0)
        assert examine_rasa(settings).good


# Words


def test_every_figure_has_its_name_and_more_than_a_few_reasons_are_counted() -> None:
    figures = {*MARGINS, *FLOORS, "urgent_missed", "urgent_false", "conversations"}
    TEXTS.require([f"models.names.{figure}" for figure in figures])
    many = [Worse(figure="conversation", was=1, now=0, margin=0, name=f"第{at}段") for at in range(SHOWN + 2)]
    said = reasons(TEXTS, many, against="union-a")
    assert "第0段" in said
    assert f"第{SHOWN}段" not in said
    assert "还有 2 项" in said
