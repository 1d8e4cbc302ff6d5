"""From a changed tree to the model in use: train, examine, compare, take or refuse; and going back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from api.models.exam import Exam, ExamFailed
from api.models.reports import Examined, Report, Worse
from api.models.shelf import Shelf, made_at
from api.models.training import Training
from api.models.verdict import below_floors, worse_than
from service.clock import Clock


class Ending(StrEnum):
    """How it came that this model is in use."""

    CURRENT = "current"
    """It is made from what is in the tree."""
    TAKEN = "taken"
    """The same, and it is in use from now on."""
    ALONE = "alone"
    """The same, and it was found too bad, but there is no other."""
    CHOSEN = "chosen"
    """Somebody went back to it."""
    REFUSED = "refused"
    """A new one was found worse."""
    NOT_TRAINED = "not_trained"
    """A new one could not be trained."""
    NOT_EXAMINED = "not_examined"
    """A new one could not be loaded or examined."""


class NoModel(Exception):
    """Training did not succeed, and there is no older model. `log` has Rasa's words."""

    def __init__(self, log: Path) -> None:
        super().__init__(str(log))
        self.log = log


@dataclass(frozen=True, slots=True)
class Outcome:
    """The model in use, and the report of the one made from the tree where there is one.

    `log` is where to read on when something failed.
    """

    model: str
    ending: Ending
    report: Report | None = None
    log: Path | None = None

    @property
    def worse(self) -> tuple[Worse, ...]:
        return self.report.worse if self.report is not None else ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A model that might take over. A `fresh` one is still where it was trained."""

    file: Path
    name: str
    fresh: bool


class Life:
    """Decides which model is in use. `progress` is told `training` and `examining` as they begin."""

    def __init__(
        self,
        *,
        shelf: Shelf,
        training: Training,
        exam: Exam,
        clock: Clock,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._shelf = shelf
        self._training = training
        self._exam = exam
        self._clock = clock
        self._progress = progress

    def settled(self) -> Outcome | None:
        """Return the model in use where the tree has not changed since it was chosen."""
        choice, name = self._shelf.choice(), self._training.name()
        if choice is None or choice.inputs != name:
            return None
        report = self._shelf.report(name)
        if choice.model == name:
            if report is None:  # it could not be examined; perhaps it can now
                return None
            alone = bool(report.worse) and report.against is None
            return Outcome(name, Ending.ALONE if alone else Ending.CURRENT, report)
        refused = report is not None and report.worse and name not in choice.served
        return Outcome(choice.model, Ending.REFUSED if refused else Ending.CHOSEN, report)

    async def renew(self, *, again: bool = False, anyway: bool = False) -> Outcome:
        """Bring the model that the tree makes into use, unless it is worse than the one in use.

        It is trained where it is not there, and `again` in any case; `anyway` takes it though it is worse.
        Raises NoModel.
        """
        name = self._training.name()
        async with AsyncExitStack() as stack:
            if again or not self._shelf.has(name):
                self._progress("training")
                made = await stack.enter_async_context(self._training.trained())
                if made is None:
                    return self._stay(Ending.NOT_TRAINED, self._training.log)
                candidate = self._laid_down(made, name)
            else:
                candidate = _Candidate(self._shelf.path(name), name, fresh=False)
            try:
                outcome = await self._compare(candidate, anyway=anyway)
            except ExamFailed as failure:
                return self._unexamined(candidate, failure)
        self._shelf.tidy()
        return outcome

    async def use(self, name: str) -> Outcome:
        """Put `name`, one of the shelf, in use. Raises ExamFailed when it does not load any more."""
        report = self._shelf.report(name)
        if report is None or report.exam != self._exam.key():
            await self._figures_of(name)
        made, choice = self._training.name(), self._shelf.choice()
        # A tree that no model was made from yet is no part of this choice: the next start trains it.
        inputs = made if choice is None or self._shelf.has(made) else choice.inputs
        self._shelf.choose(name, inputs=inputs, at=self._clock.now())
        return Outcome(name, Ending.CHOSEN, self._shelf.report(name))

    def _laid_down(self, made: Path, name: str) -> _Candidate:
        """Put a trained model on the shelf at once, so that no interruption costs a training.

        Not where one of its name is in use: that goes on until the new one is found good enough.
        """
        choice = self._shelf.choice()
        if choice is not None and choice.model == name:
            return _Candidate(made, name, fresh=True)
        return _Candidate(self._shelf.add(made), name, fresh=False)

    async def _compare(self, candidate: _Candidate, *, anyway: bool) -> Outcome:
        choice = self._shelf.choice()
        rival = choice.model if choice else None
        if rival == candidate.name and not candidate.fresh:
            rival = None
        known = None if candidate.fresh else self._shelf.report(candidate.name)
        if known is not None and known.exam == self._exam.key():
            examined = known.examined
        else:
            examined = await self._sit(candidate.file)
        measured = await self._figures_of(rival, missing_ok=True) if rival else None
        worse = worse_than(measured, examined) if measured is not None else below_floors(examined)
        now = self._clock.now()
        report = Report(
            model=candidate.name,
            trained_at=known.trained_at if known else made_at(candidate.file),
            exam=self._exam.key(),
            examined_at=now,
            examined=examined,
            against=rival if measured is not None else None,
            worse=worse,
        )
        if worse and report.against is not None and not anyway:
            return self._refuse(candidate, report.against, report)
        self._put(candidate, report)
        self._shelf.choose(candidate.name, inputs=candidate.name, at=now)
        alone = bool(worse) and not anyway
        return Outcome(candidate.name, Ending.ALONE if alone else Ending.TAKEN, report)

    def _refuse(self, candidate: _Candidate, rival: str, report: Report) -> Outcome:
        """Keep the model in use, and what is known of the refused one unless it has the same name."""
        if candidate.name != rival:
            self._put(candidate, report)
        self._shelf.choose(rival, inputs=candidate.name, at=self._clock.now())
        return Outcome(rival, Ending.REFUSED, report)

    def _put(self, candidate: _Candidate, report: Report) -> None:
        if candidate.fresh:
            self._shelf.add(candidate.file)
        self._shelf.keep_report(report)

    def _unexamined(self, candidate: _Candidate, failure: ExamFailed) -> Outcome:
        """Stay with what is there; a model that is alone has to do."""
        if self._shelf.names() != [candidate.name]:
            return self._stay(Ending.NOT_EXAMINED, failure.log, without=candidate.name)
        self._shelf.choose(candidate.name, inputs=candidate.name, at=self._clock.now())
        return Outcome(candidate.name, Ending.NOT_EXAMINED, log=failure.log)

    def _stay(self, ending: Ending, log: Path, *, without: str | None = None) -> Outcome:
        """Return the model in use, else the newest other than `without`. Raises NoModel."""
        choice = self._shelf.choice()
        if choice is not None:
            return Outcome(choice.model, ending, log=log)
        others = [name for name in self._shelf.names() if name != without]
        if not others:
            raise NoModel(log)
        return Outcome(others[0], ending, log=log)

    async def _figures_of(self, name: str, *, missing_ok: bool = False) -> Examined | None:
        """Return the figures of a model on the shelf by the exam as it is now, examined anew if need be.

        A model that the program of today cannot load has none: it could not serve either. Raises ExamFailed
        for it unless `missing_ok`.
        """
        report = self._shelf.report(name)
        if report is not None and report.exam == self._exam.key():
            return report.examined
        try:
            examined = await self._sit(self._shelf.path(name))
        except ExamFailed:
            if missing_ok:
                return None
            raise
        fresh = Report(
            model=name,
            trained_at=report.trained_at if report else made_at(self._shelf.path(name)),
            exam=self._exam.key(),
            examined_at=self._clock.now(),
            examined=examined,
        )
        self._shelf.keep_report(fresh)
        return examined

    async def _sit(self, model: Path) -> Examined:
        self._progress("examining")
        return await self._exam.sit(model)
