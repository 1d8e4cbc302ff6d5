"""What pip was told about this machine reaches uv, and nothing else does."""

from __future__ import annotations

from pathlib import Path

from bootstrap.pip_settings import find_links, for_uv, parse

LISTING = """:env:.find-links='/from/environment'
:env:.cert='/etc/ca.pem'
global.index-url='https://mirror.example/simple'
global.extra-index-url='file:///opt/one https://two.example/simple'
global.find-links='/from/file'
install.no-binary='x'
garbage
"""


def test_the_environment_wins_over_files_as_in_pip() -> None:
    settings = parse(LISTING)
    assert settings["find-links"] == "/from/environment"
    assert settings["index-url"] == "https://mirror.example/simple"
    assert find_links(settings) == ["/from/environment"]


def test_uv_is_told_the_same_indexes_and_looks_at_all_of_them() -> None:
    told = for_uv(parse(LISTING), {}, config_files=())
    assert told == {
        "SSL_CERT_FILE": "/etc/ca.pem",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "file:///opt/one https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_uvs_own_settings_are_left_alone(tmp_path: Path) -> None:
    settings = {"index-url": "https://mirror.example/simple"}
    assert for_uv(settings, {"UV_DEFAULT_INDEX": "https://mine.example"}, config_files=()) == {}
    (tmp_path / "uv.toml").touch()
    assert for_uv(settings, {}, config_files=(tmp_path / "uv.toml",)) == {}
    assert for_uv(settings, {}, config_files=(tmp_path / "none.toml",)) != {}


def test_a_pip_without_settings_changes_nothing() -> None:
    assert for_uv(parse(""), {}, config_files=()) == {}
    assert find_links({}) == []
