"""All tables in one place, for migrations: importing this module fills `Base.metadata`."""

from service.activities import tables as activities
from service.attachments import tables as attachments
from service.conversations import tables as conversations
from service.database import Base
from service.handover import tables as handover
from service.insights import tables as insights
from service.knowledge.confirmed import tables as confirmed
from service.knowledge.documents import tables as documents
from service.messengers import tables as messengers
from service.people import tables as people
from service.reports import tables as reports
from service.tickets import tables as tickets

__all__ = [
    "Base",
    "activities",
    "attachments",
    "confirmed",
    "conversations",
    "documents",
    "handover",
    "insights",
    "messengers",
    "people",
    "reports",
    "tickets",
]
