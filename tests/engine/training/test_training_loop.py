"""Training of small towers of the tests' own: linear maps over features that share a hidden code."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor
from torch.nn.functional import normalize

from engine.errors import Cancelled
from engine.progress import CancelToken, Progress
from engine.training.checkpoint import Checkpoint
from engine.training.info_nce import info_nce
from engine.training.pairs import Pairs
from engine.training.towers import Parameter
from engine.training.training_loop import ExtraLoss, TrainingPlan, TrainingResult, measure, train, vectors_of

COUNT, CODE, FEATURES, DIMENSION = 160, 8, 24, 8
pytestmark = pytest.mark.usefixtures("one_thread")

PLAN = TrainingPlan(epochs=5, batch_size=16, learning_rate=0.02)


def nothing() -> None:
    pass


class LinearTowers:
    """`before` is called at every look at pictures."""

    def __init__(self, before: Callable[[], None] = nothing) -> None:
        rng = torch.Generator().manual_seed(5)
        code = torch.randn(COUNT, CODE, generator=rng)
        self._features = [
            code @ torch.randn(CODE, FEATURES, generator=rng)
            + 0.1 * torch.randn(COUNT, FEATURES, generator=rng)
            for _ in range(2)
        ]
        self.maps = [0.1 * torch.randn(DIMENSION, FEATURES, generator=rng) for _ in range(2)]
        self.before = before

    @property
    def features_of_pictures(self) -> Tensor:
        return self._features[1]

    def parameters(self) -> dict[str, Parameter]:
        return {"texts": Parameter(self.maps[0]), "pictures": Parameter(self.maps[1], pace=0.5, decays=False)}

    def texts(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        return self._side(0, numbers, rng)

    def pictures(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        self.before()
        return self._side(1, numbers, rng)

    def _side(self, side: int, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        x = self._features[side][torch.from_numpy(numbers)]
        if rng is not None:
            x = x * torch.empty_like(x).bernoulli_(0.9, generator=rng)
        return normalize(x @ self.maps[side].T, dim=-1)


class SpoiltTowers(LinearTowers):
    """After so many batches they are shown the wrong pictures."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self._left = batches

    def pictures(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        if rng is None:
            return super().pictures(numbers, rng)
        self._left -= 1
        return super().pictures(numbers if self._left >= 0 else np.roll(numbers, 1), rng)


class WatchedTowers(LinearTowers):
    """They remember what they were like whenever they were measured."""

    def __init__(self) -> None:
        super().__init__()
        self.measured: list[Tensor] = []

    def pictures(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        if rng is None:
            self.measured.append(self.maps[1].detach().clone())
        return super().pictures(numbers, rng)


class StopAfter:
    """Cancels its token when it was called so many times."""

    def __init__(self, calls: int) -> None:
        self.token = CancelToken()
        self._left = calls

    def __call__(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.token.cancel()


class Looks:
    """Counts how often it is called."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def pairs_of(first: int, last: int) -> Pairs:
    return Pairs(np.arange(first, last), np.arange(first, last))


TRAIN, DEV = pairs_of(0, 120), pairs_of(120, COUNT)


def trained(
    towers: LinearTowers,
    plan: TrainingPlan = PLAN,
    checkpoint: Checkpoint | None = None,
    cancel: CancelToken | None = None,
    pairs: Pairs = TRAIN,
    extra: ExtraLoss | None = None,
) -> TrainingResult:
    return train(towers, pairs, DEV, plan, Progress(), cancel or CancelToken(), checkpoint, extra)


def same(one: LinearTowers, other: LinearTowers) -> bool:
    return all(torch.equal(*maps) for maps in zip(one.maps, other.maps, strict=True))


def test_what_belongs_together_is_found_among_what_was_never_seen() -> None:
    towers = LinearTowers()
    before = measure(towers, DEV, CancelToken())
    result = trained(towers)
    assert before.pictures_by_text.at_1 < 0.25  # of forty: chance is 0.025
    assert min(result.best.measured.numbers()) > 0.75
    assert result.epochs[-1].loss < result.epochs[0].loss
    assert [epoch.number for epoch in result.epochs] == [1, 2, 3, 4, 5]


def test_the_towers_are_measured_as_they_are_left() -> None:
    towers = LinearTowers()
    assert measure(towers, DEV, CancelToken()) != trained(towers).best.measured
    assert trained(towers).best.measured == measure(towers, DEV, CancelToken())


def test_a_learning_rate_of_nothing_changes_nothing() -> None:
    towers = LinearTowers()
    trained(towers, TrainingPlan(epochs=2, batch_size=16, learning_rate=0.0))
    assert same(towers, LinearTowers())


def test_the_same_seed_gives_the_very_same_tensors() -> None:
    one, other = LinearTowers(), LinearTowers()
    assert trained(one) == trained(other)
    assert same(one, other)


def test_another_seed_gives_others() -> None:
    one, other = LinearTowers(), LinearTowers()
    trained(one)
    trained(other, TrainingPlan(epochs=5, batch_size=16, learning_rate=0.02, seed=1))
    assert not same(one, other)


def test_every_epoch_sees_all_pairs_in_another_order() -> None:
    class Shown(LinearTowers):
        shown: ClassVar[list[int]] = []

        def pictures(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
            if rng is not None:
                self.shown.extend(numbers.tolist())
            return super().pictures(numbers, rng)

    trained(Shown(), TrainingPlan(epochs=2, batch_size=16))
    first, second = Shown.shown[:120], Shown.shown[120:]
    assert sorted(first) == sorted(second) == list(range(120))
    assert first != second


ONE_STEP = TrainingPlan(epochs=1, batch_size=len(TRAIN), learning_rate=0.02, warm_up=0)


def test_only_what_decays_is_drawn_towards_nothing() -> None:
    lightly, heavily = LinearTowers(), LinearTowers()
    trained(lightly, replace(ONE_STEP, weight_decay=0.0))
    trained(heavily, replace(ONE_STEP, weight_decay=5.0))
    assert heavily.maps[0].norm() < 0.95 * lightly.maps[0].norm()
    assert torch.equal(heavily.maps[1], lightly.maps[1])


def test_each_parameter_has_its_own_pace() -> None:
    """A first step of Adam is as long as the learning rate in every direction."""
    towers, before = LinearTowers(), LinearTowers()
    trained(towers, replace(ONE_STEP, weight_decay=0.0, warm_up=0.0))
    moved = [(now - then).abs().median().item() for now, then in zip(towers.maps, before.maps, strict=True)]
    assert moved == pytest.approx([0.02, 0.01], rel=1e-3)


def test_labels_are_smoothed_as_planned() -> None:
    sharp, smooth = (trained(LinearTowers(), replace(ONE_STEP, smoothing=share)) for share in (0.0, 0.5))
    assert smooth.epochs[0].loss > sharp.epochs[0].loss + 0.1


def test_random_numbers_of_others_are_left_alone() -> None:
    before, numpy_before = torch.get_rng_state(), np.random.get_state(legacy=False)
    trained(LinearTowers())
    assert torch.equal(torch.get_rng_state(), before)
    assert str(np.random.get_state(legacy=False)) == str(numpy_before)


# An epoch looks at pictures nine times: in eight batches, then to measure.
@pytest.mark.parametrize("calls", [1, 8, 9, 10, 14, 18, 19, 43])
def test_who_was_stopped_goes_on_as_if_nothing_had_been(tmp_path: Path, calls: int) -> None:
    undisturbed = LinearTowers()
    expected = trained(undisturbed)
    checkpoint = Checkpoint(tmp_path / "training.pt", "plan")
    stop = StopAfter(calls)
    with pytest.raises(Cancelled):
        trained(LinearTowers(stop), checkpoint=checkpoint, cancel=stop.token)
    assert (tmp_path / "training.pt").exists() == (calls >= 9)

    looks = Looks()
    going_on = LinearTowers(looks)
    assert trained(going_on, checkpoint=checkpoint) == expected
    assert looks.count == 45 - calls // 9 * 9
    assert same(going_on, undisturbed)
    assert [file.name for file in tmp_path.iterdir()] == ["training.pt"]  # the caller's to remove
    once_more = LinearTowers(nothing := Looks())
    assert trained(once_more, checkpoint=checkpoint) == expected
    assert nothing.count == 0
    assert same(once_more, undisturbed)


def test_who_was_stopped_again_and_again_comes_to_the_same_end(tmp_path: Path) -> None:
    undisturbed = LinearTowers()
    expected = trained(undisturbed)
    checkpoint = Checkpoint(tmp_path / "training.pt", "plan")
    for _ in range(4):
        stop = StopAfter(12)
        with pytest.raises(Cancelled):
            trained(LinearTowers(stop), checkpoint=checkpoint, cancel=stop.token)
    going_on = LinearTowers()
    assert trained(going_on, checkpoint=checkpoint) == expected
    assert same(going_on, undisturbed)


def test_a_training_that_only_had_to_be_cleared_away_is_not_done_again(tmp_path: Path) -> None:
    class ResultCache(Checkpoint):
        def remove(self) -> None:
            pass

    done, looks = LinearTowers(), Looks()
    expected = trained(done, checkpoint=ResultCache(tmp_path / "training.pt", "plan"))
    going_on = LinearTowers(looks)
    assert trained(going_on, checkpoint=Checkpoint(tmp_path / "training.pt", "plan")) == expected
    assert same(going_on, done)
    assert looks.count == 0


@pytest.mark.parametrize("purpose", ["plan", "another plan"])
def test_a_checkpoint_of_no_use_is_passed_over(
    tmp_path: Path, purpose: str, caplog: pytest.LogCaptureFixture
) -> None:
    checkpoint = Checkpoint(tmp_path / "training.pt", "another plan")
    stop = StopAfter(12)
    with pytest.raises(Cancelled):
        trained(LinearTowers(stop), checkpoint=checkpoint, cancel=stop.token)
    if purpose == "another plan":
        content = (tmp_path / "training.pt").read_bytes()
        (tmp_path / "training.pt").write_bytes(content[: len(content) // 2])
    fresh, anew = LinearTowers(), LinearTowers()
    with caplog.at_level(logging.INFO):
        assert trained(anew, checkpoint=Checkpoint(tmp_path / "training.pt", purpose)) == trained(fresh)
    assert "begins anew" in caplog.text
    assert same(anew, fresh)


def test_the_best_epoch_is_kept_though_later_ones_are_worse() -> None:
    towers = SpoiltTowers(batches=3 * 8)
    result = trained(towers, TrainingPlan(epochs=6, batch_size=16, learning_rate=0.02))
    assert result.best.number in (2, 3)
    assert len(result.epochs) == 6
    assert sum(result.epochs[-1].measured.numbers()) < sum(result.best.measured.numbers())
    assert measure(towers, DEV, CancelToken()) == result.best.measured


def test_the_best_epoch_is_kept_over_a_stop(tmp_path: Path) -> None:
    plan = TrainingPlan(epochs=6, batch_size=16, learning_rate=0.02)
    undisturbed = SpoiltTowers(batches=3 * 8)
    expected = trained(undisturbed, plan)
    checkpoint = Checkpoint(tmp_path / "training.pt", "plan")
    stop = StopAfter(5 * 9 + 2)
    stopped = SpoiltTowers(batches=3 * 8)
    stopped.before = stop
    with pytest.raises(Cancelled):
        trained(stopped, plan, checkpoint, stop.token)
    going_on = SpoiltTowers(batches=0)
    assert trained(going_on, plan, checkpoint) == expected
    assert same(going_on, undisturbed)


def test_patience_ends_it() -> None:
    result = trained(LinearTowers(), TrainingPlan(epochs=50, batch_size=16, learning_rate=0.0, patience=3))
    assert result.best.number == 1  # the first of those that are equally good
    assert len(result.epochs) == 4


def test_progress_counts_pairs_those_of_a_stopped_run_too(tmp_path: Path) -> None:
    progress, checkpoint = Progress(), Checkpoint(tmp_path / "training.pt", "plan")
    stop = StopAfter(12)
    with pytest.raises(Cancelled):
        train(LinearTowers(stop), TRAIN, DEV, PLAN, progress, stop.token, checkpoint)
    stopped = progress.snapshot()
    assert (stopped.phase, stopped.unit, stopped.found, stopped.done) == ("training", "pairs", 600, 120 + 45)
    train(LinearTowers(), TRAIN, DEV, PLAN, progress, CancelToken(), checkpoint)
    assert progress.snapshot().done == 600


def test_a_picture_alone_teaches_nothing_and_has_no_loss() -> None:
    alone = Pairs(np.arange(5), np.zeros(5, np.int64))
    towers = LinearTowers()
    result = trained(towers, TrainingPlan(epochs=1, batch_size=4), pairs=alone)
    assert math.isnan(result.best.loss)
    assert same(towers, LinearTowers())


def test_without_pairs_it_does_not_begin() -> None:
    none = pairs_of(0, 0)
    for pairs, dev in ((none, DEV), (TRAIN, none)):
        with pytest.raises(ValueError, match="nothing to"):
            train(LinearTowers(), pairs, dev, PLAN, Progress(), CancelToken())


def test_each_picture_is_looked_at_once_and_each_text_knows_its_own() -> None:
    towers = LinearTowers()
    pairs = Pairs(np.array([3, 4, 5, 9]), np.array([70, 8, 70, 8]))
    texts, pictures, picture_of = vectors_of(towers, pairs, CancelToken())
    assert picture_of.tolist() == [1, 0, 1, 0]
    np.testing.assert_array_equal(texts, towers.texts(pairs.texts, None).numpy())
    np.testing.assert_array_equal(pictures, towers.pictures(np.array([8, 70]), None).numpy())


def test_more_than_are_measured_at_once_are_all_measured() -> None:
    numbers = np.arange(1200) % COUNT
    towers = LinearTowers()
    texts, _, _ = vectors_of(towers, Pairs(numbers, numbers), CancelToken())
    np.testing.assert_allclose(texts, towers.texts(numbers, None).numpy(), atol=1e-6)


FEW_TEXTS = Pairs(np.arange(120) % 4, np.arange(120))
MANY_TEXTS = Pairs(np.arange(120), np.arange(120) // 3)


@pytest.mark.parametrize("pairs", [TRAIN, FEW_TEXTS, MANY_TEXTS], ids=["one each", "few texts", "many texts"])
def test_the_learning_rate_reaches_its_end_with_the_last_batch(pairs: Pairs) -> None:
    """However many texts a picture has, and pictures a text."""
    towers = WatchedTowers()
    trained(towers, replace(PLAN, batch_size=20, patience=PLAN.epochs), pairs=pairs)
    steps = [float((later - sooner).norm()) for sooner, later in pairwise(towers.measured)]
    assert len(steps) == PLAN.epochs - 1
    assert 0.01 * max(steps) < steps[-1] < 0.4 * max(steps)


class StillTowers(LinearTowers):
    """Nothing is left to chance."""

    def _side(self, side: int, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        del rng
        return super()._side(side, numbers, None)


@pytest.mark.parametrize("pairs", [TRAIN, FEW_TEXTS, MANY_TEXTS], ids=["one each", "few texts", "many texts"])
def test_all_texts_of_a_picture_and_all_pictures_of_a_text_are_right_answers(pairs: Pairs) -> None:
    plan = TrainingPlan(epochs=1, batch_size=len(TRAIN), learning_rate=0.0, smoothing=0.2, sharpness=9.0)
    learnt = trained(StillTowers(), plan, pairs=pairs).best.loss

    texts, pictures = np.unique(pairs.texts), np.unique(pairs.pictures)
    right = set(zip(pairs.texts.tolist(), pairs.pictures.tolist(), strict=True))
    matches = torch.tensor([[float((text, picture) in right) for picture in pictures] for text in texts])
    towers = StillTowers()
    sides = towers.texts(texts, None), towers.pictures(pictures, None)
    assert learnt == pytest.approx(info_nce(*sides, matches, torch.tensor(9.0), 0.2).item(), rel=1e-5)


# ---- what else is learnt -----------------------------------------------------------------------------


class Northwards:
    """Pictures whose first feature is positive are to look one way, the others away from it.

    A part of it is left to chance.
    """

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self.met: list[tuple[list[int], int, float]] = []

    def __call__(
        self, numbers: NDArray[np.int64], pictures: Tensor, sharpness: Tensor, rng: Generator
    ) -> Tensor:
        self.met.append((numbers.tolist(), len(pictures), sharpness.item()))
        some = torch.rand(len(pictures), generator=rng) < 0.8
        return -self._weight * (some * ways(numbers) * pictures[:, 0]).mean()


def ways(numbers: NDArray[np.int64]) -> Tensor:
    return LinearTowers().features_of_pictures[torch.from_numpy(numbers), 0].sign()


def test_pictures_learn_from_the_other_loss_too() -> None:
    """After one epoch from the same start, the other loss is lower where it was asked for."""

    def northern(towers: LinearTowers) -> float:
        numbers = TRAIN.pictures
        return (ways(numbers) * towers.pictures(numbers, None)[:, 0]).mean().item()

    plain, drawn = LinearTowers(), LinearTowers()
    one_epoch = replace(PLAN, epochs=1)
    trained(plain, one_epoch)
    trained(drawn, one_epoch, extra=Northwards(100.0))
    assert northern(drawn) > northern(plain) + 0.05


def test_the_other_loss_is_asked_for_every_batch_with_its_pictures() -> None:
    extra = Northwards(0.0)
    trained(LinearTowers(), replace(PLAN, epochs=2), extra=extra)
    assert len(extra.met) == 2 * 8
    assert all(len(numbers) == count for numbers, count, _ in extra.met)
    for epoch in (extra.met[:8], extra.met[8:]):
        assert sorted(number for numbers, _, _ in epoch for number in numbers) == list(range(120))
    assert extra.met[0][2] == pytest.approx(PLAN.sharpness)
    assert extra.met[-1][2] != pytest.approx(PLAN.sharpness, rel=1e-6)


def test_the_other_loss_is_added() -> None:
    def one_more(numbers: object, pictures: Tensor, sharpness: object, rng: object) -> Tensor:
        del numbers, sharpness, rng
        return 1 + 0 * pictures.sum()

    plain, beside = (trained(LinearTowers(), extra=extra) for extra in (None, one_more))
    assert [epoch.loss for epoch in beside.epochs] == pytest.approx(
        [epoch.loss + 1 for epoch in plain.epochs]
    )
    assert beside.best.measured == plain.best.measured


@pytest.mark.parametrize("calls", [8, 12])
def test_who_was_stopped_goes_on_with_the_other_loss_too(tmp_path: Path, calls: int) -> None:
    undisturbed = LinearTowers()
    expected = trained(undisturbed, extra=Northwards(5.0))
    checkpoint = Checkpoint(tmp_path / "training.pt", "plan")
    stop = StopAfter(calls)
    with pytest.raises(Cancelled):
        trained(LinearTowers(stop), checkpoint=checkpoint, cancel=stop.token, extra=Northwards(5.0))
    going_on = LinearTowers()
    assert trained(going_on, checkpoint=checkpoint, extra=Northwards(5.0)) == expected
    assert same(going_on, undisturbed)


# ---- two stages --------------------------------------------------------------------------------------


def test_a_second_training_begins_where_the_first_ended() -> None:
    towers = LinearTowers()
    first = trained(towers)
    kept = [weights.detach().clone() for weights in towers.maps]
    second = trained(towers, replace(PLAN, epochs=1, learning_rate=0.0))
    assert second.best.measured == first.best.measured
    assert all(torch.equal(*both) for both in zip(kept, towers.maps, strict=True))


class RenamedTowers(LinearTowers):
    def parameters(self) -> dict[str, Parameter]:
        return {f"new {name}": parameter for name, parameter in super().parameters().items()}


def test_a_checkpoint_of_other_parameters_is_passed_over(tmp_path: Path) -> None:
    """The program may have changed since, though plan and data did not."""
    checkpoint = Checkpoint(tmp_path / "training.pt", "plan")
    trained(LinearTowers(), checkpoint=checkpoint)
    expected, renamed = RenamedTowers(), RenamedTowers()
    assert trained(renamed, checkpoint=checkpoint) == trained(expected)
    assert same(renamed, expected)
