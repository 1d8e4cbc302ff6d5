"""The process that parses, one file after the other: paths on standard input, answers on standard output.

It holds itself to the memory and processor time it was given, cannot write files, and ends with its input.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from retrieval.documents.model import QuestionTable, Reading
from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.limits import Limits, Scans
from retrieval.documents.reading.parsing import parse
from retrieval.documents.reading.wire import encode


def main() -> None:
    """Answer requests until there are no more."""
    settings = json.loads(sys.argv[1])
    limits, scans = Limits(**settings["limits"]), Scans(settings["scans"])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not print into an answer
    if scans is Scans.READ:
        _confine(limits.recognition_memory)
    else:
        _confine(limits.memory)
        # openpyxl would load it for nothing, half the memory a file may take.
        sys.modules["numpy"] = None  # type: ignore[assignment]
    answers.write(b"ready\n")
    answers.flush()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        # Recognition uses several processors at once.
        _allow(request["seconds"] * ((os.cpu_count() or 1) if scans is Scans.READ else 1))
        answers.write(encode(_answer(request, limits, scans)))
        answers.flush()


def _answer(
    request: dict[str, Any], limits: Limits, scans: Scans
) -> Reading | QuestionTable | UnreadableError:
    path = Path(request["path"])
    try:
        return parse(path, limits, request["columns"], scans=scans)
    except UnreadableError as error:
        return error
    except MemoryError:
        return UnreadableError("out_of_memory")
    except RecursionError:
        return UnreadableError("corrupt", format=path.suffix.lstrip("."))
    except OSError as error:
        if error.errno is None:  # the parsers' own, such as that of a broken picture
            return UnreadableError("corrupt", format=path.suffix.lstrip("."), reason=type(error).__name__)
        return UnreadableError("no_access", reason=error.strerror or type(error).__name__)
    except Exception as error:  # parsers raise anything on broken files; the border is here
        return UnreadableError("corrupt", format=path.suffix.lstrip("."), reason=type(error).__name__)


def _confine(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow(seconds: float) -> None:
    """Let the processor be used for so long from now: the system ends the process after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
