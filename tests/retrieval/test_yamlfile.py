"""Reading YAML files."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from retrieval.yamlfile import read_yaml


def test_what_the_file_says_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text("标题: 年休假\n天数: [5, 10]\n", encoding="utf-8")
    assert read_yaml(file) == {"标题": "年休假", "天数": [5, 10]}


def test_an_error_shows_the_line_at_fault(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text("标题: 年休假\n天数: [5, 10\n依据: 条例\n", encoding="utf-8")
    with pytest.raises(yaml.YAMLError, match=r"line 3, column 3[^$]*依据: 条例"):
        read_yaml(file)


def test_no_object_is_made_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text("!!python/object/apply:os.getcwd []\n", encoding="utf-8")
    with pytest.raises(yaml.YAMLError):
        read_yaml(file)
