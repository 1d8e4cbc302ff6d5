"""Reading an employee's messages of all conversations, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.conversations.messages import add_message
from service.conversations.operations import open_conversation
from service.conversations.queries import messages_of_employee
from service.conversations.replies import Reply
from service.conversations.tables import Sender
from service.database import Database
from service.errors import MessageNotFound
from service.people.identities import PORTAL, add_employee
from tests.service.club import HEFEI, NOW, founded


def test_pages_hold_every_message_once_also_those_of_one_moment(database: Database) -> None:
    with founded(database).write() as db:
        me, other = (add_employee(db, PORTAL, name, now=NOW).id for name in ("me", "other"))
        chats = [
            open_conversation(
                db, channel=channel, organisation=HEFEI, opening=None, now=NOW, employee_id=employee
            )[0].id
            for channel, employee in (("web", me), ("wecom_bot", me), ("web", other), ("web", None))
        ]
        for number in range(24):
            at = NOW + timedelta(minutes=number // 8)
            add_message(db, chats[number % 4], sender=Sender.BOT, reply=Reply(f"{number}"), now=at)
    with database.read() as db:
        whole = messages_of_employee(db, me, before=None, beside=None, limit=100)
        assert {channel for _, channel in whole} == {"web", "wecom_bot"}
        times = [message.at for message, _ in whole]
        assert times == sorted(times, reverse=True)
        paged, before = [], None
        while page := messages_of_employee(db, me, before=before, beside=None, limit=5):
            paged += [message.id for message, _ in page]
            before = paged[-1]
        assert paged == [message.id for message, _ in whole]
        assert len(set(paged)) == 12
        beside = messages_of_employee(db, me, before=None, beside=chats[0], limit=100)
        assert {channel for _, channel in beside} == {"wecom_bot"}
        (theirs, _), *_ = messages_of_employee(db, other, before=None, beside=None, limit=1)
        with pytest.raises(MessageNotFound):
            messages_of_employee(db, me, before=theirs.id, beside=None, limit=1)
