"""Entry: `python3 -m bootstrap` or `python3 bootstrap`. This file alone must load on any Python 3."""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
NEWER = ("python3.11", "python3.12", "python3.13")
CHECK = "import sys; sys.exit(sys.version_info < (3, 11))"


def _hand_over() -> None:
    """Start again under a newer Python, or say that there is none."""
    for name in NEWER:
        try:
            if (
                subprocess.call([name, "-c", CHECK], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                == 0
            ):
                os.execvp(name, [name, *sys.argv])  # noqa: S606
        except OSError:
            continue
    with open(os.path.join(HERE, "texts", "zh-CN", "bootstrap.json"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        failure = json.load(file)["failures"]["old_python"]
    found = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit(failure["what"].format(found=found) + failure["cure"])


if sys.version_info < (3, 11):  # noqa: UP036
    _hand_over()

sys.path.insert(0, HERE)

from bootstrap.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
