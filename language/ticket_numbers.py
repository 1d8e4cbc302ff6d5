"""Numbers of tickets as people write them: GH261120-0042, gh2611200042, GH 261120 0042."""

import re

from language.spans import Found, fold

_NUMBER = re.compile(r"(?<![a-z0-9])gh\s?(?P<day>\d{6})\s?[-_/—–]?\s?(?P<count>\d{4})(?!\d)")


def find_ticket_numbers(text: str) -> list[Found[str]]:
    """Return the ticket numbers in `text`, in order, as they are printed (GH261120-0042)."""
    return [
        Found(f"GH{match['day']}-{match['count']}", match.start(), match.end())
        for match in _NUMBER.finditer(fold(text))
    ]
