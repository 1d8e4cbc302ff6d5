"""The command line of bootstrap, and the lock that keeps two runs in one checkout apart."""

from __future__ import annotations

import argparse
import errno
import fcntl
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bootstrap.checkout import Checkout
from bootstrap.compiling import compile_requirements
from bootstrap.installation import Installation
from bootstrap.messages import Failure, say
from bootstrap.progress import Progress

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> int:
    """Prepare the checkout; return 0, 1 after a failure said in one line, 130 when interrupted."""
    parser = argparse.ArgumentParser(prog="python3 -m bootstrap", description=say("description"))
    parser.add_argument("--dev", action="store_true", help=say("help_dev"))
    parser.add_argument("--ocr", action="store_true", help=say("help_ocr"))
    parser.add_argument("--compile", action="store_true", help=say("help_compile"))
    parser.add_argument("--upgrade", action="store_true", help=say("help_upgrade"))
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    checkout = Checkout(ROOT, os.environ)
    progress = Progress()
    try:
        with _alone(checkout, progress):
            Installation(checkout, progress, dev=options.dev, ocr=options.ocr).run()
            if options.compile:
                compile_requirements(checkout, progress, upgrade=options.upgrade)
    except Failure as failure:
        return _stop(progress, failure)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return _stop(progress, Failure("disk_full", log=checkout.log))
        return _stop(
            progress, Failure("cannot_write", path=error.filename or ROOT, error=error.strerror or error)
        )
    except KeyboardInterrupt:
        progress.say("interrupted")
        return 130
    return 0


def _stop(progress: Progress, failure: Failure) -> int:
    progress.line(f"✗ {failure}")
    return 1


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _alone(checkout: Checkout, progress: Progress) -> Iterator[None]:
    """Hold this checkout's lock until this process and every installer it started are gone."""
    checkout.bootstrap.mkdir(exist_ok=True)
    with (checkout.bootstrap / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("waiting_for_other")
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)
        yield
