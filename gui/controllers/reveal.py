"""Shows a diagnosed file among the results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject

from engine.records import Query
from gui.controllers.navigation import NavigationController
from gui.results.page import ResultsPage
from gui.search.search_runner import SearchRunner


class RevealController(QObject):
    """Searches the folder of a file and selects the file when the results have it."""

    def __init__(
        self, navigation: NavigationController, search_runner: SearchRunner, results: ResultsPage
    ) -> None:
        super().__init__(results)
        self._navigation = navigation
        self._results = results
        self._folder = Path()
        self._items: tuple[int, ...] = ()  # items to select when the results have them
        search_runner.cleared.connect(self._forget)
        results.model.hits_added.connect(self._reveal_first)

    def show(self, folder: Path, items: Sequence[int]) -> None:
        """Show everything below a folder and select the first of these items."""
        self._folder, self._items = folder, tuple(items)
        self._navigation.show_folder(folder)

    def on_results_shown(self, query: Query) -> None:
        """Select the file, if `query`, whose results are shown now, is that for its folder."""
        if query.filters.folders != (self._folder,):
            self._forget()  # another search was run since
        self._reveal_first()

    def _reveal_first(self) -> None:
        """Select the first item that is among the results; if none is, request more."""
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
