"""Indexing and searching open no connection, in any process of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from engine.samples import write_samples

PROJECT = Path(__file__).resolve().parent.parent

# Loaded by every Python process that has its folder on PYTHONPATH, the decoding processes included.
WITNESS = """
import os, sys
def witness(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.bind", "socket.getaddrinfo"):
        if event == "socket.connect" and not isinstance(arguments[1], tuple):
            return  # a path on this machine
        with open(os.environ["WITNESS"], "a") as file:
            file.write(f"{event} {arguments}\\n")
sys.addaudithook(witness)
if "--multiprocessing-fork" in sys.orig_argv:  # a decoding process
    with open(os.environ["WITNESS"] + ".decoders", "a") as file:
        file.write(f"{os.getpid()}\\n")
"""


class Witness:
    def __init__(self, folder: Path) -> None:
        (folder / "witness").mkdir()
        (folder / "witness" / "sitecustomize.py").write_text(WITNESS)
        self.log = folder / "connections"
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(folder / "witness"), str(PROJECT)]),
            "WITNESS": str(self.log),
        }

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def decoders(self) -> set[str]:
        """The decoding processes so far."""
        return set(self.log.with_name("connections.decoders").read_text().split())


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


def test_the_witness_sees_a_connection(witness: Witness) -> None:
    witness.run("-c", "import socket; s = socket.socket(); s.settimeout(1); s.connect_ex(('127.0.0.1', 9))")
    assert "socket.connect" in witness.log.read_text()


def test_indexing_and_searching_open_no_connection(witness: Witness, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    write_samples(tmp_path / "pictures")
    program = str(PROJECT / "main.py")
    library = ("--library", str(tmp_path / "library"), "--quiet")
    witness.run(program, *library, "index", str(tmp_path / "pictures"))
    indexing = witness.decoders()
    assert indexing  # the decoding processes were watched too
    unknown = tmp_path / "unknown.png"  # a picture of the library would not be decoded again
    Image.linear_gradient("L").resize((300, 200)).save(unknown)
    assert witness.run(program, *library, "search", "a cat", "--like", str(unknown), "--json")
    assert witness.decoders() - indexing
    status = json.loads(witness.run(program, *library, "status", "--json"))
    assert (status["unembedded"], status["meaning_problem"]) == (0, "")  # texts were taken in by meaning, too
    assert witness.run(program, *library, "search", "what to wear on holiday", "--in", "pages", "--json")
    assert not witness.log.exists()
