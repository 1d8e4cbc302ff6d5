"""Why a message was said, in words for union staff: the same in the console and in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.conversations.why import Because, Candidate, Form, Likely, Lookup, Step, Why
from service.texts import Texts

SECTION = "why"
LABELS = ("heard", "read", "form", "looked_up", "found", "decision", "because", "did", "nothing")
SENTENCES = (
    "nothing", "list", "ask", "steps", "read", "numbers",
    "heard.first", "heard.others", "looked_up.alone", "looked_up.together", "looked_up.day",
    "found.scored", "found.first_of_all", "found.card", "found.article",
    *(f"decision.{name}" for name in ("answer", "clarify", "refuse", "handover", "flow")),
    *(f"did.{name}" for name in ("chosen", "forced", "within", "alone", "other")),
    *(f"policy.{name}" for name in ("rule", "story", "fallback", "forced", "other")),
    *(f"form.{name}" for name in ("open", "kind", "wants", "taken", "name", "want", "as")),
    "value", "action", "intent",
)  # fmt: skip
WORTH_NAMING = 0.01
"""Probability from which an intent or a source is named beside the likeliest one."""
RULES, STORIES, FORCED = "RulePolicy", "MemoizationPolicy", "followup_action"
"""Names of what chooses in the dialogue, as they stand in a `Step`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One part of an explanation. `details` holds names and figures for whoever looks into the matter."""

    label: str
    texts: tuple[str, ...]
    details: str | None = None


class WhyWords:
    """Says explanations. `cases` are the titles of the kinds of case. Threads may share this object."""

    def __init__(self, texts: Texts, cases: Mapping[str, str]) -> None:
        texts.require(
            (
                *(f"{SECTION}.label.{label}" for label in LABELS),
                *(f"{SECTION}.{key}" for key in SENTENCES),
                *(f"{SECTION}.because.{reason}" for reason in Because),
            )
        )
        self._texts = texts
        self._cases = cases

    def lines(self, why: Why | None, *, decision: str | None) -> tuple[Line, ...]:
        """Say `why` a message was said whose decision was `decision`, part by part; what is empty is left
        out."""
        if why is None:
            return (self._line("nothing", [self._say("nothing")]),)
        intents = [one for one in why.intents if one is why.intents[0] or one.confidence >= WORTH_NAMING]
        found = _worth_naming(why.lookup)
        form = why.form
        lines = (
            self._line("heard", self._heard(intents), (f"{x.intent} {x.confidence:.2f}" for x in intents)),
            self._line("read", self._read(why), (f"{value.kind}={value.value}" for value in why.values)),
            self._line("form", self._form(form), (form.name,) if form is not None else ()),
            self._line("looked_up", self._looked_up(why)),
            self._line("found", self._found(found), (one.source_id for one in found)),
            self._line("decision", [self._say(f"decision.{decision}")] if decision else []),
            self._line("because", self._because(why)),
            self._line("did", self._did(why), _chosen(why)),
        )
        return tuple(line for line in lines if line.texts)

    def _heard(self, intents: Sequence[Likely]) -> list[str]:
        named = [
            self._say("heard.first", intent=self._intent(one.intent), confidence=f"{one.confidence:.0%}")
            for one in intents
        ]
        others = [self._say("heard.others", intents=self._say("list").join(named[1:]))] if named[1:] else []
        return [*named[:1], *others]

    def _read(self, why: Why) -> list[str]:
        return [
            self._say("read", kind=self._named("value", value.kind), text=value.text)
            for value in why.values
            if value.text is not None
        ]

    def _form(self, form: Form | None) -> list[str]:
        if form is None:
            return []
        parts = {
            "open": self._named("form.name", form.name),
            "kind": self._cases.get(form.kind or ""),
            "wants": self._named("form.want", form.wants) if form.wants is not None else None,
            "taken": self._named("form.as", form.taken) if form.taken is not None else None,
        }
        return [
            self._say(f"form.{name}", **{"form" if name == "open" else name: said})
            for name, said in parts.items()
            if said is not None
        ]

    def _looked_up(self, why: Why) -> list[str]:
        lookup = why.lookup
        if lookup is None:
            return []
        together = {Because.LAST_CARD, Because.LAST_QUESTION} & set(why.because)
        text = self._say(f"looked_up.{'together' if together else 'alone'}", text=lookup.text)
        return [text] if lookup.day is None else [text, self._say("looked_up.day", day=lookup.day)]

    def _found(self, found: Sequence[Candidate]) -> list[str]:
        return [
            self._say(
                "found.first_of_all" if one.score is None else "found.scored",
                number=number,
                title=one.title,
                kind=self._say(f"found.{one.kind}"),
                score=f"{one.score or 0:.2f}",
            )
            for number, one in zip(self._say("numbers"), found, strict=False)
        ]

    def _because(self, why: Why) -> list[str]:
        lookup = why.lookup
        fields: dict[str, str] = {}
        if lookup is not None:
            confidence, answer_from = _percents(lookup.confidence, lookup.answer_from)
            in_scope, in_scope_from = _percents(lookup.in_scope, lookup.in_scope_from)
            fields = {
                "confidence": confidence,
                "answer_from": answer_from,
                "in_scope": in_scope,
                "in_scope_from": in_scope_from,
            }
        return [self._texts(f"{SECTION}.because.{reason}", **fields) for reason in why.because]

    def _did(self, why: Why) -> list[str]:
        if why.action is None and not why.steps:
            return []
        action = self._named("action", why.action) if why.action is not None else self._say("did.other")
        if not why.steps:
            return [self._say("did.alone", action=action)]
        chosen = [step for step in why.steps if step.action == why.action]
        policy = self._policy(chosen[-1] if chosen else why.steps[0])
        if chosen and chosen[-1].policy in (FORCED, None):
            return [self._say("did.forced", action=action)]
        if chosen:
            return [self._say("did.chosen", action=action, policy=policy)]
        steps = self._say("steps").join(self._named("action", step.action) for step in why.steps)
        return [self._say("did.within", action=action, steps=steps, policy=policy)]

    def _policy(self, step: Step) -> str:
        if step.policy in (FORCED, None):
            return self._say("policy.forced")
        if step.policy == RULES:
            # A rule is certain; anything less is what the policy does where none applies.
            return self._say("policy.rule" if (step.confidence or 0) >= 1 else "policy.fallback")
        return self._say("policy.story" if step.policy == STORIES else "policy.other")

    def _intent(self, intent: str) -> str:
        topic = f"knowledge.topic.{intent.removeprefix('ask_')}"
        if intent.startswith("ask_") and self._texts.has(topic):
            return self._say("ask", topic=self._texts(topic))
        return self._named("intent", intent)

    def _named(self, section: str, name: str) -> str:
        """Return what `name` is called; a deployment's own, which has no title here, keeps its name."""
        key = f"{SECTION}.{section}.{name}"
        return self._texts(key) if self._texts.has(key) else name

    def _say(self, key: str, **fields: object) -> str:
        return self._texts(f"{SECTION}.{key}", **fields)

    def _line(self, label: str, said: list[str], details: Iterable[str] = ()) -> Line:
        return Line(self._say(f"label.{label}"), tuple(said), " · ".join(details) or None)


def _percents(probability: float, threshold: float | None) -> tuple[str, str]:
    """Return both as percentages, with a decimal where they would look alike."""
    if threshold is None:
        return f"{probability:.0%}", ""
    short = f"{probability:.0%}", f"{threshold:.0%}"
    return short if short[0] != short[1] else (f"{probability:.1%}", f"{threshold:.1%}")


def _worth_naming(lookup: Lookup | None) -> list[Candidate]:
    """Return the first source that was found, and of the others those that were not hopeless."""
    found = lookup.candidates if lookup is not None else ()
    return [one for one in found if one is found[0] or one.score is None or one.score >= WORTH_NAMING]


def _chosen(why: Why) -> list[str]:
    """Return the steps by the dialogue's own names, and the action within the last of them."""
    steps = [
        " ".join((step.action, *((step.policy, f"{step.confidence or 0:.2f}") if step.policy else ())))
        for step in why.steps
    ]
    within = why.action is not None and why.action not in {step.action for step in why.steps}
    return [*steps, why.action] if within and why.action is not None else steps
