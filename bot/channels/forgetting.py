"""Forgetting a conversation: Rasa 3.6 has no call for it, so its events are deleted where they are kept."""

from __future__ import annotations

from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore
from rasa.shared.exceptions import RasaException


async def forget(agent: Agent, sender: str) -> None:
    """Delete everything kept of the conversation `sender`, between two of its turns.

    Raises RasaException when conversations are not kept in the SQL store, the only one this product uses.
    """
    store = agent.tracker_store
    if isinstance(store, FailSafeTrackerStore):
        store = store._tracker_store
    if not isinstance(store, SQLTrackerStore):
        raise RasaException("Only the SQL tracker store can forget a conversation.")
    async with agent.lock_store.lock(sender):
        with store.session_scope() as session:
            session.query(store.SQLEvent).filter(store.SQLEvent.sender_id == sender).delete()
            session.commit()
