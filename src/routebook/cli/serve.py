"""`routebook serve`: bring the database up to date, load the sample on the very first start, and serve.

    serve → free port? → this home's only server? → migrate → older runs → sample (first start)
          → say where → granian

The home is marked when its first start is over, so nothing is loaded a second time, whatever was deleted since.
"""

import argparse
import ipaddress
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from routebook.cli.main import FINE, CommandError, start_django

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers

WORKERS_ON_SQLITE = 1
BLOCKING_THREADS = 8
SERVER_PID = "ROUTEBOOK_SERVER_PID"
SECONDS_TO_FINISH = 5  # what a stopping server gives the requests that it still holds


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "serve",
        help="start the server",
        description="Start the server. The first start makes the database and loads the sample company.",
        epilog="example:\n  routebook serve --port 8080 --home ~/routebook",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=port_number, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument("--home", help="folder that holds the data (default: $ROUTEBOOK_HOME)")
    parser.add_argument("--empty", action="store_true", help="first start: load no sample, print a link to set up")
    parser.add_argument("--workers", type=worker_count, default=1, help="processes; more than one needs PostgreSQL")


def port_number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def worker_count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("the number of workers is 1 or more")
    return int(text)


def run(args: argparse.Namespace) -> int:
    refuse_taken_port(args.host, args.port)
    set_environment(args)
    start_django()
    from django.conf import settings

    with only_server_of(settings.HOME):
        workers = allowed_workers(args.workers)
        migrate()
        renew_what_is_stored()
        address = f"http://{shown_host(args.host)}:{args.port}"
        first_start(settings.HOME, empty=args.empty)
        index_what_is_there()
        announce_when_listening(args.host, args.port, address, settings.HOME)
        serve(args.host, args.port, workers)
    print("Routebook has stopped.", flush=True)
    return FINE


def refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror as error:
            raise CommandError(f"{host} is not an address of this machine.") from error
        except OSError as error:
            raise CommandError(why_port_is_refused(error, host, port)) from error


def why_port_is_refused(error: OSError, host: str, port: int) -> str:
    import errno

    if error.errno == errno.EADDRINUSE:
        return f"port {port} is already in use; stop what runs there, or choose another with --port."
    if error.errno == errno.EACCES:
        return f"port {port} needs special rights; choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine."
    return f"can't listen on {host}, port {port}: {error.strerror}."


def set_environment(args: argparse.Namespace) -> None:
    """Tell the settings, here and in the workers, what was asked for on the command line."""
    if args.home:
        os.environ["ROUTEBOOK_HOME"] = str(Path(args.home).expanduser().resolve())
    os.environ.setdefault("ROUTEBOOK_ADDRESS", f"http://{shown_host(args.host)}:{args.port}")
    hosts_are_stated = bool(os.environ.get("ROUTEBOOK_HOSTS"))
    # Behind a proxy the host names are stated; then visitors may come from anywhere even though we listen here.
    os.environ["ROUTEBOOK_LOOPBACK"] = "1" if is_loopback(args.host) and not hosts_are_stated else "0"
    if not hosts_are_stated:
        names = ["localhost", "127.0.0.1", "[::1]", shown_host(args.host), socket.gethostname().lower()]
        os.environ["ROUTEBOOK_HOSTS"] = ",".join(dict.fromkeys(names))


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def shown_host(host: str) -> str:
    """The host as it stands in an address that a person can click; a wildcard becomes this machine's name."""
    if host in ("0.0.0.0", "::", ""):
        return socket.gethostname().lower()
    return f"[{host}]" if ":" in host else host


@contextmanager
def only_server_of(home: Path) -> Iterator[None]:
    """Hold this home's lock. SQLite's queue of writers lives in one process, so a second server is refused."""
    import fcntl

    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(f"another server is already running on {home}.") from error
        yield


def allowed_workers(wanted: int) -> int:
    from django.db import connection

    if wanted > WORKERS_ON_SQLITE and connection.vendor == "sqlite":
        raise CommandError("SQLite is served by one process; set ROUTEBOOK_DATABASE to use more workers.")
    return wanted


def migrate() -> None:
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    try:
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CommandError(f"the {connection.display_name} database can't be used: {reason}.") from error


def renew_what_is_stored() -> None:
    """Make the states of runs anew that an older release packed in another form."""
    from routebook.store import snapshots

    if snapshots.are_outdated():
        print("Reading the record of older runs …", flush=True)
        snapshots.renew_all()


def first_start(home: Path, *, empty: bool) -> None:
    """Load the sample once in the life of a home, and never into a database that has people in it."""
    from django.contrib.auth import get_user_model

    mark = home / "first-start"
    if mark.exists():
        return
    if not empty and not get_user_model().objects.exists() and find_spec("routebook.store.sample"):
        print("Loading the sample company …", flush=True)
        import_module("routebook.store.sample").load()
    mark.write_text("empty\n" if empty else "sample\n", encoding="ascii")


def index_what_is_there() -> None:
    """Make the search index of a database that was filled before there was one, or by a copy of its tables."""
    from routebook.store import search

    if search.is_missing():
        print("Indexing for search …", flush=True)
        search.rebuild_all()


def announce_when_listening(host: str, port: int, address: str, home: Path) -> None:
    """Say where the product is as soon as an answer comes from there, and not a moment earlier."""
    lines = [f"Routebook is at {address}   (data in {home}; Ctrl-C stops it)", *sign_in_lines(address)]
    threading.Thread(target=print_when_listening, args=(host, port, "\n".join(lines)), daemon=True).start()


def print_when_listening(host: str, port: int, text: str) -> None:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    pause = threading.Event()
    while not pause.wait(0.05):
        try:
            socket.create_connection((target, port), timeout=1).close()
        except OSError:
            continue
        print(text, flush=True)
        return


def sign_in_lines(address: str) -> list[str]:
    """How each person of the sample signs in, or the one-time link for the owner of an empty database."""
    if not find_spec("routebook.store.sample"):
        return []
    lines: list[str] = import_module("routebook.store.sample").sign_in_lines(address)
    return lines


def serve(host: str, port: int, workers: int) -> None:
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()
    os.environ[SERVER_PID] = str(os.getpid())
    Granian(
        "routebook.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        workers_kill_timeout=SECONDS_TO_FINISH,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()


def stop_with_the_server() -> None:
    """Called in each worker: end when the server process does, and only then, so that the port is free again.

    Ctrl-C goes to all processes at a terminal. The server hears it and ends its workers; one that heard both could lock
    itself up. Only Linux ends the worker of a server that was killed; elsewhere it has to be stopped by hand.
    """
    import signal

    server = os.environ.get(SERVER_PID)
    if server is None:
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    parent_death_signal = 1  # PR_SET_PDEATHSIG
    ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)
    if str(os.getppid()) != server:  # it ended before we asked
        os._exit(1)
