"""Chooses which model answers: the chosen one, or the previous one until the new vectors are complete."""

from __future__ import annotations

from dataclasses import dataclass

from engine.models.registry import ModelRegistry
from engine.models.specs import PAGE_STARTER, STARTER
from engine.records import ModelIdentity
from engine.store.files.catalogue import Catalogue
from engine.store.items.contents import Contents


@dataclass(frozen=True, slots=True)
class ModelSlot:
    """One use of a model (pictures or pages), and the catalogue keys that store the choice."""

    chosen: str  # key of the chosen model's name
    serving: str  # key of the row of the model that answers
    default: str  # the model's name if none was chosen


PICTURE_SLOT = ModelSlot("picture_model", "answering_model", STARTER)
PAGE_SLOT = ModelSlot("page_model", "answering_page_model", PAGE_STARTER)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model and its row in the catalogue; the row is None until a run has used the model."""

    identity: ModelIdentity
    row: int | None


class ModelRollover:
    """Rolls over from one model to the next without mixing or discarding vectors."""

    def __init__(
        self,
        catalogue: Catalogue,
        contents: Contents,
        registry: ModelRegistry,
        slot: ModelSlot,
        override: str | None,
    ) -> None:
        """`override`: the model to index and search with, whichever was chosen."""
        self._catalogue = catalogue
        self._contents = contents
        self._registry = registry
        self._seat = slot
        self._override = override

    def chosen_name(self) -> str:
        """The override, else the chosen model, else the default."""
        return self._override or self._catalogue.meta(self._seat.chosen, self._seat.default)

    def choose(self, name: str) -> None:
        """Store the choice; it answers once its vectors are complete.

        Raises ModelError if it is not installed.
        """
        self._registry.identity_of(name)
        self._catalogue.set_meta(self._seat.chosen, name)

    def target(self) -> ServedModel:
        """The model that indexing runs embed with. Raises ModelError if it is not installed."""
        identity = self._registry.identity_of(self.chosen_name())
        return ServedModel(identity, self._contents.find_model(identity))

    def serving(self) -> ServedModel:
        """The model that answers now; one that is gone from disk is replaced by the target, or the default.

        Raises ModelError if an override is not installed.
        """
        target = self._reachable_target()
        stored = self._catalogue.meta(self._seat.serving)
        if self._override or not _is_row(stored) or target.row == int(stored):
            return target
        before = self._contents.model_identity(int(stored))
        # The same revision: a query must be embedded by the model that embedded the pictures.
        usable = before is not None and self._registry.can_load(before)
        return ServedModel(before, int(stored)) if before is not None and usable else target

    def _reachable_target(self) -> ServedModel:
        if self._override or self._registry.is_installed(self.chosen_name()):
            return self.target()
        identity = self._registry.identity_of(self._seat.default)
        return ServedModel(identity, self._contents.find_model(identity))

    def pending_row(self) -> int | None:
        """The row of the model whose vectors are being completed; None until a run has used it."""
        return self._reachable_target().row

    def used_rows(self) -> set[int]:
        """The rows of the models that are chosen or answer; their vectors must be kept."""
        rows = {self.pending_row(), self.serving().row}
        stored = self._catalogue.meta(self._seat.serving)
        return {row for row in rows if row is not None} | ({int(stored)} if _is_row(stored) else set())

    def on_started(self, row: int) -> None:
        """Record that a run with the target began; it answers at once if no model did before."""
        if not self._override and not _is_row(self._catalogue.meta(self._seat.serving)):
            self._catalogue.set_meta(self._seat.serving, str(row))

    def on_completed(self, row: int) -> None:
        """Record that every visible item has a vector of the target: from now on it answers."""
        if not self._override:
            self._catalogue.set_meta(self._seat.serving, str(row))


def _is_row(stored: str) -> bool:
    """Whether a stored value is a row number.

    A damaged one means the chosen model, or the default, answers.
    """
    return stored.isascii() and stored.isdecimal()
