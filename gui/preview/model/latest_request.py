"""Requests something about one item at a time from the library, in the background."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from gui.jobs import Job, Jobs, Lane

T = TypeVar("T")


class LatestRequest(Generic[T]):
    """A new request cancels the one before. The newest answers are cached."""

    def __init__(
        self,
        jobs: Jobs,
        most: int,
        came: Callable[[int], None],
        failed: Callable[[int, Exception], None],
    ) -> None:
        """`most`: answers to cache. `came` and `failed` get the item, in the main thread."""
        self._jobs = jobs
        self._most = most
        self._on_answer = came
        self._failed = failed
        self._answers: OrderedDict[int, T] = OrderedDict()
        self._job: Job[T] | None = None
        self._asked: int | None = None

    @property
    def waiting(self) -> bool:
        """Whether a request is running."""
        return self._job is not None

    def answer(self, item: int) -> T | None:
        """The cached answer for an item; None if there is none."""
        return self._answers.get(item)

    def ask(self, item: int, work: Callable[[], T]) -> None:
        """Run `work` in the background, unless the answer is cached or requested already."""
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
        """Cancel the running request."""
        if self._job is not None:
            self._job.cancel()
            self._job = self._asked = None

    def clear(self) -> None:
        """Cancel the running request and drop all answers."""
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
