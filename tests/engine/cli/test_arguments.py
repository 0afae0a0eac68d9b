"""Wrong usage is answered with one sentence that helps."""

from __future__ import annotations

import pytest

from engine.cli.arguments import parse


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
    assert parse(["search", "dog", "--type", written, "--type", "jpg"], "1").file_types == [
        ".pdf",
        ".jpg",
    ]


@pytest.mark.parametrize("written", ["", ".", "a/b", "exe", "tar.gz", "jpg,png"])
def test_what_is_no_type_of_file_is_named(written: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["search", "dog", "--type", written], "1")
    assert ended.value.code == 2
    assert "is no type of file" in capsys.readouterr().err


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        parse(arguments, "1")
    assert ended.value.code == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    return sentence


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2019-12", "2019-12-01", "2019-12-31"),
        ("2019-08-31", "2019-08-31", "2019-08-31"),
    ],
)
def test_a_year_and_a_month_begin_with_their_first_day_and_end_with_their_last(
    written: str, first: str, last: str
) -> None:
    parsed = parse(["search", "dog", "--from", written, "--to", written], "1")
    assert (parsed.taken_from, parsed.taken_to) == (first, last)


@pytest.mark.parametrize(
    "written",
    ["2019-13", "2019-00", "2019-02-30", "2019-02-00", "0000", "19", "201908", "yesterday", "", "٢٠١٩"],
)
@pytest.mark.parametrize("option", ["--from", "--to"])
def test_what_is_no_date_is_named(option: str, written: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"{option}: {written!r} is no date" in said(["search", "dog", option, written], capsys)


def test_a_search_that_only_takes_away_says_what_it_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    assert "give also a text to look for" in said(["search", "--not", "dog"], capsys)
    assert "The search is empty" in said(["search", "--not", " "], capsys)


def test_days_the_wrong_way_round_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = said(["search", "dog", "--from", "2020", "--to", "2019"], capsys)
    assert "--from 2020-01-01 is later than --to 2019-12-31" in sentence


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], "findling"),
        (["serch", "dog"], "findling"),
        (["--lim"], "findling"),
        (["search"], "findling search"),
        (["search", "dog", "-snow"], "findling search"),
        (["search", "dog", "--lim"], "findling search"),
        (["search", "dog", "--limit", "0"], "findling search"),
        (["search", "dog", "--explain", "why.jpg"], "findling search"),
        (["search", "dog", "--from", "2020", "--to", "2019"], "findling search"),
        (["index", "--exclude", "*.tmp"], "findling index"),
        (["status", "dog"], "findling status"),
        (["models", "buy"], "findling models"),
        (["models", "add", "x"], "findling models add"),
        (["models", "use", "x", "y"], "findling models use"),
    ],
)
def test_wrong_usage_ends_with_where_the_command_is_explained(
    arguments: list[str], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(arguments, capsys).endswith(f". See: {command} --help")
