"""`bin/bench checks`: how many documents a check looks at in a second, beside two linters for Markdown.

A library folder is generated, the same every time. Routebook, markdownlint-cli2 (npm) and rumdl (Rust) check it in turns,
each in a process of its own from its start to its exit, as in a hook or a pipeline; medians count. Ours is measured from
nothing, with nothing changed since, and with one document changed. The last line is one JSON object.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.checks_library import write_library
from benchmarks.node_peers import node_command

DOCUMENTS = 10_000
EXPECTED = {"cold_per_s": 2000, "unchanged_s": 0.3, "markdownlint_cli2": 12.0}
"""What is expected of ours: at least, at most, at least so many times as fast."""


def main(arguments: list[str]) -> int:
    options = read_options(arguments)
    with tempfile.TemporaryDirectory(prefix="routebook-bench-") as place:
        library = Path(place) / "library"
        size = write_library(library, options.documents)
        contestants = Contestants(Path(place), library, options.documents)
        times = in_turns(contestants.all(options.only), options)
    report = report_of(times, options.documents, size)
    if not options.json:
        print_report(report)
    print(json.dumps(report))
    return 0 if report["met"] else 1


def read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench checks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print nothing but the JSON line")
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="how many (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each side (default: %(default)s)")
    parser.add_argument("--only", nargs="*", default=["markdownlint-cli2", "rumdl"], help="which peers (default: both)")
    return parser.parse_args(arguments)


class Taken(NamedTuple):
    """What one check took: seconds until it was done, and seconds of work by all its processes together."""

    seconds: float
    cpu: float


Contest = Callable[[], Taken]


class Contestants:
    """Who checks the library, and how each is started. A side that didn't look at every document doesn't count."""

    def __init__(self, place: Path, library: Path, documents: int) -> None:
        self.place, self.library, self.documents = place, library, documents
        self.product = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
        self.rounds = 0

    def all(self, peers: list[str]) -> dict[str, Contest]:
        contests: dict[str, Contest] = {"cold": self.cold, "unchanged": self.unchanged, "one changed": self.one_changed}
        if "markdownlint-cli2" in peers:
            command = node_command("markdownlint-cli2")
            contests["markdownlint-cli2"] = lambda: self.timed([*command, "**/*.md"], r"Linting: (\d+) file")
        if "rumdl" in peers:
            rumdl = str(Path(os.environ["ROUTEBOOK_BENCH_PEERS_PYTHON"]).with_name("rumdl"))
            cache = str(self.place / "rumdl-cache")
            seen = r"in (?:\d+/)?(\d+) files"
            contests["rumdl"] = lambda: self.timed([rumdl, "check", "--no-cache", "."], seen)
            contests["rumdl, unchanged"] = lambda: self.timed([rumdl, "check", "--cache-dir", cache, "."], seen)
        return contests

    def cold(self) -> Taken:
        self.rounds += 1
        return self.ours()

    def unchanged(self) -> Taken:
        return self.ours()

    def one_changed(self) -> Taken:
        file = self.library / "sops" / "sop-00000.md"
        before = file.read_text(encoding="utf-8")
        file.write_text(f"{before}\nRound {self.rounds}.\n", encoding="utf-8")
        taken = self.ours()
        file.write_text(before, encoding="utf-8")
        return taken

    def ours(self) -> Taken:
        """Each round begins with an empty cache."""
        environment = {**self.product, "XDG_CACHE_HOME": str(self.place / f"cache-{self.rounds}")}
        command = [sys.executable, "-m", "routebook", "check", ".", "--quiet", "--today", "2026-11-22"]
        return self.timed(command, r"(\d+) documents checked", environment)

    def timed(self, command: list[str], seen: str, environment: dict[str, str] | None = None) -> Taken:
        begun, worked = time.perf_counter(), work_of_children()
        done = subprocess.run(
            command, cwd=self.library, env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
        )
        taken = Taken(time.perf_counter() - begun, work_of_children() - worked)
        counts = [int(count) for count in re.findall(seen, done.stdout + done.stderr)]
        if done.returncode not in (0, 1) or not counts or max(counts) < self.documents:
            raise SystemExit(
                f"{command[0]} did not look at all {self.documents} documents: {(done.stderr or done.stdout)[-500:]}"
            )
        return taken


def work_of_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def in_turns(contests: dict[str, Contest], options: argparse.Namespace) -> dict[str, list[Taken]]:
    """What every round took. The first check of a peer that keeps a cache fills it and doesn't count."""
    if "rumdl, unchanged" in contests:
        contests["rumdl, unchanged"]()
    times: dict[str, list[Taken]] = {name: [] for name in contests}
    for number in range(options.rounds):
        for name, contest in contests.items():
            times[name].append(contest())
            if not options.json:
                print(
                    f"round {number + 1}, {name}: {times[name][-1].seconds:.2f} s, {times[name][-1].cpu:.2f} s of work",
                    file=sys.stderr,
                    flush=True,
                )
    return times


def report_of(times: dict[str, list[Taken]], documents: int, size: int) -> dict[str, Any]:
    seconds = {name: statistics.median(taken.seconds for taken in each) for name, each in times.items()}
    work = {name: statistics.median(taken.cpu for taken in each) for name, each in times.items()}
    ratios = {
        name.replace("-", "_").replace(", ", "_"): round(
            taken / seconds["unchanged" if "unchanged" in name else "cold"], 2
        )
        for name, taken in seconds.items()
        if name not in ("cold", "unchanged", "one changed")
    }
    cold = documents / seconds["cold"]
    met = {
        "cold_per_s": cold >= EXPECTED["cold_per_s"],
        "unchanged_s": seconds["unchanged"] <= EXPECTED["unchanged_s"],
        "markdownlint_cli2": ratios.get("markdownlint_cli2", EXPECTED["markdownlint_cli2"])
        >= EXPECTED["markdownlint_cli2"],
    }
    return {
        "documents": documents,
        "megabytes": round(size / 1e6, 1),
        "ratios": ratios,
        "per_s": {name: round(documents / taken) for name, taken in seconds.items()},
        "seconds": {name: round(taken, 3) for name, taken in seconds.items()},
        "cpu_seconds": {name: round(taken, 3) for name, taken in work.items()},
        "rounds": {name: [round(taken.seconds, 3) for taken in each] for name, each in times.items()},
        "expected": EXPECTED,
        "met": all(met.values()),
        "met_each": met,
    }


def print_report(report: dict[str, Any]) -> None:
    print(f"{report['documents']} documents, {report['megabytes']} MB")
    for name, taken in report["seconds"].items():
        work = report["cpu_seconds"][name]
        print(f"  {name:<20} {taken:8.2f} s {work:8.2f} s of work {report['per_s'][name]:>8} documents/s")
    for name, ratio in report["ratios"].items():
        print(f"  ours is {ratio} times as fast as {name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
