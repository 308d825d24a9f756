"""The stages of bin/check, one after another; the first that fails decides the exit code.

Options are passed on to pytest, which is the last stage.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = [name for name in ("src", "tests", "benchmarks", "bin") if (ROOT / name).is_dir()]
RUN = [sys.executable, "-m"]


def main(pytest_options: list[str]) -> int:
    for name, command in stages():
        code = timed(name, command)
        if code != 0:
            return code
    print("── tests", flush=True)
    return subprocess.call([str(ROOT / "bin" / "test"), *pytest_options], cwd=ROOT)


def stages() -> list[tuple[str, list[str]]]:
    found = [
        ("format", [*RUN, "ruff", "format", "--check", "--quiet", *CODE]),
        ("lint", [*RUN, "ruff", "check", "--quiet", *CODE]),
        ("types", [*RUN, "mypy", "--strict"]),
        ("imports", [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]),
    ]
    if (ROOT / "tests" / "docs").is_dir():
        # The commands that the docs show run once, with the tests.
        found.append(("docs", [*RUN, "pytest", "-q", "tests/docs", "--ignore", "tests/docs/test_snippets.py"]))
    return found


def timed(name: str, command: list[str]) -> int:
    print(f"── {name}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        # The type checker imports the settings; they must not leave a secret in anybody's data folder.
        env = {**os.environ, "ROUTEBOOK_HOME": home, "ROUTEBOOK_SECRET": "for the checks only"}
        code = subprocess.call(command, cwd=ROOT, env=env)
    print(f"   {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - began:.1f} s", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
