from __future__ import annotations

import logging
import warnings
from pathlib import Path

import pytest

from engine.logs import MAXIMUM_BYTES, OLD_FILES, logging_to


def test_our_own_news_and_others_warnings_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "library" / "findling.log"
    with logging_to(file):
        logging.getLogger("engine.somewhere").info("ours")
        logging.getLogger("others").info("not kept")
        logging.getLogger("others").warning("theirs")
    text = file.read_text("utf-8")
    assert "ours" in text
    assert "theirs" in text
    assert "not kept" not in text


def test_nothing_is_written_before_something_happens(tmp_path: Path) -> None:
    with logging_to(tmp_path / "library" / "findling.log"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_nothing_reaches_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings(), logging_to(tmp_path / "findling.log"):
        warnings.simplefilter("always")
        warnings.warn("careful", stacklevel=1)
        logging.getLogger("engine").error("broken")
    assert capfd.readouterr() == ("", "")
    text = (tmp_path / "findling.log").read_text("utf-8")
    assert "careful" in text
    assert "broken" in text


def test_a_name_that_is_no_text_is_written_escaped(tmp_path: Path) -> None:
    with logging_to(tmp_path / "findling.log"):
        logging.getLogger("engine").info("%s", b"caf\xe9.jpg".decode("utf-8", "surrogateescape"))
    assert "caf\\udce9.jpg" in (tmp_path / "findling.log").read_text("utf-8")


def test_the_log_never_grows_without_end(tmp_path: Path) -> None:
    with logging_to(tmp_path / "findling.log"):
        for _ in range(OLD_FILES + 3):
            logging.getLogger("engine").info("x" * MAXIMUM_BYTES)
    assert len(list(tmp_path.iterdir())) == OLD_FILES + 1


def test_a_log_that_cannot_be_written_gives_way(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    in_the_way = tmp_path / "library"
    in_the_way.write_text("a file where the folder should be")
    with logging_to(in_the_way / "findling.log") as handler:
        logging.getLogger("engine").error("lost")
        logging.getLogger("engine").error("lost too")
    assert handler.lost_records == 2
    assert capfd.readouterr() == ("", "")


def test_logging_is_as_before_afterwards(tmp_path: Path) -> None:
    root, own = logging.getLogger(), logging.getLogger("engine")
    before = (list(root.handlers), own.level)
    with logging_to(tmp_path / "findling.log"):
        assert (list(root.handlers), own.level) != before
    assert (list(root.handlers), own.level) == before
