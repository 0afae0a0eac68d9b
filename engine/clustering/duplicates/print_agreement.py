"""Measures how far two aligned pages have their ink in the same places.

Letters on one form differ in every line, so that an edit leaves much unexplained everywhere, and no place
stands out. Their words distinguish them at once: where one has ink, the other has a gap.
"""

from __future__ import annotations

import numpy as np

from engine.clustering.duplicates.alignment import Levels

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
CELL = 2  # pixels of a thumbnail
BESIDE = 2  # cells on either side to compare each with, which cancels brightness, gain and layout
SMALLEST = 1e-6

# Thumbnails of 40 pages (reports, letters, receipts) and their copies of 17 kinds: .93 and more. Letters on
# one form with other words: at most .52; pages of one book: at most .45.
LEAST_AGREEMENT = 0.6


def ink_agreement(first: Levels, second: Levels) -> float:
    """The correlation of the ink, -1 to 1, of two pictures on one grid: (height, width, 3)."""
    here, there = _ink(first), _ink(second)
    lengths = float(np.linalg.norm(here) * np.linalg.norm(there))
    return float((here * there).sum()) / max(lengths, SMALLEST)


def _ink(picture: Levels) -> Levels:
    """How much each cell is darker or lighter than those beside it in its row."""
    height, width = (length // CELL * CELL for length in picture.shape[:2])
    grey = (picture[:height, :width] @ LUMA).reshape(height // CELL, CELL, width // CELL, CELL)
    cells = grey.mean(axis=(1, 3))
    padded = np.pad(cells, ((0, 0), (BESIDE, BESIDE)), mode="edge")
    beside = np.stack([padded[:, start : start + cells.shape[1]] for start in range(2 * BESIDE + 1)])
    ink = np.asarray(cells - beside.mean(axis=0), np.float32)
    ink -= ink.mean()
    return ink
