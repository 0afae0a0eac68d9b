"""Wrong usage is answered with one sentence that helps."""

from __future__ import annotations

import pytest

from engine.cli_arguments import parse


def test_a_minus_outside_quotation_marks_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["search", "dog", "-snow"], "1")
    assert ended.value.code == 2
    assert "To take 'snow' away, put the whole search in quotation marks" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["search", "dog", "--snow"], ["status", "-x"], ["index", "a", "--lim"]]
)
def test_an_unknown_option_is_named(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments, "1")
    assert ended.value.code == 2
    assert arguments[-1] in capsys.readouterr().err


@pytest.mark.parametrize("written", ["pdf", ".pdf", "*.PDF", " Pdf "])
def test_a_type_of_file_may_be_written_in_any_usual_way(written: str) -> None:
    assert parse(["search", "dog", "--type", written, "--type", "tar.gz"], "1").file_types == [
        ".pdf",
        ".tar.gz",
    ]


@pytest.mark.parametrize("written", ["", ".", "a/b"])
def test_what_is_no_type_of_file_is_named(written: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["search", "dog", "--type", written], "1")
    assert ended.value.code == 2
    assert "is no type of file" in capsys.readouterr().err
