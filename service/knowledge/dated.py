"""Says for which time an answer holds, and what has changed since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from language.date_ranges import month, year
from language.dates import DateRange
from retrieval.passages import Passage
from retrieval.precedence import successor
from service.knowledge.precedence import Told, short_answer
from service.texts import Texts

TEXT_KEYS = tuple(
    f"knowledge.{key}"
    for key in (
        "when.year", "when.month", "when.day", "when.span", "when.before", "when.from",
        "as_of.unchanged", "as_of.figures", "as_of.changed", "as_of.ended", "as_of.within", "as_of.ahead",
        "as_of.ahead_changed", "as_of.ahead_new", "as_of.not_yet",
    )
)  # fmt: skip


class DatedWords:
    """Puts the time of a rule into words. Threads may share this object."""

    def __init__(self, texts: Texts) -> None:
        texts.require(TEXT_KEYS)
        self._texts = texts

    def told(
        self,
        card: Passage,
        versions: Sequence[Passage],
        period: DateRange,
        *,
        today: date,
        figures_changed: bool = False,
    ) -> Told:
        """Say that `card` is the rule of `period`; `versions` are all of that rule, the oldest first.

        `figures_changed` tells that the same text stands today with other figures.
        """
        if period.first > today:
            return self._ahead(card, versions, period, today)
        earlier = [one for one in versions[: versions.index(card)] if _touches(one, period)]
        sentences = [self._within(earlier[-1], card, period)] if earlier else []
        following = [one for one in versions[versions.index(card) + 1 :] if one.effective_from <= today]
        if following:
            current = successor(card, versions, day=today) or following[-1]
            changed = {"from": self.day(following[0].effective_from), "title": current.title}
            sentences.append(self._said("changed", period, **changed))
            return Told(tuple(sentences), offered=(current,) if current.in_force_on(today) else ())
        if card.effective_to is not None and card.effective_to < today:
            sentences.append(self._said("ended", period, to=self.day(card.effective_to)))
        elif not earlier:
            sentences.append(self._said("figures" if figures_changed else "unchanged", period))
        return Told(tuple(sentences))

    def not_yet(self, card: Passage, period: DateRange) -> str:
        """Say that there is no rule for `period`, and from when `card` is one."""
        return self._said("not_yet", period, title=card.title, **{"from": self.day(card.effective_from)})

    def period(self, period: DateRange) -> str:
        """Return “2023年”, “2024年3月”, “2008年以前”, “2027年起”, or the first and the last day."""
        if period.first == date.min:
            return self._texts("knowledge.when.before", day=self._begin(period.last + timedelta(days=1)))
        if period.last == date.max:
            return self._texts("knowledge.when.from", day=self._begin(period.first))
        first = period.first
        if period == year(first.year):
            return self._texts("knowledge.when.year", year=first.year)
        if period == month(first.year, first.month):
            return self._texts("knowledge.when.month", year=first.year, month=first.month)
        if period.is_day:
            return self.day(first)
        if period == DateRange(year(first.year).first, year(period.last.year).last):
            names = [self._begin(day) for day in (first, year(period.last.year).first)]
        else:
            names = [self.day(first), self.day(period.last)]
        return self._texts("knowledge.when.span", first=names[0], last=names[1])

    def day(self, on: date) -> str:
        return self._texts("knowledge.when.day", year=on.year, month=on.month, day=on.day)

    def _begin(self, first: date) -> str:
        """The year or month that begins on a day, or that day."""
        if first.day == 1 and first.month == 1:
            return self._texts("knowledge.when.year", year=first.year)
        if first.day == 1:
            return self._texts("knowledge.when.month", year=first.year, month=first.month)
        return self.day(first)

    def _ahead(self, card: Passage, versions: Sequence[Passage], period: DateRange, today: date) -> Told:
        if card.effective_from <= today:
            return Told((self._said("ahead", period),))
        began = {"from": self.day(card.effective_from)}
        current = next((one for one in versions if one.in_force_on(today)), None)
        if current is None:
            return Told((self._said("ahead_new", period, **began),))
        said = self._said("ahead_changed", period, title=current.title, **began)
        return Told((said,), offered=(current,))

    def _within(self, earlier: Passage, card: Passage, period: DateRange) -> str:
        fields = {"from": self.day(card.effective_from), "before": short_answer(earlier)}
        return self._said("within", period, **fields)

    def _said(self, key: str, period: DateRange, **fields: str) -> str:
        return self._texts(f"knowledge.as_of.{key}", when=self.period(period), **fields)


def _touches(card: Passage, period: DateRange) -> bool:
    """Whether a card was in force in a part of a period that has a beginning."""
    return period.first != date.min and (card.effective_to is None or card.effective_to >= period.first)
