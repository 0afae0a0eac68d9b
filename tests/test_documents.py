"""What the documents point at is there."""

from __future__ import annotations

import re
from pathlib import Path

from engine.models.specs import get_spec

PROJECT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"""(?:\]\(|\bsrc(?:set)?=")([^)#"\s]+)""")


def test_every_link_of_the_readme_leads_somewhere() -> None:
    targets = [
        target for target in LINK.findall((PROJECT / "README.md").read_text("utf-8")) if "://" not in target
    ]
    assert targets
    assert [target for target in targets if not (PROJECT / target).is_file()] == []


def test_the_starter_is_said_to_find_what_its_card_says() -> None:
    card = (PROJECT / "assets" / "starter.md").read_text("utf-8")
    first, _, tenth = re.findall(r"0\.\d{3}", card.partition("\n| both |")[2])[:3]
    said = [f"{100 * float(share):.1f} %" for share in (tenth, first)]
    readme = (PROJECT / "README.md").read_text("utf-8")
    assert [share for share in said if share not in readme] == []
    assert said[0] in (PROJECT / "CHANGELOG.md").read_text("utf-8")
    assert get_spec("starter").figure.startswith(said[0])


def test_the_readme_is_finished() -> None:
    lines = (PROJECT / "README.md").read_text("utf-8").splitlines()
    assert [line for line in lines if re.fullmatch(r"\s*[A-Z][A-Z_]+\s*", line)] == []
