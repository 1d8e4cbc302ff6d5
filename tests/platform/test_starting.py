"""What stops a start is said in one line with its cure, before any long work."""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import os
import re
import socket
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.serving import folder, ports
from api.serving.notices import Notices, StartFailure
from api.serving.preparing import prepare_database, prepare_index
from api.serving.secrets import load_secrets
from api.settings import Settings
from service.texts import load_texts

HOME = Path(__file__).resolve().parents[2]
TEXTS = load_texts(HOME / "texts" / "zh-CN")


def line(failure: StartFailure) -> str:
    """The line the person at the terminal reads."""
    stream = io.StringIO()
    Notices(TEXTS, stream=stream).failure(failure)
    return stream.getvalue()


def test_a_port_in_use_names_the_port_its_holder_and_the_setting(listener: int) -> None:
    with pytest.raises(StartFailure) as caught:
        ports.claim("127.0.0.1", listener, setting="UA_PORT")
    said = line(caught.value)
    assert f"端口 {listener} 已被占用" in said
    assert f" {os.getpid()}" in said
    assert "UA_PORT=" in said
    assert said.count("\n") == 1


def test_a_claimed_port_cannot_be_taken_by_another_start(port: int) -> None:
    with ports.claim("127.0.0.1", port, setting="UA_PORT") as claimed:
        claimed.listen()
        with pytest.raises(StartFailure) as caught:
            ports.require_free("127.0.0.1", port, setting="UA_PORT")
    assert caught.value.key == "port_in_use"
    ports.require_free("127.0.0.1", port, setting="UA_PORT")


def test_answers_are_not_held_back_by_nagles_algorithm(port: int) -> None:
    async def scenario() -> int:
        accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        class Protocol(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                connection = transport.get_extra_info("socket")
                accepted.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

        claimed = ports.claim("127.0.0.1", port, setting="UA_PORT")
        async with await asyncio.get_running_loop().create_server(Protocol, sock=claimed):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            no_delay = await asyncio.wait_for(accepted, 5)
            writer.close()
        return no_delay

    assert asyncio.run(scenario()) != 0


def test_an_address_that_is_not_this_machines_is_not_called_a_busy_port(port: int) -> None:
    with pytest.raises(StartFailure) as caught:
        ports.claim("192.0.2.1", port, setting="UA_PORT")
    assert "192.0.2.1" in line(caught.value)
    assert caught.value.key == "host_unknown"


def _hold(
    place: Path, held: multiprocessing.synchronize.Event, leave: multiprocessing.synchronize.Event
) -> None:
    with folder.held(place, ()):
        held.set()
        leave.wait(30)


def test_a_second_service_on_the_same_data_folder_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, leave = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path, held, leave))
    other.start()
    try:
        assert held.wait(30)
        with pytest.raises(StartFailure) as caught, folder.held(tmp_path, ()):
            pass
        assert str(other.pid) in line(caught.value)
    finally:
        leave.set()
        other.join(30)
    with folder.held(tmp_path, (tmp_path / "logs",)):
        assert (tmp_path / "logs").is_dir()


def test_a_data_folder_that_cannot_be_made_is_said_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where a folder should be")
    with pytest.raises(StartFailure) as caught, folder.held(tmp_path / "var", ()):
        pass
    assert caught.value.key == "folder_unusable"
    assert str(tmp_path / "var") in line(caught.value)


def test_a_full_disk_is_called_a_full_disk(tmp_path: Path) -> None:
    said = line(folder.unusable(tmp_path, OSError(28, "No space left on device")))
    assert "磁盘写满了" in said


def test_too_little_room_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "FREE_AT_LEAST", 10**18)
    with pytest.raises(StartFailure) as caught, folder.held(tmp_path, ()):
        pass
    assert caught.value.key == "no_room"


def test_secrets_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    first, second = load_secrets(tmp_path / "secrets"), load_secrets(tmp_path / "secrets")
    assert first == second
    assert first.action.get_secret_value() != first.turn.get_secret_value()
    assert len(first.turn.get_secret_value()) >= 32
    for file in (tmp_path / "secrets").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_every_notice_and_failure_the_code_names_has_its_sentence() -> None:
    files = [file for folder in ("serving", "models") for file in (HOME / "api" / folder).glob("*.py")]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    notices = set(re.findall(r'(?:\.say|_notify|_progress|Loss)\(\s*"(\w+)"', code))
    failures = set(re.findall(r'StartFailure\(\s*"(\w+)"', code))
    assert len(notices) > 10
    assert len(failures) > 10
    TEXTS.require([f"operator.notices.{key}" for key in notices])
    TEXTS.require([f"operator.failures.{key}" for key in failures])


@pytest.mark.verify
def test_a_milvus_that_does_not_answer_stops_the_start_and_is_named(tmp_path: Path, port: int) -> None:
    address = f"http://127.0.0.1:{port}"
    settings = Settings(home=HOME, data_dir=tmp_path, milvus_uri=address, _env_file=None)
    notices = Notices(TEXTS, stream=io.StringIO())
    prepare_database(settings, notices)
    with pytest.raises(StartFailure) as caught:
        prepare_index(settings, notices)
    assert caught.value.key == "milvus"
    said = line(caught.value)
    assert address in said
    assert "milvus_unreachable" in said
    assert "UA_MILVUS_URI" in said
    assert said.count("\n") == 1
    assert not list((tmp_path / "index").glob("*/manifest.json"))


@pytest.mark.parametrize("uri", ["10.0.0.9:19530", "vectors", "http://root:secret@10.0.0.9:19530"])
def test_a_milvus_address_that_cannot_be_meant_is_refused(tmp_path: Path, uri: str) -> None:
    with pytest.raises(ValueError, match="milvus_uri"):
        Settings(home=HOME, data_dir=tmp_path, milvus_uri=uri, _env_file=None)


def test_a_milvus_file_lies_in_the_data_folder_and_the_token_is_not_shown(tmp_path: Path) -> None:
    settings = Settings(
        home=HOME, data_dir=tmp_path, milvus_uri="v.db", milvus_token=SecretStr("s3cret"), _env_file=None
    )
    assert settings.milvus is not None
    assert settings.milvus.uri == str(tmp_path / "v.db")
    assert settings.milvus.token == "s3cret"
    assert "s3cret" not in repr(settings.milvus) + repr(settings)
