"""What an answer to each question of the form fills in. Pure."""

from __future__ import annotations

from dataclasses import replace

from service.tickets.drafts import Asking, Draft, ForWhom
from service.tickets.kinds import CaseKind, CaseKinds
from service.tickets.said import Act, Heard, Said, described
from service.tickets.wording import Wording, contact_in, has_digits, is_long_enough, number_in

SURE_OF_KIND = 0.5
WORD = 6
"""Characters up to which a description may rather be small talk."""
SMALL_TALK = frozenset({"greet", "thank", "help", "feedback_good"})


class FillingIn:
    """Takes answers for what is asked. Threads may share this object."""

    def __init__(self, wording: Wording, kinds: CaseKinds) -> None:
        self._wording = wording
        self._kinds = kinds

    def take(self, draft: Draft, asking: Asking, said: Said) -> Heard:
        """Return `draft` with `said` as the answer to what is asked."""
        answers = {
            Asking.KIND: self._kind,
            Asking.TEXT: self._text,
            Asking.MORE: self._more,
            Asking.SUBJECT: self._subject,
            Asking.CONSENT: self._consent,
            Asking.DETAILS: self._details,
            Asking.CONTACT: self._contact,
            Asking.CONFIRM: self._confirm,
        }
        return answers[asking](draft, said)

    def _kind_in(self, said: Said) -> CaseKind | None:
        """Return the kind of case a message speaks of."""
        named = self._kinds.named(said.text)
        if named is not None:
            return named
        among = self._kinds.offered(said.intent) if said.intent and said.confidence >= SURE_OF_KIND else []
        if len(among) == 1:
            return among[0]
        return self._kinds.heard_in(said.text, intent="file_ticket")

    def _kind(self, draft: Draft, said: Said) -> Heard:
        kind, enough = self._kind_in(said), self._wording.says_enough(said.text)
        if draft.text is None and enough:
            draft = described(draft, said.text, said)
        if kind is not None:
            return Heard(Act.TAKEN, draft.of_kind(kind).said("opened"))
        return Heard(Act.TAKEN, draft.said("noted" if enough else "unclear", missed=not enough))

    def _text(self, draft: Draft, said: Said) -> Heard:
        contact = number_in(said.unmasked)
        if contact is not None:
            draft = replace(draft, contact=True)
        if said.means(SMALL_TALK) and len(said.text) <= WORD:
            return Heard(Act.TAKEN, draft.said("help"), contact=contact)
        if self._wording.unintelligible(said.text):
            return Heard(Act.TAKEN, draft.said("unclear", missed=True), contact=contact)
        if not is_long_enough(said.text):
            return Heard(Act.TAKEN, draft.said("short", missed=True), contact=contact)
        if self._wording.asks(said.text) and not self._wording.says_enough(said.text):
            return Heard(Act.TAKEN, draft.said("unanswered"), contact=contact)
        told = replace(described(draft, said.text, said), complete=True)
        return Heard(Act.TAKEN, told.said(), contact=contact)

    def _more(self, draft: Draft, said: Said) -> Heard:
        """Hear what is added to an opening that told already what it is about."""
        contact = number_in(said.unmasked)
        if contact is not None:
            draft = replace(draft, contact=True)
        if self._wording.only(said.text, "none") or said.means(("deny",)):
            return Heard(Act.TAKEN, replace(draft, complete=True).said(), contact=contact)
        if self._wording.unintelligible(said.text):
            return Heard(Act.TAKEN, draft.said("unclear", missed=True), contact=contact)
        told = replace(described(draft, said.text, said, to=draft.text), complete=True)
        return Heard(Act.TAKEN, told.said(), contact=contact)

    def _subject(self, draft: Draft, said: Said) -> Heard:
        wording, text = self._wording, said.text
        for_whom = wording.subject(text)
        if for_whom is None and wording.has(text, "subject_refused"):
            return Heard(Act.TAKEN, draft.said("subject_refused"))
        if for_whom is None and wording.has(text, "own"):
            for_whom = ForWhom.SELF
        elif for_whom is None and (wording.only(text, "agree") or said.means(("affirm",))):
            for_whom = ForWhom.AGREED
        if for_whom is None:
            return Heard(Act.TAKEN, draft.said("subject_unclear", missed=True))
        return Heard(Act.TAKEN, replace(draft, for_whom=for_whom).said())

    def _consent(self, draft: Draft, said: Said) -> Heard:
        if self._wording.only(said.text, "refuse") or said.means(("deny",)):
            return Heard(Act.TAKEN, replace(draft, consent=False).said("refused"))
        if self._wording.only(said.text, "agree") or said.means(("affirm",)):
            return Heard(Act.TAKEN, replace(draft, consent=True).said())
        return Heard(Act.TAKEN, draft.said("consent_unclear", missed=True))

    def _details(self, draft: Draft, said: Said) -> Heard:
        if self._wording.only(said.text, "skip") or said.means(("deny",)):
            return Heard(Act.TAKEN, replace(draft, details=False).said("refused"))
        if self._wording.unintelligible(said.text):
            return Heard(Act.TAKEN, draft.said("unclear", missed=True))
        return Heard(Act.TAKEN, replace(draft, details=True).said(), details=said.unmasked)

    def _contact(self, draft: Draft, said: Said) -> Heard:
        named = "@" in said.unmasked or (has_digits(said.unmasked) and self._wording.has(said.text, "reach"))
        if number_in(said.unmasked) or named:
            given = replace(draft, contact=True).said()
            return Heard(Act.TAKEN, given, contact=contact_in(said.unmasked))
        if self._wording.has(said.text, "here") or said.means(("deny",)):
            draft = replace(draft, contact=False)
            if not self._wording.says_enough(said.text, beyond=("here", "reach", "filler", "about_contact")):
                return Heard(Act.TAKEN, draft.said())
        if self._wording.says_enough(said.text):
            return Heard(Act.TAKEN, described(draft, said.text, said, to=draft.text).said("added"))
        return Heard(Act.TAKEN, draft.said("contact_unclear", missed=True))

    def _confirm(self, draft: Draft, said: Said) -> Heard:
        wording = self._wording
        if wording.only(said.text, "send") or said.means(("affirm",)):
            return Heard(Act.SEND, draft)
        refused = wording.only(said.text, "refuse") or said.means(("deny",))
        if refused or wording.begins(said.text, "correct"):
            return Heard(Act.TAKEN, draft.said("change"))
        if wording.says_enough(said.text):
            return Heard(Act.TAKEN, described(draft, said.text, said, to=draft.text).said("added"))
        return Heard(Act.TAKEN, draft.said("unclear", missed=True))
