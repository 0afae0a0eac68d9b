"""Runs the command line, in a process of its own or in the test's, and keeps what it said."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.cli import main

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int
    output: str
    errors: str

    def objects(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.output.splitlines()]

    def sentence(self) -> str:
        """The one sentence on standard error; nothing is on standard output then."""
        assert self.output == ""
        (line,) = self.errors.splitlines()
        assert line.startswith("findling: ")
        return line.removeprefix("findling: ")


def findling(*arguments: str | Path, prefix: tuple[str, ...] = ()) -> Outcome:
    """Run the program in a process of its own."""
    done = subprocess.run(
        [*prefix, sys.executable, str(PROJECT / "main.py"), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


class Here:
    """Runs the command line within the test's own process, where the models are loaded once."""

    def __init__(self, capsys: pytest.CaptureFixture[str], library: Path) -> None:
        self._capsys = capsys
        self._library = library

    def __call__(self, *arguments: str | Path, library: Path | None = None) -> Outcome:
        options = ["--library", str(library or self._library)]
        try:
            status = main.run([*options, *map(str, arguments)])
        except SystemExit as wrong_usage:
            status = wrong_usage.code if isinstance(wrong_usage.code, int) else 1
        output, errors = self._capsys.readouterr()
        return Outcome(status, output, errors)
