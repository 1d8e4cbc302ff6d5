"""Logging: one line an event, constant message with fields; to a file as JSON, warnings to the terminal too.

Never text of a message, a name, a token or a number of a person. The file rotates at 20 MB, five are kept.
"""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path

import structlog

FILE_BYTES = 20 * 1024 * 1024
FILES_KEPT = 5


def configure_logging(folder: Path, *, level: str) -> None:
    """Send what is logged to `folder/api.log`, and to stderr what the person there should act on.

    With level DEBUG stderr gets everything: then someone is looking for something.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.WARNING)
    terminal.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processor=structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        )
    )
    if level != "DEBUG":
        terminal.setLevel(logging.WARNING)
    file = logging.handlers.RotatingFileHandler(
        folder / "api.log", maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"
    )
    file.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [terminal, file]
    root.setLevel(level)
    # Access lines are counted in /metrics and logged once, by our own middleware.
    logging.getLogger("uvicorn.access").disabled = True
    for noisy in ("httpx", "httpcore", "alembic", "sentence_transformers", "rasa_sdk", "faiss"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
