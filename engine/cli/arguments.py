"""The arguments of the command line: sub-commands, options and their checks."""

from __future__ import annotations

import argparse
import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NoReturn, TypeAlias

from engine.library import Library
from engine.records import Order, Orientation, Scope

PROGRAM = "findling"
DEFAULT_LIMIT = 20

DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)


class OneSentenceParser(argparse.ArgumentParser):
    """A parser that reports wrong usage in one sentence and exits with status 2."""

    def error(self, message: str) -> NoReturn:
        """Print `message` as one sentence and raise SystemExit(2)."""
        sentence = message[:1].upper() + message[1:].rstrip(".")
        self.exit(2, f"{PROGRAM}: {sentence}. See: {self.prog} --help\n")


AddCommand: TypeAlias = Callable[[str, str], OneSentenceParser]  # (name, purpose)


def parse(arguments: Sequence[str], version: str) -> argparse.Namespace:
    """Parse the arguments. Wrong usage prints one sentence and raises SystemExit(2)."""
    parser = _parser(version)
    parsed, unknown = parser.parse_known_args(arguments)
    if parsed.command is None:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}" if unknown else "Name a command")
    command: argparse.ArgumentParser = parsed.parser
    if unknown and parsed.command == "search" and not any(word.startswith("--") for word in unknown):
        command.error(
            f"To take {unknown[0][1:]!r} away, put the whole search in quotation marks, or use --not"
        )
    if unknown:
        command.error(f"unrecognized arguments: {' '.join(unknown)}")
    if parsed.command == "search":
        _check_search(command, parsed)
    if parsed.command == "index" and parsed.exclude and not parsed.folders:
        command.error("--exclude belongs to a folder: name the folder too")
    return parsed


def _check_search(command: argparse.ArgumentParser, parsed: argparse.Namespace) -> None:
    parsed.text = " ".join(parsed.text).strip()
    parsed.exclude_text = [text for text in parsed.exclude_text if text.strip()]
    if not parsed.text and not parsed.like and parsed.exclude_text:
        command.error("--not only keeps things away: give also a text to look for, or a picture with --like")
    if not parsed.text and not parsed.like:
        command.error("The search is empty: give a text, or a picture with --like")
    if parsed.explain is not None and parsed.explain.suffix.lower() != ".png":
        command.error(f"--explain writes a PNG picture: {parsed.explain} does not end in .png")
    if parsed.taken_from and parsed.taken_to and parsed.taken_from > parsed.taken_to:
        command.error(f"--from {parsed.taken_from} is later than --to {parsed.taken_to}: exchange them")


def _parser(version: str) -> OneSentenceParser:
    parser = OneSentenceParser(
        prog=PROGRAM,
        description="Finds your photographs and document pages by what they show, on your own machine.",
        epilog="Without a command the window opens, on the library that is named. Exit status: 0 done, "
        "1 could not, 2 wrong usage, 130 interrupted.",
        parents=[_common({"library": None, "model": None, "quiet": False})],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {version}")
    add = _adder(parser, "command")
    _add_index(add)
    _add_search(add)
    _add_status(add)
    add("watch", "keep the index current until interrupted")
    _add_models(add)
    _add_evaluate(add)
    add("demo", "index sample pictures and answer a few searches on them")
    return parser


def _common(defaults: Mapping[str, object]) -> OneSentenceParser:
    """The options of every command. A sub-command sets no defaults, so that earlier values stay."""
    common = OneSentenceParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--library", type=_path, metavar="DIR", help="the library (default: in your user data)"
    )
    common.add_argument("--model", metavar="NAME", help="the model to use this time")
    common.add_argument("--quiet", action="store_true", help="print results and errors only")
    common.set_defaults(**defaults)
    return common


def _adder(parser: OneSentenceParser, destination: str) -> AddCommand:
    commands = parser.add_subparsers(
        dest=destination, metavar=destination.upper(), parser_class=OneSentenceParser
    )

    def add(name: str, purpose: str) -> OneSentenceParser:
        command = commands.add_parser(
            name,
            help=purpose,
            description=f"{purpose}.".capitalize(),
            parents=[_common({})],
            allow_abbrev=False,
        )
        command.set_defaults(parser=command)  # so that it reports errors in its own arguments
        return command

    return add


def _add_index(add: AddCommand) -> None:
    command = add("index", "add folders and bring the index up to date")
    command.add_argument("folders", nargs="*", type=_path, metavar="FOLDER", help="a folder to add")
    command.add_argument(
        "--exclude", action="append", default=[], metavar="GLOB", help="leave out what matches (repeatable)"
    )


def _add_search(add: AddCommand) -> None:
    command = add("search", "find photographs and pages by what they show")
    command.add_argument("text", nargs="*", metavar="TEXT", help='what to look for, as in "dog -beach"')
    command.add_argument(
        "--like",
        action="append",
        type=_path,
        default=[],
        metavar="IMAGE",
        help="a picture to go by (repeatable)",
    )
    command.add_argument(
        "--not",
        action="append",
        default=[],
        dest="exclude_text",
        metavar="TEXT",
        help="what it should not show (repeatable)",
    )
    command.add_argument(
        "--in",
        dest="scope",
        default=Scope.ALL.value,
        choices=[scope.value for scope in Scope],
        help="where to look",
    )
    command.add_argument(
        "--below",
        action="append",
        type=_path,
        default=[],
        metavar="FOLDER",
        help="only what is below it (repeatable)",
    )
    command.add_argument(
        "--type",
        action="append",
        type=_file_type,
        default=[],
        dest="file_types",
        metavar="TYPE",
        help="only files of this type, as in pdf or jpg (repeatable)",
    )
    for option, destination, end, words in (
        ("--from", "taken_from", _first_day, "only photographs taken on that day or later"),
        ("--to", "taken_to", _last_day, "only photographs taken on that day or earlier"),
    ):
        command.add_argument(
            option,
            type=end,
            dest=destination,
            metavar="DATE",
            help=f"{words}: 2019-08-31, 2019-08 or 2019",
        )
    command.add_argument("--shape", choices=[shape.value for shape in Orientation], help="only of this shape")
    command.add_argument(
        "--sort",
        default=Order.RELEVANCE.value,
        choices=[order.value for order in Order],
        help=f"what is shown first (default: {Order.RELEVANCE.value}, the best match)",
    )
    command.add_argument(
        "--limit", type=_positive, default=DEFAULT_LIMIT, metavar="N", help=f"default: {DEFAULT_LIMIT}"
    )
    command.add_argument(
        "--flat", action="store_true", help="each page that matches by itself, not one hit for each document"
    )
    command.add_argument("--json", action="store_true", help="one object a line")
    command.add_argument(
        "--explain",
        type=_path,
        metavar="FILE.png",
        help="write a picture of the first hit that shows why it matched",
    )


def _add_status(add: AddCommand) -> None:
    command = add("status", "tell what is in the library")
    command.add_argument("--failed", action="store_true", help="list the files that could not be read")
    command.add_argument("--json", action="store_true", help="one object, with --failed one a line")


def _add_models(add: AddCommand) -> None:
    command = add("models", "list, choose, download or add models")
    command.add_argument("--json", action="store_true", help="one object a line")
    add_action = _adder(command, "action")
    for name, purpose in (
        ("use", "choose the model that answers"),
        ("get", "download a model"),
        ("add", "install a model from a folder or a file on disk"),
    ):
        action = add_action(name, purpose)
        action.add_argument("name", metavar="NAME")
        if name == "add":
            action.add_argument("--from", dest="source", type=_path, required=True, metavar="PATH")


def _add_evaluate(add: AddCommand) -> None:
    command = add("evaluate", "measure how well known questions are answered")
    command.add_argument(
        "queries",
        type=_path,
        metavar="QUERIES.jsonl",
        help='a question a line: {"text": "a dog", "relevant": [{"path": "/pictures/a.jpg", "page": null}]}; '
        '"like" names a picture; a page counts from 1, null stands for any',
    )
    command.add_argument("--json", action="store_true", help="one object")


def _positive(value: str) -> int:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number from 1 up")
    return number


def _file_type(value: str) -> str:
    name = value.strip().lower().lstrip("*").lstrip(".")
    if "/" in name or not Library.is_supported(f"file.{name}"):
        raise argparse.ArgumentTypeError(f"{value!r} is no type of file that is read, such as pdf or jpg")
    return f".{name}"


def _first_day(value: str) -> str:
    return _days(value)[0].isoformat()


def _last_day(value: str) -> str:
    return _days(value)[1].isoformat()


def _days(value: str) -> tuple[date, date]:
    """The first and last day of a year, a month or a day."""
    try:
        if not DATE.fullmatch(value):
            raise ValueError
        year, *rest = (int(part) for part in value.split("-"))
        month, day = (*rest, 1, 1)[:2]
        first = date(year, month, day)
        last_month = month if rest else 12
        last = date(year, last_month, day if len(rest) > 1 else monthrange(year, last_month)[1])
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{value!r} is no date: write a day, a month or a year as 2019-08-31, 2019-08 or 2019"
        ) from error
    return first, last


def _path(value: str) -> Path:
    if not value:  # Path("") is the current folder
        raise argparse.ArgumentTypeError("the path is empty")
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise argparse.ArgumentTypeError(f"there is no home folder for {value!r}") from error
