"""A process gives way from where its program stands, whichever thread starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there do threads have a niceness")

GIVES_WAY = "import os; from engine.priority import lower_priority; lower_priority(6); print(os.nice(0))"


@pytest.mark.parametrize("niceness", [0, 4])
def test_a_process_gives_way_from_where_the_program_stands(niceness: int) -> None:
    answers: list[int] = []

    def start() -> None:
        os.nice(niceness)
        command = [sys.executable, "-c", GIVES_WAY]
        answers.append(int(subprocess.run(command, capture_output=True, text=True, check=True).stdout))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert answers == [os.nice(0) + 6]
