"""Long work split into steps of far less than a second: it can stop after any, and continue there.

If each stop discarded a step, or started over, work that takes longer than the ten seconds that a watch has
at a time would never finish.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Steps: TypeAlias = Generator[int, None, T]  # each step yields how many photographs it completed
