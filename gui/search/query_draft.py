"""A search as it stands in the search bar: text, signed parts, scope and filters."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.records import NO_FILTERS, Filters, Query, Scope
from gui.search.filters import filter_tokens
from gui.search.picture_query import QueryPicture

_ANY = Query()


@dataclass(frozen=True, slots=True)
class DraftPart:
    """A text or a picture to look for; with `minus`, to keep away from."""

    content: str | QueryPicture
    minus: bool = False

    @property
    def label(self) -> str:
        """The text, or the name of the picture."""
        return self.content if isinstance(self.content, str) else self.content.label


@dataclass(frozen=True, slots=True)
class QueryDraft:
    """All that the search bar holds; two drafts are equal if they search for the same."""

    line: str = ""  # the text in the box
    parts: tuple[DraftPart, ...] = ()
    scope: Scope = Scope.ALL
    filters: Filters = NO_FILTERS
    place_passes: bool = field(default=False, compare=False)  # not for the next search
    everything: bool = False  # show all items if there is no query

    @property
    def has_parts(self) -> bool:
        """Whether there is any text or picture."""
        return bool(self.line.strip() or self.parts)

    def query(self) -> Query | None:
        """Build the query, or None if there is nothing to search or show."""
        if not (self.has_parts or self.filters.excludes_items or self.everything):
            return None
        wanted = [part for part in self.parts if not part.minus]
        unwanted = [part for part in self.parts if part.minus]
        text = " ".join(part.content for part in wanted if isinstance(part.content, str))
        like, like_items = _sources(wanted)
        not_like, not_like_items = _sources(unwanted)
        return Query(
            text=f"{text} {self.line.strip()}".strip(),
            like=like,
            like_items=like_items,
            not_text=tuple(part.content for part in unwanted if isinstance(part.content, str)),
            not_like=not_like,
            not_like_items=not_like_items,
            scope=self.scope,
            filters=self.filters,
        )

    def extends(self, before: QueryDraft) -> bool:
        """Whether `before` was only a step towards this search.

        It was if all its parts are here too, or if only filters, scope or order differ.
        """
        if before.has_parts and before._asked() == self._asked():
            return True
        return bool(before._pieces()) and before._pieces() <= self._pieces()

    def _asked(self) -> frozenset[DraftPart]:
        typed = {DraftPart(self.line.strip())} if self.line.strip() else set()
        return frozenset({*self.parts, *typed})

    def _pieces(self) -> frozenset[DraftPart | str]:
        return frozenset({*self._asked(), *(label for label, _without in filter_tokens(self.filters))})

    def picture_labels(self) -> tuple[str, ...]:
        """The names of the pictures, in the order of `pictures_of` the query."""
        labels = {
            p.content.source: p.content.label for p in self.parts if isinstance(p.content, QueryPicture)
        }
        query = self.query()
        return tuple(labels[source] for source in pictures_of(query)) if query else ()


def pictures_of(query: Query) -> tuple[Path | bytes | int, ...]:
    """All pictures of a query: positive files and items, then negated ones."""
    return (*query.like, *query.like_items, *query.not_like, *query.not_like_items)


def text_part(text: str) -> DraftPart:
    """Make a part of typed text; a leading dash negates it."""
    text = text.strip()
    if text.startswith("-") and text.strip('-" '):
        return DraftPart(text[1:].strip('" '), minus=True)
    return DraftPart(text)


def plain_query(query: Query) -> Query:
    """The query without its range of results, to compare two queries."""
    return replace(query, limit=_ANY.limit, offset=_ANY.offset)


def only_excludes(query: Query) -> bool:
    """Whether the query has negated parts. Call it for queries without positive ones."""
    return bool(query.not_text or query.not_like or query.not_like_items)


def _sources(parts: list[DraftPart]) -> tuple[tuple[Path | bytes, ...], tuple[int, ...]]:
    pictures = [part.content.source for part in parts if isinstance(part.content, QueryPicture)]
    return (
        tuple(dict.fromkeys(source for source in pictures if not isinstance(source, int))),
        tuple(dict.fromkeys(source for source in pictures if isinstance(source, int))),
    )
