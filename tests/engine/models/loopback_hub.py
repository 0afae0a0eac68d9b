"""A model hub on this machine: real HTTP, with the faults that real hubs have, made on purpose."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

REPOSITORY = "someone/model"


@dataclass
class Behaviour:
    """What the hub does. Tests change it while it runs."""

    files: dict[str, bytes] = field(default_factory=dict)
    commit: str = "c0ffee" * 6 + "abcd"
    large: frozenset[str] = frozenset()  # files that are listed with a SHA-256
    refuse: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # the next answers, in turn
    cut_after: list[int] = field(default_factory=list)  # the next files break off after so many bytes
    unsure: frozenset[str] = frozenset()  # files that are listed without any hash of what they hold
    corrupt: bool = False  # files come with another content than was listed
    announced_extra: int = 0  # bytes that the listing says the files are longer than they are
    ranges: bool = True
    stall_in: str = ""  # this file stops in its middle until `resume` is set
    endless_listing: bool = False  # the listing goes on until the reader hangs up, which sets `hung_up`
    hung_up: threading.Event = field(default_factory=threading.Event)
    resume: threading.Event = field(default_factory=threading.Event)
    stalled: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[str, str]] = field(default_factory=list)  # path, Range header


@contextmanager
def hub(behaviour: Behaviour) -> Iterator[str]:
    """Serve until the block ends; gives the endpoint."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, behaviour)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the name is inherited
            del format, arguments

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        behaviour.resume.set()
        server.shutdown()
        thread.join()
        server.server_close()


def answer(request: BaseHTTPRequestHandler, behaviour: Behaviour) -> None:
    path = unquote(urlsplit(request.path).path)
    asked = request.headers.get("Range", "")
    behaviour.requests.append((path, asked))
    if behaviour.refuse:
        status, headers = behaviour.refuse.pop(0)
        return send(request, status, b"", headers)
    if path == f"/api/models/{REPOSITORY}/revision/main":
        if behaviour.endless_listing:
            return send_endlessly(request, behaviour)
        return send(request, 200, json.dumps(listing(behaviour)).encode(), {})
    prefix = f"/{REPOSITORY}/resolve/{behaviour.commit}/"
    if path.startswith("/cdn/"):
        return send_file(request, behaviour, path.removeprefix("/cdn/"), asked)
    if path.startswith(prefix) and path.removeprefix(prefix) in behaviour.files:
        return send(request, 302, b"", {"Location": f"/cdn/{path.removeprefix(prefix)}"})
    return send(request, 404, b"", {"X-Error-Code": "EntryNotFound"})


def listing(behaviour: Behaviour) -> dict[str, object]:
    siblings = []
    for name, content in behaviour.files.items():
        size = len(content) + behaviour.announced_extra
        entry: dict[str, object] = {"rfilename": name, "size": size}
        if name not in behaviour.unsure:
            entry["blobId"] = hashlib.sha1(b"blob %d\0" % size + content).hexdigest()
        if name in behaviour.large:
            entry["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": size}
        siblings.append(entry)
    return {"sha": behaviour.commit, "siblings": siblings}


def send_file(request: BaseHTTPRequestHandler, behaviour: Behaviour, name: str, asked: str) -> None:
    content = behaviour.files[name]
    if behaviour.corrupt:
        content = bytes(byte ^ 1 for byte in content)
    start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and behaviour.ranges else 0
    if start >= len(content) > 0:
        return send(request, 416, b"", {})
    body = content[start:]
    request.send_response(206 if start else 200)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    if name == behaviour.stall_in:
        request.wfile.write(body[: len(body) // 2])
        request.wfile.flush()
        behaviour.stalled.set()
        behaviour.resume.wait()
        body = body[len(body) // 2 :]
    if behaviour.cut_after:
        body = body[: behaviour.cut_after.pop(0)]
    request.wfile.write(body)
    return None


def send_endlessly(request: BaseHTTPRequestHandler, behaviour: Behaviour) -> None:
    request.send_response(200)
    request.end_headers()
    try:
        while not behaviour.resume.is_set():
            request.wfile.write(b" " * 100_000)
    except ConnectionError:
        behaviour.hung_up.set()
    request.close_connection = True


def send(request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    request.send_response(status)
    for key, value in headers.items():
        request.send_header(key, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
