"""Files in the formats that other programs accept from a drag or the clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData

from gui import strings

ADDRESSES = "text/uri-list"
# The format from which GNOME's file manager and others paste files.
COPIED_FILES = "x-special/gnome-copied-files"


@dataclass(frozen=True, slots=True)
class DraggedFiles:
    """Files as bytes and text; can be made in any thread."""

    addresses: bytes
    copied: bytes
    text: str

    def mime(self) -> QMimeData:
        """Make the data object for Qt. Main thread only."""
        data = QMimeData()
        data.setData(ADDRESSES, self.addresses)
        data.setData(COPIED_FILES, self.copied)
        data.setText(self.text)
        return data


def pack(paths: Sequence[Path]) -> DraggedFiles:
    """Encode the files as URIs, and their paths as text.

    The URIs are made here because QUrl garbles file names that are not valid UTF-8.
    """
    addresses = [path.as_uri().encode("ascii") for path in paths]
    return DraggedFiles(
        b"".join(address + b"\r\n" for address in addresses),
        b"\n".join([b"copy", *addresses]),
        "\n".join(strings.as_text(path) for path in paths),
    )


def file_mime(paths: Sequence[Path]) -> QMimeData:
    """Make the data object for a drag or the clipboard. Main thread only."""
    return pack(paths).mime()
