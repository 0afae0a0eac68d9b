"""`override`, as in Python 3.12: to import it from `typing_extensions` would cost milliseconds at start."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import override as override
else:
    Method = TypeVar("Method")

    def override(method: Method) -> Method:
        """Mark a method that redefines one of its base class: mypy checks that the base class has it."""
        return method
