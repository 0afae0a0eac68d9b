"""Groups hits into sections: photographs and documents, or months. Knows no widgets.

The kind that the query is about comes first. After both kinds come less certain matches, then what does not
match, each as a section of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from engine.records import Hit, ItemKind, Verdict

_SURENESS = {Verdict.STRONG: 0, Verdict.WEAK: 1, Verdict.NONE: 2}
_MONTH = len("2024-06")
LESS_CERTAIN = "less certain"
FAR_OFF = "far off"
KINDS = frozenset(kind.value for kind in ItemKind)

ROW = 6  # photographs that precede the less certain ones if documents match too
Group = int | Path  # similar photographs, or the pages of a document


def group_of(hit: Hit) -> Group | None:
    """The group whose hits are stacked on one card; None for a hit without a group."""
    return hit.path if hit.kind is ItemKind.PAGE else hit.group or None


@dataclass(slots=True, eq=False)
class ResultSection:
    """Hits under one heading, in order of arrival."""

    key: str  # a value of ItemKind, `LESS_CERTAIN`, `FAR_OFF`, a month ("2024-06"), or "" for no date
    hits: list[Hit] = field(default_factory=list)
    groups: dict[Group, list[int]] = field(default_factory=dict)  # positions in `hits`
    photos: int = 0
    documents: int = 0
    matching_photos: int = 0
    matching: int = 0  # number of hits better than chance
    strong: int = 0
    verdict: Verdict = Verdict.NONE  # that of the best hit

    def extend(self, hits: Iterable[Hit]) -> None:
        """Append hits and update the counts."""
        for hit in hits:
            group = group_of(hit)
            if group is not None:
                self.documents += isinstance(group, Path) and group not in self.groups
                self.groups.setdefault(group, []).append(len(self.hits))
            self.hits.append(hit)
            self.photos += hit.kind is ItemKind.PHOTO
            self.matching += hit.verdict is not Verdict.NONE
            self.matching_photos += hit.kind is ItemKind.PHOTO and hit.verdict is not Verdict.NONE
            self.strong += hit.verdict is Verdict.STRONG
            if _SURENESS[hit.verdict] < _SURENESS[self.verdict]:
                self.verdict = hit.verdict

    def without(self, items: Set[int]) -> ResultSection:
        """A copy without the hits of these items."""
        left = ResultSection(self.key)
        left.extend(hit for hit in self.hits if hit.item not in items)
        return left


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """The surest verdict; NONE if there are none."""
    return min(verdicts, key=_SURENESS.__getitem__, default=Verdict.NONE)


def begin(hits: Sequence[Hit], ranked: bool, by_match: bool = True) -> list[ResultSection]:
    """Make the sections of new results. Ranked ones are ordered by their first hits, far-off ones last.

    `by_match`: the hits are sorted by relevance, so that less certain ones get a section.
    """
    sections: list[ResultSection] = []
    if ranked and hits:
        kinds = dict.fromkeys(hit.kind.value for hit in hits)
        sections = [ResultSection(key) for key in (*kinds, LESS_CERTAIN, FAR_OFF)]
    for number, batch in assign(sections, hits, ranked, by_match):
        sections[number].extend(batch)
    return [section for section in sections if section.hits]


def assign(
    sections: list[ResultSection], hits: Iterable[Hit], ranked: bool, by_match: bool = True
) -> list[tuple[int, list[Hit]]]:
    """Distribute further hits to sections, adding empty sections as needed.

    Returns section numbers with hits.
    """
    return _by_kind(sections, list(hits), by_match) if ranked else _by_month(sections, hits)


def _by_kind(sections: list[ResultSection], hits: list[Hit], by_match: bool) -> list[tuple[int, list[Hit]]]:
    batches: dict[str, list[Hit]] = {}
    if hits:
        sorting = _SectionBuilder(sections, hits, by_match)
        # Matches come before far-off hits, whatever their ranks.
        for hit in sorted(hits, key=lambda hit: _SURENESS[hit.verdict]) if by_match else hits:
            batches.setdefault(sorting.section_of(hit), []).append(hit)
    known = {section.key: number for number, section in enumerate(sections)}
    for key in batches:
        if key not in known:
            known[key] = len(sections)
            sections.append(ResultSection(key))
    return sorted(((known[key], batch) for key, batch in batches.items()), key=lambda pair: pair[0])


class _SectionBuilder:
    """Finds the section of each hit; pass the surest first."""

    def __init__(self, sections: Sequence[ResultSection], hits: Sequence[Hit], by_match: bool) -> None:
        self._sections = sections
        self._by_match = by_match
        self._matching = _kinds(sections, hits, lambda verdict: verdict is not Verdict.NONE)
        self._sure = _kinds(sections, hits, lambda verdict: verdict is Verdict.STRONG)
        self._leading = sections[0].key if sections else hits[0].kind.value
        self._groups: dict[Group, str] = {}  # the sections of groups among these hits
        room = ROW - sum(len(section.hits) for section in sections if section.key == ItemKind.PHOTO.value)
        self._room = room if len(self._matching) > 1 else 0  # remaining in the first row of photographs

    def section_of(self, hit: Hit) -> str:
        kind, group = hit.kind.value, group_of(hit)
        if hit.verdict is Verdict.NONE:
            # If nothing of the leading kind matches, its nearest hits stay in its section instead of going to
            # "far off". Only the matching pages of a document are counted.
            stays = not self._matching or (kind == self._leading and kind not in self._matching)
            key = kind if stays else self._of_group(hit.group or None) or FAR_OFF
        elif hit.verdict is Verdict.WEAK and self._by_match and kind in self._sure:
            fits = kind == ItemKind.PHOTO.value and self._room > 0
            key = self._of_group(group) or (kind if fits else LESS_CERTAIN)
        else:
            key = kind
        if group is not None:
            self._groups.setdefault(group, key)
        self._room -= key == ItemKind.PHOTO.value
        return key

    def _of_group(self, group: Group | None) -> str | None:
        """The section of the group's surest hit; None if the group is new."""
        if group is None:
            return None
        known = (section.key for section in self._sections if group in section.groups)
        return self._groups.get(group) or next(known, None)


def _kinds(
    sections: Sequence[ResultSection], hits: Iterable[Hit], counts: Callable[[Verdict], bool]
) -> set[str]:
    """The kinds that have a hit whose verdict satisfies `counts`."""
    known = {section.key for section in sections if section.key in KINDS and counts(section.verdict)}
    return known | {hit.kind.value for hit in hits if counts(hit.verdict)}


def _by_month(sections: list[ResultSection], hits: Iterable[Hit]) -> list[tuple[int, list[Hit]]]:
    """Group by month; the hits are sorted by date."""
    batches: list[tuple[int, list[Hit]]] = []
    for hit in hits:
        key = (hit.dated or hit.taken or "")[:_MONTH]
        if not sections or sections[-1].key != key:
            sections.append(ResultSection(key))
        if not batches or batches[-1][0] != len(sections) - 1:
            batches.append((len(sections) - 1, []))
        batches[-1][1].append(hit)
    return batches
