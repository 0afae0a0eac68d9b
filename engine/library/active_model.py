"""Which model answers: the chosen one, or the one before it while the new vectors are not complete."""

from __future__ import annotations

from dataclasses import dataclass

from engine.models.registry import ModelRegistry
from engine.models.specs import PAGE_STARTER, STARTER
from engine.records import ModelIdentity
from engine.store.files.catalogue import Catalogue
from engine.store.items.contents import Contents


@dataclass(frozen=True, slots=True)
class ModelSlot:
    """What a model is chosen for, and where the catalogue keeps the choice."""

    chosen: str  # key of the chosen model's name
    serving: str  # key of the answering model's row
    default: str  # the model's name where nothing was chosen


PICTURE_SLOT = ModelSlot("picture_model", "answering_model", STARTER)
PAGE_SLOT = ModelSlot("page_model", "answering_page_model", PAGE_STARTER)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model and its row in the catalogue; None while no run has used it."""

    identity: ModelIdentity
    row: int | None


class ModelRollover:
    """The rule of two generations: a change of model neither mixes nor discards vectors."""

    def __init__(
        self,
        catalogue: Catalogue,
        contents: Contents,
        registry: ModelRegistry,
        slot: ModelSlot,
        override: str | None,
    ) -> None:
        """`override`: the model to index and search with, whatever was chosen."""
        self._catalogue = catalogue
        self._contents = contents
        self._registry = registry
        self._seat = slot
        self._override = override

    def chosen_name(self) -> str:
        return self._override or self._catalogue.meta(self._seat.chosen, self._seat.default)

    def choose(self, name: str) -> None:
        """Raises ModelError when the model is not installed."""
        self._registry.identity_of(name)
        self._catalogue.set_meta(self._seat.chosen, name)

    def target(self) -> ServedModel:
        """The model whose vectors are to be complete. Raises ModelError when it is not installed."""
        identity = self._registry.identity_of(self.chosen_name())
        return ServedModel(identity, self._contents.find_model(identity))

    def serving(self) -> ServedModel:
        """The model that answers now: never one that is gone from disk. Raises ModelError for an override."""
        target = self._reachable_target()
        stored = self._catalogue.meta(self._seat.serving)
        if self._override or not _is_row(stored) or target.row == int(stored):
            return target
        before = self._contents.model_identity(int(stored))
        # The very revision: a sentence must be embedded by the model that embedded the pictures.
        usable = before is not None and self._registry.can_load(before)
        return ServedModel(before, int(stored)) if before is not None and usable else target

    def _reachable_target(self) -> ServedModel:
        if self._override or self._registry.is_installed(self.chosen_name()):
            return self.target()
        identity = self._registry.identity_of(self._seat.default)
        return ServedModel(identity, self._contents.find_model(identity))

    def pending_row(self) -> int | None:
        """The row of the model that is to be complete; None while no run has used it."""
        return self._reachable_target().row

    def used_rows(self) -> set[int]:
        """Of the models that are chosen, or answer."""
        rows = {self.pending_row(), self.serving().row}
        stored = self._catalogue.meta(self._seat.serving)
        return {row for row in rows if row is not None} | ({int(stored)} if _is_row(stored) else set())

    def on_started(self, row: int) -> None:
        """A run with the target began: it answers where nothing did before."""
        if not self._override and not _is_row(self._catalogue.meta(self._seat.serving)):
            self._catalogue.set_meta(self._seat.serving, str(row))

    def on_completed(self, row: int) -> None:
        """Every present item has a vector of the target: from now on it answers."""
        if not self._override:
            self._catalogue.set_meta(self._seat.serving, str(row))


def _is_row(stored: str) -> bool:
    """Not where it is damaged: then the chosen model answers, or the default."""
    return stored.isascii() and stored.isdecimal()
