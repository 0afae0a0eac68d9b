"""One window for each library: starting Findling again brings the open one to the front."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from pathlib import Path

from PySide6.QtCore import QDir, QLockFile, QObject, QStandardPaths, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MILLISECONDS = 3000  # for the other window, which may be about to open
MOST_BYTES = 1024
ANSWER = b"shown"
#: What lets a window take the focus: the desktop gives it to the program that somebody starts.
TOKEN = "XDG_ACTIVATION_TOKEN"


class OnlyWindow(QObject):
    """Held while a window is open on the library at `location`.

    A lock says who is first, and vanishes with its process. A socket of this computer, for this user only,
    wakes the first.
    """

    woken = Signal()

    def __init__(self, location: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        name = "findling-" + hashlib.sha256(os.fsencode(location.resolve())).hexdigest()[:16]
        place = _folder() / name
        self._address = name if sys.platform == "win32" else str(place)
        self._lock = QLockFile(f"{place}.lock")
        self._lock.setStaleLockTime(0)  # a window may be open for weeks; one that has crashed is noticed
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)

    def claim(self) -> bool:
        """Whether this process shall open a window. If not, the window that is open has come to the front.

        Where the other one does not answer, a second window is better than none.
        """
        if not self._lock.tryLock(0):
            return self._lock.error() != QLockFile.LockError.LockFailedError or not self._wake_first()
        QLocalServer.removeServer(self._address)  # left by one that has crashed
        self._server.listen(self._address)  # failing, it only cannot be woken
        return True

    def release(self) -> None:
        self._server.close()
        self._lock.unlock()

    def _wake_first(self) -> bool:
        first = QLocalSocket()
        first.connectToServer(self._address)
        if not first.waitForConnected(WAIT_MILLISECONDS):
            return False
        first.write(os.environ.get(TOKEN, "").encode()[:MOST_BYTES] + b"\n")
        first.flush()
        return first.waitForReadyRead(WAIT_MILLISECONDS) and first.readAll().data() == ANSWER

    def _answer(self) -> None:
        while (later := self._server.nextPendingConnection()) is not None:
            later.readyRead.connect(lambda later=later: self._wake(later))
            later.disconnected.connect(later.deleteLater)

    def _wake(self, later: QLocalSocket) -> None:
        if not later.canReadLine():
            return
        token = bytes(later.readLine(MOST_BYTES).data()).decode(errors="replace").strip()
        if token:
            os.environ[TOKEN] = token  # where the toolkit looks for it as it activates a window
        self.woken.emit()
        later.write(ANSWER)
        later.flush()
        later.disconnectFromServer()


def _folder() -> Path:
    """Of this user alone; of this session, where there is such a folder."""
    if sys.platform == "win32":
        return Path(QDir.tempPath())
    session = os.environ.get("XDG_RUNTIME_DIR")
    cache = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation)
    folder = Path(session or cache)
    with contextlib.suppress(OSError):  # without it no lock can be had, and then each start opens a window
        folder.mkdir(parents=True, exist_ok=True)
    return folder
