"""What the documents point at is there."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def test_every_link_of_the_readme_leads_somewhere() -> None:
    targets = [
        target for target in LINK.findall((PROJECT / "README.md").read_text("utf-8")) if "://" not in target
    ]
    assert targets
    assert [target for target in targets if not (PROJECT / target).is_file()] == []


def test_the_readme_is_finished() -> None:
    lines = (PROJECT / "README.md").read_text("utf-8").splitlines()
    assert [line for line in lines if re.fullmatch(r"\s*[A-Z][A-Z_]+\s*", line)] == []
