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
from engine.ingest.decode import DecodedFile, DecodeJob, decode
from engine.ingest.ocr import recognition
from engine.ingest.ocr.recognition import OcrJob, OcrResult
from engine.ingest.workers import sandbox
from engine.ingest.workers.limits import DecodeLimits, MemoryAllowance, MoreMemory
from engine.ingest.workers.process import EndedError, NotStartedError, WorkerProcess, WorkerRole

_log = logging.getLogger(__name__)
_JOBS_A_PROCESS = 200  # native decoders leak; a fresh process now and then costs little
_MOST_STARTS = 3
_STOPPING_SECONDS = 10.0
_KILLED, _TIME_IS_OVER = -getattr(signal, "SIGKILL", 9), -getattr(signal, "SIGXCPU", 24)  # exit codes
# The window goes before decoding, its threads and models too (a thread that is kept waiting may hold the
# interpreter that the window needs), and decoding before reading text. With more, a machine that is busy with
# other things would starve a large picture until its time is over; reading has ten times as long.
DECODING_NICENESS = 6
READING_NICENESS = 10

# After these a process is gone, or not to be trusted: a panic may leave locks of native code closed for good.
_ENDINGS = (EndedError, NotStartedError, TimeoutError, Panicked)


class MemoryBoundJob(Protocol):
    """A job that can be told how much memory it may take."""

    def within(self, allowance: MemoryAllowance) -> Self: ...


Job = TypeVar("Job", bound=MemoryBoundJob)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class PoolRole:
    """What the processes of a pool are for.

    `prepare` is called in each of them before its memory is limited: it loads what nearly every job needs.
    `niceness`: how much they give way to everything else that runs. `worker` and `work` name them in
    sentences.
    """

    prepare: Callable[[], None]
    niceness: int
    worker: str
    work: str


_DECODING = PoolRole(sandbox.import_decoders, DECODING_NICENESS, "The decoder", "Decoding the file")
_READING = PoolRole(
    recognition.prepare, READING_NICENESS, "The text recognition", "Looking for text in the file"
)


@dataclass(eq=False, slots=True)
class _Task(Generic[Job, Result]):
    job: Job
    future: Future[Result]
    memory: int  # bytes that it may take
    share: int  # bytes of the budget that it holds while it runs
    process: WorkerProcess[Job, Result] | None = None  # that does it now
    ended: EndedError | None = None  # how the process ended that did it before

    @property
    def alone(self) -> bool:
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
        duty: PoolRole,
        jobs_a_process: int = _JOBS_A_PROCESS,
        kernel_limits: bool = True,
    ) -> None:
        """`function` must be importable by name in a new process. `kernel_limits` False: the worker watches
        its memory itself, as it does where the kernel cannot."""
        self._role = WorkerRole(function, duty.prepare, duty.niceness, limits.seconds, kernel_limits)
        self._limits = limits
        self._duty = duty
        self._jobs_a_process = jobs_a_process
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
                task.future.set_exception(_not_startable())
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
            thread.join(_STOPPING_SECONDS)

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
        thread = threading.Thread(target=self._work, name="worker", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # where no process can be started, often no thread can either
            _log.warning("a thread for reading files did not start: %s", error)
        else:
            self._threads.append(thread)

    def _next(self) -> _Task[Job, Result] | None:
        """The next task, once it may begin; None when there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._may_begin() or (self._closed and not self._waiting))
            if not self._waiting:
                return None
            task = self._waiting.popleft()
            self._running.add(task)
            self._free_bytes -= task.share
            return task

    def _may_begin(self) -> bool:
        """Whether the task that waits longest may. Holds the lock."""
        if not self._waiting or self._waiting[0].share > self._free_bytes:
            return False
        return not self._running or not (self._waiting[0].alone or any(task.alone for task in self._running))

    def _begun(self, task: _Task[Job, Result], process: WorkerProcess[Job, Result]) -> None:
        """From now on cancelling the task ends the process. Raises CancelledError where it was before."""
        with self._changed:
            task.process = process
            if task.future.cancelled():
                raise CancelledError

    def _left(self, task: _Task[Job, Result]) -> None:
        """Its process does something else from now on: cancelling the task does not end it."""
        with self._changed:
            task.process = None

    def _finished(self, task: _Task[Job, Result], again: bool, more: int) -> None:
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
                task.process.end()
            self._changed.notify_all()

    # ---- a thread's work

    def _work(self) -> None:
        hand = _WorkerSlot(self._role, self._jobs_a_process)
        while (task := self._next()) is not None:
            self._do(task, hand)
        hand.drop()

    def _do(self, task: _Task[Job, Result], hand: _WorkerSlot[Job, Result]) -> None:
        """Never raises: whoever waits for the task is told instead."""
        again = False
        result: Result | None = None
        error: Exception | None
        try:
            result, error = self._answer(task, hand)
        except EndedError as ended:
            again, task.ended = task.ended is None and not _is_its_own_doing(ended.code), ended
            error = ended
        except Exception as failed:  # noqa: BLE001  # whatever it is, it is told
            error = failed
        if isinstance(error, _ENDINGS):
            hand.drop()
        self._left(task)
        more = self._more_memory(task, error)
        again = again or more > 0
        if error is None:
            _settle(lambda: task.future.set_result(result))  # type: ignore[arg-type]  # as it is none
        elif not again:
            explained = self._explain(task, error)
            _settle(lambda: task.future.set_exception(explained))
        self._finished(task, again, more)

    def _answer(
        self, task: _Task[Job, Result], hand: _WorkerSlot[Job, Result]
    ) -> tuple[Result | None, Exception | None]:
        """What the function returned or raised. Raises EndedError, TimeoutError, NotStartedError."""
        for attempt in range(1, _MOST_STARTS + 1):
            if task.future.cancelled():
                raise CancelledError
            try:
                process = hand.fit()
                self._begun(task, process)
                job = task.job.within(MemoryAllowance(task.memory, self._limits.most_bytes))
                return process.do(job, task.memory)
            except TimeoutError:
                raise
            except (OSError, NotStartedError) as error:
                _log.warning("a process for reading files did not start (attempt %d): %s", attempt, error)
                hand.drop()
        raise NotStartedError

    def _more_memory(self, task: _Task[Job, Result], error: Exception | None) -> int:
        """How many bytes the task is to be done again with; 0 when it is not."""
        if isinstance(error, MoreMemory):
            return error.needed
        is_scarce = isinstance(error, MemoryError) or (
            isinstance(error, EndedError) and error.code == sandbox.MEMORY_EXIT_CODE
        )
        if isinstance(error, FileProblem):
            is_scarce = error.kind is ProblemKind.MEMORY
        most = self._limits.most_bytes
        return most if is_scarce and task.memory < most else 0

    def _explain(self, task: _Task[Job, Result], error: Exception) -> Exception:
        match error:
            case FileProblem() | UserError() | CancelledError():
                return error
            case TimeoutError():
                return _too_slow(self._duty)
            case MemoryError():
                return _too_much_memory(self._duty)
            case EndedError():
                return _explain_exit(error.code, self._duty)
            case NotStartedError():
                if task.ended is not None and task.ended.code != _KILLED:
                    return _explain_exit(task.ended.code, self._duty)
                return _not_startable()
        _log.error("a worker raised what it should not", exc_info=error)
        return FileProblem(ProblemKind.CRASHED, f"{self._duty.worker} failed on the file.")


class _WorkerSlot(Generic[Job, Result]):
    """A thread's process, which is replaced when it is of no more use."""

    def __init__(self, role: WorkerRole[Job, Result], jobs_a_process: int) -> None:
        self._role = role
        self._jobs_a_process = jobs_a_process
        self._process: WorkerProcess[Job, Result] | None = None

    def fit(self) -> WorkerProcess[Job, Result]:
        """One that lives and may do another job. Raises OSError."""
        process = self._process
        if process is None or process.jobs >= self._jobs_a_process or not process.alive:
            self.drop()
            process = self._process = WorkerProcess(self._role)
        return process

    def drop(self) -> None:
        if self._process is not None:
            self._process.dispose()
            self._process = None


class DecodePool(WorkerPool[DecodeJob, DecodedFile]):
    """Decodes pictures and pages."""

    def __init__(
        self,
        limits: DecodeLimits,
        workers: int,
        function: Callable[[DecodeJob], DecodedFile] = decode,
        jobs_a_process: int = _JOBS_A_PROCESS,
        kernel_limits: bool = True,
    ) -> None:
        super().__init__(limits, workers, function, _DECODING, jobs_a_process, kernel_limits)


class OcrPool(WorkerPool[OcrJob, OcrResult]):
    """Looks for text. Its processes give way to whatever else runs on the machine."""

    def __init__(
        self,
        limits: DecodeLimits,
        workers: int,
        function: Callable[[OcrJob], OcrResult] = recognition.read,
        jobs_a_process: int = _JOBS_A_PROCESS,
        kernel_limits: bool = True,
    ) -> None:
        super().__init__(limits, workers, function, _READING, jobs_a_process, kernel_limits)


def _settle(tell: Callable[[], None]) -> None:
    try:
        tell()
    except InvalidStateError:
        _log.debug("a job was cancelled just as it ended")


def _is_its_own_doing(code: int) -> bool:
    """Whether a process that ended so did because of its job, and of nothing else."""
    return code in (sandbox.MEMORY_EXIT_CODE, _TIME_IS_OVER)


def _not_startable() -> UserError:
    return UserError(
        "The processes that read files cannot be started.",
        "Close other programs, or restart the computer, and try again.",
    )


def _explain_exit(code: int, duty: PoolRole) -> FileProblem:
    if code == sandbox.MEMORY_EXIT_CODE:
        return _too_much_memory(duty)
    if code == _TIME_IS_OVER:
        return _too_slow(duty)
    if code == _KILLED:
        return FileProblem(
            ProblemKind.CRASHED, f"The system ended {_within(duty.worker)}, perhaps because memory ran out."
        )
    return FileProblem(ProblemKind.CRASHED, f"{duty.worker} crashed on the file.")


def _too_slow(duty: PoolRole) -> FileProblem:
    return FileProblem(ProblemKind.TIMEOUT, f"{duty.work} took longer than allowed.")


def _too_much_memory(duty: PoolRole) -> FileProblem:
    return FileProblem(ProblemKind.MEMORY, f"{duty.work} takes more memory than is allowed.")


def _within(worker: str) -> str:
    """As it stands within a sentence."""
    return worker[0].lower() + worker[1:]
