"""The grid without its widget: which rows of the model have cards, and where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.records import ItemKind
from gui.results.grid.stacking import SectionCards, next_step
from gui.results.hits.results_model import ResultsModel
from gui.results.hits.sections import FAR_OFF, KINDS, Group, group_of
from gui.results.layout.grid_layout import DocumentRows, GridLayout, SectionRows, shape
from gui.results.layout.metrics import HEADING, OTHER_ROWS, GridMetrics


class CardGrid:
    """Maps rows of the model to cards and back, stacks similar hits and shortens sections.

    A row is a hit in the model; a card is what the grid shows, numbered from 0.
    """

    def __init__(self, model: ResultsModel) -> None:
        self._model = model
        self._cards: list[SectionCards] = []
        self._measures = GridMetrics(0, 1, 0, 0)
        self.layout = GridLayout()
        self.folding = True  # stack similar photographs; pages of a document are always stacked
        self.opened: dict[Group, int] = {}  # the number of cards of groups that show more than one
        self.unfolded: set[str] = set()  # keys of sections that are not shortened

    @property
    def measures(self) -> GridMetrics:
        """The lengths that the layout uses."""
        return self._measures

    def begin(self, measures: GridMetrics) -> None:
        """Rebuild all cards for new results."""
        self._measures = measures
        self._cards = []
        self.layout.sections = []
        self.grow()

    def grow(self) -> None:
        """Add cards for rows that the model has gained; only the end of each section is laid out."""
        for number, section in enumerate(self._model.sections):
            if number == len(self._cards):
                self._cards.append(SectionCards(section))
                self.layout.sections.append(DocumentRows() if self.shows_documents(number) else SectionRows())
            if len(self._cards[number].of) < len(section.hits):
                first = self._cards[number].catch_up(self.opened, self.folding)
                self._lay_out_from(number, first)
        self._arrange()

    def fit(self, measures: GridMetrics) -> None:
        """Lay out the same cards with other lengths."""
        self._measures = measures
        for rows in self.layout.sections:
            rows.lay_out(measures)
        self._arrange()

    def fold(self) -> None:
        """Apply changes of `folding` and `opened`."""
        for number, cards in enumerate(self._cards):
            before = cards.places
            cards.fold(self.opened, self.folding)
            if cards.places != before:
                self._lay_out_from(number, None)
        self._arrange()

    def row_of(self, card: int) -> int:
        """The row of a card."""
        number = self.layout.section_of(card)
        return self._model.starts[number] + self._cards[number].places[card - self.layout.start(number)]

    def card_of(self, row: int) -> int:
        """The card of a row, of the stack that has it, or the last one shown before it."""
        number = self._model.section_of(row)
        place = self._cards[number].of[row - self._model.starts[number]]
        return max(self.layout.start(number) + min(place, self.layout.sections[number].count - 1), 0)

    def is_hidden(self, row: int) -> bool:
        """Whether the row has no card of its own."""
        return self.row_of(self.card_of(row)) != row

    def folded(self, row: int) -> Sequence[int]:
        """The rows of the stack that the row belongs to; empty if it is not in one."""
        is_page = self._model.hits[row].kind is ItemKind.PAGE
        return self._model.alike(row) if self.folding or is_page else ()

    def shown_of(self, row: int) -> int:
        """The number of cards that the row's group shows."""
        group = group_of(self._model.hits[row])
        return 1 if group is None else min(self.opened.get(group, 1), len(self._model.alike(row)))

    def open_further(self, row: int) -> None:
        """Show more cards of the row's group; if all are shown, only one again."""
        group = group_of(self._model.hits[row])
        if group is None:
            return
        self.opened[group] = next_step(group, len(self._model.alike(row)), self.shown_of(row))
        if self.opened[group] == 1:
            del self.opened[group]
        self.fold()

    def reveal(self, row: int) -> None:
        """Give the row a card of its own."""
        while self._is_behind(row):
            self.open_further(row)
        if self.is_hidden(row):
            self.unfold(self._model.sections[self._model.section_of(row)].key)

    def unfold(self, key: str) -> None:
        """Show all of a section, or shorten it again."""
        self.unfolded ^= {key}
        self._arrange()

    def shows_documents(self, number: int) -> bool:
        """Whether the section has cards for documents, with text; elsewhere pages are pictures."""
        return self._model.ranked and self._model.sections[number].key == ItemKind.PAGE.value

    @property
    def wants_more(self) -> bool:
        """Whether further results would be visible now."""
        model, rows = self._model, self.layout.sections
        if len(rows) < len(model.sections):
            return False  # the results so far are not laid out yet
        if not model.ranked or len(rows) < 2:
            return True
        if model.sections[-1].key == FAR_OFF and FAR_OFF not in self.unfolded:
            return not (model.all_matches_known or rows[-2].is_cut)
        return not rows[-1].is_cut

    def _is_behind(self, row: int) -> bool:
        """Whether the row is represented by the card of another row of its group."""
        number = self._model.section_of(row)
        cards, place = self._cards[number], row - self._model.starts[number]
        return cards.places[cards.of[place]] != place

    def rows_of(self, first: int, last: int) -> Iterator[int]:
        """The rows of the cards from `first` to `last`, both included."""
        for number, cards in enumerate(self._cards):
            start, row = self.layout.start(number), self._model.starts[number]
            end = min(last + 1 - start, self.layout.sections[number].count)
            for place in cards.places[max(first - start, 0) : max(end, 0)]:
                yield row + place

    def _lay_out_from(self, number: int, first: int | None) -> None:
        """Lay out a section from card `first` on, or all of it for None."""
        cards, rows = self._cards[number], self.layout.sections[number]
        if first is None:
            rows.clear()
            first = 0
        hits = self._model.sections[number].hits
        new = [hits[place] for place in cards.places[first:]]
        rows.add((shape(hit.width, hit.height) for hit in new), (bool(hit.snippet) for hit in new))
        rows.lay_out(self._measures, first)

    def _arrange(self) -> None:
        model = self._model
        for number, section in enumerate(self.layout.sections):
            section.most = self._most_rows(number)
        dated = not model.ranked and any(section.key for section in model.sections)
        self.layout.arrange(HEADING if dated or (model.ranked and len(model.sections) > 1) else 0)

    def _most_rows(self, number: int) -> int | None:
        """The number of rows a section is shortened to, so that both kinds fit the first screen."""
        key = self._model.sections[number].key
        if not self._model.ranked or key in self.unfolded:
            return None
        if key == FAR_OFF:
            return 0 if number else None
        if key not in KINDS or not self._model.several_kinds:
            return None
        return OTHER_ROWS if number else self._measures.short_rows
