"""Shows where among the results a file stands that was asked about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject

from engine.records import Query
from gui.controllers.navigation import NavigationController
from gui.results.page import ResultsPage
from gui.search.search_runner import SearchRunner


class RevealController(QObject):
    def __init__(
        self, navigation: NavigationController, search_runner: SearchRunner, results: ResultsPage
    ) -> None:
        """To be made once `results` take what `search_runner` finds: they have to have it first."""
        super().__init__(results)
        self._navigation = navigation
        self._search_runner = search_runner
        self._results = results
        self._folder = Path()
        self._items: tuple[int, ...] = ()  # that are still to come with the answer
        search_runner.found.connect(self._found)
        search_runner.cleared.connect(self._forget)
        results.model.hits_added.connect(self._reveal_first)

    def show(self, folder: Path, items: Sequence[int]) -> None:
        """All that is below a folder, and of these items, the pages of a file, the first one selected."""
        self._folder, self._items = folder, tuple(items)
        self._navigation.show_folder(folder)

    def _found(self, query: Query, _results: object) -> None:
        if query.filters.folders != (self._folder,):
            self._forget()  # something else was asked meanwhile
        self._reveal_first()

    def _reveal_first(self) -> None:
        """To the first of them that is here; where none is, more of the answer is asked for."""
        if not self._items:
            return
        view, model = self._results.view, self._results.model
        places = (model.index_of(item) for item in self._items)
        index = next((place for place in places if place.isValid()), None)
        if index is None and not model.complete:
            model.fetchMore(QModelIndex())
            return
        self._forget()
        if index is not None:
            view.go_to(index)
            view.scrollTo(index)
            view.setFocus()

    def _forget(self) -> None:
        self._items = ()
