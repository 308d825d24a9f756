"""One command starts the product, refuses what can't work with a sentence, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from routebook.cli import serve

Start = Callable[..., subprocess.Popen[str]]
PATIENCE = 120
"""Seconds until a process that says nothing counts as stuck; what is asked of it here takes one or two."""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `routebook serve` with a home of its own; every server is gone when the test is."""
    servers: list[subprocess.Popen[str]] = []

    def start(port: int, *options: str, home: str = "home") -> subprocess.Popen[str]:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("ROUTEBOOK_", "DJANGO_"))}
        command = [sys.executable, "-m", "routebook", "serve", "--port", str(port), "--home", str(tmp_path / home)]
        server = subprocess.Popen(
            [*command, *options], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        servers.append(server)
        return server

    yield start
    for server in servers:
        if server.poll() is None:
            server.terminate()
        server.communicate(timeout=PATIENCE)


def wait_until_it_says(server: subprocess.Popen[str], beginning: str) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if line.startswith(beginning):
            return line
    assert server.stderr is not None
    raise AssertionError(server.stderr.read())


def status(port: int, path: str = "/") -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_it_starts_answers_and_stops_cleanly(start: Start, port: int, tmp_path: Path) -> None:
    server = start(port, "--empty")
    said = wait_until_it_says(server, "Routebook is at")
    assert f"http://127.0.0.1:{port} " in said
    assert status(port, "/there-is-no-such-page/") == 404
    assert {"first-start", "routebook.sqlite3", "secret"} <= {file.name for file in (tmp_path / "home").iterdir()}
    server.send_signal(signal.SIGINT)
    out, err = server.communicate(timeout=PATIENCE)
    assert (server.returncode, out.splitlines()[-1], err) == (0, "Routebook has stopped.", "")
    serve.refuse_taken_port("127.0.0.1", port)  # raises while anybody listens there


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc names the workers")
def test_ctrl_c_is_heard_by_the_server_alone(start: Start, port: int) -> None:
    """A terminal sends it to the worker too, which might lock itself up between that and the server's own signal."""
    server = start(port, "--empty")
    wait_until_it_says(server, "Routebook is at")
    [worker] = [int(pid) for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]
    os.kill(worker, signal.SIGINT)
    assert status(port, "/there-is-no-such-page/") == 404
    server.send_signal(signal.SIGINT)
    out, err = server.communicate(timeout=PATIENCE)
    assert (server.returncode, out.splitlines()[-1], err) == (0, "Routebook has stopped.", "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a worker that its server is gone")
def test_a_killed_server_frees_its_port(start: Start, port: int) -> None:
    server = start(port, "--empty")
    wait_until_it_says(server, "Routebook is at")
    status(port)
    server.kill()
    server.communicate(timeout=PATIENCE)  # returns when the last process that held the pipe is gone
    serve.refuse_taken_port("127.0.0.1", port)


def test_a_taken_port_is_one_sentence(start: Start, port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        server = start(port, "--empty")
        _, err = server.communicate(timeout=PATIENCE)
    assert server.returncode == 2
    assert err == (f"routebook: port {port} is already in use; stop what runs there, or choose another with --port.\n")


def test_a_second_server_on_the_same_home_is_refused(start: Start, port: int) -> None:
    wait_until_it_says(start(port, "--empty"), "Routebook is at")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        another_port = int(probe.getsockname()[1])
    second = start(another_port, "--empty")
    _, err = second.communicate(timeout=PATIENCE)
    assert second.returncode == 2
    assert "another server is already running on" in err


@pytest.mark.parametrize("words", [("--port", "0"), ("--port", "http"), ("--workers", "0")])
def test_wrong_use_is_exit_code_two(start: Start, port: int, words: tuple[str, str]) -> None:
    server = start(port, *words)
    server.communicate(timeout=PATIENCE)
    assert server.returncode == 2


def test_more_workers_need_postgresql(start: Start, port: int) -> None:
    server = start(port, "--workers", "2")
    _, err = server.communicate(timeout=PATIENCE)
    assert (server.returncode, "one process" in err) == (2, True)


@pytest.mark.parametrize(
    ("host", "loopback", "shown"),
    [
        ("127.0.0.1", True, "127.0.0.1"),
        ("localhost", True, "localhost"),
        ("::1", True, "[::1]"),
        ("192.0.2.7", False, "192.0.2.7"),
        ("0.0.0.0", False, socket.gethostname().lower()),
    ],
)
def test_it_knows_who_can_reach_it(host: str, loopback: bool, shown: str) -> None:
    assert serve.is_loopback(host) is loopback
    assert serve.shown_host(host) == shown
