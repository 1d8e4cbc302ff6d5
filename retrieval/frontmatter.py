"""Reads a Markdown file with YAML front matter and remembers the line each value stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from retrieval.problems import Problem, problem
from retrieval.yamlfile import LOADER

_FENCE = "---"


@dataclass(frozen=True, slots=True)
class Front:
    """The front matter of `file` and the text below it.

    `lines` maps a field, or (field, position) for an item of a list, to its line in the file, from 1.
    """

    file: Path
    values: Mapping[str, Any]
    lines: Mapping[str | tuple[str, int], int]
    body: str
    body_line: int

    def line(self, field: str, position: int | None = None) -> int:
        """The line of a field or of one item of it; the first line when the field is not there."""
        if position is not None and (field, position) in self.lines:
            return self.lines[field, position]
        return self.lines.get(field, 1)


def read_front(file: Path) -> tuple[Front | None, list[Problem]]:
    """Read `file`. The front matter is None when it cannot be read at all; problems say why."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return None, [problem(file, 1, "not_utf8")]
    lines = text.split("\n")
    fences = [at for at, line in enumerate(lines) if line.rstrip() == _FENCE]
    if len(fences) < 2 or fences[0] != 0:
        return None, [problem(file, 1, "no_front_matter")]
    end = fences[1]
    first = 2  # the YAML begins on the file's second line
    try:
        node = yaml.compose("\n".join(lines[1:end]), Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first + mark.line if mark else 1
        return None, [problem(file, line, "yaml_error", reason=error.problem or error.context)]
    except yaml.YAMLError as error:
        return None, [problem(file, 1, "yaml_error", reason=str(error))]
    if not isinstance(node, yaml.MappingNode):
        return None, [problem(file, 1, "no_front_matter")]
    return _front(file, node, first, "\n".join(lines[end + 1 :]), end + 2)


def _front(
    file: Path, node: yaml.MappingNode, first: int, body: str, body_line: int
) -> tuple[Front, list[Problem]]:
    values: dict[str, Any] = {}
    lines: dict[str | tuple[str, int], int] = {}
    problems: list[Problem] = []
    for key_node, value_node in node.value:
        field = str(key_node.value)
        line = first + key_node.start_mark.line
        if field in values:
            problems.append(problem(file, line, "duplicate_field", field=field))
            continue
        lines[field] = line
        if isinstance(value_node, yaml.SequenceNode):
            for at, item in enumerate(value_node.value):
                lines[field, at] = first + item.start_mark.line
        try:
            # Each value by itself: an impossible date then spoils its own field, not the file.
            values[field] = SafeConstructor().construct_document(value_node)
        except (yaml.YAMLError, ValueError):
            values[field] = value_node.value if isinstance(value_node, yaml.ScalarNode) else None
    return Front(file, values, lines, body, body_line), problems
