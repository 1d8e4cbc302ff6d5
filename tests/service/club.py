"""Units, staff, people and activities for tests of activities and consultation slots."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service.activities import operations
from service.activities.booking import create_slot
from service.activities.people import Person, person_of
from service.activities.rules import ActivityDraft, SlotDraft
from service.activities.tables import SlotKind
from service.activities.talking import ActivityTalk, build_activity_talk
from service.conversations.operations import open_conversation
from service.conversations.queries import messages_after
from service.conversations.replies import Reply
from service.conversations.tables import Message, Sender
from service.database import Database
from service.people.contacts import load_contacts
from service.people.operations import keep_organisations
from service.people.organisations import load_organisations
from service.people.roles import Role
from service.people.tables import Employee, RoleGrant, Staff
from service.people.viewer import Grant, Viewer
from tests.knowledge import shipped_texts

HOME = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # Wednesday, 10:00 in Shanghai
BANK = "示例银行"
ANHUI = f"{BANK}/安徽省分行"
HEFEI = f"{ANHUI}/合肥分行"
SHUSHAN = f"{HEFEI}/蜀山支行"
WUHU = f"{ANHUI}/芜湖分行"
HOUR = timedelta(hours=1)

BADMINTON = ActivityDraft(
    organisation=HEFEI,
    title="羽毛球友谊赛",
    place="合肥分行体育馆",
    starts_at=NOW + 72 * HOUR,
    ends_at=NOW + 75 * HOUR,
    register_until=NOW + 48 * HOUR,
    capacity=2,
    description="自带球拍",
    contact="工会干事，0551-0000-0101",
)


def talk() -> ActivityTalk:
    texts = shipped_texts(HOME)
    units = load_organisations(HOME / "knowledge_base" / "organisations.yml")
    return build_activity_talk(
        texts, load_contacts(HOME / "knowledge_base", units, texts), ZoneInfo("Asia/Shanghai")
    )


def founded(database: Database) -> Database:
    """Put the shipped units into a database."""
    with database.write() as db:
        keep_organisations(db, load_organisations(HOME / "knowledge_base" / "organisations.yml"))
    return database


def hire(db: Session, login: str, role: Role, organisation: str) -> Viewer:
    """Add a member of staff with one grant, stored as a real one is."""
    staff = Staff(
        login=login, display_name=login, password_hash="", active=True, failed_logins=0, created_at=NOW
    )
    db.add(staff)
    db.flush()
    db.add(RoleGrant(staff_id=staff.id, role=role, organisation_path=organisation, granted_at=NOW))
    db.flush()
    return Viewer(staff.id, frozenset({Grant(role, organisation)}))


def visit(db: Session, organisation: str | None = SHUSHAN, *, employee: str | None = None) -> Person:
    """Open a conversation; `employee` is the display name of somebody the portal knows."""
    employee_id = None
    if employee is not None:
        row = Employee(display_name=employee, organisation_path=organisation, created_at=NOW)
        db.add(row)
        db.flush()
        employee_id = row.id
    chat, _ = open_conversation(
        db,
        channel="web",
        organisation=organisation,
        opening=Reply("你好"),
        now=NOW,
        employee_id=employee_id,
    )
    return person_of(db, chat.id)


def put_up(db: Session, viewer: Viewer, *, now: datetime = NOW, **changes: object) -> str:
    draft = replace(BADMINTON, **changes)  # type: ignore[arg-type]
    return operations.create_activity(db, draft, viewer=viewer, now=now).id


def offer(db: Session, viewer: Viewer, *, hours: int = 24, kind: SlotKind = SlotKind.LEGAL) -> str:
    draft = SlotDraft(
        kind=kind,
        starts_at=NOW + hours * HOUR,
        minutes=30,
        place="5楼506室",
        organisation=HEFEI,
        adviser_id=viewer.staff_id,
    )
    return create_slot(db, draft, viewer=viewer, now=NOW).id


def news(db: Session, conversation_id: str) -> list[Message]:
    """Return what the conversation was told unasked."""
    return [item for item in messages_after(db, conversation_id, 0) if item.sender == Sender.SYSTEM]
