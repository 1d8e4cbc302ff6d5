"""Judges a model file as it would serve, in the interpreter it serves in:

.venv-bot/bin/python -m bot.judging var/models/union-….tar.gz [--out FILE]

Loads it as Rasa does, lets it hear nlu_data/heldout/intents.jsonl and holds the conversations of
nlu_data/heldout/conversations.yml with it. Prints JSON, or writes it to FILE. Ends with 1 when the model
cannot be loaded.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog

from bot.judging.conversations import hold, read_conversations
from bot.judging.sentences import hear
from bot.training_data import read_actions

ROOT = Path(__file__).resolve().parents[2]
HELDOUT = ROOT / "nlu_data" / "heldout"


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the model that the arguments name."""
    options = _options().parse_args(arguments)
    configure_structlog(logging.ERROR)
    began = time.perf_counter()
    agent = Agent.load(str(options.model))
    loaded = time.perf_counter()
    heard = hear(agent, HELDOUT / "intents.jsonl", read_actions(ROOT / "bot" / "rules"))
    understood = time.perf_counter()
    service, conversations = read_conversations(HELDOUT / "conversations.yml")
    failures = asyncio.run(hold(agent, service, conversations))
    ended = time.perf_counter()
    judged = {
        "model_id": agent.model_id,
        "heard": asdict(heard),
        "conversations": {
            "held": len(conversations),
            "failed": [asdict(failure) for failure in failures],
        },
        "seconds": {
            "loading": round(loaded - began, 1),
            "hearing": round(understood - loaded, 1),
            "talking": round(ended - understood, 1),
        },
    }
    text = json.dumps(judged, ensure_ascii=False, indent=2)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text)
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, help="write the figures here instead of printing them")
    return parser


if __name__ == "__main__":
    sys.exit(main())
