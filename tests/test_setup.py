"""One command sets up, from locks that name no address; and the product is an ordinary package."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import types
import zipfile
from pathlib import Path

import pytest

import routebook
from tests.browser import chromium
from tests.checkout import files_below, walked

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
SCRIPTS = [path for path in sorted((ROOT / "bin").iterdir()) if path.is_file() and path.suffix == ""]


@pytest.fixture(scope="module")
def boot() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("boot", ROOT / "bin" / "boot.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_address_and_hashes_everything(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert " @ " not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_environment_runs_the_same_versions() -> None:
    base, postgresql, dev = (pins(name) for name in ("base", "postgresql", "dev"))
    assert base.items() <= postgresql.items() <= dev.items()
    assert {"psycopg", "psycopg-binary", "psycopg-pool"} <= postgresql.keys() - base.keys()


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^([a-z0-9._-]+)==([^\s;]+)", text))


def test_the_package_asks_for_what_the_lock_was_made_from() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dependencies"] == wanted("base")
    assert project["optional-dependencies"]["postgresql"] == wanted("postgresql")


def wanted(name: str) -> list[str]:
    lines = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def test_no_lock_file_with_addresses_is_committed() -> None:
    assert [name for name in files_below() if name.endswith(("uv.lock", "pylock.toml"))] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_is_two_lines_of_plain_shell(script: Path) -> None:
    assert len(script.read_text(encoding="utf-8").splitlines()) == 2
    assert os.access(script, os.X_OK)
    subprocess.run(["sh", "-n", str(script)], check=True)


def test_every_command_that_a_person_types_is_there() -> None:
    assert {script.name for script in SCRIPTS} == {
        "start",
        "test",
        "check",
        "python",
        "bench",
        "screenshots",
        "routebook",
    }


def test_a_machine_without_python_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "bin" / "test")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "Routebook needs Python 3.11 or newer: install python3, then try again.\n"


def test_a_command_is_found_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(ROOT / "bin" / "python")
    done = subprocess.run(
        [str(tmp_path / "python"), "-c", "print(1)"], cwd=tmp_path, stdout=subprocess.PIPE, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "1\n")


def test_an_old_python_can_read_the_boot_module_and_its_sentence(boot: types.ModuleType) -> None:
    ast.parse((ROOT / "bin" / "boot.py").read_text(encoding="utf-8"), feature_version=(3, 6))
    assert boot.MINIMUM == (3, 11)


def test_the_boot_module_needs_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "bin" / "boot.py").read_text(encoding="utf-8"))
    names = {
        alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert names <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "X: the disk is full."),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\nERROR: No matching distribution",
            "X: the package index can't be reached; check the network, then try again.",
        ),
        (
            "WARNING: Retrying after connection broken by 'SSLError([SSL: CERTIFICATE_VERIFY_FAILED] ...)'\nERROR: No",
            "X: the package index's certificate isn't trusted here; install ca-certificates, or set PIP_CERT.",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "X: a downloaded package is not the one that was locked, so nothing was installed.",
        ),
        ("noise\nERROR: it broke\nafterwards", "X: ERROR: it broke"),
        ("", "X: no reason was given"),
    ],
)
def test_a_failed_installation_is_explained_in_a_sentence(boot: types.ModuleType, output: str, sentence: str) -> None:
    assert boot.explain(output, "X") == sentence


def test_an_environment_is_named_by_its_lock(boot: types.ModuleType, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("a==1\n")
    (tmp_path / "two.txt").write_text("a==2\n")
    (tmp_path / "three.txt").write_text("a==1\n")
    one, two, three = (boot.fingerprint(str(tmp_path / f"{name}.txt")) for name in ("one", "two", "three"))
    assert one == three != two


def test_an_interrupted_environment_does_not_count(boot: types.ModuleType, tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch()
    assert not boot.is_complete(str(tmp_path), str(python))
    (tmp_path / boot.MARKER).touch()
    assert boot.is_complete(str(tmp_path), str(python))
    python.unlink()
    assert not boot.is_complete(str(tmp_path), str(python))


def test_a_python_without_pip_and_without_debian_gets_a_sentence(
    boot: types.ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(boot, "python_brings", lambda module: module != "ensurepip")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(boot.Failure, match="apt install python3-venv"):
        boot.find_pip("/bin/false", "/bin/false", str(tmp_path))
    monkeypatch.setattr(boot, "python_brings", lambda module: False)
    with pytest.raises(boot.Failure, match="apt install python3-venv"):
        boot.make_venv(str(tmp_path / "venv"), with_pip=False)


def test_a_python_without_pip_borrows_debians(
    boot: types.ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programs, borrowed = tmp_path / "programs", tmp_path / "borrowed"
    programs.mkdir()
    borrowed.mkdir()
    write_program(programs / "apt-get", 'case "$*" in *download*) : > pip.deb ;; esac')
    write_program(
        programs / "dpkg-deb",
        'mkdir -p "$3/usr/share/python-wheels" "$3/usr/share/ca-certificates/some"\n'
        ': > "$3/usr/share/python-wheels/pip-1-py3-none-any.whl"\n'
        'echo trusted > "$3/usr/share/ca-certificates/some/one.crt"',
    )
    monkeypatch.setattr(boot, "python_brings", lambda module: module != "ensurepip")
    monkeypatch.setattr(boot, "DEBIANS_CERTIFICATES", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PIP_CERT", "")
    monkeypatch.delenv("PIP_CERT")
    wheel = borrowed / "usr" / "share" / "python-wheels" / "pip-1-py3-none-any.whl"
    assert boot.find_pip("/bin/false", "/bin/false", str(borrowed)) == ["/bin/false", str(wheel / "pip")]
    assert Path(os.environ["PIP_CERT"]).read_text() == "trusted\n"


def write_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("address", "lock"), [("", "base"), ("postgresql://h/n", "postgresql"), ("postgres://h/n", "postgresql")]
)
def test_starting_on_postgresql_takes_its_driver_along(
    boot: types.ModuleType, monkeypatch: pytest.MonkeyPatch, address: str, lock: str
) -> None:
    monkeypatch.setenv("ROUTEBOOK_DATABASE", address)
    assert boot.lock_for_running() == lock


def test_the_whole_suite_runs_on_two_workers_and_a_selection_on_none(boot: types.ModuleType) -> None:
    assert boot.workers_for(["--junitxml", "r.xml"]) == ["-n", "2"]
    assert (
        boot.workers_for(["-q", "tests/core"]) == boot.workers_for(["-n", "4"]) == boot.workers_for(["-k", "x"]) == []
    )


def test_a_browser_that_does_not_run_does_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloads"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    write_program(tmp_path / "chromium", "exit 127")
    write_program(tmp_path / "python", "exit 0")
    assert chromium.find() is None
    write_program(tmp_path / "google-chrome", "exit 0")
    assert chromium.find() == str(tmp_path / "google-chrome")
    write_program(tmp_path / "python", "exit 127")
    assert chromium.find() is None


def test_the_changelog_states_the_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", routebook.version())
    assert f"\n## {routebook.version()} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_package_carries_all_that_it_needs(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("routebook-*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert wheel.name.startswith(f"routebook-{routebook.version()}-")
    assert source_files() - packed == set()
    assert {f"routebook/sample/{file.name}" for file in (ROOT / "sample").iterdir() if file.is_file()} <= packed


def source_files() -> set[str]:
    return {name.removeprefix("src/") for name in files_below("src/routebook")}


def test_the_project_is_found_without_git_too() -> None:
    assert set(walked("src/routebook/core")) == set(files_below("src/routebook/core"))
    assert {"README.md", "tests/checkout.py"} <= set(walked("."))
