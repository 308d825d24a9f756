"""Which files belong to the project, also on a machine without git and in an archive that was downloaded."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOT_OURS = {"__pycache__", "var", "node_modules"}


def files_below(folder: str = ".") -> list[str]:
    """What git would commit there, as paths from the root: tracked, or new and not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", folder]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return walked(folder)
    return sorted(name for name in listed.splitlines() if (ROOT / name).is_file())


def walked(folder: str) -> list[str]:
    """The same without git: every file but those in hidden folders, and in what running Python and the product leaves."""
    found = []
    for where, inside, names in os.walk(ROOT / folder):
        inside[:] = [name for name in inside if name not in NOT_OURS and not name.startswith(".")]
        found += [str((Path(where) / name).relative_to(ROOT)) for name in names]
    return sorted(found)
