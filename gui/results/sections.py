"""Puts hits under headings: photographs and pages apart, or month by month. Knows nothing of widgets.

The kind that is asked for comes first. What does not match comes under a heading of its own, after all that
does, whatever kind it is of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from engine.records import Hit, Kind, Verdict

_SURENESS = {Verdict.STRONG: 0, Verdict.WEAK: 1, Verdict.NONE: 2}
_MONTH = len("2024-06")
FAR_OFF = "far off"


@dataclass(slots=True, eq=False)
class Section:
    """Hits under one heading, in the order in which they came."""

    key: str  # a Kind's value, `FAR_OFF`, or a month ("2024-06"), or "" where nothing is known
    hits: list[Hit] = field(default_factory=list)
    groups: dict[int, list[int]] = field(default_factory=dict)  # `Hit.group` -> places in `hits`
    photos: int = 0
    matching: int = 0  # hits that are better than chance
    strong: int = 0
    verdict: Verdict = Verdict.NONE  # of the best hit

    def extend(self, hits: Iterable[Hit]) -> None:
        for hit in hits:
            if hit.group:
                self.groups.setdefault(hit.group, []).append(len(self.hits))
            self.hits.append(hit)
            self.photos += hit.kind is Kind.PHOTO
            self.matching += hit.verdict is not Verdict.NONE
            self.strong += hit.verdict is Verdict.STRONG
            if _SURENESS[hit.verdict] < _SURENESS[self.verdict]:
                self.verdict = hit.verdict

    def without(self, items: Set[int]) -> Section:
        left = Section(self.key)
        left.extend(hit for hit in self.hits if hit.item not in items)
        return left


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """The surest; NONE of none."""
    return min(verdicts, key=_SURENESS.__getitem__, default=Verdict.NONE)


def begin(hits: Sequence[Hit], ranked: bool) -> list[Section]:
    """The sections of a new answer. Ranked: in the order of their first hits, what is far off at the end."""
    sections: list[Section] = []
    if ranked and hits:
        kinds = dict.fromkeys(hit.kind.value for hit in hits)
        sections = [Section(key) for key in (*kinds, FAR_OFF)]
        # What is said to match stands before what is said to be far off, whatever ranked them.
        hits = sorted(hits, key=lambda hit: _SURENESS[hit.verdict])
    for number, batch in assign(sections, hits, ranked):
        sections[number].extend(batch)
    return [section for section in sections if section.hits]


def assign(sections: list[Section], hits: Iterable[Hit], ranked: bool) -> list[tuple[int, list[Hit]]]:
    """Which section takes which of further hits. Those that are missing are made, empty, at the end."""
    return _by_kind(sections, hits) if ranked else _by_month(sections, hits)


def _by_kind(sections: list[Section], hits: Iterable[Hit]) -> list[tuple[int, list[Hit]]]:
    """The kind that is asked for keeps its place where nothing of it matches: its nearest are not far off."""
    hits = list(hits)
    matching = {section.key for section in sections if section.matching}
    matching |= {hit.kind.value for hit in hits if hit.verdict is not Verdict.NONE}
    leading = sections[0].key if sections else hits[0].kind.value if hits else ""
    batches: dict[str, list[Hit]] = {}
    groups: dict[int, str] = {}  # of these hits
    for hit in hits:
        key = hit.kind.value
        if hit.verdict is Verdict.NONE and matching and (key != leading or leading in matching):
            # Look-alikes stay together, behind the one that matches.
            key = groups.get(hit.group) or _section_of_group(sections, hit.group)
        if hit.group:
            groups.setdefault(hit.group, key)
        batches.setdefault(key, []).append(hit)
    known = {section.key: number for number, section in enumerate(sections)}
    for key in batches:
        if key not in known:
            known[key] = len(sections)
            sections.append(Section(key))
    return sorted(((known[key], batch) for key, batch in batches.items()), key=lambda pair: pair[0])


def _section_of_group(sections: Sequence[Section], group: int) -> str:
    return next((section.key for section in sections if group and group in section.groups), FAR_OFF)


def _by_month(sections: list[Section], hits: Iterable[Hit]) -> list[tuple[int, list[Hit]]]:
    """The hits come in the order of their dates, so a month is a run of them."""
    batches: list[tuple[int, list[Hit]]] = []
    for hit in hits:
        key = (hit.dated or hit.taken or "")[:_MONTH]
        if not sections or sections[-1].key != key:
            sections.append(Section(key))
        if not batches or batches[-1][0] != len(sections) - 1:
            batches.append((len(sections) - 1, []))
        batches[-1][1].append(hit)
    return batches
