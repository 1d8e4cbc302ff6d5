"""Pictures and papers: what is taken, where it goes, who may see it, and what becomes of it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from service.activities.people import person_of
from service.attachments import queries, rules
from service.attachments.keeping import Upload
from service.attachments.shelf import Shelf
from service.attachments.tables import Attachment
from service.conversations import operations as conversations
from service.conversations.effects import act_once
from service.conversations.queries import conversation, messages_of_turn, open_turn_count
from service.conversations.replies import Reply
from service.conversations.tables import Message, Sender, TurnState
from service.database import Database
from service.errors import (
    AttachmentKind,
    AttachmentNotFound,
    AttachmentTooLarge,
    ClientIdReused,
    ConversationClosed,
    TooManyAttachments,
    TooManyInMessage,
)
from service.insights.tables import EventLog
from service.knowledge.asked import Asked
from service.people.roles import Role
from service.people.viewer import Viewer
from service.privacy.sealing import SealBroken, Sealer
from service.tickets import drafts
from service.tickets.drafts import Draft, ForWhom
from service.tickets.filing import Filing
from service.tickets.following import NOTE_FOR, Following, NoteFor
from service.tickets.queries import visible_ticket
from service.tickets.questions import Questions
from service.tickets.tables import State, Ticket
from service.tickets.wording import Wording
from tests.knowledge import shipped_texts
from tests.service.office import Office
from tests.service.papers import JPEG, KINDS, PDF, PNG, archive, word
from tests.service.world import ASK, BANK, OUTLET, World


@pytest.fixture
def office(database: Database, home: Path, tmp_path: Path) -> Office:
    return Office(World(database, home, uploads=tmp_path / "uploads"))


def hand_in(world: World, chat: str, *contents: bytes, name: str = "诊断证明.jpg") -> list[str]:
    shelved = [world.attachments.shelve(Upload(name, content)) for content in contents]
    with world.database.write() as db:
        where = conversation(db, chat)
        return [world.attachments.hand_in(db, where, item, now=world.now).id for item in shelved]


def send(world: World, chat: str, *contents: bytes, text: str | None = None) -> list[Message]:
    """Send contents; return the employee's message and what was said to it."""
    accepted = world.write(chat, text, attachments=hand_in(world, chat, *contents))
    with world.database.read() as db:
        return messages_of_turn(db, accepted.turn.id)


def press(world: World, chat: str, message: Message, title: str) -> Message:
    (option,) = (item["id"] for item in message.options if title in item["title"])
    accepted = world.write(chat, option=option)
    with world.database.read() as db:
        return messages_of_turn(db, accepted.turn.id)[-1]


def remember(world: World, chat: str, **slots: str | None) -> None:
    """Have an action of the dialogue answer in a turn and set slots."""
    turn = world.write(chat, "好").turn
    act_once(world.database, turn.id, "action", lambda _: Reply("好", slots=dict(slots)), clock=world.clock)
    world.answer(turn.id, Reply("好"))


def material(world: World, number: str) -> list[str]:
    with world.database.read() as db:
        return [item.id for item in queries.material_of(db, number)]


def files(world: World) -> set[str]:
    return {path.name for path in world.uploads.glob("*/*")}


@pytest.mark.parametrize("media_type", KINDS)
def test_what_it_is_is_told_from_the_content(media_type: str) -> None:
    assert rules.check(KINDS[media_type]) == media_type


def test_word_documents_are_taken_without_macros_only() -> None:
    assert rules.check(word()) == rules.DOCX
    for refused in (word("word/vbaProject.bin"), archive("a.txt"), word()[:40], b"PK\x03\x04"):
        with pytest.raises(AttachmentKind):
            rules.check(refused)


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<svg/>", b"<html>", b"RIFF....WAVE", b" %PDF-1.7"])
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(AttachmentKind):
        rules.check(content)


def test_ten_megabytes_are_taken_and_a_byte_more_is_not() -> None:
    assert rules.check(PDF.ljust(rules.SIZE_LIMIT)) == "application/pdf"
    with pytest.raises(AttachmentTooLarge):
        rules.check(PDF.ljust(rules.SIZE_LIMIT + 1))


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("诊断 证明.PDF", "诊断 证明.PDF"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\照片\\a.pdf", "a.pdf"),
        ("发票\u202efdp.exe", "发票fdp.exe.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie: b.pdf"),
        ("  .pdf", ""),
        ("", ""),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_lose_their_path_and_what_cannot_be_seen(name: str, clean: str) -> None:
    assert rules.clean_name(name, "application/pdf") == clean


def test_contents_lie_sealed_and_open_with_the_key_alone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, Sealer("key"))
    shelf.put("ab12", PNG)
    (kept,) = tmp_path.glob("*/*")
    assert (kept.parent.name, kept.name, kept.stat().st_mode & 0o777) == ("ab", "ab12", 0o600)
    assert b"picture" not in kept.read_bytes()
    assert len(kept.read_bytes()) < len(PNG) + 100
    assert shelf.get("ab12") == PNG
    assert shelf.get("cd34") is None
    with pytest.raises(SealBroken):
        Shelf(tmp_path, Sealer("other")).get("ab12")
    kept.write_bytes(kept.read_bytes()[:-1] + b"\0")
    with pytest.raises(SealBroken):
        shelf.get("ab12")


def test_a_content_that_is_not_the_one_that_was_sent_is_not_shown(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    (one,) = hand_in(world, chat, PNG)
    with world.database.read() as db:
        attachment = db.get_one(Attachment, one)
    assert world.attachments.content(attachment) == PNG
    world.shelf.put(one, PDF)
    with pytest.raises(AttachmentNotFound):
        world.attachments.content(attachment)


def test_names_are_kept_masked_and_the_event_holds_none(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    (one,) = hand_in(world, chat, PNG, name="张三340104199001011234.png")
    (nameless,) = hand_in(world, chat, PDF, name="")
    with world.database.read() as db:
        assert "340104199001011234" not in db.get_one(Attachment, one).name
        assert db.get_one(Attachment, nameless).name == "文件.pdf"
        first, _ = db.scalars(select(EventLog).where(EventLog.kind == "attachment_received"))
    assert first.data == {"attachment": one, "media_type": "image/png", "size": len(PNG)}
    assert first.conversation_id == chat


def test_a_picture_alone_is_a_message_that_the_dialogue_does_not_answer(office: Office) -> None:
    own, answer = send(office.world, office.world.chat(), PNG, JPEG, PDF)
    assert own.text == "[2张图片和1个文件]"
    assert [item["media_type"] for item in own.attachments] == ["image/png", "image/jpeg", "application/pdf"]
    assert answer.sender == Sender.SYSTEM
    assert "2张图片和1个文件" in answer.text
    assert [option["payload"] for option in answer.options] == ["/list_services", "/ask_human"]
    with office.world.database.read() as db:
        assert queries.count_in(db, own.conversation_id) == 3
        assert not open_turn_count(db, own.conversation_id)


def test_with_words_the_dialogue_answers_them(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    number = office.file(chat=chat)
    own, told = send(world, chat, PNG, text="发票在这里")
    assert (own.text, len(own.attachments)) == ("发票在这里", 1)
    assert "还没有放进工单" in told.text
    with world.database.read() as db:
        assert open_turn_count(db, chat) == 1
    assert number in press(world, chat, told, number).text
    assert len(material(world, number)) == 1


def test_it_goes_into_the_only_case_that_is_worked_on_and_the_case_goes_on(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    officer, number = world.staff("经办"), office.file(chat=chat)
    closed = office.file(chat=chat)
    office.assign(number, officer)
    office.move(number, officer, State.WAITING, "请补发票")
    with world.database.write() as db:
        db.get_one(Ticket, closed).state = State.CLOSED
    own, told = send(world, chat, PNG, PNG)
    assert told.text == f"收到2张图片，已放进工单**{number}**的材料，办的人看得到。"
    assert material(world, number) == [item["id"] for item in own.attachments]
    assert office.steps(number)[-1] == ("added", "补充了材料：2张图片")
    assert office.ticket(number).state == State.IN_PROGRESS
    assert office.events(number)[-1].kind == "ticket_added"


def test_of_several_cases_one_is_chosen_and_gets_everything_that_came_meanwhile(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    first, second = office.file(chat=chat), office.file(chat=chat)
    send(world, chat, PNG)
    world.now += timedelta(minutes=5)
    _, asked = send(world, chat, JPEG)
    assert asked.text.startswith("收到2张图片")
    assert "2张图片" in press(world, chat, asked, second).text
    assert (len(material(world, first)), len(material(world, second))) == (0, 2)
    assert "已经放好了" in press(world, chat, asked, first).text
    assert not material(world, first)


def test_a_case_of_somebody_else_gets_nothing(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    number = office.file(chat=chat)
    office.file(chat=chat)
    _, asked = send(world, chat, PNG)
    with world.database.write() as db:
        db.get_one(Ticket, number).conversation_id = None
    assert "不再收材料" in press(world, chat, asked, number).text
    assert not material(world, number)


def test_what_is_asked_for_in_addition_goes_to_that_case(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    first, second = office.file(chat=chat), office.file(chat=chat)
    remember(world, chat, **{NOTE_FOR: NoteFor("add", first).kept()})
    assert first in send(world, chat, PNG)[1].text
    remember(world, chat, **{NOTE_FOR: None})
    assert "哪个工单" in send(world, chat, PNG)[1].text
    assert (len(material(world, first)), len(material(world, second))) == (1, 0)


def test_what_comes_while_a_case_is_filled_in_waits_for_it(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    office.file(chat=chat)
    remember(world, chat, **{drafts.SLOT: Draft("t").kept()})
    assert "提交时一起放进材料" in send(world, chat, PNG)[1].text
    remember(world, chat, **{drafts.SLOT: None})
    assert "已放进工单" in send(world, chat, PNG)[1].text


@pytest.fixture
def filing(office: Office) -> Filing:
    wording = Wording(shipped_texts(office.world.home), office.kinds)
    questions = Questions(words=office.words, routing=office.routing)
    return Filing(words=office.words, wording=wording, routing=office.routing, questions=questions)


def file_by_talk(office: Office, filing: Filing, chat: str, key: str) -> tuple[str, str]:
    """File a case as the form does; return its number and what is said."""
    draft = Draft(key, kind="suggestion", text="食堂的菜太油腻", contact=False)
    number, reply = file_draft(office, filing, chat, draft)
    return number, reply.text


def file_draft(office: Office, filing: Filing, chat: str, draft: Draft) -> tuple[str, Reply]:
    asked = Asked(text="提交", as_of=office.world.clock.today(), organisation=OUTLET)
    number_of = select(Ticket.number).where(Ticket.conversation_id == chat)
    with office.world.database.write() as db:
        before = set(db.scalars(number_of))
        said = filing.file(db, asked, person_of(db, chat), draft, draft.key, now=office.world.now)
        (number,) = set(db.scalars(number_of)) - before
    return number, said


def test_a_case_takes_along_what_was_sent_shortly_before_it_was_begun_and_since(
    office: Office, filing: Filing
) -> None:
    world, chat = office.world, office.world.chat()
    send(world, chat, PNG)
    world.now += timedelta(minutes=40)
    lately = send(world, chat, JPEG)[0].attachments
    begun = world.write(chat, "我要反映食堂的事").turn
    world.answer(begun.id, Reply("好"))
    world.now += timedelta(minutes=50)
    since = send(world, chat, PDF)[0].attachments
    number, said = file_by_talk(office, filing, chat, begun.id)
    assert material(world, number) == [item["id"] for item in (*lately, *since)]
    assert "（2个）已放进去" in said
    again, said = file_by_talk(office, filing, chat, "another")
    assert (material(world, again), "已放进去" in said) == ([], False)


@pytest.mark.parametrize("for_whom", [None, ForWhom.UNASKED])
def test_papers_go_into_a_case_about_health_only_with_the_consent_that_words_need(
    office: Office, filing: Filing, for_whom: ForWhom | None
) -> None:
    world, chat = office.world, office.world.chat()
    send(world, chat, PNG)
    draft = Draft("t", kind="hardship", text="家里困难想申请补助", contact=False, for_whom=for_whom)
    declined = replace(draft, consent=False if for_whom is None else None)
    number, said = file_draft(office, filing, chat, declined)
    assert material(world, number) == []
    assert "（1个）没有放进去" in said.text
    (told,) = world.answer(world.write(chat, "提交").turn.id, said)
    assert "1张图片" in press(world, chat, told, number).text
    assert len(material(world, number)) == 1


def test_papers_go_into_a_case_about_health_with_a_consent(office: Office, filing: Filing) -> None:
    world, chat = office.world, office.world.chat()
    send(world, chat, PNG)
    draft = Draft("t", kind="hardship", text="家里困难想申请补助", contact=False, consent=True)
    number, said = file_draft(office, filing, chat, draft)
    assert (len(material(world, number)), said.choices) == (1, ())


def test_what_is_added_in_words_takes_along_what_was_just_sent(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    wording = Wording(shipped_texts(world.home), office.kinds)
    following = Following(words=office.words, wording=wording, routing=office.routing)
    number = office.file(chat=chat)
    send(world, chat, PNG, text="再补一张发票")
    asked = Asked(text="再补一张发票", as_of=world.clock.today(), organisation=OUTLET)
    with world.database.write() as db:
        said = following.keep_note(db, asked, person_of(db, chat), NoteFor("add", number), now=world.now)
    assert "（1个）也放进去了" in said.text
    assert len(material(world, number)) == 1


def test_while_a_person_talks_it_is_delivered_to_that_person_alone(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    officer, number = world.staff("经办"), office.file(chat=chat)
    world.turn(chat, ASK, "找人")
    with world.database.write() as db:
        world.desk.take(db, chat, viewer=officer, now=world.now)
    (own,) = send(world, chat, PNG)
    assert own.text == "[1张图片]"
    assert not material(world, number)
    with world.database.read() as db:
        assert (
            queries.visible_attachment(
                db, own.attachments[0]["id"], viewer=officer, kinds=world.kinds
            ).message_id
            == own.id
        )


def test_only_who_reads_the_conversation_or_the_case_sees_it(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    officer = world.staff("经办")
    confidant = world.staff("专人", Role.CONFIDANT, org=BANK)
    number = office.file("harassment", chat=chat)
    own, _ = send(world, chat, PNG)
    (one,) = (item["id"] for item in own.attachments)

    def sees(viewer: Viewer) -> bool:
        with world.database.read() as db:
            try:
                queries.visible_attachment(db, one, viewer=viewer, kinds=world.kinds)
            except AttachmentNotFound:
                return False
            return True

    with world.database.read() as db:
        assert visible_ticket(db, number, viewer=confidant, kinds=world.kinds)
    assert (sees(confidant), sees(officer)) == (True, False)
    world.turn(chat, ASK, "找人")
    assert sees(officer)  # who waits in the queue is read by those who may take the conversation


def test_one_sees_ones_own_and_nobody_elses(office: Office) -> None:
    world, chat, other = office.world, office.world.chat(), office.world.chat()
    (one,) = hand_in(world, chat, PNG)
    with world.database.read() as db:
        assert queries.own_attachment(db, conversation(db, chat), one).id == one
        with pytest.raises(AttachmentNotFound):
            queries.own_attachment(db, conversation(db, other), one)
    with pytest.raises(AttachmentNotFound):
        world.write(other, None, attachments=[one])
    world.write(chat, None, attachments=[one])
    with pytest.raises(AttachmentNotFound):
        world.write(chat, None, attachments=[one])  # it went with another message


def test_the_same_message_again_changes_nothing_and_another_under_its_name_is_refused(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    ids = hand_in(world, chat, PNG, JPEG)

    def write(attachments: list[str]) -> bool:
        with world.database.write() as db:
            asked = Asked(text="", as_of=world.clock.today(), organisation=OUTLET)
            return world.receiving.receive(
                db,
                conversation(db, chat),
                client_id="one",
                text=None,
                option=None,
                attachments=attachments,
                asked=asked,
                now=world.now,
            ).repeated

    assert [write(ids), write(ids)] == [False, True]
    with pytest.raises(ClientIdReused):
        write(ids[:1])
    with world.database.read() as db:
        assert db.scalars(select(func.count()).select_from(Message)).one() == 3  # with the opening


def test_nine_go_with_a_message_and_fifty_with_a_conversation(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    ids = hand_in(world, chat, *[PNG] * 50)
    with pytest.raises(TooManyAttachments):
        hand_in(world, chat, PNG)
    with pytest.raises(TooManyInMessage):
        world.write(chat, None, attachments=ids[:10])
    assert world.write(chat, None, attachments=ids[:9]).turn.state == TurnState.ANSWERED


def test_a_conversation_that_has_ended_takes_nothing(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    with world.database.write() as db:
        conversations.close_conversation(db, conversation(db, chat), now=world.now)
    with pytest.raises(ConversationClosed):
        hand_in(world, chat, PNG)


def test_with_a_conversation_goes_what_was_sent_except_the_material_of_cases(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    send(world, chat, PNG)
    number = office.file(chat=chat)
    kept = send(world, chat, PDF)[0].attachments[0]["id"]
    assert len(files(world)) == 2
    with world.database.write() as db:
        conversations.delete_conversation(db, conversation(db, chat), now=world.now)
    assert files(world) == {kept}
    assert material(world, number) == [kept]
    with world.database.read() as db:
        attachment = db.get_one(Attachment, kept)
        assert (attachment.conversation_id, attachment.message_id) == (None, None)
        assert world.attachments.content(attachment) == PDF


def test_a_deletion_that_is_taken_back_takes_no_content(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    (one,) = hand_in(world, chat, PNG)
    with pytest.raises(RuntimeError), world.database.write() as db:
        conversations.delete_conversation(db, conversation(db, chat), now=world.now)
        raise RuntimeError
    assert files(world) == {one}


def test_tidying_takes_what_was_never_sent_and_contents_without_a_row(office: Office) -> None:
    world, chat = office.world, office.world.chat()
    (unsent,) = hand_in(world, chat, PNG)
    sent = send(world, chat, JPEG)[0].attachments[0]["id"]
    world.attachments.shelve(Upload("", PDF))
    young = world.attachments.shelve(Upload("", PDF)).id
    half = world.uploads / "ab" / "ab.1.part"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"")
    world.now = world.now.fromtimestamp(time.time(), world.now.tzinfo)
    for path in world.uploads.glob("*/*"):
        if path.name != young:
            os.utime(path, (time.time() - 7200,) * 2)
    world.attachments.tidy(world.database, now=world.now)
    assert files(world) == {sent, young}
    with world.database.read() as db:
        assert db.get(Attachment, unsent) is None
