"""When a new model is good enough to take over. Pure.

The margins are near three standard errors of a difference on as many sentences, and about what a twentieth
of the examples is worth (docs/decisions/0018): smaller losses are noise.
"""

from __future__ import annotations

from api.models.reports import Examined, Heard, Worse

MARGINS = {"accuracy": 0.01, "macro_f1": 0.01, "right_action": 0.01, "services": 0.02, "routing": 0.01}
"""By how much a share may fall."""
MORE_MISSED = 1
"""So many more cries for help may be missed: one of the fifty may turn by chance, two do not."""
MORE_FALSE = 3
"""So many more sentences may be taken for a cry for help."""
FLOORS = {"accuracy": 0.6, "macro_f1": 0.6, "right_action": 0.7, "services": 0.5, "routing": 0.7}
"""What a model without anything to compare with has to reach. Below it something is broken."""
MISSED_AT_MOST = 0.25
"""Share of the cries for help that such a model may miss."""
FAILED_AT_MOST = 0.25
"""Share of the conversations in which such a model may go wrong."""


def worse_than(old: Examined, new: Examined) -> tuple[Worse, ...]:
    """Return where `new` is worse than `old` by more than its margin, both examined on the same."""
    found = [
        Worse(figure=figure, was=was, now=now, margin=margin)
        for figure, margin in MARGINS.items()
        if (was := _share(old.heard, figure)) - (now := _share(new.heard, figure)) > margin
    ]
    for figure, margin in (("urgent_missed", MORE_MISSED), ("urgent_false", MORE_FALSE)):
        was, now = _count(old.heard, figure), _count(new.heard, figure)
        if now - was > margin:
            found.append(Worse(figure=figure, was=was, now=now, margin=margin))
    failed_before = {failure.name for failure in old.conversations.failed}
    found += [
        Worse(figure="conversation", was=1, now=0, margin=0, name=failure.name)
        for failure in new.conversations.failed
        if failure.name not in failed_before
    ]
    return tuple(found)


def below_floors(new: Examined) -> tuple[Worse, ...]:
    """Return what is wrong with a model that there is nothing to compare with."""
    found = [
        Worse(figure=figure, was=floor, now=now, margin=0)
        for figure, floor in FLOORS.items()
        if (now := _share(new.heard, figure)) < floor
    ]
    missed, failed = MISSED_AT_MOST * new.heard.urgent, FAILED_AT_MOST * new.conversations.held
    if new.heard.urgent_missed > missed:
        found.append(Worse(figure="urgent_missed", was=missed, now=new.heard.urgent_missed, margin=0))
    if len(new.conversations.failed) > failed:
        found.append(Worse(figure="conversations", was=failed, now=len(new.conversations.failed), margin=0))
    return tuple(found)


def _share(heard: Heard, figure: str) -> float:
    return float(getattr(heard, figure))


def _count(heard: Heard, figure: str) -> int:
    return int(getattr(heard, figure))
