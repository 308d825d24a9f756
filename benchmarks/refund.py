"""Our side: the same process and the same work, through the store's ordinary actions.

    python -m benchmarks.refund        each line on standard input is a number of runs to do, or `start N`: only
                                       start so many, for others to complete

The database is the product's own setting (`ROUTEBOOK_HOME`, `ROUTEBOOK_DATABASE`). Each completion includes the
access check, events, hash chain, task lists and a notice to whoever has the next task; starting is included too.
"""

import datetime as dt
import json
import os
import sys
import time
import uuid
from typing import Any

PROCESS = """\
---
kind: process
title: Refund
owner: Head of Support
trigger: request
result: closed ticket
form:
  - {field: order, type: text, required: true}
  - {field: amount, type: money, required: true}
steps:
  - {id: receive, title: Receive, role: Support assistant, takes: request, gives: ticket, handling: delegate}
  - id: verify
    title: Verify
    role: Head of Support
    takes: ticket
    gives: decision
    handling: delegate
    due: 4 working hours
    then:
      - {when: eligible, go: approve}
      - {when: not eligible, go: reject}
  - {id: reject, title: Reject, role: Support assistant, takes: decision, gives: closed ticket, handling: delegate, then: end}
  - {id: approve, title: Approve, role: Founder, takes: decision, gives: approval, handling: keep, why: spends money, then: {all: [issue, notify]}}
  - {id: issue, title: Issue, role: Finance assistant, takes: approval, gives: payment, handling: delegate, then: confirm}
  - {id: notify, title: Notify, role: Support assistant, takes: approval, gives: message, handling: delegate, then: confirm}
  - {id: confirm, title: Confirm, role: Head of Support, takes: [payment, message], gives: closed ticket, handling: delegate, join: all}
---
"""
HOLDERS = {
    "Founder": "founder",
    "Head of Support": "head",
    "Support assistant": "support",
    "Finance assistant": "finance",
}
EMAIL = "head@benchmark.example"
PASSWORD = "a password for nobody but the benchmark"
NOT_ELIGIBLE_EVERY = 5


def main() -> None:
    company = Company()
    say({"version": f"Routebook on {company.vendor}"})
    done = 0
    for line in sys.stdin:
        if line.startswith("start "):
            say({"numbers": [company.start(number).number for number in range(int(line.split()[1]))]})
            continue
        begun = time.perf_counter()
        completions = 0
        for number in range(done, done + int(line)):
            completions += company.one_run(number)
        done += int(line)
        say({"completions": completions, "seconds": time.perf_counter() - begun})


class Company:
    """An organisation of four, one for each role of the process, in a database made for it."""

    def __init__(self) -> None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "routebook.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from routebook.core.run.commands import CompleteTask
        from routebook.store.actions import runs

        call_command("migrate", interactive=False, verbosity=0)
        self.vendor = connection.display_name
        self.runs, self.complete = runs, CompleteTask
        self.actors: dict[str, Any] = {}
        self.process = self._found()

    def _found(self) -> int:
        """The organisation, its people and the published process; the id of that process."""
        from routebook.core.document import Access
        from routebook.formats.markdown import DocumentFile, read_document
        from routebook.store.access import actor_of
        from routebook.store.actions import filing, members, organisations

        now = now_utc()
        user = organisations.new_user(name="Founder", email="founder@benchmark.example", password=PASSWORD)
        founder = organisations.found("Benchmark", time_zone="Europe/Berlin", owner=user, key="founder", now=now)
        actors = {"founder": founder}
        for key in ("head", "support", "finance"):
            access = Access.MANAGER if key == "head" else Access.ASSISTANT
            member = members.add(founder, name=key, access=access, email=f"{key}@benchmark.example", key=key, now=now)
            actors[key] = actor_of(member)
        for title, key in HOLDERS.items():
            members.set_role(founder, title, holders=[actors[key].member], backup=None, now=now)
        token = members.invite(founder, actors["head"].member, now=now)
        members.join(token, email=EMAIL, password=PASSWORD, now=now)
        self.actors = {actor.id: actor for actor in actors.values()}
        self.starter = actors["support"]
        file = read_document("processes/refund.md", PROCESS)
        assert isinstance(file, DocumentFile), file
        return filing.put(founder, file.document, now=now).document.pk

    def one_run(self, number: int) -> int:
        """Start a run and complete all its tasks, each by the person whose task it is; how many they were."""
        result = self.start(number)
        completions = 0
        while result.status == "running":
            task = result.state.open_tasks()[0]
            command = self.complete(task.number, outcome_of(task.step, number))
            result = self.runs.command(
                self.actors[task.assignee], result.run, command, command_id=uuid.uuid4().hex, now=now_utc()
            )
            completions += 1
        return completions

    def start(self, number: int) -> Any:
        return self.runs.start(
            self.starter,
            self.process,
            run_id=uuid.uuid4().hex,
            fields={"order": f"O-{number}", "amount": "120.00"},
            command_id=uuid.uuid4().hex,
            now=now_utc(),
        )


def outcome_of(step: str, number: int) -> str:
    if step != "verify":
        return ""
    return "not eligible" if number % NOT_ELIGIBLE_EVERY == 0 else "eligible"


def now_utc() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def say(value: dict[str, Any]) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
