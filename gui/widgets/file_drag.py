"""Files as other programs take them: from a drag, or from the clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData

from gui import strings

ADDRESSES = "text/uri-list"
COPIED_FILES = "x-special/gnome-copied-files"  # what file managers of GNOME and its kin want to paste files


@dataclass(frozen=True, slots=True)
class DraggedFiles:
    """Files as bytes and text, which any thread may make."""

    addresses: bytes
    copied: bytes
    text: str

    def mime(self) -> QMimeData:
        data = QMimeData()
        data.setData(ADDRESSES, self.addresses)
        data.setData(COPIED_FILES, self.copied)
        data.setText(self.text)
        return data


def pack(paths: Sequence[Path]) -> DraggedFiles:
    """The files themselves, for those who take files, and their paths, for those who take text.

    Addresses are made here and not by QUrl, which garbles names that are no valid UTF-8.
    """
    addresses = [path.as_uri().encode("ascii") for path in paths]
    return DraggedFiles(
        b"".join(address + b"\r\n" for address in addresses),
        b"\n".join([b"copy", *addresses]),
        "\n".join(strings.as_text(path) for path in paths),
    )


def file_mime(paths: Sequence[Path]) -> QMimeData:
    return pack(paths).mime()
