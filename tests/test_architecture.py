"""The rules that hold the parts apart, and for each a planted violation that shows it can fail."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

PROJECT = Path(__file__).resolve().parent.parent
HEAVY = frozenset(
    {"torch", "torchvision", "transformers", "open_clip", "timm", "usearch", "onnxruntime", "cv2"}
)
VERSION = "engine.__version__"  # no module: a name in the package itself
WINDOW_MAY_USE = frozenset(
    {VERSION, "engine.library", "engine.records", "engine.errors", "engine.progress", "engine.settings"}
)
COMMAND_LINE_MAY_USE = frozenset(
    {
        *(VERSION, "engine.library", "engine.records", "engine.errors", "engine.progress"),
        *("engine.paths", "engine.logs", "engine.samples"),
    }
)
CONTRACTS = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]

LOUD = frozenset({"print", "exit", "quit", "SystemExit", "sys.exit", "os._exit", "os.abort"})
# They run in processes of their own: there, ending the process is their work.
MAY_END_THEIR_PROCESS = frozenset({"engine.ingest.workers.sandbox", "engine.models.model_process"})

# contract -> a module and a line that breaks it
VIOLATIONS = {
    "engine-without-window": ("engine/records.py", "import gui.strings"),
    "window-sees-library-only": ("gui/session.py", "from engine.store.database import schema"),
    "command-line-sees-library-only": ("engine/cli/output.py", "from engine.store.database import schema"),
    "stages-downwards": ("engine/store/database/schema.py", "from engine.index import exact_scan"),
    "library-downwards": ("engine/library/write_lock.py", "from engine.library import indexing"),
    "command-line-downwards": ("engine/cli/output.py", "from engine.cli import arguments"),
    "window-downwards": ("gui/search/bar/search_box.py", "from gui.controllers import search"),
    "results-downwards": ("gui/results/layout/metrics.py", "from gui.results.grid import view"),
    "search-box-downwards": ("gui/search/filters.py", "from gui.search.bar import chips"),
    "preview-downwards": ("gui/preview/model/navigator.py", "from gui.preview.panels import footer"),
    "widgets-downwards": ("gui/widgets/appearance/style.py", "from gui.widgets.controls import buttons"),
    "ingest-downwards": ("engine/ingest/scanning/scan.py", "from engine.ingest.decoding import resizing"),
    "only-pipeline-joins": ("engine/ingest/decode.py", "from engine.store.database import schema"),
    "search-downwards": ("engine/search/query/parsing.py", "from engine.search.text import word_search"),
    "search-reads-no-files": ("engine/search/planted.py", "from engine.ingest import decode"),
    "index-knows-vectors-only": ("engine/index/planted.py", "from engine.models import protocols"),
}


def python_files(*folders: str, root: Path = PROJECT) -> list[Path]:
    return sorted(file for folder in folders for file in (root / folder).rglob("*.py"))


def module_name(file: Path, root: Path = PROJECT) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module named by an import, wherever it stands; `from engine import x` counts as engine.x."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "engine":
            yield from (f"engine.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module


def strangers(source: str, allowed: frozenset[str], own: str) -> list[str]:
    """Modules of the engine that `source` imports although only `allowed` and those named `own...` may be."""
    return [
        name
        for name in imported(ast.parse(source))
        if name.split(".")[0] == "engine" and name not in allowed and not (own and name.startswith(own))
    ]


def loud_names(source: str) -> set[str]:
    """What prints or ends the process, by name."""
    return {
        name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name | ast.Attribute) and (name := ast.unparse(node)) in LOUD
    }


def loaded_after(code: str) -> set[str]:
    """Names of the top-level packages loaded by a fresh interpreter that ran `code`."""
    report = "import sys; print(' '.join({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


# ---- who may import whom -----------------------------------------------------------------------------


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([command, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)


def broken_contracts(output: str) -> set[str]:
    return {contract["id"] for contract in CONTRACTS if f"{contract['name']} BROKEN" in output}


@pytest.fixture(scope="module")
def copied_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy")
    shutil.copy(PROJECT / "pyproject.toml", root)
    for package in ("engine", "gui"):
        shutil.copytree(PROJECT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def test_every_import_contract_is_kept() -> None:
    done = lint_imports(PROJECT)
    assert done.returncode == 0, done.stdout


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(VIOLATIONS)


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_planted_violation_breaks_its_contract(contract: str, copied_project: Path) -> None:
    name, line = VIOLATIONS[contract]
    file = copied_project / name
    before = file.read_bytes() if file.exists() else None
    file.write_bytes((before or b"") + f"\n{line}\n".encode())
    try:
        done = lint_imports(copied_project)
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_bytes(before)
    assert done.returncode != 0
    assert contract in broken_contracts(done.stdout)


def test_a_new_module_of_the_engine_must_say_where_it_stands(copied_project: Path) -> None:
    stray = copied_project / "engine" / "stray.py"
    stray.write_text("")
    try:
        done = lint_imports(copied_project)
    finally:
        stray.unlink()
    assert done.returncode != 0
    assert "stray" in done.stdout


def import_circle(imports: Mapping[str, Set[str]]) -> Sequence[str]:
    """The modules of a circle, the first again at its end; none where there is no circle."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return ()


def test_no_modules_import_one_another_not_even_for_their_types() -> None:
    graph = grimp.build_graph("engine", "gui", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert "gui.results.grid.card_view" in imports["gui.results.grid.key_handler"]
    assert import_circle(imports) == ()


def test_the_check_of_circles_sees_one() -> None:
    imports = {"view": {"keys"}, "keys": {"card"}, "card": {"view"}}
    assert set(import_circle(imports)) == {"view", "keys", "card"}


def test_the_window_imports_only_the_library_and_its_records() -> None:
    found = {
        str(file): names
        for file in python_files("gui")
        if (names := strangers(file.read_text("utf-8"), WINDOW_MAY_USE, own=""))
    }
    assert not found


def test_the_command_line_imports_only_the_library_and_its_records() -> None:
    files = [file for file in python_files("engine") if module_name(file).startswith("engine.cli")]
    assert files
    found = {
        str(file): names
        for file in files
        if (names := strangers(file.read_text("utf-8"), COMMAND_LINE_MAY_USE, own="engine.cli"))
    }
    assert not found


@pytest.mark.parametrize(
    "planted",
    [
        "from engine.store.files.catalogue import Catalogue",
        "from engine import paths",
        "import engine.index.exact_scan",
    ],
)
def test_the_check_of_the_window_sees_a_planted_import(planted: str) -> None:
    source = f"from engine.library import Library\ndef later() -> None:\n    {planted}\n"
    assert len(strangers(source, WINDOW_MAY_USE, own="")) == 1


# ---- heavy packages ----------------------------------------------------------------------------------


def test_importing_everything_loads_no_heavy_package() -> None:
    modules = [module_name(file) for file in python_files("engine", "gui")]
    assert not loaded_after("\n".join(f"import {name}" for name in modules)) & HEAVY


def test_importing_main_loads_neither_engine_nor_window() -> None:
    assert not loaded_after("import main") & {*HEAVY, "PySide6", "numpy", "PIL", "engine", "gui"}


def test_the_window_opens_without_a_parser_of_mail() -> None:
    """Asking which packages are installed brings one: some 25 ms of the first second."""
    assert "email" not in loaded_after("import gui.main_window")


def test_the_check_of_heavy_packages_sees_one() -> None:
    assert (
        "timm"
        in loaded_after("import sys, types; sys.modules['timm.models'] = types.ModuleType('x')") & HEAVY
    )


# ---- no printing, no exit ----------------------------------------------------------------------------


def test_only_the_command_line_prints_or_ends_the_process() -> None:
    found = {
        name: loud
        for file in python_files("engine")
        if not (name := module_name(file)).startswith("engine.cli")
        and (loud := loud_names(file.read_text("utf-8")))
    }
    for module in MAY_END_THEIR_PROCESS:
        assert found.pop(module, set()) <= {"os._exit"}
    assert not found


@pytest.mark.parametrize(
    "planted", ["print('x')", "sys.exit(1)", "os._exit(1)", "raise SystemExit(1)", "exit()"]
)
def test_the_check_of_printing_sees_it_planted(planted: str) -> None:
    assert len(loud_names(f"import sys\ndef work() -> None:\n    {planted}\n")) == 1


# ---- what the project's files may say ----------------------------------------------------------------


def hosts_named(text: str) -> list[str]:
    """Hosts of package registries; written in pieces so that this file names none."""
    hosts = [
        ".".join(parts)
        for parts in (
            ("pypi", "org"),
            ("files", "pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("deb", "debian", "org"),
            ("archive", "ubuntu", "com"),
            ("download", "pytorch", "org"),
        )
    ]
    return [host for host in hosts if host in text]


def project_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a checkout")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [PROJECT / name for name in names if (PROJECT / name).is_file()]


def test_no_file_names_a_package_registry() -> None:
    found = {
        str(file): hosts
        for file in project_files()
        if (hosts := hosts_named(file.read_text("utf-8", errors="replace")))
    }
    assert not found


def test_the_check_of_registries_sees_one_planted() -> None:
    assert hosts_named("https://" + ".".join(("pypi", "org")) + "/simple")
