"""The calculators as the service offers them: described, worked out, cited, as a reply of the dialogue.

A dialogue goes on asking until nothing is missing:

    try:
        working = calculations.work_out("probation", told, today)
    except errors.ValueMissing as missing:     # missing.fields: field, label, question
        ...                                    # ask missing.fields["question"], read the answer into `told`
    except errors.ValueImpossible as refused:  # refused.fields: field, sentence
        ...                                    # say the sentence, which asks for the field anew
    reply = calculations.reply("probation", working, index=index, organisation=organisation, on=today)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from retrieval.index import Index
from retrieval.search import Decision
from service import errors
from service.conversations.replies import Cited, Reply, SourceVersion
from service.entitlements import inputs
from service.entitlements.calculator import Calculator
from service.entitlements.calculators import CALCULATORS
from service.entitlements.parameters import Parameters
from service.entitlements.schema import Schemas, choices
from service.entitlements.wording import CalculationWords
from service.entitlements.working import Impossible, Working
from service.knowledge.sources import place
from service.texts import Texts

WORKED_OUT = "worked_out"
"""The outcome of a calculation that came to a result; else it is the code of the error."""
PARAMETER = "parameter"
"""Kind of a source that is a dated value."""


class Calculations:
    """Works out what employees are entitled to. Threads may share this object."""

    def __init__(
        self, texts: Texts, parameters: Parameters, calculators: Mapping[str, Calculator] = CALCULATORS
    ) -> None:
        """Raises TextsError where a calculator, a field or a choice has no name or cannot be asked for."""
        self._calculators = calculators
        texts.require(key for calculator in calculators.values() for key in _text_keys(calculator))
        self.words = CalculationWords(texts)
        self._schemas = Schemas(texts, self.words)
        self.parameters = parameters

    def names(self) -> tuple[str, ...]:
        return tuple(self._calculators)

    def calculator(self, name: str) -> Calculator:
        """Raises EntitlementUnknown."""
        try:
            return self._calculators[name]
        except KeyError:
            raise errors.EntitlementUnknown(name=name) from None

    def schema(self, name: str) -> dict[str, Any]:
        """Return the JSON schema of what a calculator takes. Raises EntitlementUnknown."""
        return self._schemas.schema(self.calculator(name))

    def work_out(self, name: str, values: Mapping[str, object], on: date) -> Working:
        """Work out a result by the rules of the day `on`.

        Raises EntitlementUnknown, ValueMissing, ValueImpossible, ValueInvalid.
        """
        calculator = self.calculator(name)
        try:
            return calculator(values, self.parameters, on)
        except inputs.ValueMissing as missing:
            field = missing.field
            raise errors.ValueMissing(
                field=field, label=self.words.label(name, field), question=self.words.question(name, field)
            ) from missing
        except Impossible as impossible:
            sentence = self.words.sentence(name, impossible.said)
            raise errors.ValueImpossible(field=impossible.field, sentence=sentence) from impossible
        except ValidationError as error:
            raise self._schemas.invalid(calculator, error) from error

    def citations(
        self, working: Working, index: Index, organisation: str | None, on: date
    ) -> tuple[Cited, ...]:
        """Return every place a result rests on, each once, in the order of the steps."""
        basis = [citation for step in working.steps for citation in step.basis]
        basis += [parameter.citation for parameter in working.parameters]
        cited = (place(citation, index, organisation=organisation, as_of=on) for citation in basis)
        return tuple(dict.fromkeys(cited))

    def reply(
        self, name: str, working: Working, *, index: Index, organisation: str | None, on: date
    ) -> Reply:
        """Return a result as a message: an answer, of which nothing was retrieved."""
        return Reply(
            self.words.text(name, working),
            intent=f"calc_{name}",
            decision=Decision.ANSWER.value,
            citations=self.citations(working, index, organisation, on),
            sources=tuple(
                SourceVersion(f"{PARAMETER}:{one.id}:{one.place or 'national'}", one.version, PARAMETER)
                for one in working.parameters
            ),
            topic=self.calculator(name).topic,
        )


def _text_keys(calculator: Calculator) -> Iterator[str]:
    own = f"entitlements.{calculator.name}"
    yield f"{own}.title"
    for field, kind in calculator.inputs.kinds().items():
        yield from (f"{own}.fields.{field}.{key}" for key in ("label", "ask", "examples"))
        if kind is inputs.Kind.CHOICE:
            yield from (f"{own}.choices.{value}.label" for value in choices(calculator, field))
