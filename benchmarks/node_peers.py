"""The peers from npm: installed once, into a folder named by their lock file, as the Python environments are."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent / "node"
VENVS = Path(__file__).parents[1] / ".venvs"
MARKER = "routebook-environment-is-complete"


def node_command(name: str) -> list[str]:
    """How to start a command that one of the peers brings. Ends the benchmark with a sentence where node is missing."""
    return ["node", str(_installed() / "node_modules" / ".bin" / name)]


def node_module(name: str) -> Path:
    """The file to import for one of the peers."""
    return _installed() / "node_modules" / name / "dist" / "index.js"


def _installed() -> Path:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise SystemExit(
                f"This benchmark compares with a peer from npm, and there is no {program} here: install Node.js 20."
            )
    lock = (HERE / "package-lock.json").read_bytes()
    folder = VENVS / f"node-peers-{hashlib.sha256(lock).hexdigest()[:12]}"
    if (folder / MARKER).exists():
        return folder
    print("Installing the peers from npm (once).", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"npm could not install the peers: {(done.stderr or done.stdout).strip()[-300:]}")
    (folder / MARKER).touch()
    return folder
