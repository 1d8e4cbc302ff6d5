"""What makes a delivery one that is not taken, as drawn:

Rejected
├── SignatureWrong   not signed with our token
├── TooOld           signed, but at another time than now: a replay, or a clock that is wrong
├── PaddingWrong     does not decrypt with our key
├── ReceiverWrong    encrypted for another company
└── Malformed        signed and ours, but not in a form that is known

The sender is answered alike whatever it was: which check failed is nobody's business but the log's, where
`code` stands for it. None of these says anything of what was delivered.
"""

from __future__ import annotations


class Rejected(Exception):
    """A delivery that is not taken. `code` is stable."""

    code = "rejected"


class SignatureWrong(Rejected):
    code = "signature_wrong"


class TooOld(Rejected):
    code = "too_old"


class PaddingWrong(Rejected):
    code = "padding_wrong"


class ReceiverWrong(Rejected):
    code = "receiver_wrong"


class Malformed(Rejected):
    """`part` names what is missing or wrong, in a constant word."""

    code = "malformed"

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part
