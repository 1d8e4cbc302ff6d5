"""Another model while conversations go on, on the real stack."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.stack import HOME, Stack, start_stack
from tests.talk import Talk

pytestmark = [pytest.mark.verify, pytest.mark.timeout(900)]

OTHER = "union-0000000000000000"
PROGRAM = "import sys; sys.argv[0] = 'union-assistant'; from api.cli import main; main()"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("swapped")


@pytest.fixture(scope="module")
def swapping(data: Path) -> Iterator[Stack]:
    """A stack of its own, with a second model on its shelf."""
    stack = start_stack(data)
    try:
        stack.wait_until(degraded=False)
        (model,) = (data / "models").glob("union-*.tar.gz")
        copy_as(OTHER, model)
        yield stack
    finally:
        assert stack.stop() == 0, stack.log()


def copy_as(name: str, model: Path) -> None:
    """Put the same model beside `model` under another name and with another id of Rasa's."""
    fresh = model.with_name(f".{name}")
    with tarfile.open(model) as read, tarfile.open(fresh, "w:gz", compresslevel=1) as written:
        for member in read.getmembers():
            content = read.extractfile(member)
            if content is None:
                written.addfile(member)
            elif Path(member.name).name == "metadata.json":
                metadata = json.loads(content.read()) | {"model_id": "0" * 32}
                changed = json.dumps(metadata).encode()
                member.size = len(changed)
                written.addfile(member, io.BytesIO(changed))
            else:
                written.addfile(member, content)
    fresh.replace(model.with_name(f"{name}.tar.gz"))


def union_assistant(stack: Stack, *arguments: str) -> str:
    """Run a command on the data of `stack`; return what it said."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("UA_")}
    env |= {
        "UA_HOME": str(HOME),
        "UA_DATA_DIR": str(stack.data),
        "UA_PORT": str(stack.port),
        "UA_RASA_PORT": str(stack.rasa_port),
    }
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=HOME, env=env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def degraded_turns(stack: Stack) -> int:
    """Return how many turns the fallback answered in place of the dialogue."""
    with closing(sqlite3.connect(f"file:{stack.data / 'database.sqlite3'}?mode=ro", uri=True)) as database:
        (count,) = database.execute("SELECT count(*) FROM turn WHERE degraded").fetchone()
    return int(count)


def test_a_case_that_is_being_filled_in_goes_on_with_the_other_model(swapping: Stack) -> None:
    talk = Talk(swapping.url)
    talk.say("我要申请困难帮扶")
    talk.say("孩子考上大学，学费凑不齐，想申请助学")
    before, rasa = swapping.ready()["model"], swapping.rasa_pid()

    said = union_assistant(swapping, "model", "use", OTHER)
    assert "进行中的会话不受影响" in said
    assert swapping.ready()["model"] == "0" * 32 != before
    assert swapping.rasa_pid() == rasa

    for text in ("愿意", "家里三口人，月收入六千，去年自费五万", "下午打13788889999", "提交"):
        talk.say(text)
    (ticket,) = talk.http.get("/tickets", headers=talk.headers).json()
    assert ticket["kind_title"] == "困难帮扶"


def test_questions_asked_during_a_swap_are_all_answered_by_the_dialogue(swapping: Stack) -> None:
    talks = [Talk(swapping.url, timeout=60) for _ in range(3)]
    stop, answers = threading.Event(), []

    def ask(talk: Talk) -> None:
        while not stop.is_set():
            answers.append(talk.say("工作满一年年假几天")["messages"][0]["text"])

    threads = [threading.Thread(target=ask, args=(talk,)) for talk in talks]
    for thread in threads:
        thread.start()
    union_assistant(swapping, "model", "back")
    union_assistant(swapping, "model", "back")
    stop.set()
    for thread in threads:
        thread.join(60)
    assert len(answers) > 3
    assert all(answers)
    assert degraded_turns(swapping) == 0


def test_what_was_gone_back_to_serves_after_a_restart(swapping: Stack, data: Path) -> None:
    listed = json.loads(union_assistant(swapping, "model", "list", "--json"))
    assert [row["name"] for row in listed if row["active"]] == [OTHER]
    assert swapping.stop() == 0
    again = start_stack(data)
    try:
        again.wait_until(degraded=False)
        assert again.ready()["model"] == "0" * 32
        assert "人工选定的" in again.log()
    finally:
        again.stop()
    shutil.rmtree(data / "models")
