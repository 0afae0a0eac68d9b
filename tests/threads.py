"""On how many threads NumPy's products run, asked of OpenBLAS itself; importable in any process of ours."""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np

from engine.ingest.decode import DecodedFile, DecodeJob
from engine.ingest.ocr.recognition import OcrJob, OcrResult
from engine.models.model_process import LoadedModels

# As it is called in NumPy's own wheels, and elsewhere.
_QUESTIONS = ("scipy_openblas_get_num_threads64_", "openblas_get_num_threads64_", "openblas_get_num_threads")


def of_products() -> int:
    """0 where NumPy multiplies with something else."""
    ones = np.ones((64, 64), np.float32)
    assert (ones @ ones)[0, 0] == 64
    for line in Path("/proc/self/maps").read_text("utf-8").splitlines():
        name = line.split()[-1]
        if "openblas" in name:
            library = ctypes.CDLL(name)
            question = next((each for each in _QUESTIONS if hasattr(library, each)), None)
            if question is not None:
                return int(getattr(library, question)())
    return 0


def in_models_process(_models: LoadedModels) -> int:
    return of_products()


def in_decoder(_job: DecodeJob) -> DecodedFile:
    return DecodedFile(of_products(), ())


def in_reader(_job: OcrJob) -> OcrResult:
    return OcrResult(str(of_products()), (), 0.0)
