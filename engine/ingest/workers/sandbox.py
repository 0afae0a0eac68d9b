"""Keeps a worker process within its limits, from inside.

It cannot use memory beyond its limit, never outlives the program that started it, takes the PDF renderer that
it started along when it ends, ignores the terminal's Ctrl-C, and writes nothing to the terminal.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable
from functools import cache
from multiprocessing import connection

from engine.priority import lower_priority

MEMORY_EXIT_CODE = 77  # the watchdog ended the process, which used too much memory
_WATCHDOG_SECONDS = 0.1
_CPU_MARGIN = 5  # seconds


def enter_sandbox(prepare: Callable[[], None], niceness: int = 0) -> None:
    """Call once in a new worker, on its main thread. `prepare` loads what almost every job needs.

    `niceness`: how far its priority is lowered from then on.
    """
    _limit_library_threads()
    _redirect_standard_streams()
    _detach_from_terminal()
    prepare()
    lower_priority(niceness, own_session=True)
    _watch_parent()


def limit_memory(memory_bytes: int, kernel_limits: bool = True) -> None:
    """Call before each job: the memory it may use beyond the current usage.

    A PDF renderer inherits the limit. `kernel_limits` False: watch the memory from a thread even if the
    kernel could limit it.
    """
    if not (kernel_limits and _limit_address_space(memory_bytes)):
        _watchdog().allow(memory_bytes)


def limit_processor_time(seconds: float) -> None:
    """Call before each job: a last resort against code that spins where no signal handler can run.

    A PDF renderer that is started later inherits the limit.
    """
    if sys.platform == "win32":
        return
    import resource

    used = time.process_time()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used + seconds + _CPU_MARGIN)
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def _limit_library_threads() -> None:
    """The workers already use all cores. NumPy reads this when it is first imported, later."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ[name] = "1"


def _redirect_standard_streams() -> None:
    """Native decoders print to standard error about every other broken file."""
    warnings.resetwarnings()
    warnings.simplefilter("ignore")  # about a user's files they are not failures
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _detach_from_terminal() -> None:
    """A process group of our own, so that Ctrl-C reaches only the program and we end with all we started."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.setsid()


def _watch_parent() -> None:
    """End everything when the program is gone, or at SIGTERM.

    This works even while the main thread is in native code, where a Python signal handler would have to wait.
    """
    heard, spoken = socket.socketpair()
    heard.setblocking(False)
    spoken.setblocking(False)
    signal.signal(signal.SIGTERM, lambda *_: _kill_group_and_exit())
    signal.set_wakeup_fd(spoken.fileno(), warn_on_full_buffer=False)
    parent = multiprocessing.parent_process()
    threading.Thread(
        target=_wait_for_parent_or_sigterm,
        args=(heard, spoken, parent.sentinel if parent else None),
        daemon=True,
    ).start()


def _wait_for_parent_or_sigterm(heard: socket.socket, spoken: socket.socket, parent: int | None) -> None:
    with heard, spoken:
        while True:
            ready = connection.wait([heard] if parent is None else [heard, parent])
            if parent in ready or signal.SIGTERM in heard.recv(64):
                _kill_group_and_exit()


def _kill_group_and_exit() -> None:
    if sys.platform != "win32":
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _limit_address_space(memory_bytes: int) -> bool:
    """Let the kernel refuse memory. Only Linux enforces it."""
    if not sys.platform.startswith("linux"):
        return False
    import resource

    import psutil

    most = psutil.Process().memory_info().vms + memory_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(
        resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard)
    )
    return True


class _Watchdog:
    """A thread that ends the process when it uses more memory than allowed."""

    def __init__(self) -> None:
        import psutil

        self._process = psutil.Process()
        self._most = sys.maxsize
        threading.Thread(target=self._watch, daemon=True).start()

    def allow(self, memory_bytes: int) -> None:
        self._most = self._process.memory_info().rss + memory_bytes

    def _watch(self) -> None:
        while self._process.memory_info().rss <= self._most:
            time.sleep(_WATCHDOG_SECONDS)
        for child in self._process.children(recursive=True):
            child.kill()
        os._exit(MEMORY_EXIT_CODE)


@cache
def _watchdog() -> _Watchdog:
    """The process's only one."""
    return _Watchdog()
