"""Allows one window for each library: starting Findling again brings the open one to the front."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, QLockFile, QObject, QStandardPaths
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_SECONDS = 5.0  # for a window that is opening or closing
TRY_MILLISECONDS = 50
MOST_BYTES = 1024
ANSWER = b"shown"
# Lets a window take the focus; the desktop passes it to the program that the user starts.
TOKEN = "XDG_ACTIVATION_TOKEN"


class SingleInstance(QObject):
    """Held while a window is open on the library at `location`, on this display.

    A lock decides who is first, and is released with its process. A local socket wakes the first. Both are in
    a folder that only this user can enter, since not every system checks the permissions of a socket.
    """

    def __init__(self, location: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        place = _folder() / _name(location)
        self._address = f"findling-{place.name}" if sys.platform == "win32" else str(place)
        self._lock = QLockFile(f"{place}.lock")
        self._lock.setStaleLockTime(0)  # a window may be open for weeks; a crashed one is detected
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        self._show: Callable[[], bool] = lambda: False

    def claim(self) -> bool:
        """Whether this process should open a window.

        If not, the open window has been told to come to the front. If the other process neither answers nor
        ends, this returns True: a second window is better than none.
        """
        deadline = time.monotonic() + WAIT_SECONDS
        while not self._lock.tryLock(TRY_MILLISECONDS):
            if self._lock.error() != QLockFile.LockError.LockFailedError or time.monotonic() > deadline:
                return True
            if self._wake_first(deadline):
                return False
        QLocalServer.removeServer(self._address)  # left by a crashed process
        self._server.listen(self._address)  # if this fails, the window just cannot be woken
        return True

    def answer_by(self, show: Callable[[], bool]) -> None:
        """Set the function that brings the window to the front; it returns False if that is closing."""
        self._show = show

    def release(self) -> None:
        """Let another process open a window."""
        self._server.close()
        self._lock.unlock()

    def _wake_first(self, deadline: float) -> bool:
        first = QLocalSocket()
        first.connectToServer(self._address)
        left = max(round((deadline - time.monotonic()) * 1000), 1)
        if not first.waitForConnected(left):
            return False
        first.write(os.fsencode(os.environ.get(TOKEN, ""))[:MOST_BYTES] + b"\n")
        first.flush()
        return first.waitForReadyRead(left) and first.readAll().data() == ANSWER

    def _answer(self) -> None:
        while (later := self._server.nextPendingConnection()) is not None:
            later.readyRead.connect(self._wake)
            later.disconnected.connect(later.deleteLater)

    def _wake(self) -> None:
        # Use the sender: a slot that held the socket would delete it a second time with the server.
        later = self.sender()
        if not isinstance(later, QLocalSocket) or not later.canReadLine():
            return
        token = bytes(later.readLine(MOST_BYTES).data()).strip()
        if token and token.isascii() and b"\0" not in token:
            os.environ[TOKEN] = token.decode()  # where Qt looks for it when it activates a window
        shown = self._show()
        os.environ.pop(TOKEN, None)  # valid once, and not for programs that are started from here
        if shown:
            later.write(ANSWER)
            later.flush()
        later.disconnectFromServer()


def _name(location: Path) -> str:
    """A name for a library on a display, short enough for the address of a socket."""
    displays = [os.environ.get(name, "") for name in ("WAYLAND_DISPLAY", "DISPLAY")]
    known = os.fsencode("\n".join([os.path.realpath(location), *displays]))
    return hashlib.sha256(known).hexdigest()[:16]


def _folder() -> Path:
    """A folder of this user alone, even if the session has none."""
    if sys.platform == "win32":
        return Path(QDir.tempPath())
    cache = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation)
    session = os.environ.get("XDG_RUNTIME_DIR") or cache
    folders = [Path(above) / "findling" for above in (session, cache)]
    return next(filter(_is_ours_alone, folders), folders[0] / "not ours")


def _is_ours_alone(folder: Path) -> bool:
    """Create the folder if needed, and check that only this user can enter it.

    Without such a folder there is no lock, and each start opens a window.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            return False
        folder.chmod(0o700)
    except OSError:
        return False
    return True
