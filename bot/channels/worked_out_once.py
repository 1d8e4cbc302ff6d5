"""What Rasa works out anew in every turn although it never changes, worked out once.

- Rasa hands its schema of action results, a constant, to `jsonschema.validate` for every result, and that
  checks the schema against the meta-schema each time: 22 ms for a result with six slots, of which checking
  the result takes 1.5 (process time, best of 30; half of Rasa's time in a turn by sampling). The validator
  is made once here, and every result is still checked.
- For every event of a conversation that is read from its store, the class is looked for among all
  subclasses of `Event`: a twelfth of what was then left, more as a conversation grows. Once found it is kept.
- What a turn did stands in the tracker that Rasa stores at its end. Reading that back from the store, every
  event of the conversation anew, took an eighth of Rasa's time in a turn: `last_saved` is that tracker.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import rasa
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

KNOWN = "3.6.21"
"""The version of Rasa whose methods were read for this."""
_find_event_class = Event.resolve_by_type
_save_tracker = MessageProcessor.save_tracker

last_saved: ContextVar[list[DialogueStateTracker]] = ContextVar("last_saved")
"""The tracker stored last within a request: the request sets an empty list first."""


def work_out_once(installed: str = rasa.__version__) -> None:
    """Replace the three methods of Rasa. Raises RasaException when the `installed` version is not KNOWN."""
    if installed != KNOWN:
        raise RasaException(
            f"{__name__} replaces methods of Rasa {KNOWN} and this is {installed}: compare RemoteAction."
            "_validate_action_result, Event.resolve_by_type and MessageProcessor.save_tracker of both, then "
            "change KNOWN."
        )
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        error = best_match(validator.iter_errors(result))
        if error is not None:
            raise error
        return True

    async def save_tracker(self: MessageProcessor, tracker: DialogueStateTracker) -> None:
        await _save_tracker(self, tracker)
        last_saved.get([])[:] = [tracker]

    MessageProcessor.save_tracker = save_tracker  # type: ignore[method-assign]
    RemoteAction._validate_action_result = validate  # type: ignore[method-assign]
    # There are two dozen types of events; a name that is none raises each time.
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=128)(_find_event_class))  # type: ignore[method-assign]
