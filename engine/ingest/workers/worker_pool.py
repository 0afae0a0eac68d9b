"""Reading files in processes of their own, so that a broken file takes nothing along but its own reading.

A process that ends while it reads may have been ended by something else: the system does that where memory
is short. So its job is done once more, by another and while no other job runs, before the file is held to be
bad.
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
JOBS_PER_PROCESS = 200  # native decoders leak; a fresh process now and then costs little
_MAX_START_ATTEMPTS = 3
_STOP_SECONDS = 10.0
_KILLED, _CPU_TIME_EXCEEDED = -getattr(signal, "SIGKILL", 9), -getattr(signal, "SIGXCPU", 24)  # exit codes

# After these a process is gone, or not to be trusted: a panic may leave locks of native code closed for good.
_PROCESS_LOSSES = (WorkerEndedError, WorkerStartError, TimeoutError, Panicked)


class MemoryBoundJob(Protocol):
    """A job that can be told how much memory it may take."""

    def with_allowance(self, allowance: MemoryAllowance) -> Self: ...


Job = TypeVar("Job", bound=MemoryBoundJob)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class PoolRole:
    """What the processes of a pool are for.

    `prepare` is called in each of them before its memory is limited: it loads what nearly every job needs.
    `niceness`: how much they give way to everything else that runs. `worker_name` and `work_name`: what
    they are, and what they do, in sentences.
    """

    prepare: Callable[[], None]
    niceness: int
    worker_name: str
    work_name: str


@dataclass(eq=False, slots=True)
class _Task(Generic[Job, Result]):
    job: Job
    future: Future[Result]
    memory: int  # bytes that it may take
    share: int  # bytes of the budget that it holds while it runs
    process: WorkerProcess[Job, Result] | None = None  # that does it now
    ended: WorkerEndedError | None = None  # how the process ended that did it before

    @property
    def must_run_alone(self) -> bool:
        return self.ended is not None


class WorkerPool(Generic[Job, Result]):
    """Does jobs in `workers` processes, each job within `limits`. Every method may be called from any thread.

    A job that asks for more memory than is usual, or runs out of it, is done once more with so much, as soon
    as others leave it to it: so a few large pictures are read side by side instead of many.

    Processes start with the first jobs, each with a thread here that waits for it. They end with `close`, and
    by themselves when this process is gone.
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
        """`function` must be importable by name in a new process. `kernel_limits` False: the worker watches
        its memory itself, as it does where the kernel cannot."""
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
        """The future's exception is a FileProblem, or a UserError when no process can be started at all.
        Cancelling the future stops the work on it, also while it runs."""
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
        """End all processes; with `cancel` at once, otherwise when all that was submitted is done."""
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

    # ---- whose turn it is

    def _start_thread(self) -> None:
        """One more, while there are more jobs than threads. Holds the lock."""
        busy = len(self._waiting) + len(self._running)
        if len(self._threads) >= min(busy, self._most_threads):
            return
        thread = threading.Thread(target=self._run_thread, name="worker", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # where no process can be started, often no thread can either
            _log.warning("a thread for reading files did not start: %s", error)
        else:
            self._threads.append(thread)

    def _next_task(self) -> _Task[Job, Result] | None:
        """The next task, once it may begin; None when there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._may_start() or (self._closed and not self._waiting))
            if not self._waiting:
                return None
            task = self._waiting.popleft()
            self._running.add(task)
            self._free_bytes -= task.share
            return task

    def _may_start(self) -> bool:
        """Whether the task that waits longest may. Holds the lock."""
        if not self._waiting or self._waiting[0].share > self._free_bytes:
            return False
        return not self._running or not (
            self._waiting[0].must_run_alone or any(task.must_run_alone for task in self._running)
        )

    def _bind_process(self, task: _Task[Job, Result], process: WorkerProcess[Job, Result]) -> None:
        """From now on cancelling the task ends the process. Raises CancelledError where it was before."""
        with self._changed:
            task.process = process
            if task.future.cancelled():
                raise CancelledError

    def _unbind_process(self, task: _Task[Job, Result]) -> None:
        """Its process does something else from now on: cancelling the task does not end it."""
        with self._changed:
            task.process = None

    def _finish(self, task: _Task[Job, Result], again: bool, more: int) -> None:
        """`again`: it is to be done once more. `more`: with so many bytes; 0: with as many."""
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
        task.future.set_running_or_notify_cancel()  # tells those who wait in concurrent.futures.wait
        with self._changed:
            if task in self._waiting:
                self._waiting.remove(task)
            if task.process is not None:
                task.process.kill()
            self._changed.notify_all()

    # ---- a thread's work

    def _run_thread(self) -> None:
        slot = _WorkerSlot(self._role, self._jobs_per_process)
        while (task := self._next_task()) is not None:
            self._run_task(task, slot)
        slot.discard()

    def _run_task(self, task: _Task[Job, Result], slot: _WorkerSlot[Job, Result]) -> None:
        """Never raises: whoever waits for the task is told instead."""
        again = False
        result: Result | None = None
        error: Exception | None
        try:
            result, error = self._call_worker(task, slot)
        except WorkerEndedError as ended:
            again, task.ended = task.ended is None and not _is_caused_by_job(ended.code), ended
            error = ended
        except Exception as failed:  # noqa: BLE001  # whatever it is, it is told
            error = failed
        if isinstance(error, _PROCESS_LOSSES):
            slot.discard()
        self._unbind_process(task)
        more = self._more_memory(task, error)
        again = again or more > 0
        if error is None:
            _settle(lambda: task.future.set_result(result))  # type: ignore[arg-type]  # as it is none
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
        """How many bytes the task is to be done again with; 0 when it is not."""
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
    """A thread's process, which is replaced when it is of no more use."""

    def __init__(self, role: WorkerRole[Job, Result], jobs_per_process: int) -> None:
        self._role = role
        self._jobs_per_process = jobs_per_process
        self._process: WorkerProcess[Job, Result] | None = None

    def acquire(self) -> WorkerProcess[Job, Result]:
        """One that lives and may do another job. Raises OSError."""
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
    """Whether a process that ended so did because of its job, and of nothing else."""
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
    """As it stands within a sentence."""
    return worker[0].lower() + worker[1:]
