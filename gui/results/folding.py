"""Which hits of a section have a card of their own: those that look alike stand behind the first of them."""

from __future__ import annotations

from collections.abc import Set

from gui.results.sections import Section


class SectionCards:
    """The cards of one section, numbered from 0 in the order in which they are shown."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self.places: list[int] = []  # card -> place of its hit in the section
        self.of: list[int] = []  # place -> its card, or the one that it is folded behind

    def fold(self, opened: Set[int] | None) -> None:
        """Begin again. `opened`: groups that show all of their members; None: nothing is folded."""
        self.places, self.of = [], [0] * len(self._section.hits)
        if opened is None:
            self.places = list(range(len(self.of)))
            self.of = list(self.places)
            return
        for place, hit in enumerate(self._section.hits):
            members = self._section.groups[hit.group] if hit.group else (place,)
            if members[0] == place:
                self._lay(members, hit.group in opened)

    def catch_up(self, opened: Set[int] | None) -> int | None:
        """Take in the hits that the section has gained.

        The first new card; or None when cards in between had to be made, so that all of them are new.
        """
        first = len(self.places)
        for place in range(len(self.of), len(self._section.hits)):
            group = self._section.hits[place].group
            leader = self._section.groups[group][0] if group and opened is not None else place
            if leader == place:
                self.of.append(len(self.places))
                self.places.append(place)
            elif opened is not None and group in opened:
                self.fold(opened)
                return None
            else:
                self.of.append(self.of[leader])
        return first

    def _lay(self, members: tuple[int, ...] | list[int], is_open: bool) -> None:
        for member in members:
            if is_open or member == members[0]:
                self.places.append(member)
            self.of[member] = len(self.places) - 1
