"""An HTTP answer as chunks of bytes that can be cancelled at any moment.

A blocking read cannot be interrupted, so a separate thread reads and passes on chunks; the consumer checks
the cancel token several times a second.
"""

from __future__ import annotations

import email.utils
import http.client
import logging
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from types import TracebackType
from typing import TypeAlias

from engine.progress import CancelToken

CHUNK = 1 << 18  # bytes
STALLED_SECONDS = 30.0  # without a byte, after which the connection counts as broken

_POLL_SECONDS = 0.2
_CHUNKS_AHEAD = 8
_HEADERS = {"User-Agent": "findling", "Accept-Encoding": "identity"}


log = logging.getLogger(__name__)


class HttpStatusError(Exception):
    """The server answered, but refused the request."""

    def __init__(self, status: int, code: str, retry_after: float | None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.code = code  # the hub's own error code
        self.retry_after = retry_after  # seconds


class HttpConnectionError(Exception):
    """There was no answer, or it broke off."""

    def __init__(self, message: str, connected: bool) -> None:
        super().__init__(message)
        self.connected = connected


class _ResponseStart:
    def __init__(self, first_byte: int) -> None:
        self.first_byte = first_byte


class _ResponseEnd:
    pass


_Message: TypeAlias = bytes | _ResponseStart | _ResponseEnd | HttpStatusError | HttpConnectionError


class HttpStream:
    """The body of one answer. Iterate over it once, inside a `with`.

    Raises HttpStatusError when opened, HttpConnectionError when opened or read, Cancelled at any time.
    """

    def __init__(self, url: str, first_byte: int, cancel: CancelToken) -> None:
        self._cancel = cancel
        self._messages: queue.Queue[_Message] = queue.Queue(_CHUNKS_AHEAD)
        self._abandoned = threading.Event()
        request = urllib.request.Request(url, headers=_HEADERS)
        if first_byte:
            request.add_header("Range", f"bytes={first_byte}-")
        threading.Thread(target=self._run, args=(request, first_byte), name="download", daemon=True).start()
        try:
            start = self._receive_message()
        except BaseException:
            self._abandoned.set()
            raise
        if not isinstance(start, _ResponseStart):
            raise HttpConnectionError("the answer is not HTTP", connected=True)
        self.first_byte = start.first_byte  # offset in the file of the first chunk

    def __enter__(self) -> HttpStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._abandoned.set()

    def __iter__(self) -> Iterator[bytes]:
        while isinstance(chunk := self._receive_message(), bytes):
            yield chunk

    def _receive_message(self) -> _Message:
        while True:
            self._cancel.checkpoint()
            try:
                message = self._messages.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if isinstance(message, HttpStatusError | HttpConnectionError):
                raise message
            return message

    def _send_message(self, message: _Message) -> None:
        while not self._abandoned.is_set():
            try:
                self._messages.put(message, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return

    def _run(self, request: urllib.request.Request, first_byte: int) -> None:
        try:
            self._receive(request, first_byte)
        except BaseException as error:  # otherwise the consumer would wait forever
            log.exception("download of %s", request.full_url)
            self._send_message(HttpConnectionError(f"{type(error).__name__}: {error}", connected=True))

    def _receive(self, request: urllib.request.Request, first_byte: int) -> None:
        connected = False
        try:
            with urllib.request.urlopen(request, timeout=STALLED_SECONDS) as answer:
                connected = True
                self._send_message(_ResponseStart(first_byte if answer.status == 206 else 0))
                while not self._abandoned.is_set() and (chunk := answer.read1(CHUNK)):
                    self._send_message(chunk)
            self._send_message(_ResponseEnd())
        except urllib.error.HTTPError as error:
            with error:
                self._send_message(_to_status_error(error))
        except urllib.error.URLError as error:
            self._send_message(HttpConnectionError(str(error.reason), connected))
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._send_message(HttpConnectionError(str(error) or type(error).__name__, connected))


def _to_status_error(error: urllib.error.HTTPError) -> HttpStatusError:
    return HttpStatusError(
        error.code,
        error.headers.get("X-Error-Code", ""),
        _parse_retry_after(error.headers.get("Retry-After")),
    )


def _parse_retry_after(retry_after: str | None) -> float | None:
    """A Retry-After header, seconds or a date, as seconds from now; None if it is neither."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = email.utils.parsedate_to_datetime(retry_after).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(moment - time.time(), 0.0)
