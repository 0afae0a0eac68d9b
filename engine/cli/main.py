"""The command line: a thin layer over the library.

Results go to standard output, everything else to standard error.
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TextIO, TypeAlias, TypeVar

from engine import __version__, logs, paths, samples
from engine.cli import output as form
from engine.cli.arguments import PROGRAM, parse
from engine.cli.progress import Interrupted, show_progress, stop_on_signals
from engine.cli.query import build_query
from engine.errors import UserError
from engine.library import Library
from engine.progress import CancelToken, Progress
from engine.records import Order, Query, Scope, SearchResults, Verdict

Command: TypeAlias = Callable[[Library, argparse.Namespace], None]
Result = TypeVar("Result")

DEMO_QUERIES = (
    Query(text="a cat", scope=Scope.PHOTOS, limit=3),
    Query(text="a man with a camera", scope=Scope.PHOTOS, limit=3),
    Query(text="a cup of coffee", limit=3),
    Query(text="a rocket taking off", scope=Scope.PHOTOS, limit=3),
    Query(text="bicycle repair", limit=3),
    Query(text="sourdough bread", scope=Scope.PAGES, limit=3),
)

log = logging.getLogger(__name__)


class OutputClosed(Exception):
    """The reader of standard output has gone. Not a BrokenPipeError, which other pipes raise too."""


class OutputError(UserError):
    """Standard output cannot be written to: its disk is full, or its device failed."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; wrong usage raises SystemExit(2).

    0: done; 1: could not; 128 plus the signal's number: interrupted (130 for Ctrl-C). `arguments`: None for
    those of this process.
    """
    _replace_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        _write_every_character(stream)
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments, __version__)
        location = _location(options)
        _check_paths(options, location)
        return _run_command(options, location)
    except (KeyboardInterrupt, Interrupted) as stop:
        _print_error("Stopped; what is done is kept.")
        return 128 + (stop.signal_number if isinstance(stop, Interrupted) else signal.SIGINT)
    except UserError as error:
        _print_error(f"{PROGRAM}: {error}")
        return 1
    finally:
        _close_output()


def _run_command(options: argparse.Namespace, location: Path) -> int:
    log_file = paths.log_file(location)
    with logs.logging_to(log_file) as handler:
        try:
            with Library.open(location, options.model) as library:
                _print_notices(library, options)
                COMMANDS[options.command](library, options)
            with _output_errors():
                sys.stdout.flush()
        except OutputClosed:
            return 0  # the reader, such as `head`, has read enough
        except UserError as error:
            log.info("%s: %s", options.command, error)
            _print_error(f"{PROGRAM}: {error}")
            return 1
        except (KeyboardInterrupt, SystemExit, Interrupted):
            raise
        except BaseException:  # also a panic of native code
            log.exception("%s", options.command)
            where = f"could not be written to {log_file}" if handler.lost_records else f"are in {log_file}"
            told = f"Something went wrong inside {paths.APPLICATION}; the details {where}."
            _print_error(f"{PROGRAM}: {Library.find_damage(location) or told}")
            return 1
    return 0


def _print_notices(library: Library, options: argparse.Namespace) -> None:
    """Report repairs of a damaged library, and to commands that only read that nothing will be updated."""
    for notice in library.notices:
        _print_error(notice)
    if library.read_only and not options.quiet and not _is_writing_command(options):
        _print_error(library.unwritable.message)


def _is_writing_command(options: argparse.Namespace) -> bool:
    """Whether a command changes a library and so reports by itself that it cannot."""
    return options.command in ("index", "watch", "demo") or getattr(options, "action", None) == "use"


# ---- the commands ------------------------------------------------------------------------------------


def _index(library: Library, options: argparse.Namespace) -> None:
    for folder in options.folders:
        library.add_folder(folder.absolute(), options.exclude)
    _require_folders(library)
    report = _run_with_progress(options, library.index)
    if not options.quiet:
        _print([form.report_line(report)])


def _watch(library: Library, options: argparse.Namespace) -> None:
    _require_folders(library)

    def watch(progress: Progress, cancel: CancelToken) -> None:
        if not options.quiet:
            _print_error("Keeping the index current. Ctrl-C stops.")
        library.watch(progress, cancel)

    _run_with_progress(options, watch)


def _search(library: Library, options: argparse.Namespace) -> None:
    query = build_query(options, library)
    results = library.search(query)
    if options.json:
        _print(
            form.as_json(form.hit_object(hit, library.explanation(query, hit.item))) for hit in results.hits
        )
    else:
        _print(form.hit_lines(results, dated=query.filters.order is not Order.RELEVANCE))
    if not options.quiet:
        _print_result_notes(library, results)
    if options.explain is not None and results.hits:
        _write_new_file(options.explain, library.explain(query, results.hits[0].item))


def _print_result_notes(library: Library, results: SearchResults) -> None:
    if not results.hits and not (status := library.status()).items:
        _print_error(form.nothing_yet(status))
    elif results.note:
        _print_error(results.note)
    elif not results.hits:
        _print_error("Nothing was found.")
    if results.question_language is not None:
        _print_error(form.foreign_question(results.question_language))
    if results.verdict is Verdict.NONE and (unread := library.status().unread):
        _print_error(f"Text on {unread} of the pictures and pages is still to be read: {PROGRAM} index")


def _status(library: Library, options: argparse.Namespace) -> None:
    if options.failed and options.json:
        _print(form.as_json(form.failed_object(failed)) for failed in library.failures())
    elif options.failed:
        _print(form.failed_lines(library.failures()))
    elif options.json:
        _print([form.as_json(form.status_object(library.status()))])
    else:
        _print(form.status_lines(library.status(), library.location))


def _models(library: Library, options: argparse.Namespace) -> None:
    if options.action is not None:
        MODEL_ACTIONS[options.action](library, options)
    elif options.json:
        _print(form.as_json(form.model_object(model)) for model in library.models())
    else:
        _print(form.model_lines(library.models()))


def _use_model(library: Library, options: argparse.Namespace) -> None:
    library.use_model(options.name)
    chosen = (model for model in library.models() if model.name == options.name)
    _print([] if options.quiet else [form.chosen_line(model, f"{PROGRAM} index") for model in chosen])


def _get_model(library: Library, options: argparse.Namespace) -> None:
    _run_with_progress(options, lambda progress, cancel: library.get_model(options.name, progress, cancel))
    _print_installed(options)


def _add_model(library: Library, options: argparse.Namespace) -> None:
    library.add_model(options.name, options.source.absolute())
    _print_installed(options)


def _print_installed(options: argparse.Namespace) -> None:
    sentence = f"{options.name} is installed. Choose it with: {PROGRAM} models use {options.name}"
    _print([] if options.quiet else [sentence])


def _evaluate(library: Library, options: argparse.Namespace) -> None:
    lines = _read_lines(options.queries)
    evaluation = _run_with_progress(
        options, lambda progress, cancel: library.evaluate(lines, progress, cancel)
    )
    if options.json:
        _print([form.as_json(form.evaluation_object(evaluation))])
    else:
        _print(form.evaluation_lines(evaluation))


def _demo(library: Library, options: argparse.Namespace) -> None:
    pictures = (paths.samples_folder() / "pictures").resolve()
    samples.write_samples(pictures)
    library.add_folder(pictures)
    _print([f"Sample pictures and documents: {form.printable(str(pictures))}"])
    _print([form.report_line(_run_with_progress(options, library.index))])
    for query in DEMO_QUERIES:
        results = library.search(query)
        hits = tuple(
            replace(hit, path=hit.path.relative_to(pictures)) if hit.path.is_relative_to(pictures) else hit
            for hit in results.hits
        )
        _print(["", f'"{query.text}"', *form.hit_lines(replace(results, hits=hits))])


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "index": _index,
        "search": _search,
        "status": _status,
        "watch": _watch,
        "models": _models,
        "evaluate": _evaluate,
        "demo": _demo,
    }
)
MODEL_ACTIONS: Mapping[str, Command] = MappingProxyType(
    {"use": _use_model, "get": _get_model, "add": _add_model}
)


# ---- pieces ------------------------------------------------------------------------------------------


def _location(options: argparse.Namespace) -> Path:
    if options.library is not None:
        named: Path = options.library
        return named.absolute()
    return paths.samples_folder() / "library" if options.command == "demo" else paths.library_folder()


def _check_paths(options: argparse.Namespace, location: Path) -> None:
    """Check before a library is created: a mistyped folder or library must not create one."""
    fills = options.command == "demo"
    if options.command == "index":
        for folder in options.folders:
            paths.readable_folder(folder.absolute())
        fills = bool(options.folders)
    if options.library is not None and not fills and Library.is_missing(location):
        raise UserError(
            f"There is no library at {location}.",
            f"Make one with: {PROGRAM} index FOLDER --library {shlex.quote(str(options.library))}",
        )


def _run_with_progress(
    options: argparse.Namespace, work: Callable[[Progress, CancelToken], Result]
) -> Result:
    progress, cancel = Progress(), CancelToken()
    with show_progress(progress, sys.stderr, options.quiet), stop_on_signals(cancel):
        return work(progress, cancel)


def _require_folders(library: Library) -> None:
    if not library.folders():
        raise UserError("No folder is known yet.", f"Add one with: {PROGRAM} index FOLDER")


def _read_lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").rstrip("\n").split("\n")
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not text in UTF-8.") from error
    except OSError as error:
        raise UserError(f"{file} could not be read: {error.strerror}.") from error


def _write_new_file(file: Path, content: bytes) -> None:
    """Write a file but never overwrite one: it may be the user's own."""
    try:
        with file.open("xb") as stream:
            try:
                stream.write(content)
                stream.flush()
            except OSError:
                file.unlink()  # ours: it did not exist before
                raise
    except FileExistsError as error:
        raise UserError(f"{file} exists already.", "Name a new file.") from error
    except OSError as error:
        raise UserError(f"{file} could not be written: {error.strerror}.") from error


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        with _output_errors():
            print(line)


@contextmanager
def _output_errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise OutputClosed from error
    except OSError as error:
        raise OutputError(f"The output could not be written: {error.strerror}.") from error


def _print_error(sentence: str) -> None:
    print(form.printable(sentence), file=sys.stderr)


def _replace_closed_streams() -> None:
    """Open replacements for closed streams; otherwise the next opened files would get their descriptors."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - stays open until the end
            os.set_inheritable(stream.fileno(), True)  # the decoding processes need streams too
            setattr(sys, name, stream)


def _write_every_character(stream: TextIO) -> None:
    """Write characters that the terminal's encoding lacks escaped instead of failing."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def _close_output() -> None:
    """Flush now, so that the interpreter has nothing to flush, and fail at, when it exits."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
