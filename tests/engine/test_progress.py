from __future__ import annotations

import threading

import pytest

from engine.errors import Cancelled
from engine.progress import LEFT_WINDOW_SECONDS, RATE_WINDOW_SECONDS, CancelToken, Progress


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(clock: Clock) -> Progress:
    return Progress(clock)


def test_nothing_is_known_before_work_starts(progress: Progress) -> None:
    now = progress.snapshot()
    assert (now.found, now.done, now.failed, now.rate, now.remaining_seconds) == (0, 0, 0, 0.0, None)


def test_done_and_failed_are_counted_apart_and_both_are_finished(progress: Progress, clock: Clock) -> None:
    progress.start("reading", "files", found=10)
    clock.now += 2
    progress.add_done(3, "a.jpg")
    progress.add_failed(1)
    now = progress.snapshot()
    assert (now.phase, now.unit, now.found, now.done, now.failed) == ("reading", "files", 10, 3, 1)
    assert now.current == "a.jpg"
    assert now.rate == pytest.approx(2.0)
    assert now.remaining_seconds == pytest.approx(3.0)


def test_what_is_found_later_counts(progress: Progress) -> None:
    progress.start("reading", "files")
    progress.add_found(4)
    progress.add_found(1)
    assert progress.snapshot().found == 5


def test_the_remaining_time_is_not_told_while_it_cannot_be(progress: Progress, clock: Clock) -> None:
    progress.start("reading", "files", found=10)
    clock.now += 5
    assert progress.snapshot().remaining_seconds is None
    progress.start("reading", "files")
    clock.now += 5
    progress.add_done()
    assert progress.snapshot().remaining_seconds is None


def test_more_done_than_found_leaves_nothing_rather_than_less(progress: Progress, clock: Clock) -> None:
    progress.start("reading", "files", found=1)
    clock.now += 1
    progress.add_done(3)
    assert progress.snapshot().remaining_seconds == 0.0


def test_the_rate_is_that_of_the_last_seconds(progress: Progress, clock: Clock) -> None:
    progress.start("reading", "files", found=100_000)
    clock.now += 1
    progress.add_done(10_000)
    for _ in range(3 * int(RATE_WINDOW_SECONDS)):
        clock.now += 1
        progress.add_done(1)
    assert progress.snapshot().rate == pytest.approx(1.0)


def test_a_stall_lowers_the_rate(progress: Progress, clock: Clock) -> None:
    progress.start("reading", "files", found=100)
    clock.now += 1
    progress.add_done(10)
    before = progress.snapshot().rate
    clock.now += 9
    assert progress.snapshot().rate == pytest.approx(before / 10)


def test_no_time_is_told_while_more_is_found_than_is_finished(progress: Progress, clock: Clock) -> None:
    """As while documents are opened, whose pages nobody had counted."""
    progress.start("reading", "items", found=244)
    for _ in range(30):
        clock.now += 1
        progress.add_found(10)
        progress.add_done(8)
    assert progress.snapshot().remaining_seconds is None
    left = progress.snapshot().found - progress.snapshot().done
    for _ in range(2 * int(LEFT_WINDOW_SECONDS)):
        clock.now += 1
        progress.add_done(2)
    remaining = progress.snapshot().remaining_seconds
    assert remaining == pytest.approx((left - 4 * LEFT_WINDOW_SECONDS) / 2, rel=0.05)


def test_a_short_pause_hardly_changes_the_time_that_is_left(progress: Progress, clock: Clock) -> None:
    progress.start("reading", "items", found=600)
    for _ in range(60):
        clock.now += 1
        progress.add_done(1)
    before = progress.snapshot().remaining_seconds
    clock.now += 8  # somebody searches
    after = progress.snapshot().remaining_seconds
    assert before is not None
    assert after is not None
    assert after < 1.2 * before


def test_a_new_phase_begins_at_zero(progress: Progress) -> None:
    progress.start("reading", "files", found=3)
    progress.add_done(3, "c.jpg")
    progress.start("looking", "items", found=7)
    now = progress.snapshot()
    assert (now.phase, now.found, now.done, now.current) == ("looking", 7, 0, "")


def test_counting_from_many_threads_loses_nothing() -> None:
    progress = Progress()
    progress.start("reading", "files")

    def count() -> None:
        for _ in range(500):
            progress.add_found(1)
            progress.add_done()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now = progress.snapshot()
    assert (now.found, now.done) == (2000, 2000)


def test_a_checkpoint_lets_work_pass_until_it_is_cancelled() -> None:
    cancel = CancelToken()
    cancel.checkpoint()
    assert not cancel.cancelled
    cancel.cancel()
    assert cancel.cancelled
    with pytest.raises(Cancelled):
        cancel.checkpoint()


def test_paused_work_waits_and_goes_on() -> None:
    cancel, passed = CancelToken(), threading.Event()
    cancel.pause()
    assert cancel.paused

    def work() -> None:
        cancel.checkpoint()
        passed.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert not passed.is_set()
    cancel.resume()
    thread.join()
    assert passed.is_set()


def test_cancelling_ends_a_pause() -> None:
    cancel, ended = CancelToken(), threading.Event()
    cancel.pause()

    def work() -> None:
        with pytest.raises(Cancelled):
            cancel.checkpoint()
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    cancel.cancel()
    thread.join()
    assert ended.is_set()


def test_what_is_cancelled_cannot_be_paused() -> None:
    cancel = CancelToken()
    cancel.cancel()
    cancel.pause()
    assert not cancel.paused
    with pytest.raises(Cancelled):
        cancel.checkpoint()


def test_work_ends_when_it_is_paused_and_cancelled_at_once() -> None:
    for _ in range(200):
        cancel, start = CancelToken(), threading.Barrier(2)

        def pause(cancel: CancelToken = cancel, start: threading.Barrier = start) -> None:
            start.wait()
            cancel.pause()

        thread = threading.Thread(target=pause)
        thread.start()
        start.wait()
        cancel.cancel()
        thread.join()
        assert not cancel.paused


def test_a_wait_tells_whether_it_was_cancelled() -> None:
    cancel = CancelToken()
    assert cancel.wait(0.0) is False
    cancel.cancel()
    assert cancel.wait(60.0) is True


def test_a_phase_that_was_left_for_another_goes_on_where_it_was(progress: Progress, clock: Clock) -> None:
    progress.resume_phase("reading text", "items", left=10, done=0, failed=0)
    for _ in range(3):
        clock.now += 2
        progress.add_done()
    progress.add_failed()
    progress.start("scanning", "files")
    clock.now += 100
    progress.add_done(50)
    progress.resume_phase("reading text", "items", left=6, done=3, failed=1)
    now = progress.snapshot()
    assert (now.found, now.done, now.failed) == (10, 3, 1)
    assert now.rate == pytest.approx(4 / 6)
    assert now.remaining_seconds == pytest.approx(9.0)
    clock.now += 2
    progress.add_done()
    assert progress.snapshot().remaining_seconds == pytest.approx(5 * 8 / 5)


def test_a_phase_goes_on_without_another_in_between(progress: Progress, clock: Clock) -> None:
    progress.resume_phase("reading text", "items", left=4, done=0, failed=0)
    clock.now += 5
    progress.add_done()
    clock.now += 2
    progress.resume_phase("reading text", "items", left=3, done=1, failed=0)
    assert progress.snapshot().remaining_seconds == pytest.approx(15.0)


def test_what_begins_anew_has_no_rate_yet(progress: Progress, clock: Clock) -> None:
    progress.resume_phase("reading text", "items", left=4, done=0, failed=0)
    clock.now += 5
    progress.add_done(4)
    progress.start("watching", "files")
    progress.resume_phase("reading text", "items", left=3, done=0, failed=0)
    now = progress.snapshot()
    assert (now.found, now.done, now.rate, now.remaining_seconds) == (3, 0, 0.0, None)
