"""A reading function that misbehaves as its job says. Workers import it by name."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Event

from engine.errors import ModelError
from engine.ingest.decode import DecodeJob
from engine.ingest.ocr.recognition import OcrJob, OcrResult
from engine.records import PictureInput
from tests.engine.ingest import hostile_decoders


def misread(job: OcrJob) -> OcrResult:
    """The name of the file says how."""
    return OcrResult(_DEEDS[job.source.stem.split("-")[0]](), (), 0.0)


def _niceness() -> str:
    return str(os.nice(0))


def _abort() -> str:
    os.abort()


def _eat() -> str:
    return str(hostile_decoders.misbehave(DecodeJob(b"eat", PictureInput(8))))


def _hang() -> str:
    Event().wait()
    return ""


def _lack_model() -> str:
    raise ModelError("The model is missing.", "Install it.")


_DEEDS: dict[str, Callable[[], str]] = {
    "words": lambda: "words",
    "niceness": _niceness,
    "abort": _abort,
    "eat": _eat,
    "hang": _hang,
    "lack": _lack_model,
}
