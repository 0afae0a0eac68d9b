"""A process that runs jobs, one at a time.

A pipe connects it to this process. No other process has an end of it and no lock guards it, so that a caller
waiting for an answer notices the process's end at any moment, even in the middle of an answer.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from engine.errors import make_picklable
from engine.ingest.workers import sandbox

Job = TypeVar("Job")
Result = TypeVar("Result")

_START_SECONDS = 300.0  # a busy machine may take a minute to import the decoders
_STOP_SECONDS = 10.0


class WorkerStartError(Exception):
    """The process ended, or did not respond for minutes, before it could take a job."""


class WorkerEndedError(Exception):
    """The process ended, by itself or killed, before it answered."""

    def __init__(self, code: int) -> None:
        """`code`: multiprocessing's exit code, the negative number of the signal that ended it."""
        super().__init__(f"exit code {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class WorkerRole(Generic[Job, Result]):
    """What a process is for. All of it must be importable by name in a new process.

    `prepare` is called once, before the memory is limited: it loads what almost every job needs. `niceness`:
    how far the process's priority is lowered. `seconds`: the time limit of a job. `kernel_limits` False: the
    process watches its memory itself, as it does where the kernel cannot.
    """

    function: Callable[[Job], Result]
    prepare: Callable[[], None]
    niceness: int
    seconds: float
    kernel_limits: bool = True


class WorkerProcess(Generic[Job, Result]):
    """Use it from one thread; only `kill` may be called from any."""

    def __init__(self, role: WorkerRole[Job, Result]) -> None:
        """Raises OSError if the system has no room for a process or a pipe."""
        context = multiprocessing.get_context("spawn")
        self._seconds = role.seconds
        self._connection, theirs = context.Pipe()
        try:
            self._process = context.Process(target=_serve, args=(theirs, role), name="worker", daemon=True)
            self._process.start()
        except BaseException:
            self._connection.close()
            raise
        finally:
            theirs.close()  # so that we notice when the process ends
        self._ready = False
        self.jobs = 0  # jobs given to it so far

    @property
    def alive(self) -> bool:
        """Whether the process is still running."""
        return self._process.is_alive()

    def run(self, job: Job, memory_bytes: int) -> tuple[Result | None, Exception | None]:
        """What the function returns, and what it raises. `memory_bytes`: the job's memory limit.

        Raises WorkerStartError, WorkerEndedError, and TimeoutError if there is no answer in time; the process
        is then unusable and must be disposed of.
        """
        if not self._ready:
            self._wait_until_ready()
        self.jobs += 1
        try:
            self._connection.send((job, memory_bytes))
        except OSError as error:
            raise WorkerEndedError(self._exit_code()) from error
        if not self._wait_for_message(self._seconds):
            raise TimeoutError
        try:
            answer: tuple[Result | None, Exception | None] = self._connection.recv()
        except (EOFError, OSError) as error:
            raise WorkerEndedError(self._exit_code()) from error
        return answer

    def kill(self) -> None:
        """Kill it at once, with all that it has started; a caller waiting in `run` gets an error."""
        self._kill_group()
        self._process.kill()

    def dispose(self) -> None:
        """End the process and release its system resources."""
        self.kill()
        self._process.join(_STOP_SECONDS)
        self._connection.close()

    def _wait_until_ready(self) -> None:
        if not self._wait_for_message(_START_SECONDS):
            raise WorkerStartError("it does not say that it is ready")
        try:
            start_error = self._connection.recv()
        except (EOFError, OSError) as error:
            raise WorkerStartError(f"exit code {self._exit_code()}") from error
        if start_error is not None:
            raise WorkerStartError(str(start_error)) from start_error
        self._ready = True

    def _wait_for_message(self, seconds: float) -> bool:
        return bool(connection.wait([self._connection, self._process.sentinel], seconds))

    def _exit_code(self) -> int:
        self._kill_group()  # a renderer survives the process that started it
        self._process.join(_STOP_SECONDS)
        code = self._process.exitcode
        return -_KILLED if code is None else code

    def _kill_group(self) -> None:
        if sys.platform != "win32" and self._process.pid is not None:
            with contextlib.suppress(
                ProcessLookupError, PermissionError
            ):  # there is no group yet, or no longer
                os.killpg(self._process.pid, signal.SIGKILL)


_KILLED = getattr(signal, "SIGKILL", 9)


def _serve(pipe: Connection, role: WorkerRole[Any, Any]) -> None:
    """The process's main loop: run jobs until the other end is gone."""
    try:
        sandbox.enter_sandbox(role.prepare, role.niceness)
    except Exception as error:  # noqa: BLE001  # the other side interprets it
        pipe.send(make_picklable(error))
        return
    pipe.send(None)
    while True:
        try:
            job, memory_bytes = pipe.recv()
        except (EOFError, OSError):
            return
        sandbox.limit_processor_time(role.seconds)
        sandbox.limit_memory(memory_bytes, role.kernel_limits)
        _answer(pipe, role.function, job)


def _answer(pipe: Connection, function: Callable[[Any], Any], job: object) -> None:
    try:
        result = function(job)
    except BaseException as error:  # noqa: BLE001  # also a panic of native code: the caller waits for it
        pipe.send((None, make_picklable(error)))
        return
    try:
        pipe.send((result, None))
    except OSError:
        return  # the other end is gone
    except Exception as error:  # noqa: BLE001  # an answer that cannot be pickled, or not within this memory
        pipe.send((None, make_picklable(error)))
