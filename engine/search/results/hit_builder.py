"""Builds hits, as a person sees them, from ranked items."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from engine.file_types import suffixes_for
from engine.paths import ConnectedFolders
from engine.records import DocumentHits, Hit, Query, Verdict
from engine.search.ranking.ranking import EMPTY_RANKING, VERDICTS, Ranking, concatenate_rankings
from engine.search.results.document_groups import DocumentGroups
from engine.store.items.contents import Contents, StoredItem
from engine.store.items.documents import DocumentPage, Documents

GroupsOf = Callable[[Iterable[int]], Mapping[int, int]]
TextsOf = Callable[[Sequence[int]], Mapping[int, str]]
ANY_QUERY = Query()
MOST_FURTHER_PAGES = 3  # pages of a document that are described besides its best
TIME_FORMAT, DAY_LENGTH = "%Y-%m-%d %H:%M:%S", 10


class HitBuilder:
    """Builds hits from items. Thread-safe."""

    def __init__(
        self,
        contents: Contents,
        documents: Documents,
        reach: Callable[[], ConnectedFolders],
        groups_of: GroupsOf,
        texts_of: TextsOf,
    ) -> None:
        """`groups_of`: the group of each item that has one.

        `texts_of`: the text of each item that has one.
        """
        self._contents = contents
        self._documents = documents
        self._reach = reach
        self._groups_of = groups_of
        self._texts_of = texts_of

    def build(self, grouped: DocumentGroups, query: Query) -> tuple[Hit, ...]:
        """The hits of ranks `query.offset` + 1 to `query.limit`; items without a present file are left out.

        Of several copies a hit names one that passes the query's folders and types, preferably a connected
        one. If the query is `by_document`, each page comes with the other matching pages of its document.
        """
        first = max(query.offset, 0)
        hits = self._describe(grouped.leading.take(slice(first, max(query.limit, 0))), first, query)
        return self._add_documents(hits, grouped, query) if query.by_document else hits

    def build_unranked(self, items: Sequence[int]) -> tuple[Hit, ...]:
        """Hits of these items in the given order, without scores."""
        return self._describe(Ranking.unranked(items), 0, ANY_QUERY)

    def _add_documents(self, hits: Sequence[Hit], grouped: DocumentGroups, query: Query) -> tuple[Hit, ...]:
        others = {hit.item: grouped.others[hit.item] for hit in hits if hit.item in grouped.others}
        further = concatenate_rankings(
            [EMPTY_RANKING, *(each.take(slice(0, MOST_FURTHER_PAGES)) for each in others.values())]
        )
        described = {hit.item: hit for hit in self._describe(further, 0, query)}
        items = [hit.item for hit in hits] + [
            item for each in others.values() for item in each.items.tolist()
        ]
        pages = self._documents.pages(items)
        return tuple(
            replace(hit, document=_document_hits(hit, others.get(hit.item, EMPTY_RANKING), pages, described))
            if hit.item in pages
            else hit
            for hit in hits
        )

    def _describe(self, shown: Ranking, first: int, query: Query) -> tuple[Hit, ...]:
        if not len(shown):
            return ()
        reach = self._reach()
        items: list[int] = shown.items.tolist()
        stored = self._contents.stored_items(items)
        groups = self._groups_of(items)
        snippets = self._snippets(shown.snippets, items)
        hits: list[Hit] = []
        for rank, (item, score, confidence) in enumerate(
            zip(items, shown.scores.tolist(), shown.confidence.tolist(), strict=True), first + 1
        ):
            found = stored.get(item)
            if found is None:
                continue
            paths = _matching_paths(found.paths, query) or found.paths
            there = [path for path in paths if reach.holds(path)]
            hits.append(
                Hit(
                    rank=rank,
                    item=item,
                    path=(there or paths)[0],
                    page=found.page,
                    kind=found.kind,
                    score=score,
                    verdict=VERDICTS[confidence],
                    width=found.width,
                    height=found.height,
                    available=bool(there),
                    copies=len(found.paths) - 1,
                    snippet=snippets.get(item, ""),
                    taken=found.taken,
                    group=groups.get(item, 0),
                    dated=_display_date(found),
                )
            )
        return tuple(hits)

    def _snippets(self, making: Mapping[int, Callable[[str], str]], items: Sequence[int]) -> dict[int, str]:
        told = [item for item in items if item in making]
        texts = self._texts_of(told) if told else {}
        return {item: making[item](texts.get(item, "")) for item in told}


def format_time(seconds: float) -> str:
    """Local time as "YYYY-MM-DD HH:MM:SS"; "" for a date that the system cannot represent."""
    try:
        return time.strftime(TIME_FORMAT, time.localtime(seconds))
    except (OverflowError, ValueError, OSError):
        return ""


def _document_hits(
    hit: Hit, others: Ranking, pages: Mapping[int, DocumentPage], described: Mapping[int, Hit]
) -> DocumentHits:
    own = pages[hit.item]
    items = [item for item in others.items.tolist() if item in pages]
    matching = [own.number] if hit.verdict is not Verdict.NONE else []
    matching += [pages[item].number for item in items]
    further = tuple(replace(described[item], rank=hit.rank) for item in items if item in described)
    return DocumentHits(own.title, own.pages, tuple(matching), further)


def _display_date(item: StoredItem) -> str:
    return (item.taken or format_time(item.modified))[:DAY_LENGTH]


def _matching_paths(paths: Sequence[Path], query: Query) -> Sequence[Path]:
    """Those below the query's folders and, if there are any, with a suffix of its types."""
    below = _paths_below(paths, query.filters.folders) if query.filters.folders else paths
    endings = suffixes_for(query.filters.file_types)
    return [path for path in below if path.name.lower().endswith(endings)] or below


def _paths_below(paths: Sequence[Path], folders: Sequence[Path]) -> Sequence[Path]:
    return [path for path in paths if any(path.is_relative_to(folder) for folder in folders)]
