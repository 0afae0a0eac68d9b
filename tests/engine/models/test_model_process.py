"""Models in a process of their own answer as they do in this one, and its end is no one else's."""

from __future__ import annotations

import multiprocessing
import multiprocessing.spawn
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path

import numpy as np
import psutil
import pytest

from engine.errors import ModelError
from engine.models.model_process import LoadedModels, ModelProcess, RemoteRegistry
from engine.models.protocols import PageEmbedder
from engine.models.registry import ModelRegistry
from engine.models.starter.adapter import STARTER_IDENTITY
from engine.records import Vectors
from tests.conftest import PROJECT
from tests.engine.models.small_models import SMALL_CLIP, make_folder
from tests.fakes import ColourRegistry

SLOWEST = 60  # seconds


@pytest.fixture
def process(tmp_path: Path) -> Iterator[ModelProcess]:
    process = ModelProcess(tmp_path / "models")
    yield process
    process.close()


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RemoteRegistry]:
    registry = RemoteRegistry(tmp_path / "models")
    yield registry
    registry.close()


def its_number(models: LoadedModels) -> int:
    del models
    return os.getpid()


def its_niceness(models: LoadedModels) -> int:
    del models
    return os.nice(0)


def asks_for_an_unknown_model(models: LoadedModels) -> None:
    models.registry.identity_of("no such model")


def raises_what_cannot_travel(models: LoadedModels) -> None:
    del models

    class Unportable(Exception):
        pass

    raise Unportable("of no module")


class GivenUp(BaseException):
    """As Rust's panics come to Python."""


def gives_up(models: LoadedModels) -> None:
    del models
    raise GivenUp("given up")


def answers_what_cannot_travel(models: LoadedModels) -> object:
    del models
    return lambda: None


class Unreadable:
    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return _refuse, ()


class Panicking:
    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return _give_up, ()


def _refuse() -> None:
    raise ValueError("it cannot be read")


def _give_up() -> None:
    raise GivenUp("given up")


def answers_what_cannot_be_read(models: LoadedModels) -> object:
    del models
    return Unreadable()


def answers_what_panics_when_it_is_read(models: LoadedModels) -> object:
    del models
    return Panicking()


def waits_for_ever(models: LoadedModels) -> None:
    del models
    threading.Event().wait()


def test_the_starter_says_the_same_from_there(registry: RemoteRegistry, tmp_path: Path) -> None:
    here, there = (
        ModelRegistry(tmp_path / "models").load_picture_model(STARTER_IDENTITY),
        registry.load_picture_model(STARTER_IDENTITY),
    )
    assert (there.identity, there.picture_input, there.batch_size) == (
        here.identity,
        here.picture_input,
        here.batch_size,
    )
    size = here.picture_input.size
    pictures = np.random.default_rng(5).integers(0, 256, (2, size, size, 3), np.uint8)
    np.testing.assert_allclose(there.embed_pictures(pictures), here.embed_pictures(pictures), atol=1e-5)
    words = ["a dog", "the sea"]
    np.testing.assert_allclose(there.embed_texts(words), here.embed_texts(words), atol=1e-5)


def test_a_model_is_added_and_loaded_there(registry: RemoteRegistry, tmp_path: Path) -> None:
    registry.add_from_disk("small", make_folder(tmp_path / "small", SMALL_CLIP))
    embedder = registry.load_picture_model(registry.identity_of("small"))
    assert embedder.embed_texts(["a dog"]).shape == (1, embedder.identity.dimension)


def test_what_is_raised_there_is_raised_here(process: ModelProcess) -> None:
    with pytest.raises(ModelError, match="no such model") as raised:
        process.run(asks_for_an_unknown_model)
    assert raised.value.remedy
    with pytest.raises(RuntimeError, match="Unportable: of no module"):
        process.run(raises_what_cannot_travel)


@pytest.mark.parametrize("work", [gives_up, answers_what_cannot_travel])
def test_whoever_asks_gets_an_answer_whatever_happens(
    process: ModelProcess, work: Callable[[LoadedModels], object]
) -> None:
    with pytest.raises(Exception, match=r"given up|pickle"):
        process.run(work)
    assert process.run(its_number) != os.getpid()


@pytest.mark.parametrize("work", [answers_what_cannot_be_read, answers_what_panics_when_it_is_read])
def test_an_answer_that_cannot_be_read_ends_the_process_and_the_next_one_answers(
    process: ModelProcess, work: Callable[[LoadedModels], object]
) -> None:
    with pytest.raises(ModelError):
        process.run(work)
    assert process.run(its_number) != os.getpid()


def test_one_model_answers_while_another_loads(tmp_path: Path) -> None:
    class Slow(ColourRegistry):
        loading, go_on = threading.Event(), threading.Event()

        def load_page_model(self, name: str) -> PageEmbedder:
            self.loading.set()
            self.go_on.wait(SLOWEST)
            return super().load_page_model(name)

    registry = Slow(tmp_path / "models")
    models = LoadedModels(registry)
    other = threading.Thread(target=lambda: models.page_embedder("colour-pages").embed_query("red"))
    other.start()
    assert registry.loading.wait(SLOWEST)
    answer: list[Vectors] = []
    asking = threading.Thread(
        target=lambda: answer.append(
            models.picture_embedder(registry.identity_of("colours")).embed_texts(["red"])
        )
    )
    asking.start()
    asking.join(5)
    answered = len(answer)
    registry.go_on.set()
    other.join(SLOWEST)
    asking.join(SLOWEST)
    assert answered == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such scale")
def test_it_gives_way_to_the_window(process: ModelProcess) -> None:
    assert process.run(its_niceness) == os.nice(0) + 5


def test_a_process_that_died_is_replaced(process: ModelProcess) -> None:
    first = process.run(its_number)
    failed: list[Exception] = []

    def wait() -> None:
        try:
            process.run(waits_for_ever)
        except ModelError as error:
            failed.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    psutil.Process(first).send_signal(signal.SIGKILL)
    waiting.join(SLOWEST)
    assert "has ended" in str(failed[0])
    assert process.run(its_number) not in (first, os.getpid())


@contextmanager
def free_files(count: int) -> Iterator[None]:
    """Only so many more files, pipes and the like may be opened by this process."""
    resource = pytest.importorskip("resource", reason="there is no such limit")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = (number for number in range(soft) if not is_open(number))
    resource.setrlimit(resource.RLIMIT_NOFILE, (next(islice(free, count, None)), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def test_a_process_that_cannot_be_started_is_told_in_a_sentence_and_tried_again(
    process: ModelProcess,
) -> None:
    refused: list[ModelError] = []
    for count in range(SLOWEST):  # wherever in its start the system refuses
        with free_files(count):
            try:
                process.run(its_number)
                break
            except ModelError as error:
                refused.append(error)
    assert {error.message for error in refused} == {
        "The process that the models run in cannot be started (Too many open files)."
    }
    assert all(error.remedy for error in refused)
    assert process.run(its_number) != os.getpid()


class Unpackable(type(Path())):  # type: ignore[misc]  # a path as this system has it
    def __reduce__(self) -> tuple[object, ...]:
        raise OSError("it cannot be packed")


def test_an_error_of_the_system_that_has_no_text_of_its_own_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be started \(it cannot be packed\)\."):
        ModelProcess(Unpackable(tmp_path)).run(its_number)


@contextmanager
def executable(path: Path) -> Iterator[None]:
    """What Python starts as a process of its own."""
    ensure_running()  # else it is started this way, too
    usual = multiprocessing.spawn.get_executable()
    multiprocessing.set_executable(str(path))
    try:
        yield
    finally:
        multiprocessing.set_executable(usual)


def test_a_process_that_dies_as_it_starts_is_told_in_a_sentence_and_tried_again(
    process: ModelProcess, tmp_path: Path
) -> None:
    with (
        executable(tmp_path / "no python"),
        pytest.raises(ModelError, match="cannot be started") as raised,
    ):
        process.run(its_number)
    assert raised.value.remedy
    assert process.run(its_number) != os.getpid()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems find room for any stack")
def test_a_process_without_a_thread_for_its_answers_is_ended(process: ModelProcess) -> None:
    children = multiprocessing.active_children()
    usual = threading.stack_size(1 << 46)
    try:
        with pytest.raises(ModelError, match="cannot be started"):
            process.run(its_number)
    finally:
        threading.stack_size(usual)
    assert multiprocessing.active_children() == children
    assert process.run(its_number) != os.getpid()


def test_closing_ends_it_at_once_and_for_good(process: ModelProcess) -> None:
    number = process.run(its_number)
    process.close()
    assert not psutil.pid_exists(number)
    with pytest.raises(ModelError, match="closed"):
        process.run(its_number)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such scripts and pipes")
def test_closing_before_it_is_ready_is_told_as_that(process: ModelProcess, tmp_path: Path) -> None:
    started, never_ready = tmp_path / "started", tmp_path / "never ready"
    os.mkfifo(started)
    never_ready.write_text(f"#!/bin/sh\n: > '{started}'\nexec tail -f /dev/null\n", "utf-8")
    never_ready.chmod(0o700)
    told: list[str] = []

    def wait() -> None:
        try:
            process.run(its_number)
        except ModelError as error:
            told.append(error.message)

    waiting = threading.Thread(target=wait)
    with executable(never_ready):
        waiting.start()
        started.read_bytes()  # returns when the process is there
        process.close()
    waiting.join(SLOWEST)
    assert told == ["The library is closed."]


PARENT = """
import sys, os
from pathlib import Path
from engine.models.model_process import ModelProcess
from tests.engine.models.test_model_process import its_number

if __name__ == "__main__":
    print(ModelProcess(Path(sys.argv[1])).run(its_number), flush=True)
    sys.stdin.read()
"""


def test_it_does_not_outlive_the_program(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, "utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        parent.wait(SLOWEST)
    child.wait(SLOWEST)  # raises when it is still there
