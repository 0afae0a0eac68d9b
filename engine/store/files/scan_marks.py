"""Remembers which files a scan found."""

from __future__ import annotations


class ScanMarks:
    """The ids of the found files, in memory: marks in the table would make every scan write every row.

    One bit for each id up to the highest: 125 kB for a million files.
    """

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, file: int) -> None:
        """Mark the file with this id (0 or more) as found."""
        place = file >> 3
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        self._bits[place] |= 1 << (file & 7)

    def __contains__(self, file: int) -> bool:
        place = file >> 3
        return place < len(self._bits) and bool(self._bits[place] >> (file & 7) & 1)
