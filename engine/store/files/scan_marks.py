"""Which files a scan met."""

from __future__ import annotations


class ScanMarks:
    """The numbers of files, in memory: a mark in each row would be written by every scan, changes or not.

    A bit for every number up to the highest: 125 kB for a million files.
    """

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, file: int) -> None:
        place = file >> 3
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        self._bits[place] |= 1 << (file & 7)

    def __contains__(self, file: int) -> bool:
        place = file >> 3
        return place < len(self._bits) and bool(self._bits[place] >> (file & 7) & 1)
