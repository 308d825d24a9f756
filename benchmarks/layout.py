"""How long a map takes to draw, beside Graphviz: `bin/bench layout [--json] [--maps 10] [--rounds 5]`.

The same made-up maps of 10, 50 and 200 steps are drawn in turns by Routebook (lanes, labels and routes, as SVG) and by
Graphviz's `dot`, called as a process as a server would call it (no lanes, as SVG). What Routebook remembers of texts is
forgotten before each map. Expected: Routebook takes no longer; where it does, the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.maps import made_map
from routebook.core.document import Decision, Process
from routebook.formats.drawing import draw
from routebook.formats.drawing.anatomy import BOX_WIDTH, DIAMOND, width_after
from routebook.formats.drawing.exits import leaving
from routebook.formats.drawing.lettering import width_of, wrap

SIZES = (10, 50, 200)
MISSING = "There is no `dot` on this machine. Install Graphviz (Debian: apt-get install graphviz), then run this again."


@dataclass(frozen=True, slots=True)
class Timed:
    """Milliseconds for one map of a size: medians over all maps and rounds, and the slower end of ours."""

    steps: int
    ours: float
    ours_p95: float
    dot: float

    @property
    def ratio(self) -> float:
        """How many times as long `dot` takes."""
        return self.dot / self.ours


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench layout", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--maps", type=int, default=10, help="of each size (10)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each map is drawn (5)")
    args = parser.parse_args(arguments)
    dot = shutil.which("dot")
    if dot is None:
        print(MISSING, file=sys.stderr)
        return 2
    results = []
    for steps in SIZES:
        results.append(timed(steps, args.maps, args.rounds, dot))
        if not args.json:
            show(results[-1])
    start = median(milliseconds(lambda: called(dot, b"digraph{}")) for _ in range(10))
    if not args.json:
        print(f"   Of dot's time {start:.1f} ms is the start of the process.")
    told = {"dot": version(dot), "dot_start_ms": round(start, 2), "maps": args.maps, "rounds": args.rounds}
    print(json.dumps({**told, "sizes": plain(results)}))
    return 0 if all(result.ratio >= 1 for result in results) else 1


def timed(steps: int, maps: int, rounds: int, dot: str) -> Timed:
    made = [made_map(steps, seed) for seed in range(maps)]
    sources = [source(process).encode() for process in made]
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        for process, text in zip(made, sources, strict=True):
            forget()
            ours.append(milliseconds(lambda process=process: draw(process)))  # type: ignore[misc]
            theirs.append(milliseconds(lambda text=text: called(dot, text)))  # type: ignore[misc]
    return Timed(steps, median(ours), sorted(ours)[int(0.95 * len(ours))], median(theirs))


def forget() -> None:
    for remembered in (width_of, wrap, width_after):
        remembered.cache_clear()


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def called(dot: str, text: bytes) -> bytes:
    return subprocess.run([dot, "-Tsvg"], input=text, capture_output=True, check=True).stdout


def source(process: Process) -> str:
    """The map as `dot` reads it: the same boxes, decisions as diamonds, every line with its label."""
    size = f"width={BOX_WIDTH / 72:.2f},height=0.72"
    lines = ["digraph{rankdir=LR;node[shape=box,fixedsize=true];"]
    lines.append('start[shape=circle,width=0.28,label=""];end[shape=circle,width=0.22,label=""];')
    ids = [step.id for step in process.steps]
    for number, (step, leave) in enumerate(zip(process.steps, leaving(process.steps), strict=True), 1):
        lines.append(f"{step.id}[label={json.dumps(f'{number} {step.title}')},{size}];")
        origin = step.id
        if isinstance(step.then, Decision):
            origin = f"{step.id}_"
            lines.append(f'{origin}[shape=diamond,label="",width={DIAMOND / 36:.2f},height={DIAMOND / 36:.2f}];')
            lines.append(f"{step.id}->{origin};")
        for group in leave.groups:
            for exit_ in group.exits:
                target = "end" if exit_.target is None else ids[exit_.target]
                lines.append(f"{origin}->{target}[label={json.dumps(group.when)}];")
    return "\n".join([*lines, f"start->{ids[0]};", "}"])


def version(dot: str) -> str:
    return subprocess.run([dot, "-V"], capture_output=True, text=True, check=True).stderr.strip()


def show(result: Timed) -> None:
    print(
        f"{result.steps:4} steps: Routebook {result.ours:.1f} ms (95 of 100 under {result.ours_p95:.1f}), "
        f"dot {result.dot:.1f} ms, {result.ratio:.1f} times as long"
    )


def plain(results: Sequence[Timed]) -> dict[str, dict[str, float]]:
    return {
        str(one.steps): {
            "routebook_ms": round(one.ours, 2),
            "routebook_p95_ms": round(one.ours_p95, 2),
            "dot_ms": round(one.dot, 2),
            "dot_over_routebook": round(one.ratio, 2),
        }
        for one in results
    }
