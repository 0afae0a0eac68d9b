"""A thread gives way alone, and a process from where its program stands, whichever thread starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from engine.progress import BACKGROUND, is_in_background, thread_gives_way

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there do threads have a niceness")

GIVES_WAY = "import os; from engine.priority import give_way; give_way({}); print(os.nice(0))"


def in_a_thread(work: Callable[[], int]) -> int:
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(work()))
    thread.start()
    thread.join()
    return answers[0]


def patiently(work: Callable[[], int]) -> Callable[[], int]:
    def run() -> int:
        thread_gives_way(BACKGROUND)
        return work()

    return run


def started(niceness: int) -> int:
    """What a process has that gives way."""
    command = [sys.executable, "-c", GIVES_WAY.format(niceness)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_a_thread_gives_way_alone() -> None:
    before = os.nice(0)
    assert in_a_thread(patiently(lambda: os.nice(0))) == before + BACKGROUND
    assert os.nice(0) == before
    assert in_a_thread(lambda: os.nice(0)) == before


def test_who_works_in_the_background_is_known() -> None:
    assert in_a_thread(patiently(lambda: int(is_in_background())))
    assert not in_a_thread(lambda: int(is_in_background()))


@pytest.mark.parametrize("thread", [lambda work: work, patiently])
def test_a_process_gives_way_from_where_the_program_stands(
    thread: Callable[[Callable[[], int]], Callable[[], int]],
) -> None:
    assert in_a_thread(thread(lambda: started(12))) == os.nice(0) + 12
