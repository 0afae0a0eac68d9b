"""The grid without its widget: which rows of the model have cards, and where these lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.records import ItemKind
from gui.results.grid.stacking import SectionCards, next_step
from gui.results.hits.results_model import ResultsModel
from gui.results.hits.sections import FAR_OFF, KINDS, Group, group_of
from gui.results.layout.grid_layout import DocumentRows, GridLayout, SectionRows, shape
from gui.results.layout.metrics import HEADING, OTHER_ROWS, GridMetrics


class CardGrid:
    def __init__(self, model: ResultsModel) -> None:
        self._model = model
        self._cards: list[SectionCards] = []
        self._measures = GridMetrics(0, 1, 0, 0)
        self.layout = GridLayout()
        self.folding = True  # of photographs that look alike; pages of a document always are
        self.opened: dict[Group, int] = {}  # groups that show more than one card, and how many
        self.unfolded: set[str] = set()  # sections that show all, whatever else there is

    @property
    def measures(self) -> GridMetrics:
        return self._measures

    def begin(self, measures: GridMetrics) -> None:
        """Make all cards anew."""
        self._measures = measures
        self._cards = []
        self.layout.sections = []
        self.grow()

    def grow(self) -> None:
        """Take in what the model has gained. Only the end of each section is laid out again."""
        for number, section in enumerate(self._model.sections):
            if number == len(self._cards):
                self._cards.append(SectionCards(section))
                self.layout.sections.append(DocumentRows() if self.shows_documents(number) else SectionRows())
            if len(self._cards[number].of) < len(section.hits):
                first = self._cards[number].catch_up(self.opened, self.folding)
                self._lay_out_from(number, first)
        self._arrange()

    def fit(self, measures: GridMetrics) -> None:
        """The same cards in other measures."""
        self._measures = measures
        for rows in self.layout.sections:
            rows.lay_out(measures)
        self._arrange()

    def fold(self) -> None:
        """`folding` or `opened` has changed."""
        for number, cards in enumerate(self._cards):
            before = cards.places
            cards.fold(self.opened, self.folding)
            if cards.places != before:
                self._lay_out_from(number, None)
        self._arrange()

    def row_of(self, card: int) -> int:
        """The model's row."""
        number = self.layout.section_of(card)
        return self._model.starts[number] + self._cards[number].places[card - self.layout.start(number)]

    def card_of(self, row: int) -> int:
        """The card of a row, or the one that it is folded behind, or the last before it that is shown."""
        number = self._model.section_of(row)
        place = self._cards[number].of[row - self._model.starts[number]]
        return max(self.layout.start(number) + min(place, self.layout.sections[number].count - 1), 0)

    def is_hidden(self, row: int) -> bool:
        return self.row_of(self.card_of(row)) != row

    def folded(self, row: int) -> Sequence[int]:
        """The rows of which the card of this row speaks; empty when it stands for itself alone."""
        is_page = self._model.hits[row].kind is ItemKind.PAGE
        return self._model.alike(row) if self.folding or is_page else ()

    def shown_of(self, row: int) -> int:
        """How many cards the group of a row shows."""
        group = group_of(self._model.hits[row])
        return 1 if group is None else min(self.opened.get(group, 1), len(self._model.alike(row)))

    def open_further(self, row: int) -> None:
        """Show more of a row's group; where all of it is shown, one card of it again."""
        group = group_of(self._model.hits[row])
        if group is None:
            return
        self.opened[group] = next_step(group, len(self._model.alike(row)), self.shown_of(row))
        if self.opened[group] == 1:
            del self.opened[group]
        self.fold()

    def reveal(self, row: int) -> None:
        """Give a row a card of its own."""
        while self._is_behind(row):
            self.open_further(row)
        if self.is_hidden(row):
            self.unfold(self._model.sections[self._model.section_of(row)].key)

    def unfold(self, key: str) -> None:
        """Show all of a section, or fold it again."""
        self.unfolded ^= {key}
        self._arrange()

    def shows_documents(self, number: int) -> bool:
        """Whether a section has cards of documents, with their words; elsewhere pages are pictures."""
        return self._model.ranked and self._model.sections[number].key == ItemKind.PAGE.value

    @property
    def wants_more(self) -> bool:
        """Whether more of the answer would be seen: what is folded can wait."""
        model, rows = self._model, self.layout.sections
        if len(rows) < len(model.sections):
            return False  # what there is has not been laid out yet
        if not model.ranked or len(rows) < 2:
            return True
        if model.sections[-1].key == FAR_OFF and FAR_OFF not in self.unfolded:
            return not (model.all_matches_known or rows[-2].is_cut)
        return not rows[-1].is_cut

    def _is_behind(self, row: int) -> bool:
        """Whether the card of another row of its group stands for it."""
        number = self._model.section_of(row)
        cards, place = self._cards[number], row - self._model.starts[number]
        return cards.places[cards.of[place]] != place

    def rows_of(self, first: int, last: int) -> Iterator[int]:
        """The rows of all cards from one to another, both included."""
        for number, cards in enumerate(self._cards):
            start, row = self.layout.start(number), self._model.starts[number]
            end = min(last + 1 - start, self.layout.sections[number].count)
            for place in cards.places[max(first - start, 0) : max(end, 0)]:
                yield row + place

    def _lay_out_from(self, number: int, first: int | None) -> None:
        """Lay out a section from a card on, or wholly."""
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
        """Both kinds are seen on the first screen where both answer, and what is far off is folded."""
        key = self._model.sections[number].key
        if not self._model.ranked or key in self.unfolded:
            return None
        if key == FAR_OFF:
            return 0 if number else None
        if key not in KINDS or not self._model.several_kinds:
            return None
        return OTHER_ROWS if number else self._measures.short_rows
