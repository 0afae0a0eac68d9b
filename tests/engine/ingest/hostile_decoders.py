"""Decode functions that do what broken files make native decoders do. Workers import them by name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

from engine.ingest.decode import DecodedFile, DecodeJob
from engine.ingest.workers.limits import MemoryAllowance

NOTHING = DecodedFile(None, ())


def misbehave(job: DecodeJob) -> DecodedFile:
    """The bytes of the job say how; `pages` of the answer carries a number back. A path: start a renderer."""
    if isinstance(job.source, Path):
        if job.source.suffix == ".alone":
            return _alone(job.source, job.allowance)
        _start_a_renderer(job.source)
        return NOTHING
    return _DEEDS[job.source]() or NOTHING


def suffer(job: DecodeJob) -> DecodedFile:
    """In the folder of the job, a path: the first time that "victim" is read its worker is killed; "slow" is
    read until then and a little longer. "twice": its worker is always killed. `pages`: how many were at work.
    """
    assert isinstance(job.source, Path)
    folder, name = job.source.parent, job.source.stem.split("-")[0]
    died, at_work = folder / "died", folder / f"{os.getpid()}.at-work"
    at_work.touch()
    try:
        if name == "twice" or (name == "victim" and not died.exists()):
            at_work.unlink()
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        while name == "slow" and not died.exists():
            Event().wait(0.01)
        return DecodedFile(len(list(folder.glob("*.at-work"))), ())
    finally:
        at_work.unlink(missing_ok=True)


def _die_while_telling() -> DecodedFile:
    """The answer takes longer to pack and to send than there is left to live."""
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    return DecodedFile(None, (), title="x" * (1 << 28))


def _hang() -> None:
    Event().wait()


def _spin() -> None:
    while True:
        pass


def _eat() -> None:
    eaten: list[bytes] = []
    while True:
        eaten.append(b"x" * (8 << 20) + bytes([len(eaten) % 256]))


def _feast() -> None:
    """Takes 600 MB and gives it back."""
    eaten = b"x" * (600 << 20)
    assert eaten


def _alone(place: Path, allowance: MemoryAllowance) -> DecodedFile:
    """Asks for 700 MB, and may then not be there twice. `pages`: the megabytes allowed."""
    allowance.check(700 << 20, 10_000, 7_000)
    place.touch(exist_ok=False)
    Event().wait(0.1)
    place.unlink()
    return DecodedFile(allowance.granted_bytes >> 20, ())


def _start_a_renderer(note: Path) -> None:
    """A child that outlives us unless it is taken along; its id goes into a file."""
    with subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"]) as child:
        partial = note.with_suffix(".part")
        partial.write_text(str(child.pid))
        partial.rename(note)


def _raise() -> None:
    raise LookupError("a bug in a decoder")


class Panic(BaseException):
    """As Rust's panics come to Python."""


class Foreign(Exception):
    """One that cannot be made anew from what it says of itself."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def _panic() -> None:
    raise Panic("an index out of bounds")


def _raise_foreign() -> None:
    raise Foreign("a bug ", "of others")


def _shout() -> None:
    os.write(1, b"native noise")
    os.write(2, b"native noise")


_DEEDS: dict[bytes, Callable[[], DecodedFile | None]] = {
    b"": lambda: NOTHING,
    b"abort": os.abort,
    b"feast": _feast,
    b"hang": _hang,
    b"spin": _spin,
    b"eat": _eat,
    b"raise": _raise,
    b"panic": _panic,
    b"foreign": _raise_foreign,
    b"exit": sys.exit,
    b"shout": _shout,
    b"die telling": _die_while_telling,
    b"who": lambda: DecodedFile(os.getpid(), ()),
    b"group": lambda: DecodedFile(os.getpgrp(), ()),
}
