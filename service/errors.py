"""What can go wrong, as drawn:

ServiceError
├── NotFound
│   ├── ConversationNotFound
│   ├── MessageNotFound
│   └── SourceNotFound
├── NotAllowed
│   ├── TokenInvalid
│   └── IdentityUnsupported
├── Conflict
│   ├── ClientIdReused
│   ├── ConversationClosed
│   └── OptionNotOffered
├── Invalid
│   ├── TextEmpty
│   ├── TextTooLong
│   ├── OrganisationUnknown
│   └── FeedbackNotPossible
├── TooManyMessages
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


class Conflict(ServiceError):
    code = "conflict"


class ClientIdReused(Conflict):
    code = "client_id_reused"


class ConversationClosed(Conflict):
    code = "conversation_closed"


class OptionNotOffered(Conflict):
    code = "option_not_offered"


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


class TooManyMessages(ServiceError):
    code = "too_many_messages"


class Unavailable(ServiceError):
    code = "unavailable"
