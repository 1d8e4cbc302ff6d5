"""What a calculator is: the values it takes and a pure function that works out a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from service.entitlements.inputs import Inputs
from service.entitlements.parameters import Parameters
from service.entitlements.working import Working

I = TypeVar("I", bound=Inputs)  # noqa: E741 - a type


@dataclass(frozen=True, slots=True)
class Calculator:
    """`name` is in the address, the command and the text file; `topic` is the topic of its questions.

    `work_out` raises ValueMissing for a value it needs and Impossible for values that cannot be.
    """

    name: str
    topic: str
    inputs: type[Inputs]
    work_out: Callable[[Inputs, Parameters, date], Working]

    def __call__(self, values: Mapping[str, Any], parameters: Parameters, on: date) -> Working:
        """Work out the result by the rules of the day `on`.

        Raises pydantic's ValidationError, ValueMissing, Impossible.
        """
        return self.work_out(self.inputs.model_validate(values), parameters, on)


def calculator(
    name: str, topic: str, inputs: type[I], work_out: Callable[[I, Parameters, date], Working]
) -> Calculator:
    """Return a calculator whose function takes the very inputs it names."""

    def checked(values: Inputs, parameters: Parameters, on: date) -> Working:
        assert isinstance(values, inputs)  # noqa: S101 - `inputs` made them
        return work_out(values, parameters, on)

    return Calculator(name, topic, inputs, checked)
