"""Runs a program that dies with its parent: `python tether.py PARENT_PID PROGRAM ARGUMENT…`.

It is run by path, by Rasa's Python 3.10, and imports nothing of the product. The kernel is asked to kill
this process when the parent is gone; the wish survives exec.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the wish was known
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main()
