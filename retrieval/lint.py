"""Names file and line of anything wrong in the knowledge base, before it misleads anyone.

    python -m retrieval.lint knowledge_base

prints one problem a line (`file:line: code message`) and exits with 1 when there are any.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from retrieval.cardfields import structure_problems
from retrieval.cards import card_files, card_of
from retrieval.frontmatter import read_front
from retrieval.lint_relations import Card
from retrieval.lint_rules import alone, together
from retrieval.problems import Problem, problem
from retrieval.yamlfile import read_yaml


def lint(knowledge_base: Path) -> list[Problem]:
    """All problems of `organisations.yml` and `cards/` in `knowledge_base`, by place."""
    organisations, problems = read_organisations(knowledge_base / "organisations.yml")
    return sorted([*problems, *lint_cards(card_files(knowledge_base / "cards"), organisations)])


def lint_cards(files: Iterable[Path], organisations: Mapping[str, bool] | None) -> list[Problem]:
    """All problems of the cards in `files`, by place."""
    problems: list[Problem] = []
    cards = []
    for file in files:
        front, found = read_front(file)
        if front is not None:
            found += structure_problems(front)
            if not found:
                cards.append(Card(front, card_of(front)))
        problems += found
    for card in cards:
        problems += alone(card, organisations)
    return sorted([*problems, *together(cards)])


def read_organisations(file: Path) -> tuple[dict[str, bool] | None, list[Problem]]:
    """Organisation paths, each with whether it is a sample; None when the file cannot tell."""
    if not file.exists():
        return None, [problem(file, 1, "no_organisations")]
    try:
        content: Any = read_yaml(file)
        return {entry["path"]: bool(entry.get("sample", False)) for entry in content["organisations"]}, []
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        return None, [problem(file, line, "bad_organisations", reason=str(error).replace("\n", " "))]


def main(
    knowledge_base: Annotated[Path, typer.Argument(help="folder of cards/ and organisations.yml")] = Path(
        "knowledge_base"
    ),
) -> None:
    """Check the knowledge base and name file and line of everything wrong."""
    problems = lint(knowledge_base)
    for found in problems:
        typer.echo(str(found))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    typer.run(main)
