"""Reads files in worker processes, so that a broken file breaks nothing but its own reading.

A process that ends while it reads may have been ended by something else: the system kills processes if memory
is short. So its job is repeated once, by another process and while no other job runs, before the file is
considered bad.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from engine.errors import FileProblem, Panicked, ProblemKind, UserError
from engine.ingest.workers import sandbox
from engine.ingest.workers.limits import DecodeLimits, MemoryAllowance, MoreMemoryNeeded
from engine.ingest.workers.process import WorkerEndedError, WorkerProcess, WorkerRole, WorkerStartError

_log = logging.getLogger(__name__)
JOBS_PER_PROCESS = 200  # native decoders leak memory; a new process now and then costs little
_MAX_START_ATTEMPTS = 3
_STOP_SECONDS = 10.0
_KILLED, _CPU_TIME_EXCEEDED = -getattr(signal, "SIGKILL", 9), -getattr(signal, "SIGXCPU", 24)  # exit codes

# After these a process is gone or unreliable: a panic may leave locks of native code held forever.
_PROCESS_LOSSES = (WorkerEndedError, WorkerStartError, TimeoutError, Panicked)


class MemoryBoundJob(Protocol):
    """A job with a memory allowance."""

    def with_allowance(self, allowance: MemoryAllowance) -> Self:
        """The same job with another memory allowance."""


Job = TypeVar("Job", bound=MemoryBoundJob)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class PoolRole:
    """What the processes of a pool are for.

    `prepare` is called in each of them before its memory is limited: it loads what almost every job needs.
    `niceness`: how far their priority is lowered. `worker_name` and `work_name`: what they are, and what they
    do, for sentences.
    """

    prepare: Callable[[], None]
    niceness: int
    worker_name: str
    work_name: str


@dataclass(eq=False, slots=True)
class _Task(Generic[Job, Result]):
    job: Job
    future: Future[Result]
    memory: int  # bytes that it may use
    share: int  # bytes of the budget that it reserves while it runs
    process: WorkerProcess[Job, Result] | None = None  # running it now
    ended: WorkerEndedError | None = None  # how the process ended that ran it before

    @property
    def must_run_alone(self) -> bool:
        return self.ended is not None


class WorkerPool(Generic[Job, Result]):
    """Runs jobs in `workers` processes, each job within `limits`. Thread-safe.

    A job that needs more memory than usual, or runs out of it, is repeated with more once other jobs free it:
    so a few large pictures are read in parallel instead of many. Processes start with the first jobs, each
    with a thread here that waits for it. They end with `close`, and by themselves when this process is gone.
    """

    def __init__(
        self,
        limits: DecodeLimits,
        workers: int,
        function: Callable[[Job], Result],
        pool_role: PoolRole,
        jobs_per_process: int = JOBS_PER_PROCESS,
        kernel_limits: bool = True,
    ) -> None:
        """`function` must be importable by name in a new process.

        `kernel_limits` False: the worker watches its memory itself, as it does where the kernel cannot.
        """
        self._role = WorkerRole(
            function, pool_role.prepare, pool_role.niceness, limits.seconds, kernel_limits
        )
        self._limits = limits
        self._pool_role = pool_role
        self._jobs_per_process = jobs_per_process
        self._most_threads = max(workers, 1)
        self._changed = threading.Condition(threading.RLock())
        self._waiting: deque[_Task[Job, Result]] = deque()
        self._running: set[_Task[Job, Result]] = set()
        self._free_bytes = limits.budget_bytes
        self._usual_share = limits.budget_bytes // max(workers, 1)
        self._threads: list[threading.Thread] = []
        self._closed = False

    def submit(self, job: Job) -> Future[Result]:
        """Queue a job. Cancelling the future stops it even while it runs.

        The future's exception is a FileProblem, or a UserError if no process can be started. Raises
        RuntimeError once the pool is closed.
        """
        task: _Task[Job, Result] = _Task(job, Future(), self._limits.memory_bytes, self._usual_share)
        with self._changed:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._waiting.append(task)
            self._start_thread()
            if not self._threads:
                self._waiting.remove(task)
                task.future.set_exception(_start_error())
            self._changed.notify_all()
        task.future.add_done_callback(lambda _: self._forget_cancelled(task))
        return task.future

    def close(self, cancel: bool) -> None:
        """End all processes; with `cancel` at once, otherwise when all submitted jobs are done."""
        with self._changed:
            self._closed = True
            unfinished = [*self._waiting, *self._running] if cancel else []
            self._changed.notify_all()
        for task in unfinished:
            task.future.cancel()
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._running)
        for thread in self._threads:
            thread.join(_STOP_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(cancel=kind is not None)

    # ---- scheduling

    def _start_thread(self) -> None:
        """Start one more, while there are more jobs than threads. Call with the lock held."""
        busy = len(self._waiting) + len(self._running)
        if len(self._threads) >= min(busy, self._most_threads):
            return
        thread = threading.Thread(target=self._run_thread, name="worker", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # if no process can be started, often no thread can either
            _log.warning("a thread for reading files did not start: %s", error)
        else:
            self._threads.append(thread)

    def _next_task(self) -> _Task[Job, Result] | None:
        """The next task, once it may start; None if there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._may_start() or (self._closed and not self._waiting))
            if not self._waiting:
                return None
            task = self._waiting.popleft()
            self._running.add(task)
            self._free_bytes -= task.share
            return task

    def _may_start(self) -> bool:
        """Whether the task that waits longest may start. Call with the lock held."""
        if not self._waiting or self._waiting[0].share > self._free_bytes:
            return False
        return not self._running or not (
            self._waiting[0].must_run_alone or any(task.must_run_alone for task in self._running)
        )

    def _bind_process(self, task: _Task[Job, Result], process: WorkerProcess[Job, Result]) -> None:
        """From now on cancelling the task ends the process.

        Raises CancelledError if it was already cancelled.
        """
        with self._changed:
            task.process = process
            if task.future.cancelled():
                raise CancelledError

    def _unbind_process(self, task: _Task[Job, Result]) -> None:
        """From now on the process does something else: cancelling the task does not end it."""
        with self._changed:
            task.process = None

    def _finish(self, task: _Task[Job, Result], again: bool, more: int) -> None:
        """`again`: the task must be repeated. `more`: with that many bytes; 0: with as many as before."""
        with self._changed:
            self._running.remove(task)
            self._free_bytes += task.share
            if more:
                task.memory = task.share = more
            if again and not task.future.cancelled():
                self._waiting.appendleft(task)
            self._changed.notify_all()

    def _forget_cancelled(self, task: _Task[Job, Result]) -> None:
        if not task.future.cancelled():
            return
        task.future.set_running_or_notify_cancel()  # notifies callers in concurrent.futures.wait
        with self._changed:
            if task in self._waiting:
                self._waiting.remove(task)
            if task.process is not None:
                task.process.kill()
            self._changed.notify_all()

    # ---- worker threads

    def _run_thread(self) -> None:
        slot = _WorkerSlot(self._role, self._jobs_per_process)
        while (task := self._next_task()) is not None:
            self._run_task(task, slot)
        slot.discard()

    def _run_task(self, task: _Task[Job, Result], slot: _WorkerSlot[Job, Result]) -> None:
        """Never raises: errors go to the task's future."""
        again = False
        result: Result | None = None
        error: Exception | None
        try:
            result, error = self._call_worker(task, slot)
        except WorkerEndedError as ended:
            again, task.ended = task.ended is None and not _is_caused_by_job(ended.code), ended
            error = ended
        except Exception as failed:  # noqa: BLE001  # whatever it is, the caller gets it
            error = failed
        if isinstance(error, _PROCESS_LOSSES):
            slot.discard()
        self._unbind_process(task)
        more = self._more_memory(task, error)
        again = again or more > 0
        if error is None:
            _settle(lambda: task.future.set_result(result))  # type: ignore[arg-type]  # there was no error
        elif not again:
            explained = self._explain(task, error)
            _settle(lambda: task.future.set_exception(explained))
        self._finish(task, again, more)

    def _call_worker(
        self, task: _Task[Job, Result], slot: _WorkerSlot[Job, Result]
    ) -> tuple[Result | None, Exception | None]:
        """What the function returned or raised. Raises WorkerEndedError, TimeoutError, WorkerStartError."""
        for attempt in range(1, _MAX_START_ATTEMPTS + 1):
            if task.future.cancelled():
                raise CancelledError
            try:
                process = slot.acquire()
                self._bind_process(task, process)
                job = task.job.with_allowance(MemoryAllowance(task.memory, self._limits.max_job_bytes))
                return process.run(job, task.memory)
            except TimeoutError:
                raise
            except (OSError, WorkerStartError) as error:
                _log.warning("a process for reading files did not start (attempt %d): %s", attempt, error)
                slot.discard()
        raise WorkerStartError

    def _more_memory(self, task: _Task[Job, Result], error: Exception | None) -> int:
        """How many bytes to repeat the task with; 0 if it is not repeated."""
        if isinstance(error, MoreMemoryNeeded):
            return error.needed
        is_scarce = isinstance(error, MemoryError) or (
            isinstance(error, WorkerEndedError) and error.code == sandbox.MEMORY_EXIT_CODE
        )
        if isinstance(error, FileProblem):
            is_scarce = error.kind is ProblemKind.MEMORY
        most = self._limits.max_job_bytes
        return most if is_scarce and task.memory < most else 0

    def _explain(self, task: _Task[Job, Result], error: Exception) -> Exception:
        match error:
            case FileProblem() | UserError() | CancelledError():
                return error
            case TimeoutError():
                return _too_slow(self._pool_role)
            case MemoryError():
                return _too_much_memory(self._pool_role)
            case WorkerEndedError():
                return _explain_exit(error.code, self._pool_role)
            case WorkerStartError():
                if task.ended is not None and task.ended.code != _KILLED:
                    return _explain_exit(task.ended.code, self._pool_role)
                return _start_error()
        _log.error("a worker raised what it should not", exc_info=error)
        return FileProblem(ProblemKind.CRASHED, f"{self._pool_role.worker_name} failed on the file.")


class _WorkerSlot(Generic[Job, Result]):
    """A thread's process, which is replaced when it is no longer usable."""

    def __init__(self, role: WorkerRole[Job, Result], jobs_per_process: int) -> None:
        self._role = role
        self._jobs_per_process = jobs_per_process
        self._process: WorkerProcess[Job, Result] | None = None

    def acquire(self) -> WorkerProcess[Job, Result]:
        """A live process that may run another job. Raises OSError."""
        process = self._process
        if process is None or process.jobs >= self._jobs_per_process or not process.alive:
            self.discard()
            process = self._process = WorkerProcess(self._role)
        return process

    def discard(self) -> None:
        if self._process is not None:
            self._process.dispose()
            self._process = None


def _settle(tell: Callable[[], None]) -> None:
    try:
        tell()
    except InvalidStateError:
        _log.debug("a job was cancelled just as it ended")


def _is_caused_by_job(code: int) -> bool:
    """Whether this exit code can only be the job's own fault."""
    return code in (sandbox.MEMORY_EXIT_CODE, _CPU_TIME_EXCEEDED)


def _start_error() -> UserError:
    return UserError(
        "The processes that read files cannot be started.",
        "Close other programs, or restart the computer, and try again.",
    )


def _explain_exit(code: int, pool_role: PoolRole) -> FileProblem:
    if code == sandbox.MEMORY_EXIT_CODE:
        return _too_much_memory(pool_role)
    if code == _CPU_TIME_EXCEEDED:
        return _too_slow(pool_role)
    if code == _KILLED:
        return FileProblem(
            ProblemKind.CRASHED,
            f"The system ended {_within_sentence(pool_role.worker_name)}, perhaps because memory ran out.",
        )
    return FileProblem(ProblemKind.CRASHED, f"{pool_role.worker_name} crashed on the file.")


def _too_slow(pool_role: PoolRole) -> FileProblem:
    return FileProblem(ProblemKind.TIMEOUT, f"{pool_role.work_name} took longer than allowed.")


def _too_much_memory(pool_role: PoolRole) -> FileProblem:
    return FileProblem(ProblemKind.MEMORY, f"{pool_role.work_name} takes more memory than is allowed.")


def _within_sentence(worker: str) -> str:
    """The name as it is written within a sentence."""
    return worker[0].lower() + worker[1:]
