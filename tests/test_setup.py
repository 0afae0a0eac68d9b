"""A fresh machine gets everything from two commands, and a plain installation gives the program."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

from engine import __version__

PROJECT = Path(__file__).resolve().parent.parent
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="the set-up scripts are for make and a shell")


def locked_versions(lock: Path) -> dict[str, list[str]]:
    """Each locked package and the lines that belong to it."""
    packages: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lock.read_text("utf-8").splitlines():
        if match := re.match(r"([a-z0-9-]+)==", line):
            current = packages.setdefault(match[1], [])
        current.append(line)
    return packages


def normalised(requirement: str) -> str:
    name = re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


# ---- the locks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", ["requirements.lock", ".ci/bootstrap.lock"])
def test_every_locked_package_carries_hashes(lock: str) -> None:
    packages = locked_versions(PROJECT / lock)
    assert packages
    assert [
        name for name, lines in packages.items() if not any("--hash=sha256:" in line for line in lines)
    ] == []


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [
        *project["dependencies"],
        *(r for extra in project["optional-dependencies"].values() for r in extra),
    ]
    names = {normalised(requirement) for requirement in declared} - {"findling"}
    assert names - set(locked_versions(PROJECT / "requirements.lock")) == set()


# ---- the scripts -------------------------------------------------------------------------------------


@pytest.fixture
def bare_project(tmp_path: Path) -> Path:
    """What the set-up script reads, without a virtual environment."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT / ".ci", project / ".ci")
    (project / "requirements.lock").write_text("")
    return project


def shell(script: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(script), *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@posix_only
def test_without_a_new_enough_python_one_sentence_says_so(bare_project: Path) -> None:
    done = shell(bare_project / ".ci" / "setup.sh", PYTHON="/bin/false")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Findling needs Python 3.11 or newer and found none." in done.stderr
    assert not (bare_project / ".venv").exists()


@posix_only
def test_a_finished_installation_is_left_alone_until_the_lock_changes(bare_project: Path) -> None:
    commands = bare_project / ".venv" / "bin"
    commands.mkdir(parents=True)
    (commands / "python").symlink_to(sys.executable)
    sums = subprocess.run(
        "cat .ci/bootstrap.lock requirements.lock | cksum",
        shell=True,
        cwd=bare_project,
        capture_output=True,
        check=True,
    )
    stamp = bare_project / ".venv" / "findling-installed"
    stamp.write_text(f"{sums.stdout.decode().strip()} {bare_project}\n")
    assert shell(bare_project / ".ci" / "setup.sh", PYTHON="/bin/false").returncode == 0
    (bare_project / "requirements.lock").write_text("# changed\n")
    assert shell(bare_project / ".ci" / "setup.sh", PYTHON="/bin/false").returncode == 1


RECORDING_PYTHON = """#!/bin/sh
printf '%s\\n' "$*" >>"$RECORD"
case "$*" in
*"venv --clear"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
*"import ensurepip"*) exit ${WITHOUT_VENV:-0} ;;
*version_info*) echo 3.12 ;;
esac
"""


class Machine:
    """Runs the set-up script with an interpreter that only writes down what it is asked to do."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.python = folder / "an interpreter"
        self.python.write_text(RECORDING_PYTHON)
        self.python.chmod(0o755)
        self._record = folder / "record"

    def set_up(self, project: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        script = project / ".ci" / "setup.sh"
        return shell(script, PYTHON=str(self.python), RECORD=str(self._record), **environment)

    def environments_made(self) -> int:
        return self._record.read_text().count("-m venv --clear .venv")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


@posix_only
def test_a_python_whose_path_has_spaces_can_be_given(bare_project: Path, machine: Machine) -> None:
    done = machine.set_up(bare_project)
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.environments_made() == 1


@posix_only
def test_a_changed_lock_keeps_the_virtual_environment(bare_project: Path, machine: Machine) -> None:
    machine.set_up(bare_project)
    (bare_project / "requirements.lock").write_text("# changed\n")
    assert machine.set_up(bare_project).returncode == 0
    assert machine.environments_made() == 1


@posix_only
@pytest.mark.parametrize("finished", [True, False])
def test_a_moved_project_gets_a_new_virtual_environment(
    bare_project: Path, machine: Machine, finished: bool
) -> None:
    machine.set_up(bare_project)
    if not finished:  # as an installation leaves it that was killed
        environment = bare_project / ".venv"
        (environment / "findling-installed").rename(environment / "findling-installing")
    moved = bare_project.rename(bare_project.with_name("moved project"))
    assert machine.set_up(moved).returncode == 0
    assert machine.environments_made() == 2
    machine.set_up(moved)
    assert machine.environments_made() == 2


@posix_only
def test_a_python_without_virtual_environments_is_said_with_its_package(
    bare_project: Path, machine: Machine
) -> None:
    done = machine.set_up(bare_project, WITHOUT_VENV="1")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert f"{machine.python} cannot make virtual environments" in done.stderr
    assert "apt-get install python3.12-venv" in done.stderr


@posix_only
def test_a_python_without_virtual_environments_gives_way_to_another(
    bare_project: Path, machine: Machine, tmp_path: Path
) -> None:
    commands = tmp_path / "commands"
    commands.mkdir()
    put_command(commands, "python3.13", 'case "$*" in *ensurepip*) exit 1 ;; *) echo 3.13 ;; esac')
    (commands / "python3.12").symlink_to(machine.python)
    record = str(tmp_path / "machine" / "record")
    path = os.pathsep.join([str(commands), os.environ["PATH"]])
    assert shell(bare_project / ".ci" / "setup.sh", PYTHON="", PATH=path, RECORD=record).returncode == 0
    assert machine.environments_made() == 1


@pytest.fixture
def strange_machine(tmp_path: Path) -> Path:
    """A folder of commands for a machine that has no system library that it could tell of."""
    commands = tmp_path / "commands"
    commands.mkdir()
    for name in ("uname", "grep"):
        found = shutil.which(name)
        assert found is not None
        (commands / name).symlink_to(found)
    return commands


def put_command(commands: Path, name: str, script: str) -> None:
    file = commands / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def libraries_script(commands: Path, folder: Path) -> Path:
    """The script as it is, but that it looks for commands only in `commands`."""
    text = (PROJECT / ".ci" / "system-libraries.sh").read_text("utf-8")
    assert "PATH=$PATH:/usr/sbin:/sbin" in text
    script = folder / "system-libraries.sh"
    script.write_text(text.replace("PATH=$PATH:/usr/sbin:/sbin", f"PATH={commands}"))
    return script


@posix_only
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux needs libraries that no wheel brings")
def test_what_cannot_be_installed_is_named_with_its_command(strange_machine: Path, tmp_path: Path) -> None:
    called = tmp_path / "called"
    put_command(strange_machine, "id", "echo 1000")
    put_command(strange_machine, "sudo", "exit 1")
    put_command(strange_machine, "apt-get", f": >{called}")
    done = shell(libraries_script(strange_machine, tmp_path), "--tests")
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1
    assert "sudo apt-get install --yes --no-install-recommends" in done.stderr
    for package in ("libegl1", "libxcb-icccm4", "libxcb-keysyms1", "poppler-utils", "xvfb"):
        assert f" {package}" in done.stderr
    assert not called.exists()


@posix_only
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux needs libraries that no wheel brings")
def test_a_list_of_packages_that_cannot_be_renewed_stops_no_installation(
    strange_machine: Path, tmp_path: Path
) -> None:
    called = tmp_path / "called"
    put_command(strange_machine, "id", "echo 0")
    put_command(strange_machine, "apt-get", f'echo "$*" >>{called}; [ "$1" != update ]')
    for name in ("env", "mktemp", "rm", "tail"):
        found = shutil.which(name)
        assert found is not None
        (strange_machine / name).symlink_to(found)
    done = shell(libraries_script(strange_machine, tmp_path), "--tests")
    assert (done.returncode, done.stderr) == (0, "")
    update, install = called.read_text().splitlines()
    assert update.startswith("update")
    assert install.startswith("install")
    assert "xvfb" in install


@posix_only
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux needs libraries that no wheel brings")
def test_a_system_of_another_kind_is_told_what_is_missing(strange_machine: Path, tmp_path: Path) -> None:
    done = shell(libraries_script(strange_machine, tmp_path))
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1
    assert "libxcb-cursor.so.0" in done.stderr
    assert "Xvfb" not in done.stderr


@posix_only
def test_make_lists_its_targets() -> None:
    done = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True)
    listed = {line.split()[0] for line in done.stdout.splitlines()}
    assert {"setup", "run", "test", "test-slow", "test-all", "bench", "lock"} <= listed


# ---- tests stay at home ------------------------------------------------------------------------------


def test_no_test_can_reach_another_machine() -> None:
    with pytest.raises(AssertionError, match=r"192\.0\.2\.1"), socket.socket() as connection:
        connection.connect(("192.0.2.1", 80))
    with pytest.raises(AssertionError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 443)


def test_a_test_can_reach_its_own_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with socket.create_connection(address) as connection:
            assert connection.getpeername() == address


# ---- without make ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built from a copy without a build folder of older days."""
    root = tmp_path_factory.mktemp("wheel")
    source = root / "source"
    source.mkdir()
    for name in ("pyproject.toml", "main.py", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, source)
    for name in ("engine", "gui", "assets"):
        shutil.copytree(PROJECT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-index"]
    subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(root), str(source)],
        check=True,
        cwd=root,
    )
    (built,) = root.glob("*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_holds_the_program_and_its_assets(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    wanted = {
        str(file.relative_to(PROJECT))
        for folder in ("engine", "gui", "assets")
        for file in (PROJECT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert {"main.py", *wanted} - packed == set()
    assert not any(name.startswith("tests/") for name in packed)


@pytest.mark.slow
def test_the_installed_command_works(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    python = place / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python), "install"]
    subprocess.run([*pip, "--quiet", "--no-index", "--no-deps", str(wheel)], check=True, cwd=tmp_path)
    packages = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    # its dependencies are gigabytes: those of this environment serve
    (Path(packages.stdout.strip()) / "dependencies.pth").write_text(sysconfig.get_path("purelib"))

    def findling(*arguments: str) -> str:
        command = [str(python.with_name("findling")), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout

    assert "Finds your photographs" in findling("--help")
    assert wheel.name.startswith(f"findling-{__version__}-")
    assert findling("--version").split() == ["findling", __version__]
    library = ("--library", str(tmp_path / "library"))
    (tmp_path / "pictures").mkdir()
    findling(*library, "index", str(tmp_path / "pictures"))
    status = json.loads(findling(*library, "status", "--json"))
    assert status["files"] == 0
