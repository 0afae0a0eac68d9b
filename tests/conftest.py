"""What holds for every test: no window system, no user's own files, nothing outside this machine."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

# Read when Qt and the model hub's client are first imported, so before any test module.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SHARED_DATA = PROJECT.parent / "shared" / "data"
LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", ""})


class OutsideReached(AssertionError):
    """A test tried to reach another machine."""


def is_on_this_machine(host: object) -> bool:
    """Whether a host name or address, as Python's sockets take it, means this machine."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name.lower() in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: sees every connection that Python code makes, whichever module makes it."""
    host: object = None
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # else a path of this machine
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    if not is_on_this_machine(host):
        raise OutsideReached(f"{event}: {host!r}")


def pytest_configure() -> None:
    sys.addaudithook(refuse_outside)  # stays for the life of this process, as is meant


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Names of files may be no text, and a report travels as text between the processes of a run."""
    report = yield
    report.sections = [
        (name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.fixture(scope="session", autouse=True)
def session_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For fixtures that many tests share: they too know nothing of the user's own files."""
    with pytest.MonkeyPatch.context() as patch:
        set_environment(patch, tmp_path_factory.mktemp("session"))
        yield


@pytest.fixture(autouse=True)
def own_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a home of its own; whatever it starts inherits it."""
    home = tmp_path_factory.mktemp("home")
    set_environment(monkeypatch, home)
    return home


def set_environment(patch: pytest.MonkeyPatch, home: Path) -> None:
    for name, folder in (
        ("HOME", ""),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_RUNTIME_DIR", "run"),
        ("HF_HOME", "hub"),
        ("FINDLING_LIBRARY", "library"),
        ("FINDLING_MODELS", "models"),
    ):
        patch.setenv(name, str(home / folder))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        patch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Photographs and documents that are not part of the project; tests that need them skip without."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the data of ../shared/data")
    return SHARED_DATA


@pytest.fixture
def locked_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that its own permissions lock; root walks in all the same."""
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o000)
    yield folder
    folder.chmod(0o700)
