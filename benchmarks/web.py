"""Completing tasks over HTTP: the product's server, and clients that sign in and post what a task page posts."""

import http.client
import re
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.refund import EMAIL, NOT_ELIGIBLE_EVERY, PASSWORD

PATIENCE = 30  # seconds that the server has to come up
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@contextmanager
def server(home: Path, environment: dict[str, str]) -> Iterator[int]:
    """`routebook serve` on a free port of the loopback, with its defaults: one worker of granian on SQLite."""
    port = free_port()
    command = [sys.executable, "-m", "routebook", "serve", "--home", str(home), "--port", str(port), "--empty"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The server did not start; its reason stands above.")


class Client:
    """Somebody in a browser: one connection, kept alive, with a session and its CSRF token."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.cookies: dict[str, str] = {}
        self.done = 0

    def sign_in(self) -> None:
        _, page = self.ask("GET", "/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page
        form = {"username": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        status, page = self.ask("POST", "/sign-in/", form)
        if status != 302:
            raise SystemExit(f"Signing in answered {status}.")

    def complete(self, run: int, task: int, outcome: str) -> str:
        """Complete a task; what went wrong, if anything did."""
        form = {"outcome": outcome, "command": uuid.uuid4().hex, "csrfmiddlewaretoken": self.cookies["routebook_csrf"]}
        status, page = self.ask("POST", f"/runs/{run}/tasks/{task}/completion/", form)
        if status not in (200, 204, 302, 303):
            return f"Completing task {task} of run {run} answered {status}: {page[:400]}"
        return ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        self.connection.request(method, path, urlencode(form) if form else None, {**headers, **(FORM if form else {})})
        response = self.connection.getresponse()
        page = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            if name in ("routebook_session", "routebook_csrf"):  # what a page told is read once and gone
                self.cookies[name] = value
        return response.status, page


def rounds(port: int, numbers: list[int], clients: int, seconds: float, times: int) -> list[float]:
    """Completions per second of each round, by so many clients at once, each with runs of its own."""
    people = [Client(port) for _ in range(clients)]
    for person in people:
        person.sign_in()
    work = [completions_of(numbers[n::clients]) for n in range(clients)]
    one_round(people, work, 0.5)  # to warm up
    return [one_round(people, work, seconds) for _ in range(times)]


def completions_of(numbers: list[int]) -> Iterator[tuple[int, int, str]]:
    """The completions of these runs in order: run, task, outcome."""
    for number in numbers:
        if number % NOT_ELIGIBLE_EVERY == 0:
            yield from ((number, 1, ""), (number, 2, "not eligible"), (number, 3, ""))
        else:
            yield from ((number, task, "eligible" if task == 2 else "") for task in range(1, 7))


def one_round(people: list[Client], work: list[Iterator[tuple[int, int, str]]], seconds: float) -> float:
    counts = [0] * len(people)
    problems: list[str] = []
    begun = time.perf_counter()
    end = begun + seconds

    def go_on(n: int) -> None:
        for run, task, outcome in work[n]:
            problem = people[n].complete(run, task, outcome)
            if problem:
                problems.append(problem)
                return
            counts[n] += 1
            if time.perf_counter() >= end:
                return
        problems.append("The runs were used up before the time was: ask for more with --http-runs.")

    threads = [threading.Thread(target=go_on, args=(n,)) for n in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise SystemExit(problems[0])
    return sum(counts) / (time.perf_counter() - begun)
