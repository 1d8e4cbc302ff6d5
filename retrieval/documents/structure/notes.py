"""The notes around a text: who passed and promulgated it when, its amendments, its number, a signature."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from language.spans import fold
from retrieval.documents.model import Amendment, BlockKind
from retrieval.documents.structure.dates import DATE, date_alone, parse_date
from retrieval.documents.structure.lines import Line
from retrieval.documents.structure.titles import ISSUER, is_body, is_number

_STATE = "中华人民共和国"
_NUMERAL = "[0-9零〇○一二三四五六七八九十百千]+"
_NUMBER = re.compile(
    rf"(?P<mark>[^\s0-9。,;:()《》]{{1,14}}\s*[\[〔【(]\s*(?:19|20)\d\d\s*[\]〕】)]\s*第?\s*\d{{1,5}}\s*号)"
    rf"|(?P<order>(?:{_STATE})?[^\s0-9。,;:()《》]{{0,80}}(?:令|公告)\s{{0,3}}\(?第\s?{_NUMERAL}\s?号\)?)"
)
_DATE = re.compile(DATE)
_ENTRY = re.compile(rf"(?<![自从于至起])(?<![自从于至]\s)(?P<day>{DATE})(?!\s*(?:起|前|后|之前|以前|以后))")
_QUOTED = re.compile("《(?:[^《》]|《[^《》]*》)*》|〈[^〈〉]*〉|<[^<>]*>")
_STATED_EFFECT = re.compile(
    rf"(?:[自从于]\s*(?P<day>{DATE})\s*(?:起|开始)?|(?P<entry>{DATE})\s*(?:起|开始)?)\s*(?:正式)?(?:施行|实施|执行|生效)"
)
_AT_ONCE = re.compile("[自从](?:公布|发布|印发|颁布)之?日起?(?:施行|实施|执行)")
_AMENDED = re.compile("修正|修订|修改(?!〈|《|<)[^《〈<]{0,6}$")
_PROMULGATED = re.compile("公布|发布|颁布|印发|颁发")
_ADOPTED = re.compile("通过|批准|审议")
_PASSED_BY_CONGRESS = re.compile("人民代表大会")
_SESSION = re.compile(
    r"第\s?[0-9零〇一二三四五六七八九十百千]+\s?(?:次|届)|\d{4}年|审判委员会|检察委员会|党组|部务|常务会议|全体会议|会议"
)
_TERM = re.compile(f"第\\s?{_NUMERAL}\\s?届")
_NO_BODY = re.compile("主席|.*[施执实]行")
_TITLE_BODY = re.compile(rf"(?P<body>[^《》。,]{{2,50}}?{ISSUER})(?=关于|印发)")
_NOTE_START = re.compile(rf"[(\[]?\s*(?:根据\s*)?(?:[自从于]\s*)?{DATE}")
_NOTE_WORD = re.compile("通过|批准|公布|发布|颁布|修正|修订|施行|实施|执行|印发|审议")
_ORDERS = re.compile("现予公布|现予发布|予以公布|公布施行")
_ORDER_LINE = re.compile(r"[^。,;:\s]{2,60}(?:令|公告)")
_WRAPPING = "()[]（）〔〕 　\t,，;；。、"


@dataclass(slots=True)
class Notes:
    """What notes say. `adopted_on` is when a committee approved it, which is not yet its promulgation."""

    issuer: str | None = None
    document_no: str | None = None
    promulgated_on: date | None = None
    adopted_on: date | None = None
    amended_on: date | None = None
    first_on: date | None = None
    effective_on: date | None = None
    at_once: bool = False
    history: list[Amendment] = field(default_factory=list)


def note_lines(lines: list[Line]) -> list[int]:
    """The numbers of the lines that are notes: dated, a document's number, or within the brackets of one."""
    found: list[int] = []
    inside = False
    for number, line in enumerate(lines):
        dated = bool(_NOTE_START.match(line.folded)) and (
            bool(_NOTE_WORD.search(line.folded)) or bool(_NUMBER.search(line.folded)) or len(line.text) < 20
        )
        opens = line.folded.startswith("(") and bool(_NOTE_WORD.search(line.folded))
        order = (
            _ORDER_LINE.fullmatch(line.folded) and number + 1 < len(lines) and is_number(lines[number + 1])
        )
        if inside or dated or opens or order or is_number(line) or _AT_ONCE.fullmatch(line.folded):
            found.append(number)
            inside = (inside or opens or line.folded.startswith("(")) and not line.folded.endswith(")")
    return found


def read_notes(lines: list[Line]) -> Notes:
    """What the given note lines say."""
    notes = Notes()
    text = "\n".join(line.text for line in lines)
    folded = fold(text)
    for stated in _STATED_EFFECT.finditer(folded):
        notes.effective_on = parse_date(stated["day"] or stated["entry"]) or notes.effective_on
    notes.at_once = bool(_AT_ONCE.search(folded))
    for day, entry in _entries(text, folded):
        _take(notes, day, entry)
    for match in _NUMBER.finditer(_blanked(_DATE, _blanked(_QUOTED, folded))):
        notes.document_no = _document_number(text[match.start() : match.end()])
        notes.issuer = notes.issuer or (_body(match.group()) if match["order"] else None)
    return notes


def _blanked(pattern: re.Pattern[str], folded: str) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), folded)


def _document_number(printed: str) -> str:
    return "".join(printed.split()).strip("()（）").removeprefix(_STATE)


def _entries(text: str, folded: str) -> Iterator[tuple[date, str]]:
    """The dated entries of the notes, each with its wording from the date on."""
    outside = _blanked(_QUOTED, folded)
    starts = [match for match in _ENTRY.finditer(outside) if parse_date(match["day"])]
    for number, match in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        wording = " ".join(text[match.start() : end].split())
        wording = re.sub("[自从于]$|(?:[，,;；\\s]|根据)+$", "", wording.strip(_WRAPPING)).strip(_WRAPPING)
        yield parse_date(match["day"]) or date.min, wording


def _take(notes: Notes, day: date, entry: str) -> None:
    """Add what one entry says to `notes`."""
    folded = fold(entry)
    outside = _QUOTED.sub("", folded)
    if notes.first_on is None:
        notes.first_on = day
    if _AMENDED.search(outside):
        notes.history.append(Amendment(day, entry))
        notes.amended_on = max(day, notes.amended_on or day)
    elif _PROMULGATED.search(outside):
        notes.promulgated_on = max(day, notes.promulgated_on or day)
    elif _ADOPTED.search(outside):
        if _PASSED_BY_CONGRESS.search(outside):
            notes.promulgated_on = max(day, notes.promulgated_on or day)
        else:
            notes.adopted_on = max(day, notes.adopted_on or day)
    elif _NUMBER.search(outside) or not _STATED_EFFECT.search(outside):
        notes.promulgated_on = notes.promulgated_on or day
    body = _body(_after_date(outside))
    if body and (notes.issuer is None or (_PROMULGATED.search(outside) and not _AMENDED.search(outside))):
        notes.issuer = body


def _after_date(outside: str) -> str:
    match = re.match(DATE, outside)
    return outside[match.end() :] if match else outside


def _body(words: str) -> str | None:
    """The office named at the start of an entry: 第八届…常务委员会第八次会议通过, 国务院令第514号公布."""
    words = words.replace(_STATE, "").strip().removeprefix("经").removeprefix("由")
    if number := _NUMBER.search(words):
        behind_body = "令" if "令" in number.group() else "公告"
        end = number.start() if number["mark"] else words.find(behind_body, number.start())
        words = words[:end]
    words = "".join(words.split())
    words = re.split("公布|发布|颁布|印发|颁发|通过|批准|审议|公告|修正|修订|主席令|令第", words)[0]
    words = _TERM.sub("", words)
    words = _SESSION.split(words)[0]
    match = re.match(
        rf"[^。,;:《》\d()]{{1,80}}?{ISSUER}(?=$|[、\s])(?:[、\s]*[^。,;:《》\d()]{{1,30}}{ISSUER})*", words
    )
    body = match.group().strip("、 ") if match and match.end() == len(words) else None
    return body if body and not _NO_BODY.fullmatch(body) else None


def signature(lines: list[Line]) -> tuple[list[int], str | None, date | None]:
    """The lines of a signature (an office, then a date), the office and the date; the last that is there."""
    for number in range(len(lines) - 1, 0, -1):
        day = date_alone(lines[number].folded)
        if day is None or not lines[number].is_text:
            continue
        first = number
        while first > 0 and is_body(lines[first - 1]) and lines[first - 1].kind is not BlockKind.HEADING:
            first -= 1
        if first < number:
            body = " ".join("".join(line.text.split()) for line in lines[first:number])
            return list(range(first, number + 1)), body, day
    return [], None, None


def issuer_in_title(title: str) -> str | None:
    """国务院 of 国务院关于…的规定."""
    match = _TITLE_BODY.match(title)
    return match["body"].replace(_STATE, "") if match else None


def is_order(line: Line) -> bool:
    """Whether the line is the sentence of an order that promulgates a text: 现予公布，自…起施行。"""
    return line.is_text and bool(_ORDERS.search(line.text))
