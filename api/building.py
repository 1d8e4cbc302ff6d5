"""Building the parts of the service from settings, once."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from api.channels.desk.hub import DeskHub
from api.channels.wecom.building import build_office
from api.channels.wecom.directory import Directory
from api.channels.wecom.login import Login
from api.channels.wecom.login_state import LoginStates
from api.channels.wecom.office import Office
from api.channels.wecom.tempo import Tempo
from api.channels.widget.hub import Hub
from api.indexing import indexing_of
from api.parts import Parts
from api.rasa import Probe, RasaClient
from api.serving.secrets import load_secrets
from api.settings import Settings
from api.turns import TurnRunner
from retrieval.artifacts import Artifacts
from retrieval.encoder import load_encoder
from service.activities.talking import build_activity_talk
from service.attachments.keeping import Attachments
from service.attachments.material import Material
from service.attachments.shelf import Shelf
from service.clock import Clock
from service.conversations.channel_words import ChannelWords
from service.conversations.fallback import Fallback
from service.conversations.why_words import WhyWords
from service.database import Database
from service.entitlements.calculations import Calculations
from service.entitlements.parameters import load_parameters
from service.entitlements.reading import Reading
from service.entitlements.talking import CalculationTalk
from service.handover.calendar import load_calendar
from service.handover.desk import Desk
from service.handover.handovers import Handovers
from service.handover.hours import hours_of_units
from service.handover.notices import Notices
from service.handover.receiving import Receiving
from service.handover.voice import Voice
from service.handover.waiting import Waiting
from service.handover.when import When
from service.knowledge.answers import Answers
from service.knowledge.live_index import LiveIndex
from service.knowledge.standards import load_standards
from service.messengers.desk_words import DeskWords
from service.messengers.erasing import Erasing
from service.messengers.linking import Linking
from service.messengers.relay import Relay
from service.messengers.staff_desk import StaffDesk
from service.messengers.staff_notices import StaffNotices
from service.messengers.taking_in import TakingIn
from service.people.contacts import load_contacts
from service.people.members import units_of_departments
from service.people.operations import keep_organisations
from service.people.organisations import load_organisations
from service.people.own_unit import OwnUnit
from service.people.roles import Role
from service.people.staff import add_staff
from service.people.tables import Staff
from service.people.viewer import Grant
from service.privacy.mask import KINDS, Masker
from service.privacy.sealing import Sealer
from service.reports.operations import Reports
from service.reports.pace import Pace
from service.texts import Texts, load_texts
from service.tickets.call_backs import CallBackTickets
from service.tickets.desk import TicketDesk
from service.tickets.kinds import FILE as KINDS_FILE
from service.tickets.kinds import load_kinds
from service.tickets.talking import build_ticket_talk

SEEDED = "admin"
SEEDED_ROLES = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.OFFICER)


def build(settings: Settings, *, probe: Probe, clock: Clock, tempo: Tempo) -> Parts:
    """Build every part on a migrated database and a built index. Raises what a part finds wrong."""
    texts = load_texts(settings.texts_dir)
    mask = Masker({kind: texts(f"privacy.mask.{kind}") for kind in KINDS})
    keys = load_secrets(settings.data / "secrets")
    sealer = Sealer(keys.seal.get_secret_value())
    database = Database(settings.database)
    units = load_organisations(settings.knowledge_base / "organisations.yml")
    with database.write() as db:
        keep_organisations(db, units)
    _seed_admin(settings, database, clock, texts, root=units[0].path)
    contacts = load_contacts(settings.knowledge_base, units, texts)
    encoder = load_encoder(settings.encoder)
    artifacts = Artifacts.load(encoder.fingerprint, settings.ranking_dir)
    live = LiveIndex(settings.index_dir, encoder, artifacts, milvus=settings.milvus)
    standards = load_standards(settings.knowledge_base)
    answers = Answers(live, texts, contacts, standards)
    notices = Notices(texts, contacts, answers)
    zone = ZoneInfo(settings.timezone)
    hours = hours_of_units(units, load_calendar(settings.knowledge_base / "calendar"), zone)
    units_by_path = {unit.path: unit for unit in units}
    voice = Voice(texts, contacts, units_by_path, When(texts, zone))
    channel_words = ChannelWords(texts, public_url=settings.public_url)
    kinds = load_kinds(settings.knowledge_base / KINDS_FILE)
    call_backs = CallBackTickets(kinds, zone)
    handovers = Handovers(
        units=units,
        hours=hours,
        voice=voice,
        call_backs=call_backs,
        clock=clock,
        alerting=settings.alert_url is not None,
        words=channel_words,
    )
    activity_talk = build_activity_talk(texts, contacts, zone)
    ticket_talk = build_ticket_talk(
        texts,
        contacts,
        kinds=kinds,
        when=When(texts, zone),
        hours=hours,
        root=units[0].path,
        activity_words=activity_talk.words,
        live=live,
        sealer=sealer,
    )
    parameters = load_parameters(settings.knowledge_base)
    calculations = Calculations(texts, parameters)
    desk = Desk(voice=voice, tickets=call_backs, mask=mask)
    attachments = Attachments(shelf=Shelf(settings.uploads_dir, sealer), mask=mask, texts=texts)
    database.subscribe(attachments.told)
    desk_words = DeskWords(texts, units_by_path)
    relay = Relay(desk_words)
    receiving = Receiving(
        mask=mask,
        sealer=sealer,
        handovers=handovers,
        notices=notices,
        own_unit=OwnUnit(texts, units),
        material=Material(texts, kinds),
        relay=relay,
        max_open_turns=settings.max_open_turns,
    )
    hub = Hub()
    rasa = RasaClient(settings.rasa_port, secret=keys.turn.get_secret_value(), timeout=settings.rasa_timeout)
    turns = TurnRunner(
        database=database,
        clock=clock,
        texts=texts,
        rasa=rasa,
        probe=probe,
        fallback=Fallback(answers, notices),
        handovers=handovers,
        channel_words=channel_words,
        hub=hub,
    )
    department_units = units_of_departments(units)
    office = build_office(
        settings,
        database=database,
        clock=clock,
        texts=texts,
        taking_in=TakingIn(
            receiving=receiving,
            attachments=attachments,
            notices=notices,
            texts=texts,
            clock=clock,
            staff_desk=StaffDesk(desk=desk, relay=relay, words=desk_words, clock=clock),
            erasing=Erasing(texts, relay),
            is_portal_subject=settings.wecom_userid_is_portal_sub,
        ),
        handovers=handovers,
        mask=mask,
        sealer=sealer,
        turns=turns,
        relay=relay,
        department_units=department_units,
        tempo=tempo,
    )
    directory = office.directory if office is not None else None
    return Parts(
        settings=settings,
        secrets=keys,
        clock=clock,
        texts=texts,
        mask=mask,
        sealer=sealer,
        database=database,
        live=live,
        indexing=indexing_of(settings, encoder, database),
        standards=standards,
        answers=answers,
        calculations=calculations,
        calculation_talk=CalculationTalk(
            calculations, Reading(texts, parameters=parameters), ticket_talk.wording, live, texts
        ),
        notices=notices,
        channel_words=channel_words,
        handovers=handovers,
        attachments=attachments,
        receiving=receiving,
        waiting=Waiting(
            database=database,
            hours=hours,
            voice=voice,
            call_backs=call_backs,
            minutes=settings.escalate_minutes,
        ),
        reports=Reports(mask=mask, sealer=sealer),
        report_pace=Pace(),
        activity_talk=activity_talk,
        ticket_talk=ticket_talk,
        ticket_desk=TicketDesk(words=ticket_talk.words, desk=desk, mask=mask),
        why_words=WhyWords(texts, {kind.id: kind.title for kind in kinds}),
        desk=desk,
        linking=Linking(words=activity_talk.words, is_portal_subject=settings.wecom_userid_is_portal_sub),
        department_units=department_units,
        directory=directory,
        login=_login(settings, office, directory),
        login_states=LoginStates(keys.identity),
        relay=relay,
        staff_notices=StaffNotices(database=database, words=desk_words),
        hub=hub,
        desk_hub=DeskHub(),
        rasa=rasa,
        turns=turns,
        wecom=office,
    )


def _login(settings: Settings, office: Office | None, directory: Directory | None) -> Login | None:
    app = settings.wecom_app
    if app is None or office is None or office.api is None or directory is None:
        return None
    back = f"{settings.public_url}/api/v1/wecom/login/back"
    return Login(office.api, directory, corp_id=app.corp_id, agent_id=app.agent_id, back=back)


def _seed_admin(settings: Settings, database: Database, clock: Clock, texts: Texts, *, root: str) -> None:
    """Add the first account of the console where UA_SEED_ADMIN_PASSWORD asks for it and there is none."""
    if settings.seed_admin_password is None:
        return
    with database.write() as db:
        if db.scalars(select(func.count()).select_from(Staff)).one():
            return
        add_staff(
            db,
            login=SEEDED,
            display_name=texts("staff.seeded_name"),
            password=settings.seed_admin_password.get_secret_value(),
            grants=[Grant(role, root) for role in SEEDED_ROLES],
            now=clock.now(),
        )
