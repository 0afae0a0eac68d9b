from __future__ import annotations

import email.utils
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import Cancelled, DiskFull, HubError, ModelError
from engine.models.hub import http_stream
from engine.models.hub.download import Hub, RetryPolicy
from engine.progress import CancelToken, Progress
from tests.engine.models.loopback_hub import REPOSITORY, Behaviour, hub

SMALL, LARGE = "config.json", "weights.safetensors"
NAMES = (SMALL, LARGE)
SIZE = 3_000_000


class Patience(CancelToken):
    """Notes how long it would have waited instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return super().wait(0)


@pytest.fixture
def behaviour() -> Behaviour:
    files = {SMALL: b'{"a": 1}', LARGE: os.urandom(SIZE), "README.md": b"not asked for"}
    return Behaviour(files=files, large=frozenset({LARGE}))


@pytest.fixture
def endpoint(behaviour: Behaviour) -> Iterator[str]:
    with hub(behaviour) as address:
        yield address


@pytest.fixture
def patience() -> Patience:
    return Patience()


def fetch(endpoint: str, folder: Path, cancel: CancelToken, progress: Progress | None = None) -> str:
    client = Hub(endpoint, RetryPolicy(attempts=3))
    return client.fetch(REPOSITORY, "main", NAMES, folder, progress or Progress(), cancel)


def test_the_files_asked_for_arrive_whole(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    progress = Progress()
    commit = fetch(endpoint, tmp_path / "model", patience, progress)
    assert commit == behaviour.commit
    for name in NAMES:
        assert (tmp_path / "model" / name).read_bytes() == behaviour.files[name]
    assert not (tmp_path / "model" / "README.md").exists()
    assert not list((tmp_path / "model").glob("*.part"))
    snapshot = progress.snapshot()
    assert (snapshot.unit, snapshot.done, snapshot.found) == ("bytes", SIZE + 8, SIZE + 8)


def test_a_line_that_breaks_is_resumed_where_it_broke(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    behaviour.cut_after = [8, 1_000_000, 500_000]
    progress = Progress()
    fetch(endpoint, tmp_path / "model", patience, progress)
    assert (tmp_path / "model" / LARGE).read_bytes() == behaviour.files[LARGE]
    ranges = [asked for path, asked in behaviour.requests if path == f"/cdn/{LARGE}"]
    assert ranges == ["", "bytes=1000000-", "bytes=1500000-"]
    assert progress.snapshot().done == SIZE + 8


def test_a_download_that_was_cancelled_is_continued_by_the_next(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    behaviour.stall_in = LARGE
    cancel = CancelToken()
    failures: list[BaseException] = []

    def download() -> None:
        try:
            fetch(endpoint, tmp_path / "model", cancel)
        except Cancelled as error:
            failures.append(error)

    thread = threading.Thread(target=download)
    thread.start()
    assert behaviour.stalled.wait(60)
    part = tmp_path / "model" / f"{LARGE}.part"
    while not part.exists() or part.stat().st_size < 100_000:
        thread.join(0.01)
    cancel.cancel()
    thread.join(60)  # the hub still stalls: it is not what ends the download
    assert not thread.is_alive()
    assert not behaviour.resume.is_set()
    assert failures
    arrived = part.stat().st_size
    assert 0 < arrived < SIZE
    assert not (tmp_path / "model" / LARGE).exists()

    behaviour.stall_in = ""
    behaviour.requests.clear()
    fetch(endpoint, tmp_path / "model", patience)
    assert (f"/cdn/{LARGE}", f"bytes={arrived}-") in behaviour.requests
    assert (f"/cdn/{SMALL}", "") not in behaviour.requests  # it was there and verified
    assert (tmp_path / "model" / LARGE).read_bytes() == behaviour.files[LARGE]


def test_a_hub_that_ignores_ranges_begins_again(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    behaviour.ranges = False
    behaviour.cut_after = [8, 1_000_000]
    progress = Progress()
    fetch(endpoint, tmp_path / "model", patience, progress)
    assert (tmp_path / "model" / LARGE).read_bytes() == behaviour.files[LARGE]
    assert progress.snapshot().done == SIZE + 8


def test_a_hub_that_ignores_ranges_begins_again_even_at_the_last_bytes(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    behaviour.ranges = False
    behaviour.cut_after = [8, SIZE - 1000]
    progress = Progress()
    fetch(endpoint, tmp_path / "model", patience, progress)
    assert (tmp_path / "model" / LARGE).read_bytes() == behaviour.files[LARGE]
    assert progress.snapshot().done == SIZE + 8


def test_a_part_longer_than_the_file_is_thrown_away(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / ".commit").write_text(behaviour.commit)
    (tmp_path / "model" / f"{LARGE}.part").write_bytes(b"x" * (SIZE + 1))
    progress = Progress()
    fetch(endpoint, tmp_path / "model", patience, progress)
    assert (tmp_path / "model" / LARGE).read_bytes() == behaviour.files[LARGE]
    assert progress.snapshot().done == SIZE + 8


def test_parts_of_another_commit_are_thrown_away(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    fetch(endpoint, tmp_path / "model", patience)
    behaviour.commit = "d" * 40
    behaviour.files[LARGE] = os.urandom(SIZE)
    assert fetch(endpoint, tmp_path / "model", patience) == "d" * 40
    assert (tmp_path / "model" / LARGE).read_bytes() == behaviour.files[LARGE]


def test_a_busy_hub_is_waited_for_as_long_as_it_asks(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    soon = email.utils.formatdate(time.time() - 100, usegmt=True)
    behaviour.refuse = [(429, {"Retry-After": "7"}), (429, {"Retry-After": soon})]
    fetch(endpoint, tmp_path / "model", patience)
    assert patience.waits == [7.0, 0.0]


@pytest.mark.parametrize("asked", ["²", "soon", "-1", "Mon, 01 Jan 0001 00:00:00 -0000", "9" * 400])
def test_a_hub_that_asks_for_no_time_there_is_does_not_hang_anyone(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience, asked: str
) -> None:
    behaviour.refuse = [(429, {"Retry-After": asked})]
    fetch(endpoint, tmp_path / "model", patience)
    assert len(patience.waits) == 1
    assert 0 <= patience.waits[0] <= 60


def test_a_fault_of_ours_while_downloading_ends_it_and_is_logged(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def fail(_header: str | None) -> float | None:
        raise RuntimeError("planted")

    monkeypatch.setattr(http_stream, "_parse_retry_after", fail)
    behaviour.refuse = [(429, {})] * 3
    with pytest.raises(HubError, match="planted"):
        fetch(endpoint, tmp_path / "model", patience)
    assert "RuntimeError: planted" in caplog.text


def test_a_listing_without_end_is_not_read_to_its_end(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    behaviour.endless_listing = True
    with pytest.raises(HubError, match="not that of a model hub"):
        fetch(endpoint, tmp_path / "model", patience)
    assert behaviour.hung_up.wait(60)


def test_a_broken_hub_is_tried_again_ever_more_slowly(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    behaviour.refuse = [(503, {}), (500, {})]
    fetch(endpoint, tmp_path / "model", patience)
    assert patience.waits == [1.0, 2.0]


def test_no_hub_makes_anyone_wait_for_hours(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    behaviour.refuse = [(429, {"Retry-After": "86400"})]
    fetch(endpoint, tmp_path / "model", patience)
    assert patience.waits == [60.0]


@pytest.mark.parametrize(
    ("status", "headers", "sentence"),
    [
        (404, {}, "does not have someone/model"),
        (401, {"X-Error-Code": "RepoNotFound"}, "does not have someone/model"),
        (401, {"X-Error-Code": "GatedRepo"}, "not give someone/model to everyone.*Accept its licence"),
        (403, {}, "not give someone/model to everyone"),
        (400, {}, "refused someone/model"),
    ],
)
def test_a_refusal_is_said_at_once_and_in_a_sentence(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience,
    status: int, headers: dict[str, str], sentence: str,
) -> None:  # fmt: skip
    behaviour.refuse = [(status, headers)]
    with pytest.raises(HubError, match=sentence):
        fetch(endpoint, tmp_path / "model", patience)
    assert patience.waits == []


@pytest.mark.parametrize(("status", "sentence"), [(429, "no more downloads for now"), (502, "status 502")])
def test_patience_ends(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience, status: int, sentence: str
) -> None:
    behaviour.refuse = [(status, {})] * 3
    with pytest.raises(HubError, match=sentence):
        fetch(endpoint, tmp_path / "model", patience)
    assert len(patience.waits) == 2


def test_a_file_the_repository_does_not_hold_is_named(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    del behaviour.files[SMALL]
    with pytest.raises(HubError, match=r"someone/model does not hold config\.json"):
        fetch(endpoint, tmp_path / "model", patience)


def test_a_file_that_goes_missing_meanwhile_is_named(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    class Vanishing(Progress):
        def start(self, phase: str, unit: str, found: int = 0) -> None:
            super().start(phase, unit, found)
            del behaviour.files[LARGE]

    with pytest.raises(HubError, match=r"does not have weights\.safetensors of someone/model"):
        fetch(endpoint, tmp_path / "model", patience, Vanishing())


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_recognised_and_not_kept(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience, name: str
) -> None:
    behaviour.files = {name: behaviour.files[name]}
    behaviour.corrupt = True
    client = Hub(endpoint, RetryPolicy(attempts=3))
    with pytest.raises(HubError, match="arrived damaged"):
        client.fetch(REPOSITORY, "main", [name], tmp_path / "model", Progress(), patience)
    assert [path.name for path in (tmp_path / "model").iterdir()] == [".commit"]


@pytest.mark.parametrize("name", [SMALL, LARGE])
def test_a_file_that_could_not_be_checked_is_not_taken(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience, name: str
) -> None:
    behaviour.large, behaviour.unsure = frozenset(), frozenset({name})
    with pytest.raises(HubError, match=f"no checksum for {name}") as refused:
        fetch(endpoint, tmp_path / "model", patience)
    assert "models add" in refused.value.remedy
    assert not (tmp_path / "model").exists()
    assert len(behaviour.requests) == 1


def test_a_file_shorter_than_listed_is_not_taken(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    behaviour.announced_extra = 10
    with pytest.raises(HubError, match="shorter than"):
        fetch(endpoint, tmp_path / "model", patience)
    assert not (tmp_path / "model" / SMALL).exists()


def test_a_file_longer_than_listed_is_not_taken(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    behaviour.announced_extra = -3
    with pytest.raises(HubError, match="larger than"):
        fetch(endpoint, tmp_path / "model", patience)
    assert not (tmp_path / "model" / SMALL).exists()


def test_a_line_that_always_breaks_is_given_up_and_what_came_is_kept(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    behaviour.cut_after = [8, 1000, 0, 0, 0, 0]
    with pytest.raises(HubError, match="broke off again and again"):
        fetch(endpoint, tmp_path / "model", patience)
    assert (tmp_path / "model" / f"{LARGE}.part").stat().st_size == 1000


def test_a_hub_that_is_not_there_is_said_with_the_way_out(tmp_path: Path, patience: Patience) -> None:
    with hub(Behaviour()) as address:
        pass
    with pytest.raises(HubError, match=r"could not be reached.*models add NAME --from PATH"):
        fetch(address, tmp_path / "model", patience)


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"{}", b'{"sha": "1", "siblings": 3}'])
def test_an_answer_that_is_not_a_hubs_is_recognised(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, tmp_path: Path, patience: Patience, content: bytes
) -> None:
    monkeypatch.setattr("tests.engine.models.loopback_hub.json.dumps", lambda _: content.decode())
    with pytest.raises(HubError, match="not that of a model hub"):
        fetch(endpoint, tmp_path / "model", patience)


def test_a_download_that_cannot_fit_is_not_begun(
    endpoint: str, behaviour: Behaviour, tmp_path: Path, patience: Patience
) -> None:
    behaviour.announced_extra = 1 << 60
    with pytest.raises(DiskFull, match="GB left"):
        fetch(endpoint, tmp_path / "model", patience)
    assert all(path.startswith("/api/") for path, _ in behaviour.requests)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_is_said(endpoint: str, tmp_path: Path, patience: Patience) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / ".commit").write_text("c0ffee" * 6 + "abcd")
    (tmp_path / "model" / f"{SMALL}.part").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match="disk is full"):
        fetch(endpoint, tmp_path / "model", patience)


def test_a_folder_that_cannot_be_written_is_said(endpoint: str, tmp_path: Path, patience: Patience) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError, match="cannot be read or written"):
        fetch(endpoint, tmp_path / "file" / "model", patience)
