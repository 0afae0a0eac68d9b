"""The dates in a query: they match pages with the same date in any notation."""

from __future__ import annotations

from sqlite3 import Connection

from engine.search.query.library_terms import ExpandedTerm, LibraryTerm, count_term_pages
from engine.text.date_parsing import find_dates
from engine.text.spelling_variants import DateOrder, date_query_terms


def extract_dates(db: Connection, text: str) -> tuple[list[LibraryTerm], str]:
    """The dates of a query as terms, and the query without them.

    A date that is on no page stays in the query.
    """
    found: list[LibraryTerm] = []
    rest = text
    for dated in reversed(find_dates(text)):
        terms = date_query_terms(dated, date_order(db))
        count = sum(count_term_pages(db, term) for term in terms)
        if count:
            word = text[dated.start : dated.end]
            unit = ExpandedTerm(word, terms[:1], 0.0, dict.fromkeys(terms[1:], 1.0), is_exact=True)
            found.insert(0, LibraryTerm(unit, terms, count, count))
            rest = f"{rest[: dated.start]} {rest[dated.end :]}"
    return found, rest


def date_order(db: Connection) -> DateOrder | None:
    """Whether most numeric dates on pages put the day or the month first; None if none shows it."""
    days, months = (count_term_pages(db, each.value) for each in DateOrder)
    if days == months == 0:
        return None
    return DateOrder.DAY if days >= months else DateOrder.MONTH
