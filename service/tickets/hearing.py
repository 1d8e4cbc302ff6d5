"""What an answer inside a form means: an answer, a correction, a question between, something else. Pure.

What was understood is only one sign; the wording and what is asked decide. A description may hold any word,
so little is believed of it: “活动突然取消了” cancels nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from service.tickets.drafts import Asking, Draft, ForWhom
from service.tickets.filling_in import SURE_OF_KIND, FillingIn
from service.tickets.kinds import CaseKinds
from service.tickets.said import Act, Heard, Said, described
from service.tickets.wording import Wording, contact_in, is_long_enough, number_in

COMMAND = "fill_ticket"
"""The intent of the form's own buttons; the entities `step` and `answer` say which."""
SHORT = 12
"""Characters up to which a description may rather be a request (找人工, 我的进度)."""
SENTENCE = 25
"""Characters up to which a description may rather be a question."""

ANYWHERE = frozenset(
    {"ask_human", "choose_other_level", "check_ticket", "report_anonymously", "list_services"}
)
"""Requests that lead out of the form from wherever it is; the others only where one does not write freely."""
ELSEWHERE = ANYWHERE | {
    "urge_ticket", "withdraw_ticket", "object_result", "add_to_ticket", "list_activities", "join_activity",
    "cancel_activity", "book_legal_consultation", "book_counselling",
}  # fmt: skip
ABOUT_US = frozenset({"ask_about_assistant", "bot_challenge"})


class Listener:
    """Understands what is said inside a form. Threads may share this object."""

    def __init__(self, wording: Wording, kinds: CaseKinds) -> None:
        self._wording = wording
        self._kinds = kinds
        self._filling = FillingIn(wording, kinds)

    def hear(self, draft: Draft, said: Said, *, found: Callable[[], str | None]) -> Heard:
        """Return what `said` does to `draft`. `found` decides what retrieval makes of it as a question."""
        heard = self._hear(draft, said, found=found)
        return replace(heard, draft=self._for_whom(draft, heard.draft))

    def _for_whom(self, before: Draft, after: Draft) -> Draft:
        """Return the draft with whose case it is, where its new text or kind says so."""
        kind = self._kinds.get(after.kind)
        told = (after.kind, after.text) != (before.kind, before.text)
        if kind is None or after.text is None or not told or after.for_whom is not None:
            return after
        return replace(after, for_whom=self._wording.for_whom(kind, after.text))

    def _hear(self, draft: Draft, said: Said, *, found: Callable[[], str | None]) -> Heard:
        draft = replace(draft, heard=said.turn_id)
        asking = draft.asking(self._kinds)
        writing = asking in (Asking.TEXT, Asking.MORE, Asking.DETAILS)
        if said.intent == "urgent_help":
            return Heard(Act.ASIDE, draft)
        if said.pressed:
            return self._pressed(draft, asking, said)
        if self._is_expected(asking, said.text):
            return self._filling.take(draft, asking, said)
        if asking is Asking.DETAILS and self._leaves_out(said.text):
            return Heard(Act.TAKEN, replace(draft, details=False).said("refused"))
        if self._wording.stops(said.text) or (not writing and said.means(("cancel",))):
            return Heard(Act.DROP, draft)
        if said.means(("goodbye",)) and len(said.text) <= SHORT:
            return Heard(Act.LATER, draft)
        corrected = self._corrected(draft, asking, said)
        if corrected is not None:
            return corrected
        if leads_elsewhere(said, writing=writing):
            return Heard(Act.ASIDE, draft)
        # What is told before a kind is chosen may be worded as a question: 能不能多开一个窗口.
        if self.is_question(said, writing=writing or asking is Asking.KIND):
            decision = found()
            if decision == "answer" or (decision == "clarify" and not writing):
                return Heard(Act.QUESTION, replace(draft, aside=said.text))
            if not writing:
                return Heard(Act.TAKEN, draft.said("unanswered"))
        return self._filling.take(draft, asking, said)

    def hear_note(self, said: Said, *, sure: bool, found: Callable[[], str | None]) -> Act:
        """Return what a message does where one text is asked for: SEND keeps it, TAKEN asks again.

        `sure`: what is asked is only whether something is meant.
        """
        if said.pressed:
            return Act.DROP if said.intent == "cancel" else Act.ASIDE
        if sure and self._wording.only(said.text, "withdraw"):
            return Act.SEND
        if said.intent == "urgent_help" or leads_elsewhere(said, writing=True):
            return Act.ASIDE
        if self._wording.stops(said.text):
            return Act.DROP
        if sure:
            return self._hear_whether(said, found=found)
        if self.is_question(said, writing=True) and found() == "answer":
            return Act.QUESTION
        return Act.TAKEN if self._wording.unintelligible(said.text) else Act.SEND

    def _hear_whether(self, said: Said, *, found: Callable[[], str | None]) -> Act:
        if self._wording.only(said.text, "refuse") or said.means(("deny",)):
            return Act.DROP
        if any(self._wording.only(said.text, key) for key in ("agree", "send")) or said.means(("affirm",)):
            return Act.SEND
        if leads_elsewhere(said, writing=False):
            return Act.ASIDE
        asks = self.is_question(said, writing=False) and found() in ("answer", "clarify")
        return Act.QUESTION if asks else Act.TAKEN

    def is_question(self, said: Said, *, writing: bool) -> bool:
        """Tell whether it is a question rather than an answer; a description may well hold one."""
        if not self._wording.asks(said.text):
            return False
        about = (said.intent or "").startswith(("ask_", "calc_")) and said.confidence >= SURE_OF_KIND
        return not writing or (about and len(said.text) <= SENTENCE)

    def _leaves_out(self, text: str) -> bool:
        """Tell whether it is what was asked for that is left out, not the whole case: 算了还是不写了."""
        return self._wording.stops(text) and self._wording.has(text, "skip")

    def _is_expected(self, asking: Asking, text: str) -> bool:
        """Tell whether it is the short answer that is asked for, whatever else the same words may mean."""
        if asking is Asking.SUBJECT and len(text) <= SHORT and self._wording.subject(text) is not None:
            return True
        keys = {
            Asking.MORE: ("none",),
            Asking.SUBJECT: ("agree", "subject_agreed", "subject_unasked", "subject_refused", "own"),
            Asking.CONSENT: ("refuse", "agree"),
            Asking.DETAILS: ("skip",),
            Asking.CONTACT: ("here",),
            Asking.CONFIRM: ("send",),
        }.get(asking, ())
        return any(self._wording.only(text, key) for key in keys)

    def _pressed(self, draft: Draft, asking: Asking, said: Said) -> Heard:
        if said.intent == "cancel":
            return Heard(Act.DROP, draft)
        case = self._kinds.get(said.entities.get("case"))
        if case is not None and case.offered and asking is Asking.KIND:
            return Heard(Act.TAKEN, draft.of_kind(case).said("opened"))
        if said.intent != COMMAND:
            return Heard(Act.ASIDE, draft)
        step, answer = said.entities.get("step"), said.entities.get("answer")
        if step != asking:
            return Heard(Act.TAKEN, draft.said("stale"))
        if answer == "send":
            return Heard(Act.SEND, draft)
        changed = {
            ("text", "last"): described(draft, draft.aside or "", said),
            ("more", "none"): replace(draft, complete=True),
            ("subject", "agreed"): replace(draft, for_whom=ForWhom.AGREED),
            ("subject", "unasked"): replace(draft, for_whom=ForWhom.UNASKED),
            ("subject", "self"): replace(draft, for_whom=ForWhom.SELF),
            ("consent", "yes"): replace(draft, consent=True),
            ("consent", "no"): replace(draft, consent=False),
            ("details", "skip"): replace(draft, details=False),
            ("contact", "here"): replace(draft, contact=False),
            ("confirm", "text"): replace(draft, text=None),
            ("confirm", "contact"): replace(draft, contact=None),
            ("confirm", "kind"): replace(draft, kind=None, consent=None, details=None),
        }.get((step or "", answer or ""))
        if changed is None:
            return Heard(Act.TAKEN, draft.said("stale"))
        return Heard(Act.TAKEN, changed.said("refused" if answer == "no" else None))

    def _corrected(self, draft: Draft, asking: Asking, said: Said) -> Heard | None:
        """Return what a correction of something said earlier comes to, None where it is none."""
        wording, text = self._wording, said.text
        if asking is not Asking.KIND and wording.corrects_kind(text):
            kind = self._kinds.named(text)
            if kind is not None and kind.id != draft.kind:
                return Heard(Act.TAKEN, draft.of_kind(kind).said("corrected"))
        if draft.text is not None and (begun := wording.begins(text, "change_text")):
            rest = wording.after(text, begun)
            if not is_long_enough(rest):
                return Heard(Act.TAKEN, replace(draft, text=None).said())
            return Heard(Act.TAKEN, described(draft, rest, said).said("replaced"))
        if asking is not Asking.KIND and wording.begins(text, "change_kind") and len(text) <= SHORT:
            return Heard(Act.TAKEN, replace(draft, kind=None, consent=None, details=None).said())
        if asking is not Asking.CONFIRM:
            return None
        if (begun := wording.begins(text, "more")) and is_long_enough(rest := wording.after(text, begun)):
            return Heard(Act.TAKEN, described(draft, rest, said, to=draft.text).said("added"))
        if number_in(said.unmasked):
            changed = replace(draft, contact=True).said("contact_changed")
            return Heard(Act.TAKEN, changed, contact=contact_in(said.unmasked))
        if wording.begins(text, "change_contact"):
            return Heard(Act.TAKEN, replace(draft, contact=None).said())
        return None


def leads_elsewhere(said: Said, *, writing: bool) -> bool:
    """Tell whether it asks for something that has nothing to do with the form."""
    if said.means(ABOUT_US) and len(said.text) <= SENTENCE:
        return True
    if writing:
        return said.means(ANYWHERE) and len(said.text) <= SHORT
    return said.means(ELSEWHERE) and len(said.text) <= SENTENCE
