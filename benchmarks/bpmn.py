"""How fast other tools' maps are read: `bin/bench bpmn [--json]`.

Some hundred BPMN files are generated, the same every time. Routebook reads each into processes, flow and all; bpmn-moddle
(npm) reads each into its tree of objects. Both are one process that stays alive, reads the files from disk, and takes
its turn in every round; the first rounds warm both up and don't count.

Then each file is written out again, and the schemas of the standard and bpmn-moddle are asked what they think of that.
"""

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.bpmn_exports import judge
from benchmarks.bpmn_files import bpmn_file
from benchmarks.node_peers import node_module
from routebook.formats.bpmn.reading import BpmnFile, read_bpmn

EXPECTED = 2.0
"""At least this many times as fast as bpmn-moddle."""
WARM_UP = 3


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench bpmn", description=__doc__)
    parser.add_argument("--files", type=int, default=300, help="how many files to make (300)")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each that count (7)")
    parser.add_argument("--folder", type=Path, help="read these files instead: a folder of nothing else")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="routebook-bench-") as place:
        folder = options.folder or generated(Path(place, "maps"), options.files)
        report = measure(folder, options.rounds)
        exports = Path(place, "exports")
        exports.mkdir()
        report["exports"] = judge(sorted(folder.iterdir()), exports)
    print(json.dumps(report, indent=2)) if options.json else print_report(report)
    return 0 if report["met"] and flawless(report["exports"]) else 1


def generated(folder: Path, count: int) -> Path:
    folder.mkdir()
    for seed in range(count):
        (folder / f"map-{seed:04}.bpmn").write_text(bpmn_file(seed), encoding="utf-8")
    return folder


def measure(folder: Path, rounds: int) -> dict[str, Any]:
    files = sorted(folder.iterdir())
    peer = subprocess.Popen(
        ["node", str(Path(__file__).with_name("bpmn_moddle.mjs")), str(node_module("bpmn-moddle")), str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    seconds: dict[str, list[float]] = {"routebook": [], "bpmn-moddle": []}
    for number in range(WARM_UP + rounds):
        ours, theirs = read_here(files), read_there(peer, len(files))
        if number >= WARM_UP:
            seconds["routebook"].append(ours)
            seconds["bpmn-moddle"].append(theirs)
    peer.communicate()
    return report_of(seconds, files)


def read_here(files: Sequence[Path]) -> float:
    gc.collect()
    gc.freeze()  # what the benchmark itself holds isn't part of the reading; the peer's process holds nothing else either
    begun = time.perf_counter()
    read = sum(isinstance(read_bpmn(file.read_bytes()), BpmnFile) for file in files)
    taken = time.perf_counter() - begun
    gc.unfreeze()
    if read < len(files):
        raise SystemExit("Routebook could not read every file.")
    return taken


def read_there(peer: "subprocess.Popen[str]", count: int) -> float:
    assert peer.stdin is not None
    assert peer.stdout is not None
    peer.stdin.write("go\n")
    peer.stdin.flush()
    answer = json.loads(peer.stdout.readline() or "{}")
    if answer.get("read") != count:
        raise SystemExit("bpmn-moddle could not read every file.")
    return float(answer["milliseconds"]) / 1000


def report_of(seconds: dict[str, list[float]], files: Sequence[Path]) -> dict[str, Any]:
    median = {name: statistics.median(each) for name, each in seconds.items()}
    ratio = median["bpmn-moddle"] / median["routebook"]
    return {
        "files": len(files),
        "megabytes": round(sum(file.stat().st_size for file in files) / 1e6, 1),
        "per_s": {name: round(len(files) / taken) for name, taken in median.items()},
        "ratio": round(ratio, 2),
        "ratios": [round(b / a, 2) for a, b in zip(seconds["routebook"], seconds["bpmn-moddle"], strict=True)],
        "expected": EXPECTED,
        "met": ratio >= EXPECTED,
    }


def flawless(exports: dict[str, Any]) -> bool:
    return bool(exports["valid"] == exports["files"] and not exports["warnings"])


def print_report(report: dict[str, Any]) -> None:
    print(f"{report['files']} files, {report['megabytes']} MB")
    for name, speed in report["per_s"].items():
        print(f"  {name:<12} {speed:>6} files/s")
    print(f"  ours is {report['ratio']} times as fast; {report['expected']} is expected")
    exports = report["exports"]
    print(f"{exports['files']} files written: {exports['valid']} pass the schemas of BPMN 2.0,", end=" ")
    print(f"bpmn-moddle has {exports['warnings']} warnings")
    for said in exports["said"]:
        print(f"  {said}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
