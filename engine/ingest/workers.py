"""Reading files in processes of their own, so that a broken file takes nothing along but its own reading.

Each worker is a Pebble pool of one process, replaced as a whole when its process dies. The processes of one
Pebble pool share locks and pipes: one that dies while it holds them stalls the others, and one that dies idle
breaks the pool for good.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from engine.errors import FileProblem, Panicked, ProblemKind, UserError, portable
from engine.ingest import ocr, worker_guard
from engine.ingest.decode import Decoded, DecodeJob, decode
from engine.ingest.limits import Allowance, Limits, MoreMemory
from engine.ingest.ocr import OcrJob, OcrResult

_log = logging.getLogger(__name__)
_JOBS_A_PROCESS = 200  # native decoders leak; a fresh process now and then costs little
_MOST_STARTS = 3
_STOPPING_SECONDS = 10.0
# The window goes before decoding, its threads and models too (a thread that is kept waiting may hold the
# interpreter that the window needs), and decoding before reading text. With more, a machine that is busy with
# other things would starve a large picture until its time is over; reading has ten times as long.
DECODING_NICENESS = 6
READING_NICENESS = 10

# After these a process is gone, or not to be trusted: a panic may leave locks of native code closed for good.
_ENDINGS = (BrokenProcessPool, ProcessExpired, TimeoutError, Panicked)


class Allowed(Protocol):
    """A job that can be told how much memory it may take."""

    def within(self, allowance: Allowance) -> Self: ...


Job = TypeVar("Job", bound=Allowed)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Duty:
    """What the processes of a pool are for.

    `prepare` is called in each of them before its memory is limited: it loads what nearly every job needs.
    `niceness`: how much they give way to everything else that runs. `worker` and `work` name them in
    sentences.
    """

    prepare: Callable[[], None]
    niceness: int
    worker: str
    work: str


_DECODING = Duty(worker_guard.import_decoders, DECODING_NICENESS, "The decoder", "Decoding the file")
_READING = Duty(ocr.prepare, READING_NICENESS, "The text recognition", "Looking for text in the file")


@dataclass(eq=False, slots=True)
class _Task(Generic[Job, Result]):
    job: Job
    future: Future[Result]
    memory: int  # bytes that it may take
    share: int  # bytes of the budget that it holds while it runs
    pool: ProcessPool | None = None  # where it runs
    starts: int = 0


class WorkerPool(Generic[Job, Result]):
    """Does jobs in `workers` processes, each job within `limits`. Every method may be called from any thread.

    A job that asks for more memory than is usual, or runs out of it, is done once more with so much, as soon
    as others leave it to it: so a few large pictures are read side by side instead of many.

    Processes start with the first jobs. They end with `close`, and by themselves when this process is gone.
    """

    def __init__(
        self,
        limits: Limits,
        workers: int,
        function: Callable[[Job], Result],
        duty: Duty,
        jobs_a_process: int = _JOBS_A_PROCESS,
        kernel_limits: bool = True,
    ) -> None:
        """`function` must be importable by name in a new process. `kernel_limits` False: the worker watches
        its memory itself, as it does where the kernel cannot."""
        self._limits = limits
        self._function = function
        self._duty = duty
        self._jobs_a_process = jobs_a_process
        self._kernel_limits = kernel_limits
        self._changed = threading.Condition(threading.RLock())
        self._waiting: deque[_Task[Job, Result]] = deque()
        self._running: set[_Task[Job, Result]] = set()
        self._idle = [self._new_pool() for _ in range(max(workers, 1))]
        self._free_bytes = limits.budget_bytes
        self._usual_share = limits.budget_bytes // max(workers, 1)
        self._stopping: list[threading.Thread] = []
        self._unjoined: list[ProcessPool] = []  # stopped, but no thread could be had to clean up
        self._closed = False

    def submit(self, job: Job) -> Future[Result]:
        """The future's exception is a FileProblem, or a UserError when no process can be started at all.
        Cancelling the future stops the work on it, also while it runs."""
        task: _Task[Job, Result] = _Task(job, Future(), self._limits.memory_bytes, self._usual_share)
        with self._changed:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._waiting.append(task)
            self._start_waiting()
        task.future.add_done_callback(lambda _: self._forget_cancelled(task))
        return task.future

    def close(self, cancel: bool) -> None:
        """End all processes; with `cancel` at once, otherwise when all that was submitted is done."""
        with self._changed:
            self._closed = True
            unfinished = [*self._waiting, *self._running] if cancel else []
        for task in unfinished:
            task.future.cancel()
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._running)
            while self._idle:
                self._retire(self._idle.pop())
            stopping, unjoined = list(self._stopping), list(self._unjoined)
        for thread in stopping:
            thread.join(_STOPPING_SECONDS)
        for pool in unjoined:
            pool.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(cancel=kind is not None)

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=1,
            max_tasks=self._jobs_a_process,
            initializer=worker_guard.guard_this_process,
            initargs=(self._duty.prepare, self._duty.niceness),
            context=multiprocessing.get_context("spawn"),
        )

    def _start_waiting(self) -> None:
        """Give waiting tasks to idle processes. Holds the lock."""
        while self._idle and self._waiting and self._waiting[0].share <= self._free_bytes:
            task = self._waiting.popleft()
            if not task.future.cancelled():
                self._start(task, self._idle.pop())
        self._changed.notify_all()

    def _start(self, task: _Task[Job, Result], pool: ProcessPool) -> None:
        """Never raises: what it is called from would swallow that. Holds the lock."""
        job = task.job.within(Allowance(task.memory, self._limits.most_bytes))
        arguments = (self._function, job, self._limits.seconds, task.memory, self._kernel_limits)
        for attempt in range(2):  # the first fails when the process died while it had nothing to do
            try:
                inner = pool.schedule(_run, args=arguments, timeout=self._limits.seconds)
            except (RuntimeError, OSError) as error:  # no process, no thread or no pipe
                _log.warning("a process for reading files did not start (attempt %d): %s", attempt + 1, error)
                self._retire(pool)
                pool = self._new_pool()
            else:
                task.pool, task.starts = pool, task.starts + 1
                self._running.add(task)
                self._free_bytes -= task.share
                inner.add_done_callback(partial(self._finish, task, pool))
                return
        self._idle.append(pool)
        _fail(task, _not_startable())

    def _finish(self, task: _Task[Job, Result], pool: ProcessPool, inner: Future[Result]) -> None:
        error = inner.exception()
        more = self._more_memory(task, error)
        again = more or (isinstance(error, BrokenProcessPool) and task.starts < _MOST_STARTS)
        if error is None:
            _succeed(task, inner.result())
        elif not again:
            _fail(task, _explain(error, self._duty))
        with self._changed:
            if task not in self._running:
                return  # cancelled meanwhile: the process is on its way out
            self._leave(task)
            if isinstance(error, _ENDINGS):
                self._retire(pool)
                pool = self._new_pool()
            self._idle.append(pool)
            if again:  # its process died before it took the job, or it is to have more memory
                if more:
                    task.memory = task.share = more
                self._waiting.appendleft(task)
            self._start_waiting()

    def _forget_cancelled(self, task: _Task[Job, Result]) -> None:
        if not task.future.cancelled():
            return
        task.future.set_running_or_notify_cancel()  # tells those who wait in concurrent.futures.wait
        with self._changed:
            if task in self._waiting:
                self._waiting.remove(task)
            if task in self._running and task.pool is not None:
                self._leave(task)
                self._retire(task.pool)
                self._idle.append(self._new_pool())
            self._start_waiting()

    def _leave(self, task: _Task[Job, Result]) -> None:
        """Holds the lock."""
        self._running.remove(task)
        self._free_bytes += task.share

    def _more_memory(self, task: _Task[Job, Result], error: BaseException | None) -> int:
        """How many bytes the task is to be done again with; 0 when it is not."""
        if isinstance(error, MoreMemory):
            return error.needed
        problem = None if error is None else _explain(error, self._duty)
        most = self._limits.most_bytes
        scarce = isinstance(problem, FileProblem) and problem.kind is ProblemKind.MEMORY
        return most if scarce and task.memory < most else 0

    def _retire(self, pool: ProcessPool) -> None:
        """Stop a pool from a thread of its own, because a pool's threads cannot wait for themselves."""
        pool.stop()  # type: ignore[no-untyped-call]  # its method alone has no types
        thread = threading.Thread(target=pool.join, name="worker pool stopping", daemon=True)
        self._stopping = [other for other in self._stopping if other.is_alive()]
        try:
            thread.start()
        except RuntimeError:  # where no process can be started, often no thread can either
            _log.warning("a worker process is cleaned up only at the end: no thread can be started")
            self._unjoined.append(pool)
        else:
            self._stopping.append(thread)


class DecodePool(WorkerPool[DecodeJob, Decoded]):
    """Decodes pictures and pages."""

    def __init__(
        self,
        limits: Limits,
        workers: int,
        function: Callable[[DecodeJob], Decoded] = decode,
        jobs_a_process: int = _JOBS_A_PROCESS,
        kernel_limits: bool = True,
    ) -> None:
        super().__init__(limits, workers, function, _DECODING, jobs_a_process, kernel_limits)


class OcrPool(WorkerPool[OcrJob, OcrResult]):
    """Looks for text. Its processes give way to whatever else runs on the machine."""

    def __init__(
        self,
        limits: Limits,
        workers: int,
        function: Callable[[OcrJob], OcrResult] = ocr.read,
        jobs_a_process: int = _JOBS_A_PROCESS,
        kernel_limits: bool = True,
    ) -> None:
        super().__init__(limits, workers, function, _READING, jobs_a_process, kernel_limits)


def _run(
    function: Callable[[Job], Result], job: Job, seconds: float, memory_bytes: int, kernel_limits: bool
) -> Result:
    """In the worker."""
    worker_guard.limit_processor_time(seconds)
    worker_guard.limit_memory(memory_bytes, kernel_limits)
    try:
        return function(job)
    except (FileProblem, MoreMemory, UserError, MemoryError):
        raise
    except BaseException as error:  # one that cannot be read would break the pool, for every later run too
        raise portable(error) from error


def _succeed(task: _Task[Job, Result], result: Result) -> None:
    try:
        task.future.set_result(result)
    except InvalidStateError:
        _log.debug("a job was cancelled just as it ended")


def _fail(task: _Task[Job, Result], error: Exception) -> None:
    try:
        task.future.set_exception(error)
    except InvalidStateError:
        _log.debug("a job was cancelled just as it failed")


def _explain(error: BaseException, duty: Duty) -> Exception:
    match error:
        case FileProblem() | UserError():
            return error
        case TimeoutError():
            return _too_slow(duty)
        case MemoryError():
            return _too_much_memory(duty)
        case ProcessExpired():
            return _explain_exit(error.exitcode, duty)
        case BrokenProcessPool():
            return _not_startable()
    _log.error("a worker raised what it should not", exc_info=error)
    return FileProblem(ProblemKind.CRASHED, f"{duty.worker} failed on the file.")


def _not_startable() -> UserError:
    return UserError(
        "The processes that read files cannot be started.",
        "Close other programs, or restart the computer, and try again.",
    )


def _explain_exit(code: int, duty: Duty) -> FileProblem:
    if code == worker_guard.MEMORY_EXIT_CODE:
        return _too_much_memory(duty)
    if code == -getattr(signal, "SIGXCPU", 0):
        return _too_slow(duty)
    if code == -getattr(signal, "SIGKILL", 0):
        return FileProblem(
            ProblemKind.CRASHED, f"The system ended {_within(duty.worker)}, perhaps because memory ran out."
        )
    return FileProblem(ProblemKind.CRASHED, f"{duty.worker} crashed on the file.")


def _too_slow(duty: Duty) -> FileProblem:
    return FileProblem(ProblemKind.TIMEOUT, f"{duty.work} took longer than allowed.")


def _too_much_memory(duty: Duty) -> FileProblem:
    return FileProblem(ProblemKind.MEMORY, f"{duty.work} takes more memory than is allowed.")


def _within(worker: str) -> str:
    """As it stands within a sentence."""
    return worker[0].lower() + worker[1:]
