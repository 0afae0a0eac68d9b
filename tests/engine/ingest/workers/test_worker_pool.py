"""A file that breaks its decoder costs its own decoding and nothing else."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, wait
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from PIL import Image

from engine.errors import FileProblem, ProblemKind, UserError
from engine.ingest.decode import DecodedFile, DecodeJob
from engine.ingest.pools import DecodePool
from engine.ingest.workers.limits import DecodeLimits
from engine.records import PictureInput
from tests.conftest import PROJECT
from tests.engine.ingest import sample_files
from tests.engine.ingest.hostile_decoders import NOTHING, misbehave, suffer

WANTED = PictureInput(32)
PATIENT = DecodeLimits(seconds=60.0, memory_bytes=1 << 30, budget_bytes=2 << 30)
DEADLINE = 60.0  # seconds until a test gives up waiting for what must happen
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="process groups are a thing of POSIX")


def job(source: Path | bytes) -> DecodeJob:
    return DecodeJob(source, WANTED)


def workers() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if any("spawn_main" in argument for argument in child.cmdline())
    ]


def wait_until(condition: Callable[[], bool]) -> None:
    pause, waited = threading.Event(), 0.0
    while not condition():
        assert waited < DEADLINE, "what was promised did not happen"
        pause.wait(0.02)
        waited += 0.02


@pytest.fixture
def pool() -> Iterator[DecodePool]:
    with DecodePool(PATIENT, 2, misbehave) as opened:
        yield opened


def problem_of(pool: DecodePool, source: bytes) -> FileProblem:
    error = pool.submit(job(source)).exception(DEADLINE)
    assert isinstance(error, FileProblem)
    return error


def test_pictures_are_decoded_in_another_process() -> None:
    source = sample_files.encoded(sample_files.corners(), "PNG")
    with DecodePool(PATIENT, 1) as pool:
        decoded = pool.submit(job(source)).result(DEADLINE)
    assert decoded.items[0].pixels.shape == (32, 32, 3)
    assert (decoded.items[0].width, decoded.items[0].height) == (400, 200)


def test_a_problem_arrives_with_its_kind_and_sentence() -> None:
    with DecodePool(PATIENT, 1) as pool:
        error = pool.submit(job(b"no picture")).exception(DEADLINE)
    assert isinstance(error, FileProblem)
    assert error.kind is ProblemKind.UNRECOGNISED
    assert "no picture" in str(error)


def test_a_crash_costs_only_the_job_that_crashed(pool: DecodePool) -> None:
    sources = [b"", b"abort", b"", b"", b"abort", b"", b""]
    futures = [pool.submit(job(source)) for source in sources]
    for source, future in zip(sources, futures, strict=True):
        error = future.exception(DEADLINE)
        if source == b"abort":
            assert isinstance(error, FileProblem)
            assert error.kind is ProblemKind.CRASHED
        else:
            assert error is None


@pytest.mark.parametrize("source", [b"hang", b"spin"])
def test_a_decoder_that_does_not_end_is_ended(source: bytes) -> None:
    with DecodePool(DecodeLimits(1.0, 1 << 30, 2 << 30), 2, misbehave) as pool:
        stuck = pool.submit(job(source))
        others = [pool.submit(job(b"")) for _ in range(5)]
        assert [future.result(DEADLINE) for future in others] == [NOTHING] * 5
        error = stuck.exception(DEADLINE)
        assert isinstance(error, FileProblem)
        assert error.kind is ProblemKind.TIMEOUT
        assert pool.submit(job(b"")).result(DEADLINE) == NOTHING


@pytest.mark.parametrize("kernel_limits", [True, False])
def test_a_decoder_that_eats_memory_is_stopped(kernel_limits: bool) -> None:
    limits = DecodeLimits(60.0, 256 << 20, 512 << 20)
    with DecodePool(limits, 2, misbehave, kernel_limits=kernel_limits) as pool:
        hungry = pool.submit(job(b"eat"))
        others = [pool.submit(job(b"")) for _ in range(5)]
        assert [future.result(DEADLINE) for future in others] == [NOTHING] * 5
        error = hungry.exception(DEADLINE)
        assert isinstance(error, FileProblem)
        assert error.kind is ProblemKind.MEMORY
        assert pool.submit(job(b"")).result(DEADLINE) == NOTHING


@pytest.mark.parametrize("kernel_limits", [True, False])
def test_a_job_that_needs_much_memory_is_done_while_others_leave_it_to_it(
    tmp_path: Path, kernel_limits: bool
) -> None:
    place = tmp_path / "place.alone"
    with DecodePool(
        DecodeLimits(60.0, 256 << 20, 1 << 30), 3, misbehave, kernel_limits=kernel_limits
    ) as pool:
        large = [pool.submit(job(place)) for _ in range(3)]
        others = [pool.submit(job(b"")) for _ in range(5)]
        allowed = [future.result(DEADLINE).pages for future in large]
        assert all(700 <= megabytes <= 1024 for megabytes in allowed if megabytes)
        assert [future.result(DEADLINE) for future in others] == [NOTHING] * 5
        assert pool.submit(job(b"feast")).result(DEADLINE) == NOTHING  # it did not say so before


def test_what_no_job_may_have_is_refused(tmp_path: Path) -> None:
    with DecodePool(DecodeLimits(60.0, 256 << 20, 512 << 20), 2, misbehave) as pool:
        error = pool.submit(job(tmp_path / "place.alone")).exception(DEADLINE)
    assert isinstance(error, FileProblem)
    assert error.kind is ProblemKind.TOO_LARGE
    assert "10,000 x 7,000" in error.message


def test_a_large_picture_is_read_where_little_is_usual() -> None:
    source = sample_files.encoded(Image.new("RGB", (9000, 7000), "red"), "PNG", compress_level=1)
    with DecodePool(DecodeLimits(60.0, 256 << 20, 1 << 30), 2) as pool:
        (item,) = pool.submit(job(source)).result(DEADLINE).items
    assert (item.width, item.height) == (9000, 7000)


def test_a_bug_in_a_decoder_is_one_file_s_problem_and_is_logged(
    pool: DecodePool, caplog: pytest.LogCaptureFixture
) -> None:
    assert problem_of(pool, b"raise").kind is ProblemKind.CRASHED
    assert "a bug in a decoder" in caplog.text


@pytest.mark.parametrize(
    ("deed", "said"),
    [(b"panic", "an index out of bounds"), (b"foreign", "a bug of others"), (b"exit", "SystemExit")],
)
def test_whatever_a_decoder_raises_is_one_file_s_problem(
    pool: DecodePool, caplog: pytest.LogCaptureFixture, deed: bytes, said: str
) -> None:
    for _time in range(5):  # more often than a job is started anew
        assert problem_of(pool, deed).kind is ProblemKind.CRASHED
    assert said in caplog.text
    assert pool.submit(job(b"")).result(DEADLINE) == NOTHING


def test_a_process_in_which_native_code_panicked_is_replaced() -> None:
    with DecodePool(PATIENT, 1, misbehave) as pool:
        before = pool.submit(job(b"who")).result(DEADLINE).pages
        problem_of(pool, b"panic")
        assert pool.submit(job(b"who")).result(DEADLINE).pages != before


def test_a_worker_that_dies_idle_is_replaced(pool: DecodePool) -> None:
    for _ in range(3):
        identifier = pool.submit(job(b"who")).result(DEADLINE).pages
        psutil.Process(identifier).kill()
        assert pool.submit(job(b"")).result(DEADLINE) == NOTHING


def test_a_worker_that_is_killed_costs_nothing_and_its_job_is_done_again_alone(tmp_path: Path) -> None:
    names = ["victim", *(f"slow-{number}" for number in range(5))]
    with DecodePool(PATIENT, 3, suffer) as pool:
        futures = [pool.submit(job(tmp_path / name)) for name in names]
        at_work = [future.result(DEADLINE).pages for future in futures]
    assert at_work[0] == 1


def test_a_job_whose_worker_is_killed_twice_is_not_tried_for_ever(tmp_path: Path) -> None:
    with DecodePool(PATIENT, 2, suffer) as pool:
        error = pool.submit(job(tmp_path / "twice")).exception(DEADLINE)
        assert isinstance(error, FileProblem)
        assert error.kind is ProblemKind.CRASHED
        assert "memory" in str(error)
        assert pool.submit(job(tmp_path / "victim")).result(DEADLINE).pages == 1


def test_a_worker_that_dies_while_it_answers_holds_up_nobody(pool: DecodePool) -> None:
    assert problem_of(pool, b"die telling").kind is ProblemKind.CRASHED
    assert pool.submit(job(b"")).result(DEADLINE) == NOTHING


def test_a_worker_that_is_killed_before_it_has_begun_is_replaced() -> None:
    with DecodePool(PATIENT, 1, misbehave) as pool:
        future = pool.submit(job(b""))
        wait_until(lambda: workers() != [])
        workers()[0].kill()
        assert future.result(DEADLINE) == NOTHING


@posix_only
def test_a_renderer_ends_with_the_worker_that_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "renderer"
    with DecodePool(PATIENT, 1, misbehave) as pool:
        future = pool.submit(job(note))
        wait_until(note.exists)
        renderer = psutil.Process(int(note.read_text()))
        note.unlink()
        workers()[0].kill()
        wait_until(lambda: not alive(renderer))
        future.cancel()


@contextmanager
def nothing_more_can_be_opened() -> Iterator[None]:
    """No pipe, so no new process either; what is open stays open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def refuse_to_start(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_a_job_whose_process_cannot_be_started_says_so() -> None:
    with DecodePool(PATIENT, 1, misbehave) as pool:
        with nothing_more_can_be_opened():
            error = pool.submit(job(b"")).exception(DEADLINE)
        assert isinstance(error, UserError)
        assert "cannot be started" in str(error)
        assert pool.submit(job(b"")).result(DEADLINE) == NOTHING


def test_all_jobs_end_when_a_process_that_died_cannot_be_replaced() -> None:
    with DecodePool(PATIENT, 1, misbehave) as pool:
        assert pool.submit(job(b"")).result(DEADLINE) == NOTHING
        with nothing_more_can_be_opened():
            crashing, waiting = pool.submit(job(b"abort")), pool.submit(job(b""))
            first, second = crashing.exception(DEADLINE), waiting.exception(DEADLINE)
        assert isinstance(first, FileProblem)
        assert first.kind is ProblemKind.CRASHED
        assert isinstance(second, UserError)
        assert pool.submit(job(b"")).result(DEADLINE) == NOTHING


def test_a_system_without_room_for_threads_costs_a_job_and_leaves_no_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with DecodePool(PATIENT, 1, misbehave) as pool:
        with monkeypatch.context() as full:  # the superuser cannot be limited for real
            full.setattr(threading.Thread, "start", refuse_to_start)
            error = pool.submit(job(b"")).exception(DEADLINE)
        assert isinstance(error, UserError)
        assert pool.submit(job(b"")).result(DEADLINE) == NOTHING
    assert workers() == []


def test_a_worker_is_replaced_after_its_share_of_jobs() -> None:
    with DecodePool(PATIENT, 1, misbehave, jobs_per_process=2) as pool:
        identifiers = [pool.submit(job(b"who")).result(DEADLINE).pages for _ in range(6)]
    assert len(set(identifiers)) == 3


def test_a_running_job_can_be_cancelled(pool: DecodePool) -> None:
    stuck = [pool.submit(job(b"hang")) for _ in range(2)]
    waiting = pool.submit(job(b""))
    wait_until(lambda: len(workers()) == 2)
    assert all(future.cancel() for future in stuck)
    assert waiting.result(DEADLINE) == NOTHING
    assert wait(stuck, DEADLINE).not_done == set()


def test_a_waiting_job_can_be_cancelled(pool: DecodePool) -> None:
    stuck = [pool.submit(job(b"hang")) for _ in range(2)]
    waiting = pool.submit(job(b""))
    assert waiting.cancel()
    for future in stuck:
        future.cancel()
    assert pool.submit(job(b"")).result(DEADLINE) == NOTHING


def test_closing_waits_for_what_was_submitted() -> None:
    pool = DecodePool(PATIENT, 2, misbehave)
    futures = [pool.submit(job(b"")) for _ in range(8)]
    pool.close(cancel=False)
    assert all(future.done() and future.result() == NOTHING for future in futures)
    assert workers() == []
    with pytest.raises(RuntimeError):
        pool.submit(job(b""))


def test_closing_with_cancel_ends_what_runs_and_leaves_no_process() -> None:
    pool = DecodePool(PATIENT, 2, misbehave)
    futures = [pool.submit(job(b"hang")) for _ in range(5)]
    wait_until(lambda: len(workers()) == 2)
    pool.close(cancel=True)
    for future in futures:
        with pytest.raises(CancelledError):
            future.result(DEADLINE)
    assert workers() == []


def test_a_pool_that_never_ran_closes() -> None:
    DecodePool(PATIENT, 2, misbehave).close(cancel=False)


@posix_only
def test_the_terminal_s_interrupt_does_not_reach_the_workers(pool: DecodePool) -> None:
    group = pool.submit(job(b"group")).result(DEADLINE).pages
    assert group != os.getpgrp()


def test_the_noise_of_native_decoders_reaches_no_terminal(
    pool: DecodePool, capfd: pytest.CaptureFixture[str]
) -> None:
    assert pool.submit(job(b"shout")).result(DEADLINE) == NOTHING
    assert "noise" not in "".join(capfd.readouterr())


@posix_only
def test_a_worker_that_is_ended_takes_its_renderer_along(tmp_path: Path) -> None:
    note = tmp_path / "renderer"
    with DecodePool(PATIENT, 1, misbehave) as pool:
        future = pool.submit(job(note))
        wait_until(note.exists)
        renderer = psutil.Process(int(note.read_text()))
        future.cancel()
        assert pool.submit(job(b"")).result(DEADLINE) == NOTHING
        wait_until(lambda: not alive(renderer))


def alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@posix_only
def test_workers_and_renderers_end_when_the_program_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "main.py"
    script.write_text(
        textwrap.dedent("""
        import sys
        from pathlib import Path
        from engine.ingest.decode import DecodeJob
        from engine.ingest.workers.limits import DecodeLimits
        from engine.ingest.pools import DecodePool
        from engine.records import PictureInput
        from tests.engine.ingest.hostile_decoders import misbehave

        if __name__ == "__main__":
            pool = DecodePool(DecodeLimits(600.0, 1 << 30, 3 << 30), 3, misbehave)
            jobs = [Path(sys.argv[1]) / "renderer", b"hang", b"spin"]
            futures = [pool.submit(DecodeJob(job, PictureInput(8))) for job in jobs]
            futures[0].result()
        """)
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    arguments = [sys.executable, "-W", "error", str(script), str(tmp_path)]
    with subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL) as program:
        note = tmp_path / "renderer"
        wait_until(note.exists)
        family = psutil.Process(program.pid)
        wait_until(
            lambda: len([child for child in family.children() if "spawn_main" in str(child.cmdline())]) == 3
        )
        children = family.children(recursive=True)
        program.send_signal(signal.SIGKILL)
    assert len(children) >= 4
    wait_until(lambda: not any(alive(child) for child in children))


def test_limits_leave_the_machine_room() -> None:
    gibibyte = 1 << 30
    for total, count in [(4 * gibibyte, 2), (16 * gibibyte, 8), (256 * gibibyte, 16)]:
        limits = DecodeLimits.for_machine(total, count)
        assert limits.memory_bytes * count <= total
        assert limits.memory_bytes <= limits.max_job_bytes <= limits.budget_bytes <= total / 2
        assert limits.memory_bytes >= 512 << 20  # any usual photograph


@pytest.mark.slow
def test_every_broken_file_ends_as_pictures_or_as_a_problem() -> None:
    folder = sample_files.SHARED_DATA / "broken"
    if not folder.is_dir():
        pytest.skip("needs the shared data")
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    limits = DecodeLimits.for_this_machine(2)
    with DecodePool(limits, 2) as pool:
        futures = [pool.submit(DecodeJob(path, WANTED)) for path in paths]
        for path, future in zip(paths, futures, strict=True):
            error = future.exception()
            if error is None:
                decoded = future.result()
                assert isinstance(decoded, DecodedFile)
                assert decoded.items or decoded.problems, path
            else:
                assert isinstance(error, FileProblem), path
                assert error.message.endswith("."), path
