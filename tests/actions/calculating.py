"""The calculators for tests of actions, with the product's texts and dated values."""

from __future__ import annotations

from service.entitlements.calculations import Calculations
from service.entitlements.parameters import load_parameters
from service.entitlements.reading import Reading
from service.entitlements.talking import CalculationTalk
from service.knowledge.live_index import LiveIndex
from service.texts import Texts
from service.tickets.wording import Wording
from tests.stack import HOME


def calculation_talk(texts: Texts, wording: Wording, live: LiveIndex) -> CalculationTalk:
    parameters = load_parameters(HOME / "knowledge_base")
    reading = Reading(texts, parameters=parameters)
    return CalculationTalk(Calculations(texts, parameters), reading, wording, live, texts)
