"""What can go wrong, as drawn:

ServiceError
├── NotFound
│   ├── ActivityNotFound
│   ├── AttachmentNotFound
│   ├── ChannelNotConfigured
│   ├── ConversationNotFound
│   ├── DocumentNotFound
│   ├── EntitlementUnknown
│   ├── LoginNotOffered
│   ├── MessageNotFound
│   ├── QuestionNotFound
│   ├── ReportNotFound
│   ├── SlotNotFound
│   ├── SourceNotFound
│   ├── StaffNotFound
│   └── TicketNotFound
├── NotAllowed
│   ├── CallbackRejected
│   ├── IdentityExpired
│   ├── IdentityInvalid
│   ├── IdentityUnsupported
│   ├── LoginFailed
│   ├── LoginLocked
│   ├── LoginRequired
│   └── TokenInvalid
├── Conflict
│   ├── ActivityClosed
│   ├── ActivityFull
│   ├── AlreadyBooked
│   ├── AlreadyClaimed
│   ├── AlreadyJoined
│   ├── CapacityTaken
│   ├── ChangedMeanwhile
│   ├── ClientIdReused
│   ├── ConversationClosed
│   ├── DocumentDiffers
│   ├── LoginTaken
│   ├── NotBooked
│   ├── NobodyElseConcerned
│   ├── NotJoined
│   ├── NotOwner
│   ├── NotWaiting
│   ├── NowhereToTalk
│   ├── ObjectionTooLate
│   ├── OptionNotOffered
│   ├── QuestionRefused
│   ├── QuestionTaken
│   ├── SlotOverlaps
│   ├── SlotTaken
│   ├── SubjectNotAsked
│   ├── TicketMoveNotAllowed
│   ├── UrgedAlready
│   └── UseridTaken
├── Invalid
│   ├── ActivityTimesWrong
│   ├── AttachmentKind
│   ├── AttachmentTooLarge
│   ├── CaseKindUnknown
│   ├── ConsentMissing
│   ├── EffectiveDateMissing
│   ├── FeedbackNotPossible
│   ├── NameMissing
│   ├── OrganisationUnknown
│   ├── PasswordTooWeak
│   ├── SlotTimesWrong
│   ├── TextEmpty
│   ├── TextTooLong
│   ├── TooManyAttachments
│   ├── TooManyInMessage
│   ├── ValueImpossible
│   ├── ValueInvalid
│   └── ValueMissing
├── TooManyMessages
├── TooManyReports
└── Unavailable

`code` is stable and known to programs; the sentence a person reads is `errors.<code>` in texts/.
"""

from __future__ import annotations


class ServiceError(Exception):
    """A failure the caller is told about. `fields` fill the sentence of its code."""

    code = "internal_error"

    def __init__(self, **fields: object) -> None:
        super().__init__(self.code, fields)
        self.fields = fields


class NotFound(ServiceError):
    code = "not_found"


class ConversationNotFound(NotFound):
    code = "conversation_not_found"


class MessageNotFound(NotFound):
    code = "message_not_found"


class SourceNotFound(NotFound):
    code = "source_not_found"


class NotAllowed(ServiceError):
    code = "not_allowed"


class TokenInvalid(NotAllowed):
    code = "token_invalid"


class IdentityUnsupported(NotAllowed):
    """An employee's identity was presented and this version cannot check it."""

    code = "identity_unsupported"


class CallbackRejected(NotAllowed):
    """What was sent to an address of a messenger's is not signed or encrypted for this deployment."""

    code = "callback_rejected"


class ChannelNotConfigured(NotFound):
    """Nothing is set up that would be called at this address."""

    code = "channel_not_configured"


class Conflict(ServiceError):
    code = "conflict"


class ClientIdReused(Conflict):
    code = "client_id_reused"


class ConversationClosed(Conflict):
    code = "conversation_closed"


class OptionNotOffered(Conflict):
    code = "option_not_offered"


class QuestionRefused(Conflict):
    """The source, called `title`, names the question as one that it does not answer."""

    code = "question_refused"


class QuestionTaken(Conflict):
    """Another source, called `title`, answers the very question."""

    code = "question_taken"


class Invalid(ServiceError):
    code = "invalid"


class TextEmpty(Invalid):
    code = "text_empty"


class TextTooLong(Invalid):
    """`length` and `limit` are in characters."""

    code = "text_too_long"


class OrganisationUnknown(Invalid):
    code = "organisation_unknown"


class FeedbackNotPossible(Invalid):
    code = "feedback_not_possible"


class QuestionNotFound(NotFound):
    code = "question_not_found"


class ReportNotFound(NotFound):
    code = "report_not_found"


class StaffNotFound(NotFound):
    code = "staff_not_found"


class IdentityInvalid(NotAllowed):
    """The portal's token is not one of ours: wrong signature, audience, or a missing claim."""

    code = "identity_invalid"


class IdentityExpired(NotAllowed):
    code = "identity_expired"


class LoginRequired(NotAllowed):
    code = "login_required"


class LoginFailed(NotAllowed):
    """Unknown name and wrong password look the same."""

    code = "login_failed"


class LoginLocked(NotAllowed):
    """`minutes` until the next try is taken."""

    code = "login_locked"


class AlreadyClaimed(Conflict):
    """`name` is who has the conversation."""

    code = "already_claimed"


class NotOwner(Conflict):
    """The conversation is not, or no longer, in the hands of who wants to act in it."""

    code = "not_owner"


class NotWaiting(Conflict):
    """Nobody waits for a person in this conversation."""

    code = "not_waiting"


class LoginNotOffered(NotFound):
    """The deployment has no app of WeChat Work through which employees could log in."""

    code = "login_not_offered"


class LoginTaken(Conflict):
    code = "login_taken"


class UseridTaken(Conflict):
    """WeChat Work calls the holder of the account `login` by `userid` already."""

    code = "userid_taken"


class NameMissing(Invalid):
    """A visitor signs up without a name for the list."""

    code = "name_missing"


class PasswordTooWeak(Invalid):
    """`least` is the number of characters asked for."""

    code = "password_too_weak"


class TooManyReports(ServiceError):
    code = "too_many_reports"


class ActivityNotFound(NotFound):
    code = "activity_not_found"


class SlotNotFound(NotFound):
    code = "slot_not_found"


class ActivityClosed(Conflict):
    """It takes no names any more: registration has ended, it is over, or it was called off."""

    code = "activity_closed"


class ActivityFull(Conflict):
    code = "activity_full"


class AlreadyBooked(Conflict):
    """`slot` is the person's booking of the same kind."""

    code = "already_booked"


class AlreadyJoined(Conflict):
    code = "already_joined"


class CapacityTaken(Conflict):
    """`taken` seats are given already."""

    code = "capacity_taken"


class ChangedMeanwhile(Conflict):
    """Somebody else changed it after it was read."""

    code = "changed_meanwhile"


class NotBooked(Conflict):
    code = "not_booked"


class NotJoined(Conflict):
    code = "not_joined"


class SlotOverlaps(Conflict):
    """The adviser offers another time meanwhile."""

    code = "slot_overlaps"


class SlotTaken(Conflict):
    code = "slot_taken"


class ActivityTimesWrong(Invalid):
    """It has to be ahead, to end after it begins, and registration to end by then."""

    code = "activity_times_wrong"


class SlotTimesWrong(Invalid):
    code = "slot_times_wrong"


class TicketNotFound(NotFound):
    code = "ticket_not_found"


class TicketMoveNotAllowed(Conflict):
    """The life of a ticket has no such move from the state it is in."""

    code = "ticket_move_not_allowed"


class UrgedAlready(Conflict):
    """Once a working day is enough."""

    code = "urged_already"


class SubjectNotAsked(Conflict):
    """A case filed for a colleague does not go on before the colleague has been asked."""

    code = "subject_not_asked"


class NobodyElseConcerned(Conflict):
    """The case is the filer's own."""

    code = "nobody_else_concerned"


class ObjectionTooLate(Conflict):
    """`days` after the result have passed."""

    code = "objection_too_late"


class NowhereToTalk(Conflict):
    """The conversation a ticket came from has been removed, and the person is not known."""

    code = "nowhere_to_talk"


class CaseKindUnknown(Invalid):
    code = "case_kind_unknown"


class ConsentMissing(Invalid):
    """Sensitive details came without the consent of their own."""

    code = "consent_missing"


class DocumentNotFound(NotFound):
    """No document is called `name`, or it has no version on the day that was asked for."""

    code = "document_not_found"


class DocumentDiffers(Conflict):
    """The version of `name` that holds from `day` on is stored with other words."""

    code = "document_differs"


class EffectiveDateMissing(Invalid):
    """Nothing in the text of `name` says from when it holds."""

    code = "effective_date_missing"


class EntitlementUnknown(NotFound):
    """No calculator is called `name`."""

    code = "entitlement_unknown"


class ValueMissing(Invalid):
    """A calculation needs the value of `field`, called `label`; `question` asks for it."""

    code = "value_missing"


class ValueImpossible(Invalid):
    """What was told cannot be: `sentence` says why, and asks for `field` anew."""

    code = "value_impossible"


class ValueInvalid(Invalid):
    """`field`, called `label`, is not of its kind, or there is none; `sentence` says what is expected."""

    code = "value_invalid"


class AttachmentNotFound(NotFound):
    """No such attachment, or not for whom asks, or it has been sent with another message."""

    code = "attachment_not_found"


class AttachmentKind(Invalid):
    """The content is none of the kinds that are taken."""

    code = "attachment_kind"


class AttachmentTooLarge(Invalid):
    """`limit` is in MB."""

    code = "attachment_too_large"


class TooManyAttachments(Invalid):
    """`limit` is how many a conversation holds."""

    code = "too_many_attachments"


class TooManyInMessage(Invalid):
    """`limit` is how many attachments go with one message."""

    code = "too_many_in_message"


class TooManyMessages(ServiceError):
    code = "too_many_messages"


class Unavailable(ServiceError):
    code = "unavailable"
