"""Trains two towers on pairs: batches, steps, evaluation on the dev pairs; keeps the best epoch."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from engine.progress import CancelToken, Progress
from engine.records import Vectors
from engine.training.checkpoint import Checkpoint, TrainingState
from engine.training.info_nce import info_nce
from engine.training.pairs import PairBatch, Pairs, batches
from engine.training.retrieval_metrics import RetrievalScores, measure_retrieval
from engine.training.schedule import learning_share
from engine.training.towers import Parameter, Towers

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Generator, Tensor
    from torch.optim import AdamW

    Side: TypeAlias = Callable[[NDArray[np.int64], Generator | None], Tensor]

logger = logging.getLogger(__name__)

_MEASURED_AT_ONCE = 500
_SHARPNESS = "sharpness"
_SHARPEST = 100.0  # Radford et al. 2021: more is unstable


class ExtraLoss(Protocol):
    """A loss that is added to that of a batch."""

    def __call__(
        self, numbers: NDArray[np.int64], pictures: Tensor, sharpness: Tensor, rng: Generator
    ) -> Tensor:
        """A scalar. `pictures`: the vectors of the pictures `numbers`; `sharpness`: multiplies cosines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """How to train. The same plan over the same data on the same machine gives the same result."""

    epochs: int
    batch_size: int  # pictures
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warm_up: float = 0.1  # the share of the steps in which the learning rate rises
    smoothing: float = 0.1  # of the labels
    sharpness: float = 20.0  # initial factor of cosines; it is trained too
    patience: int = 4  # epochs without improvement until it stops
    seed: int = 0

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise ValueError(f"{self.epochs} epochs are no training")


@dataclass(frozen=True, slots=True)
class Epoch:
    """The result of one epoch."""

    number: int  # from 1
    loss: float  # mean over its batches; nan without one
    measured: RetrievalScores  # on the dev pairs


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """The result of a training."""

    epochs: tuple[Epoch, ...]
    best: Epoch  # whose parameters the towers have now


def train(
    towers: Towers,
    pairs: Pairs,
    dev: Pairs,
    plan: TrainingPlan,
    progress: Progress,
    cancel: CancelToken,
    checkpoint: Checkpoint | None = None,
    extra: ExtraLoss | None = None,
) -> TrainingResult:
    """Train in place; afterwards `towers` are as after the epoch that was best on `dev`.

    `extra`: an additional loss for the pictures of a batch. With a `checkpoint` a stopped training continues
    after its last finished epoch; the caller removes it once the result is safe. Progress counts pairs.
    Raises ValueError without pairs, Cancelled within a batch, OSError if the checkpoint cannot be written.
    """
    if not len(pairs) or not len(dev):
        raise ValueError("there is nothing to train on, or nothing to choose by")
    run = _TrainingRun(towers, plan, len(pairs), extra)
    if checkpoint is not None:
        run.restore(checkpoint.load())
    progress.start("training", "pairs", plan.epochs * len(pairs))
    progress.add_done(len(run.epochs) * len(pairs))
    while not run.is_over():
        loss = run.learn(pairs, progress, cancel)
        run.record_epoch(loss, measure(towers, dev, cancel))
        if checkpoint is not None:
            checkpoint.save(run.state())
    return run.finish()


def measure(towers: Towers, pairs: Pairs, cancel: CancelToken) -> RetrievalScores:
    """Every text of the pairs against every picture of them. Raises Cancelled."""
    texts, pictures, picture_of = vectors_of(towers, pairs, cancel)
    return measure_retrieval(texts @ pictures.T, picture_of)


def vectors_of(
    towers: Towers, pairs: Pairs, cancel: CancelToken
) -> tuple[Vectors, Vectors, NDArray[np.int64]]:
    """The vectors of each pair's text, of each distinct picture, and which of these is each text's own."""
    numbers, picture_of = np.unique(pairs.pictures, return_inverse=True)
    texts = _embed_in_parts(towers.texts, pairs.texts, cancel)
    return texts, _embed_in_parts(towers.pictures, numbers, cancel), picture_of


def _embed_in_parts(side: Side, numbers: NDArray[np.int64], cancel: CancelToken) -> Vectors:
    import torch

    parts: list[Vectors] = []
    with torch.inference_mode():
        for start in range(0, len(numbers), _MEASURED_AT_ONCE):
            cancel.checkpoint()
            parts.append(side(numbers[start : start + _MEASURED_AT_ONCE], None).numpy())
    return np.concatenate(parts)


class _TrainingRun:
    """One training: the towers, the optimiser, and the result of each epoch."""

    def __init__(self, towers: Towers, plan: TrainingPlan, pairs: int, extra: ExtraLoss | None) -> None:
        import torch

        self._towers = towers
        self._plan = plan
        self._extra = extra
        self._all = plan.epochs * pairs  # of all epochs, since the number of batches is not known in advance
        self._sharpness = torch.tensor(math.log(plan.sharpness), requires_grad=True)
        self._parameters = {
            **towers.parameters(),
            _SHARPNESS: Parameter(self._sharpness, decays=False),
        }
        for parameter in self._parameters.values():
            parameter.tensor.requires_grad_(True)
        self._optimiser = self._make_optimiser()
        self._seen = 0  # pairs
        self._kept = self._copy_tensors()
        self.epochs: list[Epoch] = []

    def is_over(self) -> bool:
        finished = len(self.epochs)
        return finished == self._plan.epochs or (
            finished > 0 and finished - self._best_epoch().number >= self._plan.patience
        )

    def learn(self, pairs: Pairs, progress: Progress, cancel: CancelToken) -> float:
        """Train one epoch. Returns the mean loss of its batches."""
        import torch

        seed = [self._plan.seed, len(self.epochs)]  # so that continuing gives the same result as not stopping
        rng = np.random.default_rng(seed)
        torch_chance = torch.Generator().manual_seed(int(rng.integers(2**62)))
        losses: list[float] = []
        for batch in batches(pairs, self._plan.batch_size, rng):
            cancel.checkpoint()
            losses.append(self._learn_batch(batch, torch_chance))
            progress.add_done(int(batch.matches.sum()))
        return float(np.mean(losses)) if losses else math.nan

    def _learn_batch(self, batch: PairBatch, rng: Generator) -> float:
        import torch

        share = learning_share(self._seen, self._all, self._plan.warm_up)
        for group in self._optimiser.param_groups:
            group["lr"] = self._plan.learning_rate * group["pace"] * share
        pictures = self._towers.pictures(batch.pictures, rng)
        sharpness = self._sharpness.exp().clamp(max=_SHARPEST)
        loss = info_nce(
            self._towers.texts(batch.texts, rng),
            pictures,
            torch.from_numpy(batch.matches),
            sharpness,
            self._plan.smoothing,
        )
        if self._extra is not None:
            loss = loss + self._extra(batch.pictures, pictures, sharpness, rng)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch has no annotation for it
        self._optimiser.step()
        self._seen += int(batch.matches.sum())
        return float(loss.detach())

    def record_epoch(self, loss: float, result: RetrievalScores) -> None:
        self.epochs.append(Epoch(len(self.epochs) + 1, loss, result))
        logger.info(
            "epoch %d: loss %.3f, pictures by text %s, texts by picture %s",
            len(self.epochs), loss, result.pictures_by_text, result.texts_by_picture,
        )  # fmt: skip
        if self._best_epoch() is self.epochs[-1]:
            self._kept = self._copy_tensors()

    def finish(self) -> TrainingResult:
        self._load_tensors(self._kept)
        return TrainingResult(tuple(self.epochs), self._best_epoch())

    def state(self) -> TrainingState:
        """Everything that `restore` needs."""
        return {
            "now": self._copy_tensors(),
            "kept": self._kept,
            "optimiser": self._optimiser.state_dict(),
            "seen": self._seen,
            "epochs": [(epoch.loss, *epoch.measured.numbers()) for epoch in self.epochs],
        }

    def restore(self, state: TrainingState | None) -> None:
        if state is None or state["now"].keys() != self._parameters.keys():  # from an earlier version
            return
        self._load_tensors(state["now"])
        self._kept = state["kept"]
        self._optimiser.load_state_dict(state["optimiser"])
        self._seen = state["seen"]
        self.epochs = [
            Epoch(number, loss, RetrievalScores.of(numbers))
            for number, (loss, *numbers) in enumerate(state["epochs"], start=1)
        ]

    def _best_epoch(self) -> Epoch:
        return max(self.epochs, key=lambda epoch: sum(epoch.measured.numbers()))

    def _copy_tensors(self) -> dict[str, Tensor]:
        return {name: each.tensor.detach().clone() for name, each in self._parameters.items()}

    def _load_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        import torch

        with torch.no_grad():
            for name, parameter in self._parameters.items():
                parameter.tensor.copy_(tensors[name])

    def _make_optimiser(self) -> AdamW:
        """AdamW (Loshchilov and Hutter 2019, "Decoupled weight decay regularization")."""
        from torch.optim import AdamW

        groups = [
            {
                "params": [parameter.tensor],
                "pace": parameter.pace,
                "weight_decay": self._plan.weight_decay if parameter.decays else 0.0,
            }
            for parameter in self._parameters.values()
        ]
        return AdamW(groups, lr=self._plan.learning_rate)
