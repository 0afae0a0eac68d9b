"""A stored search, with what is needed to run it again if its pictures have moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.records import Hit, Query, Scope
from gui import strings
from gui.search.filters import filter_tokens
from gui.search.query_draft import pictures_of, plain_query
from gui.strings import search as words


@dataclass(frozen=True, slots=True)
class PictureNote:
    """The label of a picture in a search and, for an item of the library, its file and page."""

    label: str
    path: Path | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query with its description; one with a name was saved by the user, others are recent."""

    query: Query
    label: str  # a description of the query
    name: str = ""  # given by the user; "" if it is only recent
    notes: tuple[PictureNote, ...] = ()  # on the pictures, in the order of `pictures_of` the query
    asked_as: int = field(default=0, compare=False)  # hash of the query with its original pictures
    unknown: Mapping[str, object] = field(default_factory=dict, compare=False)  # of a newer version

    @property
    def title(self) -> str:
        """The name, or else the description."""
        return self.name or self.label

    def with_theme_named(self, name: str) -> SavedSearch:
        """A copy in which the theme has this name."""
        query = replace(self.query, filters=replace(self.query.filters, theme_name=name))
        return replace(self, query=query, label=query_label(query, [note.label for note in self.notes]))

    def answers_to(self, query: Query) -> bool:
        """Whether this is the same query, with its original or its reduced pictures."""
        query = plain_query(query)
        return self.query == query or self.asked_as == hash(query)


def build_saved_search(
    query: Query,
    labels: Sequence[str],
    hits: Callable[[Sequence[int]], tuple[Hit, ...]],
    preview: Callable[[bytes], bytes],
) -> SavedSearch:
    """Look up items and reduce pictures. Slow, so not for the main thread. Raises UserError.

    `labels` of the pictures may be empty; they are then derived from the pictures. `hits` looks up items,
    `preview` reduces an encoded picture to a small JPEG.
    """
    query = plain_query(query)
    places = {hit.item: hit for hit in hits((*query.like_items, *query.not_like_items))}
    notes = []
    for place, source in enumerate(pictures_of(query)):
        note = _noted(source, places)
        notes.append(replace(note, label=labels[place]) if labels else note)
    small = replace(
        query,
        like=tuple(preview(p) if isinstance(p, bytes) else p for p in query.like),
        not_like=tuple(preview(p) if isinstance(p, bytes) else p for p in query.not_like),
    )
    label = query_label(query, [note.label for note in notes])
    return SavedSearch(small, label, "", tuple(notes), hash(query))


def query_label(query: Query, labels: Sequence[str]) -> str:
    """Describe the query in one line: "dog, beach.jpg, not: cat · In Holidays"."""
    wanted = len(query.like) + len(query.like_items)
    asked = [query.text] if query.text else []
    asked += labels[:wanted]
    asked += [words.leave_out(text) for text in (*query.not_text, *labels[wanted:])]
    narrowed = [label for label, _left in filter_tokens(query.filters)]
    if query.scope is not Scope.ALL:
        narrowed.insert(0, strings.SCOPE_PHOTOS if query.scope is Scope.PHOTOS else strings.SCOPE_PAGES)
    parts = [", ".join(asked)] if asked else []
    return " · ".join([*parts, *narrowed]) or words.EVERYTHING


def _noted(source: Path | bytes | int, places: dict[int, Hit]) -> PictureNote:
    if isinstance(source, Path):
        return PictureNote(strings.file_name(source))
    hit = places.get(source) if isinstance(source, int) else None
    if hit is None:
        return PictureNote(words.PICTURE)
    return PictureNote(strings.item_label(hit.path, hit.page), hit.path, hit.page)
