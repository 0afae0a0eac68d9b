"""Work goes to threads and comes back to the main one, or is dropped."""

from __future__ import annotations

import os
import sys
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from gui.jobs import PATIENT, PROMPT, TURN_SECONDS, Jobs, Lane
from tests.gui.conftest import SECONDS


class Outcomes:
    """What came back, and in which thread."""

    def __init__(self) -> None:
        self.values: list[object] = []
        self.errors: list[Exception] = []
        self.threads: set[threading.Thread] = set()

    def succeed(self, value: object) -> None:
        self.values.append(value)
        self.threads.add(threading.current_thread())

    def fail(self, error: Exception) -> None:
        self.errors.append(error)


@pytest.fixture
def outcomes() -> Outcomes:
    return Outcomes()


@pytest.fixture
def jobs(outcomes: Outcomes) -> Iterator[Jobs]:
    jobs = Jobs(outcomes.fail)
    yield jobs
    assert jobs.shutdown(60)


def test_work_runs_in_another_thread_and_returns_to_this_one(
    qtbot: QtBot, jobs: Jobs, outcomes: Outcomes
) -> None:
    jobs.run(Lane.SEARCH, threading.current_thread, outcomes.succeed)
    qtbot.waitUntil(lambda: bool(outcomes.values), timeout=SECONDS)
    assert outcomes.values != [threading.current_thread()]
    assert outcomes.threads == {threading.current_thread()}


def test_a_failure_without_a_handler_is_reported(qtbot: QtBot, jobs: Jobs, outcomes: Outcomes) -> None:
    def refuse() -> None:
        raise UserError("The cable is loose.", "Push it in.")

    jobs.run(Lane.LIBRARY, refuse, outcomes.succeed)
    qtbot.waitUntil(lambda: bool(outcomes.errors), timeout=SECONDS)
    assert [str(error) for error in outcomes.errors] == ["The cable is loose. Push it in."]
    assert outcomes.values == []


def test_a_failure_with_a_handler_goes_there_alone(qtbot: QtBot, jobs: Jobs, outcomes: Outcomes) -> None:
    own: list[Exception] = []
    jobs.run(Lane.LIBRARY, lambda: 1 // 0, outcomes.succeed, own.append)
    qtbot.waitUntil(lambda: bool(own), timeout=SECONDS)
    assert isinstance(own[0], ZeroDivisionError)
    assert outcomes.errors == []


class Panic(BaseException):
    """As Rust's panics come to Python."""


@pytest.mark.parametrize("lane", Lane)
@pytest.mark.parametrize("kind", [Panic, SystemExit, KeyboardInterrupt, GeneratorExit])
def test_a_lane_goes_on_whatever_is_raised_in_it(
    qtbot: QtBot, jobs: Jobs, outcomes: Outcomes, lane: Lane, kind: type[BaseException]
) -> None:
    def panic() -> None:
        raise kind("an index out of bounds")

    for _time in range(3):  # more than any lane has threads
        jobs.run(lane, panic, outcomes.succeed)
    qtbot.waitUntil(lambda: len(outcomes.errors) == 3, timeout=SECONDS)
    assert str(outcomes.errors[0]) == f"{kind.__name__}: an index out of bounds"
    assert isinstance(outcomes.errors[0].__cause__, kind)
    jobs.run(lane, lambda: "done", outcomes.succeed)
    qtbot.waitUntil(lambda: outcomes.values == ["done"], timeout=SECONDS)


def test_a_lane_that_could_get_no_thread_gets_one_with_the_next_job(
    qtbot: QtBot, jobs: Jobs, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="new thread"):
            jobs.run(Lane.SEARCH, lambda: "first", outcomes.succeed)
    jobs.run(Lane.SEARCH, lambda: "second", outcomes.succeed)
    qtbot.waitUntil(lambda: outcomes.values == ["first", "second"], timeout=SECONDS)


def test_a_cancelled_job_says_nothing_even_when_it_was_already_running(
    qtbot: QtBot, jobs: Jobs, outcomes: Outcomes
) -> None:
    began, go_on = threading.Event(), threading.Event()

    def work() -> str:
        began.set()
        go_on.wait()
        return "stale"

    stale = jobs.run(Lane.SEARCH, work, outcomes.succeed)
    assert began.wait(60)
    stale.cancel()
    jobs.run(Lane.SEARCH, lambda: "fresh", outcomes.succeed)
    go_on.set()
    qtbot.waitUntil(lambda: bool(outcomes.values), timeout=SECONDS)
    assert outcomes.values == ["fresh"]


def test_a_job_cancelled_before_its_turn_is_not_done(qtbot: QtBot, jobs: Jobs, outcomes: Outcomes) -> None:
    go_on = threading.Event()
    done: list[str] = []
    jobs.run(Lane.SEARCH, go_on.wait, outcomes.succeed)
    jobs.run(Lane.SEARCH, lambda: done.append("never"), outcomes.succeed).cancel()
    jobs.run(Lane.SEARCH, lambda: done.append("last"), outcomes.succeed)
    go_on.set()
    qtbot.waitUntil(lambda: "last" in done, timeout=SECONDS)
    assert done == ["last"]


def test_a_long_job_in_one_lane_does_not_hold_up_another(
    qtbot: QtBot, jobs: Jobs, outcomes: Outcomes
) -> None:
    go_on = threading.Event()
    jobs.run(Lane.INDEX, go_on.wait, outcomes.succeed)
    jobs.run(Lane.SEARCH, lambda: "found", outcomes.succeed)
    qtbot.waitUntil(lambda: outcomes.values == ["found"], timeout=SECONDS)
    go_on.set()


def test_the_picture_asked_for_last_comes_first(qtbot: QtBot, jobs: Jobs, outcomes: Outcomes) -> None:
    busy, go_on, order = threading.Barrier(3), threading.Event(), list[int]()

    def occupy() -> None:
        busy.wait(60)
        go_on.wait()

    for _thread in range(2):
        jobs.run(Lane.PICTURES, occupy, outcomes.succeed)
    busy.wait(60)
    finished = [threading.Event() for _number in range(3)]

    def work(number: int) -> None:
        if number < 2:
            finished[number + 1].wait(60)  # one at a time, however many threads there are
        order.append(number)
        finished[number].set()

    for number in range(3):
        jobs.run(Lane.PICTURES, lambda number=number: work(number), outcomes.succeed)  # type: ignore[misc]
    go_on.set()
    qtbot.waitUntil(lambda: len(order) == 3, timeout=SECONDS)
    assert order == [2, 1, 0]


def test_shutting_down_does_not_wait_for_ever(outcomes: Outcomes) -> None:
    jobs = Jobs(outcomes.fail)
    began, go_on = threading.Event(), threading.Event()

    def hang() -> None:
        began.set()
        go_on.wait()

    jobs.run(Lane.SEARCH, hang, outcomes.succeed)
    assert began.wait(60)
    assert not jobs.shutdown(0.01)
    go_on.set()
    assert jobs.shutdown(60)


def test_after_shutting_down_nothing_runs_and_nothing_is_delivered(
    qapp: QApplication, outcomes: Outcomes
) -> None:
    jobs = Jobs(outcomes.fail)
    jobs.run(Lane.SEARCH, lambda: "early", outcomes.succeed)
    assert jobs.shutdown(60)
    late = jobs.run(Lane.SEARCH, lambda: "late", outcomes.succeed)
    qapp.processEvents()
    assert late.cancelled
    assert outcomes.values == []


def test_what_came_before_shutting_down_is_not_waited_for_after_it(
    qapp: QApplication, outcomes: Outcomes
) -> None:
    jobs, has_come = Jobs(outcomes.fail), threading.Event()
    jobs.run(Lane.SEARCH, lambda: "early", outcomes.succeed)
    jobs.run(Lane.SEARCH, has_come.set, outcomes.succeed)  # the lane's first job is on its way to this thread
    assert has_come.wait(60)
    assert jobs.shutdown(60)
    qapp.processEvents()
    assert outcomes.values == []
    assert not any(timer.isActive() for timer in jobs.findChildren(QTimer))


def test_what_nobody_wants_any_more_does_not_pile_up_behind_newer_work(
    jobs: Jobs, outcomes: Outcomes
) -> None:
    class Wish:
        def fetch(self) -> None: ...

    begun, go_on = threading.Barrier(3), threading.Event()

    def occupy() -> None:
        begun.wait()
        go_on.wait()

    for _ in range(2):  # as many as the lane has threads
        jobs.run(Lane.PICTURES, occupy, outcomes.succeed)
    begun.wait()
    wishes = [Wish() for _ in range(50)]
    waiting = [weakref.ref(wish) for wish in wishes]
    for job in [jobs.run(Lane.PICTURES, wish.fetch, outcomes.succeed) for wish in wishes]:
        job.cancel()
    del wishes, job
    jobs.run(Lane.PICTURES, lambda: None, outcomes.succeed)
    left = sum(wish() is not None for wish in waiting)
    go_on.set()
    assert left == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only there do threads have a niceness")
@pytest.mark.parametrize("lane", Lane)
def test_the_window_goes_before_its_lanes(qtbot: QtBot, jobs: Jobs, outcomes: Outcomes, lane: Lane) -> None:
    jobs.run(lane, lambda: os.nice(0), outcomes.succeed)
    qtbot.waitUntil(lambda: bool(outcomes.values), timeout=SECONDS)
    patient = lane in (Lane.INDEX, Lane.DOWNLOAD, Lane.EXPORT)
    assert outcomes.values == [os.nice(0) + (PATIENT if patient else PROMPT)]


def test_what_comes_together_does_not_hold_the_window_together(jobs: Jobs) -> None:
    order: list[str] = []

    def take_long(_value: object) -> None:
        order.append("job")
        end = time.perf_counter() + 2 * TURN_SECONDS
        while time.perf_counter() < end:
            pass

    for _ in range(3):
        jobs.run(Lane.SEARCH, int, take_long)
    jobs.run(Lane.SEARCH, int, lambda _value: order.append("last"))
    while "last" not in order:
        order.append("round")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    assert "job job" not in " ".join(order)
