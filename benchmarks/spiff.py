"""The peer: SpiffWorkflow completing the tasks of refund.bpmn statelessly. Runs in the peers' environment.

    python spiff.py sqlite FILE | python spiff.py postgresql ADDRESS

Each line on standard input is a number of runs to do; the answer is one line of JSON, ``{"completions", "seconds"}``.
Stateless means what a web server must do: load the run, complete one task, store everything, commit.
"""

import json
import sqlite3
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

NOT_ELIGIBLE_EVERY = 5
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "temp_store=MEMORY",
    "mmap_size=134217728",
    "journal_size_limit=67108864",
    "wal_autocheckpoint=8000",
    "cache_size=-20000",
)
"""The same as the product's own settings."""


class Sqlite:
    def __init__(self, file: str) -> None:
        self.session = sqlite3.connect(file, isolation_level=None)
        for pragma in PRAGMAS:
            self.session.execute(f"PRAGMA {pragma}")
        self.session.execute("CREATE TABLE run (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")

    def insert(self, run: int, state: str) -> None:
        self.session.execute("INSERT INTO run VALUES (?, ?)", (run, state))

    def update(self, run: int, state: str) -> None:
        self.session.execute("UPDATE run SET state = ? WHERE id = ?", (state, run))

    def load(self, run: int) -> str:
        state: str = self.session.execute("SELECT state FROM run WHERE id = ?", (run,)).fetchone()[0]
        return state


class Postgresql:
    def __init__(self, address: str) -> None:
        import psycopg

        self.session = psycopg.connect(address, autocommit=True)
        self.session.execute("CREATE TABLE run (id bigint PRIMARY KEY, state text NOT NULL)")

    def insert(self, run: int, state: str) -> None:
        self.session.execute("INSERT INTO run VALUES (%s, %s)", (run, state))

    def update(self, run: int, state: str) -> None:
        self.session.execute("UPDATE run SET state = %s WHERE id = %s", (state, run))

    def load(self, run: int) -> str:
        state: str = self.session.execute("SELECT state FROM run WHERE id = %s", (run,)).fetchone()[0]
        return state


def main(vendor: str, place: str) -> None:
    store: Any = Sqlite(place) if vendor == "sqlite" else Postgresql(place)
    parser = BpmnParser()
    parser.add_bpmn_file(str(Path(__file__).with_name("refund.bpmn")))
    spec = parser.get_spec("refund")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    say({"version": f"SpiffWorkflow {version('spiffworkflow')}"})
    done = 0
    for line in sys.stdin:
        begun = time.perf_counter()
        completions = 0
        for number in range(done, done + int(line)):
            completions += one_run(spec, serializer, store, number)
        done += int(line)
        say({"completions": completions, "seconds": time.perf_counter() - begun})


def one_run(spec: Any, serializer: Any, store: Any, number: int) -> int:
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()
    store.insert(number, serializer.serialize_json(workflow))
    completions = 0
    while not workflow.is_completed():
        workflow = serializer.deserialize_json(store.load(number))
        task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
        task.data.update(eligible=number % NOT_ELIGIBLE_EVERY != 0, order=f"O-{number}", amount="120.00")
        task.run()
        workflow.do_engine_steps()
        store.update(number, serializer.serialize_json(workflow))
        completions += 1
    return completions


def say(value: dict[str, Any]) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
