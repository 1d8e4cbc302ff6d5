"""Compiles requirements/*.in into the pinned files, without addresses and without PyTorch."""

from __future__ import annotations

from bootstrap.checkout import Checkout
from bootstrap.commands import Runner
from bootstrap.installation import installer_environment, make_environments
from bootstrap.progress import Progress

PLAIN = ("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")
FILES = {  # in this order, because ocr holds on to product's pins, and dev to both
    "product": ("--override", "product.override.txt"),
    "ocr": ("--override", "product.override.txt", "--constraint", "product.txt"),
    "dev": ("--override", "product.override.txt", "--constraint", "product.txt", "--constraint", "ocr.txt"),
    "bot": ("--override", "bot.override.txt"),
}


def compile_requirements(checkout: Checkout, progress: Progress, *, upgrade: bool) -> None:
    """Compile each file for the Python it is installed with; pins stay unless `upgrade`. Raises Failure."""
    run = Runner(checkout.log, progress, installer_environment(checkout.env))
    make_environments(checkout, run)  # tells uv about the machine's indexes
    options = (*PLAIN, "--upgrade") if upgrade else PLAIN
    for name, more in FILES.items():
        progress.say("compiling", name=name)
        python = (checkout.bot if name == "bot" else checkout.product) / "bin" / "python"
        files = (f"{name}.in", "--output-file", f"{name}.txt")
        command = (
            checkout.tools / "bin" / "uv",
            "pip",
            "compile",
            *options,
            "--python",
            python,
            *more,
            *files,
        )
        run.run(command, doing=f"{name}.in", cwd=checkout.requirements)
