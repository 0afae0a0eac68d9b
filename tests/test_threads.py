"""Small products take one thread, in every process: others would make them wait for busy processors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

ASKS = """
import sys
import main  # as the program starts: before NumPy

if __name__ == "__main__":
    from pathlib import Path
    from engine.ingest.decode import DecodeJob
    from engine.ingest.workers.limits import DecodeLimits
    from engine.ingest.ocr.recognition import OcrJob
    from engine.ingest.pools import DecodePool, OcrPool
    from engine.models.model_process import ModelProcess
    from engine.records import PictureInput
    from tests import threads

    limits, models = DecodeLimits.for_this_machine(1), ModelProcess(Path(sys.argv[1]))
    with DecodePool(limits, 1, threads.in_decoder) as pool:
        decoded = pool.submit(DecodeJob(b"", PictureInput(32))).result().pages
    with OcrPool(limits, 1, threads.in_reader) as pool:
        read = pool.submit(OcrJob(Path("none"))).result().text
    print(threads.of_products(), models.run(threads.in_models_process), decoded, read)
    models.close()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system which libraries are loaded")
def test_small_products_take_one_thread_in_every_process(tmp_path: Path) -> None:
    script = tmp_path / "asks.py"
    script.write_text(ASKS, "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, script, tmp_path / "models"],
        cwd=PROJECT,
        env={**environment, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1"] * 4
