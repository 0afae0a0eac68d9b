"""Shows on the picture of the preview why it matched, while the user wants it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.errors import UserError
from engine.records import Explanation, Hit, ItemKind, Query
from gui import strings
from gui.preview.model.loader import PreviewLoader
from gui.preview.panels.legend import WhyLegend
from gui.preview.picture import overlay
from gui.preview.picture.canvas import PreviewCanvas
from gui.strings import preview as words


class ExplanationController(QObject):
    """Passes explanations from the loader to the canvas and the legend."""

    broken = Signal(object)  # Exception that is a bug

    def __init__(self, loader: PreviewLoader, canvas: PreviewCanvas, legend: WhyLegend) -> None:
        super().__init__(canvas)
        self._loader = loader
        self._canvas = canvas
        self._legend = legend
        self._query = Query()
        self._hit: Hit | None = None
        self._matches = False
        self._wanted = False
        loader.why_ready.connect(self._on_answer)
        loader.why_failed.connect(self._failed)
        legend.word_shown.connect(self._mark)

    def set_query(self, query: Query) -> None:
        """Set the query that the next pictures are explained by."""
        self._query = query
        self._legend.reset_words()

    def set_wanted(self, wanted: bool) -> None:
        """Turn explanations on or off."""
        self._wanted = wanted
        self._explain()

    def show_hit(self, hit: Hit, matches: bool) -> None:
        """Explain `hit`. `matches`: False for a page that is not among the results."""
        self._hit = hit
        self._matches = matches
        self._explain()

    def stop(self) -> None:
        """Explain nothing until the next `show_hit`."""
        self._hit = None
        self._legend.say("")

    def _explain(self) -> None:
        """Show the explanation if it is turned on, and request it if it is not loaded."""
        hit = self._hit
        self._canvas.mark(Explanation())
        self._legend.setVisible(self._wanted and self._query.has_question)
        if hit is None or not self._wanted:
            return
        if not self._matches:
            self._legend.say(words.NO_MATCH_WHY if hit.kind is ItemKind.PAGE else "")
        elif not can_explain(hit, self._query):
            self._legend.say(strings.WHY_LOOK)
        else:
            self._legend.say(strings.WHY_WAITING)
            self._loader.ask_why(self._query, hit.item)
            self._on_answer(hit.item)

    def _on_answer(self, item: int) -> None:
        hit, why = self._hit, self._loader.why(item)
        if hit is None or hit.item != item or why is None or not self._wanted or self._canvas.failed:
            return
        if why.by_meaning:
            self._legend.say(strings.WHY_MEANING)
            return
        if why == Explanation():
            self._legend.say(strings.WHY_LOOK if hit.kind is ItemKind.PHOTO else strings.WHY_WHOLE)
            return
        asked = overlay.query_words(why, self._query.text)
        self._legend.show_words(asked)
        self._canvas.describe(", ".join(asked))
        self._mark(self._legend.picked)

    def _failed(self, item: int, error: Exception) -> None:
        if self._hit is None or self._hit.item != item:
            return
        if isinstance(error, UserError):
            self._legend.say(strings.plain(str(error)))
        else:
            self.broken.emit(error)
            self._legend.say(strings.WHY_UNKNOWN)

    def _mark(self, query_word: str) -> None:
        why = self._loader.why(self._hit.item) if self._hit is not None else None
        if why is not None and self._wanted and self._matches:
            self._canvas.mark(overlay.marks_of_word(why, query_word))


def can_explain(hit: Hit, query: Query) -> bool:
    """Whether there is an explanation: a photograph has one only if it may show words of the query."""
    return hit.kind is ItemKind.PAGE or bool(query.text.strip())
