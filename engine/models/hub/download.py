"""Downloads files from a model hub into a folder: resumed, verified, cancelled within a second.

The hub has the HTTP interface of Hugging Face: a listing with sizes and hashes, and one request for each
file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from engine.errors import DiskFull, HubError
from engine.models.hub.file_copy import to_disk_error
from engine.models.hub.http_stream import HttpConnectionError, HttpStatusError, HttpStream
from engine.progress import CancelToken, Progress

DEFAULT_ENDPOINT = "https://huggingface.co"

_CHUNK = 1 << 20
_MAX_LISTING_BYTES = 16 << 20  # bytes
_BUSY = (408, 429, 500, 502, 503, 504)
_COMMIT_FILE = ".commit"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait for a busy or broken hub.

    After `attempts` in a row without a byte the download fails.
    """

    attempts: int = 5
    first_delay: float = 1.0  # seconds, doubled each time
    longest_delay: float = 60.0  # seconds; also limits the delay that the hub requests


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the hub lists it."""

    name: str
    size: int  # bytes
    sha256: str | None  # of large files
    git_blob: str | None  # git's own hash, of small files

    @property
    def checksum(self) -> str | None:
        """The hash to verify the file by; None if the hub gave none."""
        return self.sha256 or self.git_blob


@dataclass(frozen=True, slots=True)
class HubFiles:
    """Files of a repository at one commit."""

    commit: str
    files: tuple[RemoteFile, ...]


class Hub:
    """Downloads from one hub.

    Raises HubError, DiskFull, ModelError (the folder cannot be written to) and Cancelled.
    """

    def __init__(self, endpoint: str = DEFAULT_ENDPOINT, retries: RetryPolicy | None = None) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._retries = retries or RetryPolicy()
        self._host = urlsplit(endpoint).netloc or endpoint

    def fetch(
        self,
        repository: str,
        revision: str,
        names: Sequence[str],
        folder: Path,
        progress: Progress,
        cancel: CancelToken,
    ) -> str:
        """Download `names` of a repository into `folder` and return the commit they belong to.

        Partial files in `folder` are continued if they are of the same commit, else deleted. A file gets its
        final name only once it is verified, and `folder` is complete only when this returns. The progress
        counts bytes.
        """
        listing = self.list_files(repository, revision, names, cancel)
        _discard_other_commit(listing.commit, folder)
        progress.start("downloading", "bytes", sum(file.size for file in listing.files))
        _check_free_space(listing, folder)
        for file in listing.files:
            url = f"{self._endpoint}/{quote(repository)}/resolve/{quote(listing.commit)}/{quote(file.name)}"
            _FileDownload(self, url, repository, file, folder, progress, cancel).run()
        return listing.commit

    def list_files(
        self, repository: str, revision: str, names: Sequence[str], cancel: CancelToken
    ) -> HubFiles:
        """The commit that `revision` stands for now, and its files of these names."""
        address = f"{self._endpoint}/api/models/{quote(repository)}/revision/{quote(revision, safe='')}"
        content = _RetryingClient(self, repository, cancel).read(f"{address}?blobs=true")
        try:
            answer = json.loads(content)
            commit = str(answer["sha"])
            found = {str(entry["rfilename"]): entry for entry in answer["siblings"]}
            missing = [name for name in names if name not in found]
            files = tuple(_parse_remote_file(name, found[name]) for name in names if name in found)
        except (ValueError, KeyError, TypeError) as error:
            raise HubError(f"The answer of {self._host} is not that of a model hub.") from error
        if missing:
            raise HubError(f"The repository {repository} does not hold {missing[0]}.")
        if unsure := [file.name for file in files if file.checksum is None]:
            raise HubError(
                f"{self._host} gives no checksum for {unsure[0]} of {repository}: it could not be checked.",
                "Download it from a place that you trust, then: models add NAME --from PATH.",
            )
        return HubFiles(commit, files)

    @property
    def host(self) -> str:
        """The hub's host name, for messages."""
        return self._host

    @property
    def retries(self) -> RetryPolicy:
        """The retry policy of all its requests."""
        return self._retries


class _RetryingClient:
    """Requests for one purpose, repeated while the hub is busy or the connection breaks."""

    def __init__(self, hub: Hub, subject: str, cancel: CancelToken) -> None:
        self._hub = hub
        self._subject = subject
        self._cancel = cancel
        self._attempts_left = hub.retries.attempts
        self._delay = hub.retries.first_delay

    def open(self, url: str, first_byte: int = 0) -> HttpStream:
        """The answer to a successful request; waits and retries where that may help."""
        while True:
            try:
                return HttpStream(url, first_byte, self._cancel)
            except HttpStatusError as answer:
                if answer.status not in _BUSY:
                    raise self._refusal_error(answer) from answer
                self.wait_or_give_up(answer, answer.retry_after)
            except HttpConnectionError as trouble:
                self.wait_or_give_up(trouble)

    def read(self, url: str) -> bytes:
        """The whole of a small answer."""
        while True:
            try:
                with self.open(url) as stream:
                    content = bytearray()
                    for chunk in stream:
                        content += chunk
                        if len(content) > _MAX_LISTING_BYTES:
                            raise HubError(f"The answer of {self._hub.host} is not that of a model hub.")
                    return bytes(content)
            except HttpConnectionError as trouble:
                self.wait_or_give_up(trouble)

    def wait_or_give_up(
        self, reason: HttpConnectionError | HttpStatusError, asked: float | None = None
    ) -> None:
        """Sleep before the next attempt; raise HubError after the last."""
        self._attempts_left -= 1
        if self._attempts_left <= 0:
            raise self._unavailable_error(reason) from reason
        self._cancel.wait(min(asked if asked is not None else self._delay, self._hub.retries.longest_delay))
        self._cancel.checkpoint()
        self._delay *= 2

    def reset(self) -> None:
        """Bytes arrived, so the count of attempts starts again."""
        self._attempts_left = self._hub.retries.attempts
        self._delay = self._hub.retries.first_delay

    def _unavailable_error(self, reason: HttpConnectionError | HttpStatusError) -> HubError:
        host = self._hub.host
        later = "What has arrived is kept: start the download again later."
        if isinstance(reason, HttpStatusError):
            if reason.status == 429:
                return HubError(f"{host} allows no more downloads for now.", later)
            return HubError(f"{host} cannot answer at the moment (status {reason.status}).", later)
        if reason.connected:
            return HubError(f"The download of {self._subject} broke off again and again ({reason}).", later)
        return HubError(
            f"{host} could not be reached ({reason}).",
            "Check the connection, or add the model from a folder: models add NAME --from PATH.",
        )

    def _refusal_error(self, answer: HttpStatusError) -> HubError:
        if answer.status == 404 or answer.code in ("RepoNotFound", "RevisionNotFound", "EntryNotFound"):
            return HubError(f"{self._hub.host} does not have {self._subject}.")
        if answer.status in (401, 403):
            return HubError(
                f"{self._hub.host} does not give {self._subject} to everyone.",
                "Accept its licence on its page and download it there, then: models add NAME --from PATH.",
            )
        if answer.status == 416:
            return HubError(f"{self._subject} is shorter than {self._hub.host} had said.")
        return HubError(f"{self._hub.host} refused {self._subject} (status {answer.status}).")


class _FileDownload:
    """The download of one file, from its first missing byte to its verified, final name."""

    def __init__(
        self, hub: Hub, url: str, repository: str, file: RemoteFile, folder: Path,
        progress: Progress, cancel: CancelToken,
    ) -> None:  # fmt: skip
        self._url = url
        self._file = file
        self._final = folder / file.name
        self._part = folder / f"{file.name}.part"
        self._progress = progress
        self._cancel = cancel
        self._client = _RetryingClient(hub, f"{file.name} of {repository}", cancel)

    def run(self) -> None:
        if self._final.is_file() and self._final.stat().st_size == self._file.size:
            self._progress.add_done(self._file.size, self._file.name)
            return
        try:
            self._final.parent.mkdir(parents=True, exist_ok=True)
            self._download()
            self._verify()
            self._part.replace(self._final)
        except OSError as error:
            raise to_disk_error(error, self._final) from error

    def _download(self) -> None:
        with self._part.open("ab") as part:
            if part.tell() > self._file.size:
                _truncate(part)
            self._progress.add_done(part.tell(), self._file.name)
            while part.tell() < self._file.size:
                try:
                    with self._client.open(self._url, part.tell()) as stream:
                        self._copy(stream, part)
                    if part.tell() < self._file.size:
                        raise HttpConnectionError("it ended early", connected=True)
                except HttpConnectionError as trouble:
                    self._client.wait_or_give_up(trouble)
            part.flush()
            os.fsync(part.fileno())

    def _copy(self, stream: HttpStream, part: BinaryIO) -> None:
        if stream.first_byte != part.tell():  # a hub that ignores ranges sends the file from the start
            self._progress.add_done(-part.tell(), self._file.name)
            _truncate(part)
        for chunk in stream:
            if part.tell() + len(chunk) > self._file.size:
                raise HubError(f"{self._file.name} is larger than the hub had said.")
            part.write(chunk)
            self._progress.add_done(len(chunk), self._file.name)
            self._client.reset()
            self._cancel.checkpoint()

    def _verify(self) -> None:
        if self._file.sha256:
            digest = hashlib.sha256()
        else:
            digest = hashlib.sha1(f"blob {self._file.size}\0".encode(), usedforsecurity=False)
        with self._part.open("rb") as part:
            while chunk := part.read(_CHUNK):
                digest.update(chunk)
                self._cancel.checkpoint()
        if digest.hexdigest() != self._file.checksum:
            self._part.unlink()
            raise HubError(
                f"{self._file.name} arrived damaged: its checksum is not the one the hub gives.",
                "Start the download again.",
            )


def _truncate(file: BinaryIO) -> None:
    file.truncate(0)
    file.seek(0)  # truncating does not change the position


def _discard_other_commit(commit: str, folder: Path) -> None:
    """Empty a folder with parts of another commit."""
    marker = folder / _COMMIT_FILE
    try:
        if folder.exists() and (not marker.is_file() or marker.read_text(encoding="utf-8") != commit):
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        marker.write_text(commit, encoding="utf-8")
    except OSError as error:
        raise to_disk_error(error, folder) from error


def _check_free_space(listing: HubFiles, folder: Path) -> None:
    present = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    needed = sum(file.size for file in listing.files) - present
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DiskFull(
            f"The download needs {needed / 1e9:.1f} GB; the disk of {folder} has {free / 1e9:.1f} GB left.",
            "Make room and start again.",
        )


def _parse_remote_file(name: str, entry: dict[str, Any]) -> RemoteFile:
    large = entry.get("lfs") or {}
    size = int(large.get("size", entry["size"]))
    sha256 = str(large["sha256"]) if "sha256" in large else None
    git_blob = str(entry["blobId"]) if not large and entry.get("blobId") else None
    return RemoteFile(name, size, sha256, git_blob)
