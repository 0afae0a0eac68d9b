"""Long work cut into steps of far less than a second: it may stop after any of them, and go on where it was.

To give up the work of a step, or to begin anew at each stop, would never come to an end where a watch has ten
seconds at a time and the work takes more.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Steps: TypeAlias = Generator[int, None, T]  # each step says how many photographs are done with it
