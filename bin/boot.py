"""Make the environment that a command needs, then become that command.

Every script in this folder ends here. Only the standard library is used, and the first part of the file is
understood by any Python since 3.6, because its job is to find a newer one.

An environment is a venv in .venvs/<hash of the lock file and the Python>. It is complete when its marker file is
there; one that was interrupted is thrown away and made again. A file lock keeps two starts from building at once.
Environments are never changed after they are complete, so any folder in .venvs may be deleted at any time.
"""

import glob
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile

MINIMUM = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENVS = os.path.join(ROOT, ".venvs")
MARKER = "routebook-environment-is-complete"
WITHOUT_VENV = (
    "This Python cannot make virtual environments: on Debian or Ubuntu run `apt install python3-venv`, then try again."
)
DEBIANS_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
LAYOUT = "1"  # part of the hash; raise it when this file starts to build environments differently


class Failure(Exception):
    """A sentence for the person who typed the command."""


def main(command, arguments):
    if sys.version_info < MINIMUM:
        continue_with_newer_python(command, arguments)
    if command == "start":
        return start(arguments)
    if command == "routebook":
        return become(environment(lock_for_running()), ["-m", "routebook", *arguments])
    python = environment("dev")
    if command == "python":
        return become(python, arguments)
    if command == "test":
        return become(python, ["-m", "pytest", *workers_for(arguments), *arguments], folder=ROOT)
    if command == "check":
        return become(python, [os.path.join(ROOT, "bin", "check.py"), *arguments], folder=ROOT)
    if command == "bench":
        if arguments[:1] == ["sort"]:
            os.environ["ROUTEBOOK_TRAINING_PYTHON"] = environment("training", with_project=False)
        else:
            os.environ["ROUTEBOOK_BENCH_PEERS_PYTHON"] = environment("bench-peers", with_project=False)
        return become(python, ["-m", "benchmarks", *arguments], folder=ROOT)
    if command == "screenshots":
        return become(python, ["-m", "tests.browser.screenshots", *arguments], folder=ROOT)
    raise Failure(f"There is no command {command} here.")


def continue_with_newer_python(command, arguments):
    for minor in range(20, MINIMUM[1] - 1, -1):
        candidate = shutil.which(f"python3.{minor}")
        # A name on the path isn't enough: version managers leave shims behind that refuse to run.
        if candidate and subprocess.call([candidate, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(candidate, [candidate, os.path.abspath(__file__), command, *arguments])
    raise Failure(
        f"Routebook needs Python 3.11 or newer, and this is Python {sys.version_info[0]}.{sys.version_info[1]}: "
        "install a newer one, then try again."
    )


def start(arguments):
    arguments = list(arguments)
    if "--home" not in arguments and not any(word.startswith("--home=") for word in arguments):
        os.environ.setdefault("ROUTEBOOK_HOME", os.path.join(ROOT, "var"))
    return become(environment(lock_for_running()), ["-m", "routebook", "serve", *arguments])


def workers_for(arguments):
    """The whole suite runs on two workers; a selection of tests, or a debugger, in one process."""
    selects = any(word.startswith(("tests", "-n", "-k", "-s", "--pdb", "--numprocesses")) for word in arguments)
    return [] if selects else ["-n", "2"]


def lock_for_running():
    return "postgresql" if os.environ.get("ROUTEBOOK_DATABASE", "").startswith("postgres") else "base"


def become(python, arguments, folder=None):
    if folder:
        os.chdir(folder)
    sys.stdout.flush()
    os.execv(python, [python, *arguments])


def environment(lock, with_project=True):
    """The interpreter of a complete environment for requirements/<lock>.txt."""
    requirements = os.path.join(ROOT, "requirements", lock + ".txt")
    folder = os.path.join(VENVS, lock + "-" + fingerprint(requirements))
    python = os.path.join(folder, "bin", "python")
    if is_complete(folder, python):
        return python
    os.makedirs(VENVS, exist_ok=True)
    with open(os.path.join(VENVS, "lock"), "w") as lock_file:
        wait_for(lock_file)
        if not is_complete(folder, python):
            build(folder, python, requirements, with_project)
    return python


def fingerprint(requirements):
    with open(requirements, "rb") as file:
        content = file.read()
    parts = [content, sys.version.encode(), os.path.realpath(sys.executable).encode(), ROOT.encode(), LAYOUT.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def is_complete(folder, python):
    # The second half notices a venv whose Python has been uninstalled.
    return os.path.exists(os.path.join(folder, MARKER)) and os.path.exists(python)


def wait_for(lock_file):
    import fcntl

    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say("Another Routebook command is setting up; waiting for it.")
        fcntl.flock(lock_file, fcntl.LOCK_EX)


def build(folder, python, requirements, with_project):
    say(f"Setting up the environment in {os.path.relpath(folder, ROOT)} (once; about half a minute).")
    shutil.rmtree(folder, ignore_errors=True)
    uv = working_uv()
    make_venv(folder, with_pip=uv is None and python_brings("ensurepip"))
    if uv is None or not install_with_uv(uv, python, requirements):
        install_with_pip(python, requirements)
    if with_project:
        put_project_on_path(python)
    with open(os.path.join(folder, MARKER), "w") as marker:
        marker.write(os.path.basename(requirements) + "\n")


def working_uv():
    uv = shutil.which("uv")
    if uv is None or os.environ.get("ROUTEBOOK_WITHOUT_UV"):
        return None
    return uv if subprocess.run([uv, "--version"], capture_output=True).returncode == 0 else None


def python_brings(module):
    return importlib.util.find_spec(module) is not None


def make_venv(folder, with_pip):
    if not python_brings("venv"):
        raise Failure(WITHOUT_VENV)
    command = [sys.executable, "-m", "venv", *([] if with_pip else ["--without-pip"]), folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(explain(done.stdout + done.stderr, "Python could not make a virtual environment"))


def install_with_uv(uv, python, requirements):
    options = ["--quiet", "--require-hashes", "--only-binary", ":all:", "--link-mode", "copy"]
    command = [uv, "pip", "install", "--python", python, *options, "-r", requirements]
    done = subprocess.run(
        command, capture_output=True, text=True, env=dict(os.environ, UV_PYTHON_DOWNLOADS="never"), cwd=ROOT
    )
    if done.returncode != 0:
        say("uv could not install the packages; trying pip.")
    return done.returncode == 0


def install_with_pip(python, requirements):
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "--only-binary", ":all:"]
    with tempfile.TemporaryDirectory(prefix="routebook-pip-") as borrowed:
        command = [*find_pip(python, sys.executable, borrowed), "install", *options, "-r", requirements]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode != 0:
        raise Failure(explain(done.stdout + done.stderr, "The packages could not be installed"))


def find_pip(python, base, borrowed):
    """The command of a pip that installs into that environment: its own, the base's, or one borrowed from Debian."""
    if python_brings("ensurepip"):
        subprocess.run([python, "-m", "ensurepip"], capture_output=True)
    for pip in ([python, "-m", "pip"], [base, "-m", "pip", "--python", python]):
        if subprocess.run([*pip, "--version"], capture_output=True).returncode == 0:
            return pip
    return borrow_debians_pip(python, borrowed)


def borrow_debians_pip(python, borrowed):
    """Debian takes pip out of its Python. Its archive has it: fetched and checked by apt, unpacked, not installed."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Failure(WITHOUT_VENV)
    say("This Python comes without pip; borrowing Debian's for the set-up.")
    fetch_from_debian(["python3-pip-whl", "ca-certificates"], borrowed)
    share = os.path.join(glob.escape(borrowed), "usr", "share")
    wheels = glob.glob(os.path.join(share, "python-wheels", "pip-*.whl"))
    if not wheels:
        raise Failure(WITHOUT_VENV)
    if not os.path.exists(DEBIANS_CERTIFICATES):
        trust(glob.glob(os.path.join(share, "ca-certificates", "*", "*.crt")), borrowed)
    return [python, os.path.join(wheels[0], "pip")]


def fetch_from_debian(packages, folder):
    # Lists of its own: nobody but root may refresh the machine's, and a new machine has none.
    options = ["-qq", "-o", "APT::Sandbox::User=root"]
    for setting, name in (("Dir::State::Lists", "lists"), ("Dir::Cache", "cache")):
        os.makedirs(os.path.join(folder, name, "partial"))
        options += ["-o", setting + "=" + os.path.join(folder, name)]
    for command in (["update"], ["download", *packages]):
        if subprocess.run(["apt-get", *options, *command], capture_output=True, cwd=folder).returncode != 0:
            raise Failure(WITHOUT_VENV)
    for package in glob.glob(os.path.join(glob.escape(folder), "*.deb")):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)


def trust(certificates, borrowed):
    """Let pip use these certificates; whoever has set their own keeps those."""
    bundle = os.path.join(borrowed, "certificates.crt")
    with open(bundle, "wb") as together:
        for name in sorted(certificates):
            with open(name, "rb") as certificate:
                together.write(certificate.read())
    os.environ.setdefault("PIP_CERT", bundle)


def explain(output, what):
    """One sentence about a failed step, with the tool's own last line when the cause is not a known one."""
    if "No space left" in output or "Disk quota" in output:
        return what + ": the disk is full."
    if "CERTIFICATE_VERIFY_FAILED" in output:
        return what + ": the package index's certificate isn't trusted here; install ca-certificates, or set PIP_CERT."
    if any(
        sign in output
        for sign in (
            "NewConnectionError",
            "ConnectTimeout",
            "Name or service",
            "Connection refused",
            "Temporary failure in name",
            "Network is unreachable",
            "ProxyError",
        )
    ):
        return what + ": the package index can't be reached; check the network, then try again."
    if "DO NOT MATCH THE HASHES" in output:
        return what + ": a downloaded package is not the one that was locked, so nothing was installed."
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.upper().startswith("ERROR")] or lines or ["no reason was given"]
    return what + ": " + errors[-1]


def put_project_on_path(python):
    find = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([python, "-c", find], capture_output=True, text=True, check=True).stdout.strip()
    with open(os.path.join(packages, "routebook-checkout.pth"), "w") as file:
        file.write(os.path.join(ROOT, "src") + "\n")


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except Failure as failure:
        say(str(failure))
        sys.exit(1)
    except OSError as error:
        import errno

        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        say("The environment could not be made: " + ("the disk is full." if full else f"{error}."))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
