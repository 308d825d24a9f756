"""What others say of the BPMN files that Routebook writes: the standard's own schemas, and bpmn-moddle.

The schemas come with bpmn-moddle; lxml, in the peers' environment, asks them.
"""

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.node_peers import node_module
from routebook.formats.bpmn.reading import BpmnFile, read_bpmn
from routebook.formats.bpmn.writing import to_bpmn

HERE = Path(__file__).parent
SCHEMA = Path("resources", "bpmn", "xsd", "BPMN20.xsd")


def judge(files: Iterable[Path], folder: Path) -> dict[str, Any]:
    """``{"files", "valid", "warnings"}``: each file is brought in and written out again into the folder, then judged."""
    count = write(files, folder)
    module = node_module("bpmn-moddle")
    schema = module.parents[1] / SCHEMA
    python = os.environ["ROUTEBOOK_BENCH_PEERS_PYTHON"]
    valid = asked([python, "-P", str(HERE / "bpmn_schema.py"), str(schema), str(folder)])
    read = asked(["node", str(HERE / "bpmn_moddle_warnings.mjs"), str(module), str(folder)])
    if read["files"] != count or valid["files"] != count:
        raise SystemExit("A judge did not look at every file.")
    return {"files": count, "valid": valid["valid"], "warnings": read["warnings"], "said": valid["said"] + read["said"]}


def write(files: Iterable[Path], folder: Path) -> int:
    count = 0
    for file in files:
        read = read_bpmn(file.read_bytes())
        for draft in read.drafts if isinstance(read, BpmnFile) else ():
            (folder / f"{count:05}.bpmn").write_text(to_bpmn(draft.process), encoding="utf-8")
            count += 1
    return count


def asked(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise SystemExit(f"A judge gave up: {done.stderr.strip()[-300:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
