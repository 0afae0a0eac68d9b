"""Which hits have cards of their own: similar photographs, and pages of a document, form one stack."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.records import Hit
from gui.results.hits.sections import Group, ResultSection, group_of

FURTHER = 3  # pages of a document that the first click shows besides the best one
EVERY = 1 << 40


def next_step(group: Group, count: int, shown: int) -> int:
    """How many cards of a group the next click shows: some of a document, then all, then one again."""
    if shown >= count:
        return 1
    return 1 + FURTHER if isinstance(group, Path) and shown == 1 and count > 1 + FURTHER else EVERY


class SectionCards:
    """The cards of one section, numbered from 0 in display order."""

    def __init__(self, section: ResultSection) -> None:
        self._section = section
        self._fold_alike = True
        self.places: list[int] = []  # for each card, the position of its hit in the section
        self.of: list[int] = []  # for each position, its card or that of its stack

    def fold(self, opened: Mapping[Group, int], fold_alike: bool) -> None:
        """Assign all cards anew.

        `opened`: the number of cards of each open group; other groups have one. `fold_alike`: stack similar
        photographs.
        """
        self._fold_alike = fold_alike
        self.places, self.of = [], [0] * len(self._section.hits)
        for place, hit in enumerate(self._section.hits):
            group = self._group_of(hit)
            members = [place] if group is None else self._section.groups[group]
            if members[0] == place:
                self._lay(members, 1 if group is None else opened.get(group, 1))

    def catch_up(self, opened: Mapping[Group, int], fold_alike: bool) -> int | None:
        """Add cards for the hits that the section has gained.

        Returns the first new card, or None if cards were inserted between others, so that all may have
        changed.
        """
        self._fold_alike = fold_alike
        first = len(self.places)
        for place in range(len(self.of), len(self._section.hits)):
            group = self._group_of(self._section.hits[place])
            leader = place if group is None else self._section.groups[group][0]
            if leader == place:
                self.of.append(len(self.places))
                self.places.append(place)
            elif group is not None and opened.get(group, 1) > 1:
                self.fold(opened, fold_alike)
                return None
            else:
                self.of.append(self.of[leader])
        return first

    def _group_of(self, hit: Hit) -> Group | None:
        group = group_of(hit)
        return group if self._fold_alike or isinstance(group, Path) else None

    def _lay(self, members: list[int], shown: int) -> None:
        leader = len(self.places)
        for number, member in enumerate(members):
            if number < shown:
                self.places.append(member)
            self.of[member] = len(self.places) - 1 if number < shown else leader
