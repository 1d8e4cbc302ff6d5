"""Node with the packages of web/, for tests in which the vendor's own code is the other side."""

from __future__ import annotations

import os

from tests.requirements import need_node, need_npm_package

VENDOR = ("@wecom/crypto", "@wecom/aibot-node-sdk")


def node() -> str:
    """Return the program. Skips the test where there is none."""
    return str(need_node())


def environment() -> dict[str, str]:
    """Return the environment in which a script `require`s the vendor's packages.

    Skips the test where they are missing. `import` does not look in NODE_PATH, `createRequire` does.
    """
    folders = {str(need_npm_package(name)) for name in VENDOR}
    return {**os.environ, "NODE_PATH": os.pathsep.join(sorted(folders))}
