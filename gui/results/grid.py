"""The grid without its widget: which rows of the model have cards, and where these lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gui.results.folding import SectionCards
from gui.results.layout import GridLayout, SectionRows, shape
from gui.results.measures import HEADING, Measures
from gui.results.model import ResultsModel


class Grid:
    def __init__(self, model: ResultsModel) -> None:
        self._model = model
        self._cards: list[SectionCards] = []
        self._measures = Measures(0, 1, 0, 0)
        self.layout = GridLayout()
        self.folding = True
        self.opened: set[int] = set()  # groups whose members are all shown

    @property
    def measures(self) -> Measures:
        return self._measures

    def begin(self, measures: Measures) -> None:
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
                self.layout.sections.append(SectionRows())
            if len(self._cards[number].of) < len(section.hits):
                first = self._cards[number].catch_up(self._open_groups())
                self._lay_out_from(number, first)
        self._arrange()

    def fit(self, measures: Measures) -> None:
        """The same cards in other measures."""
        self._measures = measures
        for rows in self.layout.sections:
            rows.lay_out(measures)
        self._arrange()

    def fold(self) -> None:
        """`folding` or `opened` has changed."""
        for number, cards in enumerate(self._cards):
            before = cards.places
            cards.fold(self._open_groups())
            if cards.places != before:
                self._lay_out_from(number, None)
        self._arrange()

    def row_of(self, card: int) -> int:
        """The model's row."""
        number = self.layout.section_of(card)
        return self._model.starts[number] + self._cards[number].places[card - self.layout.start(number)]

    def card_of(self, row: int) -> int:
        """The card of a row, or the one that it is folded behind."""
        number = self._model.section_of(row)
        return self.layout.start(number) + self._cards[number].of[row - self._model.starts[number]]

    def is_hidden(self, row: int) -> bool:
        return self.row_of(self.card_of(row)) != row

    def folded(self, row: int) -> Sequence[int]:
        """The rows of which the card of this row speaks; empty when it stands for itself alone."""
        return self._model.alike(row) if self.folding else ()

    def is_open(self, row: int) -> bool:
        return self._model.hits[row].group in self.opened

    def rows_of(self, first: int, last: int) -> Iterator[int]:
        """The rows of all cards from one to another, both included."""
        for number, cards in enumerate(self._cards):
            start, row = self.layout.start(number), self._model.starts[number]
            for place in cards.places[max(first - start, 0) : max(last + 1 - start, 0)]:
                yield row + place

    def _open_groups(self) -> set[int] | None:
        return self.opened if self.folding else None

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
        dated = not model.ranked and any(section.key for section in model.sections)
        self.layout.arrange(HEADING if dated or (model.ranked and len(model.sections) > 1) else 0)
