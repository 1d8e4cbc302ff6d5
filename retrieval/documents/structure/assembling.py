"""One instrument from its lines: title, dates, issuer and links put around its body."""

from dataclasses import replace

from language.laws import LawNames
from retrieval.documents.model import Amendment, Article, Doubt, Instrument, InstrumentKind
from retrieval.documents.structure.articles import article_lines, body_start
from retrieval.documents.structure.bodies import Body, body_with_articles, body_without_articles, unique
from retrieval.documents.structure.dates import dates_in
from retrieval.documents.structure.dating import date_in_name, days_of
from retrieval.documents.structure.effect import amended_by, effect_of, repealed_by
from retrieval.documents.structure.labels import annex, heading, point
from retrieval.documents.structure.lines import Line
from retrieval.documents.structure.notes import (
    Notes,
    is_order,
    issuer_in_title,
    note_lines,
    read_notes,
    signature,
)
from retrieval.documents.structure.references import Setting, abbreviations_in, links_of
from retrieval.documents.structure.splitting import Part
from retrieval.documents.structure.titles import (
    Title,
    code_and_part,
    find_title,
    official_name,
    part_of,
    version_note,
)

_DECIDES = ("决定", "决议", "批复", "令", "公告")
_LONGEST_GUESS = 60
_LAST_ARTICLES = 3
"""An article that says when the text takes effect is among the last."""


def assemble(
    part: Part, *, file_name: str | None, laws: LawNames, notice: Instrument | None = None
) -> Instrument | None:
    """The instrument that `part` holds; None when it holds nothing.

    `notice` is the one in the same file that transmits it, whose issuer, number and date it shares.
    """
    lines = part.lines
    if not lines:
        return None
    starts = article_lines(part)
    begin = body_start(part, starts) if starts else _first_content(lines)
    title, doubts = _title(lines, begin, file_name)
    printed, law_part = code_and_part(title.text) if starts else (title.text, None)
    name = official_name(printed)
    if starts and law_part is None and title.last + 1 < begin:
        law_part = part_of(lines[title.last + 1], title.text)
    if starts:
        body = body_with_articles(part, starts, begin)
    else:
        body = body_without_articles(part, title.last + 1, decides=name.endswith(_DECIDES))
    notes = _notes(lines, body, title)
    if notice and not (notes.promulgated_on or notes.amended_on):
        notes.promulgated_on = notice.promulgated_on
    texts = [article.text for article in body.articles if not article.annex]
    days = days_of(
        notes,
        effect_of(texts[-_LAST_ARTICLES:] if starts else texts),
        in_name=date_in_name(file_name),
        fallback=notice.effective_from if notice else None,
    )
    articles = unique(_under(article, law_part) for article in body.articles)
    if not articles:
        doubts.append(Doubt("no_text", lines[0].place))
    doubts += [one for one in body.doubts if not (law_part and one.code == "articles_begin_late")]
    return Instrument(
        name=name,
        title=printed,
        kind=_kind(name, with_articles=bool(starts)),
        articles=_linked(articles, name, laws, closed=law_part is None),
        part=law_part,
        issuer=issuer_in_title(title.text) or notes.issuer or (notice.issuer if notice else None),
        document_no=notes.document_no or (notice.document_no if notice else None),
        promulgated_on=days.promulgated_on,
        effective_from=days.effective_from,
        in_force_since=days.in_force_since,
        history=tuple(notes.history),
        preamble=_preamble(body, title, law_part),
        amends=amended_by(texts, title.text),
        repeals=tuple(one for one in repealed_by(texts, title.text) if one != name),
        doubts=(*doubts, *days.doubts),
    )


def _kind(name: str, *, with_articles: bool) -> InstrumentKind:
    if with_articles:
        return InstrumentKind.LAW
    return InstrumentKind.DECISION if name.endswith(_DECIDES) else InstrumentKind.POLICY


def _first_content(lines: list[Line]) -> int:
    """The first line of a text without articles that cannot belong to its title."""
    for number, line in enumerate(lines[:20]):
        numbered = point(line) or heading(line) or annex(line)
        if number and (numbered or "。" in line.text or not line.is_text):
            return number
    return min(len(lines), 20)


def _title(lines: list[Line], end: int, file_name: str | None) -> tuple[Title, list[Doubt]]:
    """The title, with a doubt where it had to be guessed or taken from the file's name."""
    title = find_title(lines, end)
    if title and title.sure:
        return title, []
    named = official_name(file_name) if file_name else ""
    if named:
        for number, line in enumerate(lines[: max(end, 1)]):
            if official_name(line.text) == named:
                return Title(line.text, number, number), []
        return Title(named, -1, -1), [Doubt("title_from_file", lines[0].place, (("title", named),))]
    if title is None:
        title = Title(lines[0].text[:_LONGEST_GUESS], -1, -1)
    return title, [Doubt("title_uncertain", lines[0].place, (("title", title.text),))]


def _notes(lines: list[Line], body: Body, title: Title) -> Notes:
    """What the notes around the body say, with the signature below it and the version in the title."""
    around = [line for number, line in enumerate(body.head) if not title.first <= number <= title.last]
    numbers = note_lines(around)
    notes = read_notes([around[number] for number in numbers])
    orders = [line for line in around if is_order(line)]
    if orders and notes.effective_on is None:
        notes.effective_on = read_notes(orders).effective_on
    for signed in (body.signed, around):
        _, issuer, day = signature(signed)
        notes.issuer = notes.issuer or issuer
        notes.promulgated_on = notes.promulgated_on or day
    version = version_note(title.text) or ""
    for day in [found.value for found in dates_in(version) if "修" in version]:
        if all(entry.on != day for entry in notes.history):
            notes.history.append(Amendment(day, version))
            notes.amended_on = max(day, notes.amended_on or day)
    return notes


def _under(article: Article, law_part: str | None) -> Article:
    return replace(article, headings=(law_part, *article.headings)) if law_part else article


def _linked(articles: list[Article], name: str, laws: LawNames, *, closed: bool) -> tuple[Article, ...]:
    texts = [article.text for article in articles]
    setting = Setting(
        name,
        tuple(article.label for article in articles),
        laws.including([name]),
        abbreviations_in(texts),
        closed,
    )
    return tuple(replace(one, links=links_of(one.text, one.label, setting)) for one in articles)


def _preamble(body: Body, title: Title, law_part: str | None) -> str:
    lines = [
        line.text
        for number, line in enumerate(body.head)
        if not title.first <= number <= title.last
        and not (law_part and number == title.last + 1 and part_of(line, title.text) == law_part)
    ]
    return "\n".join(lines + [line.text for line in body.signed])
