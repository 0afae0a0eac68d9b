"""Asks the library about one item after the other, in the background."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from gui.jobs import Job, Jobs, Lane

T = TypeVar("T")


class LatestRequest(Generic[T]):
    """A new question drops the one before it. The newest answers are kept."""

    def __init__(
        self,
        jobs: Jobs,
        most: int,
        came: Callable[[int], None],
        failed: Callable[[int, Exception], None],
    ) -> None:
        """`most`: answers that are kept. `came` and `failed` are told the item."""
        self._jobs = jobs
        self._most = most
        self._on_answer = came
        self._failed = failed
        self._answers: OrderedDict[int, T] = OrderedDict()
        self._job: Job[T] | None = None
        self._asked: int | None = None

    @property
    def waiting(self) -> bool:
        return self._job is not None

    def answer(self, item: int) -> T | None:
        return self._answers.get(item)

    def ask(self, item: int, work: Callable[[], T]) -> None:
        """Nothing happens when the answer is here, or on its way."""
        if self._asked == item:
            return
        self.drop()
        if item in self._answers:
            self._answers.move_to_end(item)
            return
        self._asked = item
        self._job = self._jobs.run(
            Lane.PICTURES,
            work,
            lambda answer: self._keep(item, answer),
            lambda error: self._fail(item, error),
        )

    def drop(self) -> None:
        """The answer that is on its way is not wanted any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = self._asked = None

    def clear(self) -> None:
        self.drop()
        self._answers.clear()

    def _keep(self, item: int, answer: T) -> None:
        self._job = self._asked = None
        self._answers[item] = answer
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)
        self._on_answer(item)

    def _fail(self, item: int, error: Exception) -> None:
        self._job = self._asked = None
        self._failed(item, error)
