"""Runs models in a process of their own.

Loading one holds the interpreter's lock for up to a few hundred milliseconds at a time, in whichever thread:
a window in the same process would freeze. Only pictures, sentences and vectors pass between the processes.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeAlias, TypeVar

from engine.errors import ModelError, make_picklable
from engine.models.lazy import Lazy
from engine.models.protocols import PageEmbedder, PictureEmbedder, TextEncoder
from engine.models.registry import ModelRegistry
from engine.priority import lower_priority
from engine.records import ModelIdentity, PageVectors, PictureInput, PixelBatch, Pixels, QueryVectors, Vectors

T = TypeVar("T")
ModelCall: TypeAlias = Callable[["LoadedModels"], T]  # importable by name, or a `partial` of such a function

_log = logging.getLogger(__name__)
_STOP_SECONDS = 5.0
_NICENESS = 5  # the window has priority
_THREADS = 4  # for a sentence, a picture, a batch and the loading of a model at the same time
_ENDED_MESSAGE = "The process that the models run in has ended."
_ENDED_REMEDY = "Try again; should it end again, this machine has too little memory for the model."
_START_FAILED_MESSAGE = "The process that the models run in cannot be started"
_START_FAILED_REMEDY = "Close other programs and try again; should that not help, install Findling anew."
_CLOSED_MESSAGE = "The library is closed."
_READY = "ready"


class LoadedModels:
    """The registry and the loaded models, in the models' process. One answers while another loads."""

    def __init__(self, registry: ModelRegistry) -> None:
        self.registry = registry
        self._lock = threading.Lock()  # guards the dictionaries; not held while a model loads
        self._pictures: dict[ModelIdentity, Lazy[PictureEmbedder]] = {}
        self._pages: dict[ModelIdentity, Lazy[PageEmbedder]] = {}

    def picture_embedder(self, identity: ModelIdentity) -> PictureEmbedder:
        """The loaded picture model. Raises ModelError if it cannot be loaded."""
        load = partial(self.registry.load_picture_model, identity)
        with self._lock:
            embedder = self._pictures.setdefault(identity, Lazy(load))
        return embedder.load()

    def page_embedder(self, name: str) -> PageEmbedder:
        """The loaded page model. Raises ModelError if it cannot be loaded."""
        identity = self.registry.identity_of(name)
        load = partial(self.registry.load_page_model, name)
        with self._lock:
            embedder = self._pages.setdefault(identity, Lazy(load))
        return embedder.load()


class ModelProcess:
    """A process that starts with the first call and ends with `close`, or with this process. Thread-safe.

    A process that died is replaced at the next call.
    """

    def __init__(self, directory: Path) -> None:
        """`directory`: of the installed models."""
        self._directory = directory
        self._lock = threading.Lock()
        self._worker: _ModelWorker | None = None
        self._closed = False

    def run(self, call: ModelCall[T]) -> T:
        """The result of `call` in the other process, or what it raised.

        Raises ModelError if the process cannot be started, or ends meanwhile.
        """
        with self._lock:
            if self._closed:
                raise ModelError(_CLOSED_MESSAGE)
            if self._worker is None or not self._worker.alive:
                self._worker = _ModelWorker(self._directory)
            worker = self._worker
        return worker.run(call)

    def close(self) -> None:
        """End the process at once; callers that wait get a ModelError."""
        with self._lock:
            self._closed = True
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()


class _ModelWorker:
    """One process, and a thread that receives its answers."""

    def __init__(self, directory: Path) -> None:
        """Raises ModelError if the system refuses a process, a pipe or a thread."""
        try:
            self._process, self._connection = _spawn(directory)
        except OSError as error:
            raise _start_error(error.strerror or str(error)) from error
        self._lock = threading.Lock()  # guards the fields below, and sending
        self._call_ids = count()
        self._waiting: dict[int, Future[object]] = {}
        self._was_ready = False
        self._closed = False
        self.alive = True
        self._reader = threading.Thread(target=self._receive_answers, name="models' answers", daemon=True)
        try:
            self._reader.start()
        except RuntimeError as error:  # Python's error if the system has no thread left
            self._end_process()
            self._connection.close()
            raise _start_error(str(error)) from error

    def run(self, call: ModelCall[T]) -> T:
        future: Future[T] = Future()
        with self._lock:
            if not self.alive:
                raise self._end_error()
            number = next(self._call_ids)
            self._waiting[number] = future  # type: ignore[assignment]  # of whatever type `call` returns
            try:
                self._connection.send((number, call))
            except OSError:
                _log.warning("The models' process does not listen; its end is about to be noticed")
        return future.result()

    def close(self) -> None:
        self._closed = True
        self._end_process()
        self._reader.join()

    def _end_process(self) -> None:
        self._process.terminate()
        self._process.join(_STOP_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _end_error(self) -> ModelError:
        """A process that never sent anything did not lack memory for a model: it had none to load yet."""
        if self._closed:
            return ModelError(_CLOSED_MESSAGE)
        return ModelError(_ENDED_MESSAGE, _ENDED_REMEDY) if self._was_ready else _start_error()

    def _receive_answers(self) -> None:
        try:
            self._was_ready = self._connection.recv() == _READY
            while True:
                self._settle(*self._connection.recv())
        except (EOFError, OSError):
            pass  # the process has ended
        except BaseException:  # noqa: BLE001  # whatever unpickling raised: the caller must not wait forever
            _log.exception("An answer of the models' process cannot be read; the process is ended")
            self._process.terminate()
        with self._lock:
            self.alive = False
            waiting = list(self._waiting.values())
            self._waiting.clear()
        for future in waiting:
            future.set_exception(self._end_error())
        self._process.join()  # so that no zombie process remains
        self._connection.close()

    def _settle(self, number: int, result: object, error: Exception | None) -> None:
        with self._lock:
            future = self._waiting.pop(number)
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def _spawn(directory: Path) -> tuple[BaseProcess, Connection]:
    """The process, and our end of the pipe to it. Raises OSError."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, directory), name="models", daemon=True)
    try:
        process.start()
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()  # so that we notice when the process ends
    return process, ours


def _start_error(why: str = "") -> ModelError:
    return ModelError(
        f"{_START_FAILED_MESSAGE} ({why})." if why else f"{_START_FAILED_MESSAGE}.", _START_FAILED_REMEDY
    )


def _serve(connection: Connection, directory: Path) -> None:
    """The process's main loop: run each call in a thread, until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program, which ends this process
    lower_priority(_NICENESS)
    models = LoadedModels(ModelRegistry(directory))
    sending = threading.Lock()
    try:
        connection.send(_READY)
    except OSError:
        return  # the other end is already gone
    with ThreadPoolExecutor(_THREADS) as threads:
        while True:
            try:
                number, call = connection.recv()
            except (EOFError, OSError):
                os._exit(0)  # nobody waits for running calls
            threads.submit(_answer, connection, sending, models, number, call)


def _answer(
    connection: Connection,
    sending: threading.Lock,
    models: LoadedModels,
    number: int,
    call: ModelCall[object],
) -> None:
    answer: tuple[int, object, Exception | None]
    try:
        answer = number, call(models), None
    except BaseException as error:  # noqa: BLE001  # also a panic of native code: the caller waits for it
        answer = number, None, make_picklable(error)
    with sending:
        try:
            connection.send(answer)
        except OSError:
            return  # the other end is gone
        except Exception as error:  # noqa: BLE001  # an answer that cannot be pickled
            connection.send((number, None, make_picklable(error)))


# ---- proxies in the main process ---------------------------------------------------------------------


class RemoteRegistry(ModelRegistry):
    """A registry whose models are loaded, and verified, in a process of their own. Thread-safe."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._process = ModelProcess(directory)

    def load_picture_model(self, identity: ModelIdentity) -> PictureEmbedder:
        """Load the model in the other process and return its proxy. Raises ModelError."""
        return _RemotePictureEmbedder(
            self._process, identity, *self._process.run(partial(_describe_picture_model, identity))
        )

    def load_page_model(self, name: str) -> PageEmbedder:
        """Load the model in the other process and return its proxy. Raises ModelError."""
        return _RemotePageEmbedder(
            self._process, name, *self._process.run(partial(_describe_page_model, name))
        )

    def load_text_encoder(self) -> TextEncoder:
        """A proxy; its first call loads the encoder in the other process."""
        return _RemoteTextEncoder(self._process)

    def add_from_disk(self, name: str, source: Path) -> None:
        """Install and verify the model in the other process. Raises ModelError, DiskFull."""
        self._process.run(partial(_add, name, source))

    def close(self) -> None:
        """End the models' process at once; waiting callers get a ModelError."""
        self._process.close()


class _RemotePictureEmbedder:
    """The proxy of a `PictureEmbedder`."""

    def __init__(
        self, process: ModelProcess, identity: ModelIdentity, picture_input: PictureInput, batch_size: int
    ) -> None:
        self._process = process
        self.identity = identity
        self.picture_input = picture_input
        self.batch_size = batch_size

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        return self._process.run(partial(_embed_pictures, self.identity, pictures))

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        return self._process.run(partial(_embed_texts, self.identity, tuple(texts)))


class _RemotePageEmbedder:
    """The proxy of a `PageEmbedder`."""

    def __init__(
        self,
        process: ModelProcess,
        name: str,
        identity: ModelIdentity,
        page_input: PictureInput,
        batch_size: int,
    ) -> None:
        self._process = process
        self._name = name
        self.identity = identity
        self.page_input = page_input
        self.batch_size = batch_size

    def embed_pages(self, pages: Sequence[Pixels]) -> list[PageVectors]:
        return self._process.run(partial(_embed_pages, self._name, tuple(pages)))

    def embed_query(self, text: str) -> QueryVectors:
        return self._process.run(partial(_embed_query, self._name, text))


class _RemoteTextEncoder:
    """The proxy of a `TextEncoder`."""

    def __init__(self, process: ModelProcess) -> None:
        self._process = process

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._process.run(partial(_encode, tuple(texts)))


def _describe_picture_model(identity: ModelIdentity, models: LoadedModels) -> tuple[PictureInput, int]:
    embedder = models.picture_embedder(identity)
    return embedder.picture_input, embedder.batch_size


def _describe_page_model(name: str, models: LoadedModels) -> tuple[ModelIdentity, PictureInput, int]:
    embedder = models.page_embedder(name)
    return embedder.identity, embedder.page_input, embedder.batch_size


def _embed_pictures(identity: ModelIdentity, pictures: PixelBatch, models: LoadedModels) -> Vectors:
    return models.picture_embedder(identity).embed_pictures(pictures)


def _embed_texts(identity: ModelIdentity, texts: Sequence[str], models: LoadedModels) -> Vectors:
    return models.picture_embedder(identity).embed_texts(texts)


def _embed_pages(name: str, pages: Sequence[Pixels], models: LoadedModels) -> list[PageVectors]:
    return models.page_embedder(name).embed_pages(pages)


def _embed_query(name: str, text: str, models: LoadedModels) -> QueryVectors:
    return models.page_embedder(name).embed_query(text)


def _encode(texts: Sequence[str], models: LoadedModels) -> Vectors:
    return models.registry.load_text_encoder().encode(texts)


def _add(name: str, source: Path, models: LoadedModels) -> None:
    models.registry.add_from_disk(name, source)
